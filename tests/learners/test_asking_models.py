"""What the database refuses of questions, what was said, and published answers."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from learners.models import AskingPause, Enquiry, FaqEntry, Post, Report
from learners.services import answering, asking
from learners.workflow import ENQUIRY_MOVES, FAQ_MOVES
from tests import factories
from tests.learners import asked

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def teacher(db, at):
    return asked.teacher(at)


# -- what the database refuses --------------------------------------------------------------------------------------


def test_the_tables_of_moves_are_these(db):
    assert {step: (sorted(move.sources), move.target) for step, move in FAQ_MOVES.items()} == {
        "unpublish": (["published"], "unpublished"),
        "publish": (["unpublished"], "published"),
        "hide": (["published"], "hidden"),
    }
    assert ENQUIRY_MOVES["answer"].sources == {"waiting"}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "gone"}, "enquiry_"),
        ({"due_at": None}, "enquiry_waits_with_its_times"),
        ({"waiting_since_at": None}, "enquiry_waits_with_its_times"),
        ({"due_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "enquiry_due_then_late"),
        ({"late_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "enquiry_due_then_late"),
        ({"claimed_until_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, "enquiry_claimed_by_with_end"),
        ({"satisfied_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, "enquiry_satisfied_with_an_answer"),
        ({"heading": "标题"}, "enquiry_one_place"),
        ({"state": "closed"}, "enquiry_waits_with_its_times"),
    ],
)
def test_an_enquiry_is_whole(learning, change, constraint):
    made = asked.ask(learning)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Enquiry.objects.filter(pk=made.pk).update(**change)


def test_an_enquiry_is_not_claimed_by_its_asker_nor_pointed_while_it_waits(learning, at):
    entry = asked.published(learning)
    made = asked.ask(learning)
    for change, constraint in (
        ({"claimed_by": learning.user, "claimed_until_at": at}, "enquiry_claimed_by_another"),
        ({"duplicate_of": entry}, "enquiry_pointed_to_an_answer"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Enquiry.objects.filter(pk=made.pk).update(**change)


def test_an_enquiry_moves_as_the_table_says_and_stays(learning, teacher, at):
    made = answering.ask_back(asked.ask(learning), text="哪一段？", by=teacher, at=at)
    with pytest.raises(IntegrityError, match="does not go from returned to answered"), transaction.atomic():
        Enquiry.objects.filter(pk=made.pk).update(state="answered")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Enquiry.objects.filter(pk=made.pk)._raw_delete("default")


def test_what_was_said_stays(learning, at):
    post = asked.ask(learning).posts.get()
    for change in ({"text": "改了"}, {"at": at + HOUR}):
        with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
            Post.objects.filter(pk=post.pk).update(**change)
    with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
        Post.objects.filter(pk=post.pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "other"}, "post_"),
        ({"kind": "question"}, "post_one_question"),
        ({"text": ""}, "post_has_text"),
        ({"text": "长" * 2_001}, "post_of_a_learner_is_short"),
        ({"text_en": "x"}, "post_of_a_learner_is_short"),
        ({"kind": "answer"}, "post_answer_has_its_times"),
        ({"document_key": "papers/x.png"}, "post_picture_is_whole"),
        ({"hidden_reason": "x"}, "post_hidden_with_its_reason"),
    ],
)
def test_a_post_is_whole(learning, at, fields, constraint):
    made = asked.ask(learning)
    told = {"kind": "follow_up", "text": "还有", "author": learning.user, "at": at, "province_id": "520000"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Post.objects.create(enquiry=made, **(told | fields))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"question_zh": ""}, "faq_has_words"),
        ({"state": "unpublished"}, "faq_taken_back_with_its_moment"),
        ({"state": "hidden"}, "faq_hidden_with_its_reason"),
        ({"hidden_reason": "x"}, "faq_hidden_with_its_reason"),
        ({"heading": "x"}, "faqentry_one_place"),
    ],
)
def test_an_entry_is_whole(learning, change, constraint):
    entry = asked.published(learning)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        FaqEntry.objects.filter(pk=entry.pk).update(**change)


def test_a_report_is_whole(learning, at):
    entry = asked.published(learning)
    made = asking.report(entry, why="wrong", by=learning.user, at=at)
    other = factories.user(at=at)
    for change, constraint in (
        ({"post": entry.enquiry.posts.first()}, "report_of_one_thing"),
        ({"entry": None}, "report_of_one_thing"),
        ({"state": "kept"}, "report_decided_with_its_reason"),
        ({"decided_reason": "x"}, "report_decided_with_its_reason"),
        (
            {"state": "kept", "decided_at": at, "decided_by": learning.user, "decided_reason": "x"},
            "report_decided_by_another",
        ),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Report.objects.filter(pk=made.pk).update(**change)
    told = {"version_id": entry.version_id, "province_id": "520000", "why": "wrong", "at": at}
    with pytest.raises(IntegrityError, match="report_of_an_answer_once"), transaction.atomic():
        Report.objects.create(entry=entry, user=learning.user, **told)
    post = entry.enquiry.posts.get(kind="answer")
    Report.objects.create(post=post, user=other, **told)
    with pytest.raises(IntegrityError, match="report_of_a_post_once"), transaction.atomic():
        Report.objects.create(post=post, user=other, **told)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reason": ""}, "asking_pause_has_reason"),
        ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "asking_pause_ends"),
    ],
)
def test_a_pause_is_whole(learning, teacher, at, change, constraint):
    told = {"reason": "辱骂", "begun_at": at, "ends_at": at + HOUR, "begun_by": teacher} | change
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AskingPause.objects.create(user=learning.user, province_id="520000", **told)
    with pytest.raises(IntegrityError, match="asking_pause_by_another"), transaction.atomic():
        AskingPause.objects.create(
            user=learning.user,
            province_id="520000",
            reason="x",
            begun_at=at,
            ends_at=at + HOUR,
            begun_by=learning.user,
        )
