"""Reports of questions and answers: who decides, what becomes of what was hidden, and pauses."""

import datetime as dt

import pytest
from django.urls import reverse

from learners import asking as terms
from learners.models import AskingPause
from learners.selectors import moderation as selectors
from learners.services import answering, asking, moderation
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.learners import asked

DAY = dt.timedelta(days=1)


@pytest.fixture
def teacher(db, at):
    return asked.teacher(at)


@pytest.fixture
def manager(db, at):
    return asked.teacher(at, Role.PROVIDER_MANAGER)


@pytest.fixture
def keeper(db, at):
    return factories.staff(Role.PROVINCE_CATALOGUE, at=at)


def of_a_question(learning, by, at):
    return asking.report(asked.ask(learning).posts.get(), why="abuse", by=by, at=at)


def test_a_hidden_question_is_closed_and_its_author_reads_why(client, learning, teacher, keeper, at):
    report = of_a_question(learning, teacher, at)
    done = moderation.decide(report, "hide", reason=asked.WHY, by=keeper, at=at)
    assert (done.state, done.decided_by, done.decided_reason) == ("hidden", keeper, asked.WHY)
    enquiry = done.post.enquiry
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.due_at) == ("closed", None)
    assert Entry.objects.get(action="report.hidden").reason == asked.WHY
    with pytest.raises(IllegalMove):
        asking.follow_up(enquiry, text="为什么？", by=learning.user, at=at)
    factories.sign_in(client, learning.user, second_factor=False)
    text = client.get(reverse("learners:enquiry", args=[enquiry.pk])).content.decode()
    assert asked.WHY in text
    assert asked.TEXT not in text


def test_a_hidden_answer_makes_its_question_wait_again(learning, teacher, keeper, at):
    done = asked.answered(learning, by=teacher)
    post = done.posts.get(kind="answer")
    report = asking.report(post, why="wrong", by=learning.user, at=at + DAY)
    moderation.decide(report, "hide", reason=asked.WHY, by=keeper, at=at + DAY)
    done.refresh_from_db()
    assert (done.state, done.waiting_since_at, done.reopened_at) == ("waiting", at + DAY, None)
    answering.answer(done, text="改正后的回答。", by=teacher, at=at + DAY)


def test_a_hidden_entry_is_gone_for_good(learning, teacher, keeper, at):
    entry = asked.published(learning, by=teacher)
    report = asking.report(entry, why="personal", words="有人名", by=learning.user, at=at)
    moderation.decide(report, "hide", reason=asked.WHY, by=keeper, at=at)
    entry.refresh_from_db()
    assert (entry.state, entry.hidden_reason) == ("hidden", asked.WHY)
    for step in (answering.publish_again, answering.unpublish):
        with pytest.raises(IllegalMove):
            step(entry, by=teacher, at=at)
    with pytest.raises(IllegalMove):
        answering.change_entry(entry, by=teacher, at=at, **asked.FAQ)


def test_what_is_kept_stays_and_all_reports_of_it_are_decided(learning, teacher, manager, keeper, at):
    first = of_a_question(learning, teacher, at)
    second = asking.report(first.post, why="advert", by=manager, at=at)
    moderation.decide(first, "keep", reason="正常的提问。", by=keeper, at=at)
    second.refresh_from_db()
    assert (second.state, second.decided_by) == ("kept", keeper)
    assert first.post.hidden_at is None
    with pytest.raises(IllegalMove):
        moderation.decide(second, "hide", reason=asked.WHY, by=keeper, at=at)


def test_a_report_is_made_once_and_not_of_own_words(learning, teacher, at):
    report = of_a_question(learning, teacher, at)
    with pytest.raises(asking.ReportedBefore):
        asking.report(report.post, why="other", by=teacher, at=at)
    with pytest.raises(asking.OwnWords):
        asking.report(report.post, why="other", by=learning.user, at=at)
    with pytest.raises(terms.PersonalNumber):
        asking.report(report.post, why="other", words="电话 13900012345", by=factories.user(at=at), at=at)


@pytest.mark.parametrize("reason", ["", "  \n ", "不行", "\x00" * 9])
def test_a_decision_needs_a_reason(learning, teacher, keeper, at, reason):
    with pytest.raises(moderation.ReasonTooShort):
        moderation.decide(of_a_question(learning, teacher, at), "hide", reason=reason, by=keeper, at=at)


def test_who_decides(learning, teacher, manager, keeper, at):
    report = of_a_question(learning, teacher, at)
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000", at=at)
    auditor = factories.staff(Role.AUDITOR, at=at)
    for person, sees, decides in (
        (manager, True, True),
        (keeper, True, True),
        (auditor, True, False),
        (far, False, False),
        (teacher, False, False),
        (learning.user, False, False),
    ):
        assert selectors.reports_visible_to(person).filter(pk=report.pk).exists() is sees, person
        assert selectors.may_decide(person, report) is decides, person
    with pytest.raises(moderation.NotYoursToDecide):
        moderation.decide(report, "keep", reason=asked.WHY, by=auditor, at=at)
    own = asking.report(report.post, why="abuse", by=manager, at=at)
    assert not selectors.may_decide(manager, own)


def test_a_manager_pauses_in_own_courses_a_province_everywhere(learning, teacher, manager, keeper, at):
    report = of_a_question(learning, teacher, at)
    moderation.decide(report, "hide", reason=asked.WHY, pause_days=7, by=manager, at=at)
    pause = AskingPause.objects.get()
    assert (pause.organisation_id, pause.ends_at) == (factories.organisation().pk, at + 7 * DAY)
    with pytest.raises(asking.Paused, match="2026-03-23") as told:
        asked.ask(learning, at=at + 6 * DAY)
    assert asked.WHY in str(told.value)
    again = asking.report(asked.ask(learning, at=at + 8 * DAY).posts.get(), why="abuse", by=teacher, at=at)
    moderation.decide(again, "hide", reason=asked.WHY, pause_days=3, by=keeper, at=at + 8 * DAY)
    assert AskingPause.objects.filter(organisation=None).count() == 1
    asked.of_another_school(learning.enrolment.version)
    with pytest.raises(asking.Paused):
        asked.ask(learning, at=at + 9 * DAY)


def test_only_a_learner_whose_words_are_hidden_is_paused(learning, teacher, keeper, at):
    report = of_a_question(learning, teacher, at)
    with pytest.raises(moderation.NoPauseHere):
        moderation.decide(report, "keep", reason=asked.WHY, pause_days=3, by=keeper, at=at)
    with pytest.raises(moderation.NoPauseHere):
        moderation.decide(report, "hide", reason=asked.WHY, pause_days=31, by=keeper, at=at)
    entry = asked.published(learning, by=teacher)
    told = asking.report(entry, why="wrong", by=learning.user, at=at)
    with pytest.raises(moderation.NoPauseHere):
        moderation.decide(told, "hide", reason=asked.WHY, pause_days=3, by=keeper, at=at)
    assert not AskingPause.objects.exists()
