"""Every kind of question in quiz and exam, answers that wait for a person, and keys that leave no trace before."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from courses.models import Question
from learners import answers
from learners.models import Answer, Completion, HandMark
from learners.selectors.marking import hand_marks_visible_to
from learners.selectors.progress import exam_standing
from learners.services import assessment, marking, quizzes
from learners.services.completion import hand_in
from portal.accounts.roles import Role
from portal.accounts.services import appoint
from portal.audit.models import Entry
from tests import factories
from tests.learners import kinds

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db
OTHER = {"short_text": ["黄绿双色𠮷线"]}


@pytest.fixture
def clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def teacher(db):
    return factories.staff(Role.INSTRUCTOR, name="李·老师")


@pytest.fixture
def mark(at):
    return kinds.waiting(at=at)


def own(attempt):
    return factories.sign_in(Client(), attempt.enrolment.user, second_factor=False)


def test_what_rules_decide_is_graded_at_once(at):
    attempt = hand_in(attempt := kinds.sit(kinds.ready(at), at=at), by=attempt.enrolment.user, at=at)
    assert (attempt.state, attempt.score_percent, attempt.right) == ("passed", 100, 7)
    assert not HandMark.objects.exists()
    assert Completion.objects.count() == 1


def test_a_text_that_no_rule_decides_waits_and_then_completes(at, teacher):
    attempt = kinds.sit(kinds.ready(at), at=at, **OTHER)
    attempt = hand_in(attempt, by=attempt.enrolment.user, at=at)
    assert (attempt.state, attempt.score_percent, attempt.submitted_at) == ("marking", None, at)
    assert assessment.submit_attempt(attempt, by=attempt.enrolment.user, at=at).state == "marking"
    assert not assessment.close_next_due(at=at + dt.timedelta(days=1)), (
        "nothing is due while a person is asked"
    )
    with pytest.raises(assessment.AttemptClosed):
        assessment.save_answer(attempt, attempt.question_ids[0], [], at=at)
    standing = exam_standing(attempt.enrolment, at=at + dt.timedelta(hours=1))
    assert (standing.marking, standing.reasons[0][0]) == (attempt, "being_marked")
    with pytest.raises(assessment.ExamClosed):
        assessment.start_attempt(attempt.enrolment, by=attempt.enrolment.user, at=at + dt.timedelta(hours=1))
    mark = hand_marks_visible_to(teacher).waiting().get()
    assert mark.answer == "黄绿双色𠮷线"
    mark = marking.mark_answer(mark, points_percent=50, by=teacher, at=at + MINUTE)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score_percent, attempt.right) == ("passed", 100 * 13 // 14, 6)
    assert attempt.graded_at == at + MINUTE
    assert Completion.objects.get().completed_at == at + MINUTE
    said = list(Entry.objects.values_list("action", flat=True))
    assert [said.count(f"exam.{step}") for step in ("waits_for_marks", "answer_marked", "graded")] == [
        1,
        1,
        1,
    ]
    with pytest.raises(marking.AlreadyMarked):
        marking.mark_answer(mark, points_percent=0, by=teacher, at=at + MINUTE)


def test_an_exam_whose_time_ran_out_waits_too(at):
    attempt = kinds.sit(kinds.ready(at), at=at, **OTHER)
    assert assessment.close_next_due(at=attempt.ends_at + MINUTE)
    assert not assessment.close_next_due(at=attempt.ends_at + MINUTE)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_at) == ("marking", None)
    assert HandMark.objects.count() == 1


def test_only_the_provider_marks_and_nobody_their_own(at, mark, teacher):
    elsewhere = factories.user("远方")
    other = factories.organisation("91520281YYY58YK1XQ", code="510000")
    appoint(elsewhere, Role.INSTRUCTOR, by=None, at=at, organisation=other)
    auditor = factories.staff(Role.AUDITOR)
    assert not hand_marks_visible_to(elsewhere).exists()
    assert hand_marks_visible_to(auditor).exists()
    for person in (elsewhere, auditor, mark.attempt.enrolment.user):
        with pytest.raises(marking.NotYoursToMark):
            marking.mark_answer(mark, points_percent=100, by=person, at=at)
    with pytest.raises(marking.NoSuchMark):
        marking.mark_answer(mark, points_percent=70, by=teacher, at=at)


def test_the_desk_marks_one_after_the_other_and_names_nobody(clock, at, mark, teacher):
    desk = factories.sign_in(Client(), teacher)
    learner = mark.attempt.enrolment.user
    page = desk.get(reverse("learners:marking")).content.decode()
    assert "黄绿双色线" in page
    address = reverse("learners:mark", args=[mark.pk])
    page = desk.get(address).content.decode()
    assert "接地𠮷线 / earth lead" in page
    assert str(learner) not in page
    assert desk.post(address, {}).status_code == 422
    done = desk.post(address, {"points_percent": "0"}, follow=True)
    assert done.redirect_chain[0][0] == reverse("learners:marking")
    assert desk.post(address, {"points_percent": "100"}).status_code == 422
    mark.refresh_from_db()
    assert (mark.points_percent, mark.marked_by) == (0, teacher)


def test_the_desk_asks_as_often_for_five_as_for_one(clock, at, mark, teacher, django_assert_max_num_queries):
    desk = factories.sign_in(Client(), teacher)
    desk.get(reverse("learners:marking"))
    with django_assert_max_num_queries(40) as first:
        desk.get(reverse("learners:marking"))
    for n in range(4):
        enrolment = kinds.ready(at, course=None if n < 0 else kinds.publish(at, code=f"GZ-K{n + 2}"))
        attempt = kinds.sit(enrolment, at=at, short_text=[f"答{n}"])
        hand_in(attempt, by=attempt.enrolment.user, at=at)
    with django_assert_max_num_queries(len(first)):
        desk.get(reverse("learners:marking"))


def test_the_api_marks_too(clock, at, mark, teacher):
    desk = factories.sign_in(Client(), teacher)
    listed = desk.get(reverse("api-hand-marks")).json()["results"]
    assert [row["id"] for row in listed] == [mark.pk]
    told = {"points_percent": 100}
    address = reverse("api-hand-mark", args=[mark.pk])
    assert desk.post(address, told, content_type="application/json").json()["points_percent"] == 100
    again = desk.post(address, {"points_percent": 0}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "already_marked")


def test_the_database_keeps_answers_and_marks_in_shape(at, mark, teacher):
    def refused(act, name):
        with pytest.raises((IntegrityError, InternalError), match=name), transaction.atomic():
            act()

    attempt = kinds.sit(kinds.ready(at, course=kinds.publish(at, code="GZ-K9")), at=at)
    row = {
        "attempt": attempt,
        "province_id": "520000",
        "question_id": attempt.question_ids[0],
        "saved_at": at,
    }
    for n, bad in enumerate((["a text"], ["A"] * 21, ["A;B"], ["ABC"])):
        refused(lambda bad=bad, n=n: Answer.objects.create(**row, chosen=bad, seq=900 + n), "answer_is_keys")
    refused(lambda: Answer.objects.create(**row, chosen=["1", "2"], written=True, seq=950), "answer_is_keys")
    marks = HandMark.objects.filter(pk=mark.pk)
    refused(lambda: marks.update(points_percent=50), "hand_mark_whole")
    refused(lambda: marks.update(points_percent=70, marked_at=at, marked_by=teacher), "hand_mark_whole")
    refused(lambda: marks.update(answer="另一个"), "a mark by hand stays")
    waiting = type(attempt).objects.filter(pk=mark.attempt_id)
    graded = {"state": "passed", "graded_at": at, "right_ids": [], "score_percent": 90}
    refused(lambda: waiting.update(**graded), "all its answers are marked")
    refused(lambda: waiting.update(state="running", close_at=at), "does not run again")
    marks.update(points_percent=50, marked_at=at, marked_by=teacher)
    refused(lambda: marks.update(points_percent=0), "a mark by hand stays")
    copy = {name: getattr(mark, name) for name in ("attempt", "province_id", "version_id", "question_id")}
    refused(lambda: HandMark.objects.create(**copy, answer="x", waits_since_at=at), "hand_mark_once")
    refused(
        lambda: HandMark.objects.create(**copy | {"question_id": 1}, answer="", waits_since_at=at),
        "hand_mark_of_an_answer",
    )


# -- the pages ------------------------------------------------------------------------------------------------------


def test_every_kind_is_answered_without_a_script(clock, at):
    attempt = assessment.start_attempt(enrolment := kinds.ready(at), by=enrolment.user, at=at)
    browser = own(attempt)
    for number, question_id in enumerate(attempt.question_ids, 1):
        question = Question.objects.get(pk=question_id)
        address = reverse("learners:question", args=[attempt.pk, number])
        assert browser.get(address).status_code == 200
        given = kinds.right(question)
        said = {"chosen": given}
        if question.kind == "ordering":
            said = {f"chosen-{key}": str(place) for place, key in enumerate(given, 1)}
            refused = browser.post(address, {**said, f"chosen-{given[0]}": "4", "seen": "0"})
            assert refused.status_code == 409
            assert refused.content.decode().count("<option selected>4</option>") == 2
        if question.kind == "numeric":
            refused = browser.post(address, {"chosen": "1,200", "seen": "0"})
            assert refused.status_code == 409
            assert 'value="1,200"' in refused.content.decode()
        assert browser.post(address, said | {"seen": "0", "to": "review"}).status_code == 302
        assert (
            "selected" in (page := browser.get(address).content.decode())
            or "checked" in page
            or given[0].strip() in page
        )
    browser.post(reverse("learners:submit", args=[attempt.pk]))
    attempt.refresh_from_db()
    assert attempt.score_percent == 100


def test_no_byte_before_grading_gives_a_key_away(clock, at):
    attempt = kinds.sit(enrolment := kinds.ready(at), at=at, short_text=["无"], numeric=["1"])
    browser = own(attempt)
    pages = [reverse("learners:question", args=[attempt.pk, n]) for n in range(1, attempt.total + 1)]
    pages += [reverse("learners:review", args=[attempt.pk]), reverse("api-exam", args=[attempt.pk])]
    pages += [
        reverse("learners:quiz", args=[enrolment.pk, "quiz"]),
        reverse("api-quiz", args=[enrolment.pk, "quiz"]),
    ]
    hand_in(attempt, by=enrolment.user, at=at)
    running = assessment.start_attempt(
        kinds.ready(at, course=kinds.publish(at, code="GZ-K8")), by=enrolment.user, at=at
    )
    other = own(running)
    fresh = [reverse("learners:question", args=[running.pk, n]) for n in range(1, running.total + 1)]
    fresh += [reverse("api-exam", args=[running.pk])]
    bytes_ = b"".join(browser.get(page, follow=True).content for page in pages)
    bytes_ += b"".join(other.get(page, follow=True).content for page in fresh)
    bytes_ += browser.get(reverse("learners:result", args=[attempt.pk])).content
    text = bytes_.decode()
    for secret in (*kinds.SECRET, "right_keys", "accepted", "tolerance", "电会伤人"):
        assert secret not in text
    assert "12.500000" not in text
    ordering = Question.objects.filter(kind="ordering").first()
    order = [row["zh"] for row in ordering.ordered_options]
    shown = [row["zh"] for row in ordering.options]
    assert shown != order
    page = other.get(
        fresh[
            running.question_ids.index(
                Question.objects.get(version=running.enrolment.version_id, kind="ordering").pk
            )
        ]
    )
    places = [page.content.decode().index(zh) for zh in shown]
    assert places == sorted(places), "as stored, which is never the right order"


def test_a_quiz_asks_every_kind_and_waits_for_nobody(clock, at):
    enrolment = kinds.ready(at)
    browser = factories.sign_in(Client(), enrolment.user, second_factor=False)
    address = reverse("learners:quiz", args=[enrolment.pk, "quiz"])
    page = browser.get(address).content.decode()
    assert page.count("<select") == 4
    assert '<svg class="spots__over"' in page
    said = {}
    for question_id, given in kinds.answers(enrolment, **OTHER).items():
        if Question.objects.get(pk=question_id).kind == "ordering":
            said |= {f"q{question_id}-{key}": str(place) for place, key in enumerate(given, 1)}
        else:
            said[f"q{question_id}"] = given
    done = browser.post(address, said)
    assert done.status_code == 200, done.content.decode()
    assert "6 / 7" in (text := done.content.decode()) or "6" in text
    assert not HandMark.objects.exists()
    numeric = Question.objects.get(kind="numeric")
    refused = browser.post(address, said | {f"q{numeric.pk}": "很多𠮷"})
    assert refused.status_code == 422
    assert 'value="很多𠮷"' in refused.content.decode()


def test_shapes_of_answers(at):
    from courses import selectors as courses

    enrolment = kinds.ready(at)
    facts = courses.questions(kinds.answers(enrolment))
    by_kind = {one.kind: one for one in facts.values()}
    for kind, given, error in (
        ("ordering", ["A", "B"], answers.NotAnOrder),
        ("ordering", ["A", "A", "B", "C"], answers.NotAnOrder),
        ("hotspot", ["Z"], answers.UnknownOption),
        ("hotspot", ["A", "B"], answers.OneOnly),
        ("numeric", ["abc"], answers.NotANumber),
        ("numeric", ["1", "2"], answers.OneOnly),
        ("short_text", ["字" * 501], answers.TooLong),
    ):
        with pytest.raises(error):
            answers.shaped(by_kind[kind], given)
    assert answers.shaped(by_kind["short_text"], [" a\x00 ", ""]) == ["a"]
    lesson = courses.outline(enrolment.version_id).lesson("quiz")
    told = kinds.answers(enrolment, hotspot=["A", "B"])
    with pytest.raises(quizzes.BadAnswer):
        quizzes.submit_quiz(enrolment, lesson, told, opened_at=at, at=at)
