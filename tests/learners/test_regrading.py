"""A corrected key: exams are graded anew once, a fail may rise, a pass falls only by a person, completion follows."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from courses import selectors as courses
from courses import services as catalogue
from courses.models import Correction, Question
from courses.services import corrections
from courses.services.questions import BadQuestion
from learners import tasks
from learners.models import Attempt, Completion, QuestionFigures, Regrade, Regrading
from learners.services import assessment, regrading
from learners.services.completion import hand_in
from portal.accounts.roles import Role
from portal.accounts.services import appoint
from portal.audit.models import Entry
from tests import factories
from tests.learners import kinds

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
WHY = "答案印错了𠮷"
TWO = ("single", "numeric")


@pytest.fixture
def clock(monkeypatch, at):
    class Clock:
        now = at + 5 * MINUTE

    monkeypatch.setattr("portal.clock.now", lambda: Clock.now)
    return Clock


@pytest.fixture
def teacher(db):
    return factories.staff(Role.INSTRUCTOR, name="李·老师")


def taken(at, *, asked=TWO, **other):
    """An exam of two questions, 60 percent to pass."""
    attempt = kinds.sit(kinds.ready(at, course=kinds.publish(at, kinds=asked)), at=at, **other)
    return hand_in(attempt, by=attempt.enrolment.user, at=at)


def correct(kind, teacher, at, *, is_void=False, **words):
    row = Question.objects.get(kind=kind)
    return corrections.correct_question(row, is_void=is_void, words=words, reason=WHY, by=teacher, at=at)


def fresh(attempt):
    return Attempt.objects.get(pk=attempt.pk)


def test_a_fail_rises_and_the_course_completes(at, clock, teacher):
    attempt = taken(at, numeric=["13"])
    assert (attempt.state, attempt.score_percent) == ("failed", 50)
    correct("numeric", teacher, at, number=Decimal(13), tolerance=Decimal(0))
    assert tasks.regrade_due_exams() == 1
    assert tasks.regrade_due_exams() == 0
    attempt = fresh(attempt)
    assert (attempt.state, attempt.score_percent, len(attempt.right_ids)) == ("passed", 100, 2)
    row = Regrade.objects.get()
    assert (row.old_state, row.old_score_percent, row.new_state, row.new_score_percent, row.outcome) == (
        "failed", 50, "passed", 100, "applied",
    )  # fmt: skip
    assert tasks.complete_due_enrolments() == 1
    assert Completion.objects.get().facts["exam"]["score_percent"] == 100
    assert Entry.objects.filter(action="exam.regraded").count() == 1


def test_a_void_question_is_right_for_everybody_and_drawn_no_more(at, clock, teacher):
    attempt = taken(at, numeric=[])
    correct("numeric", teacher, at, is_void=True)
    tasks.regrade_due_exams()
    assert fresh(attempt).state == "passed"
    version = courses.outline(attempt.enrolment.version_id)
    gone = Question.objects.get(kind="numeric").pk
    assert gone not in courses.draw(version, seed=1, at=at + MINUTE)
    assert gone in courses.draw(version, seed=1, at=at - MINUTE), "an old draw can be made again"


def test_a_pass_never_falls_by_itself(at, clock, teacher):
    attempt = taken(at)
    correct("single", teacher, at, right_keys=["B"])
    tasks.regrade_due_exams()
    assert (fresh(attempt).state, fresh(attempt).score_percent) == ("passed", 100)
    row = Regrade.objects.held().get()
    assert (row.new_state, row.new_score_percent) == ("failed", 50)
    with pytest.raises(regrading.CourseCompleted):
        regrading.decide(row, lower=True, reason=WHY, by=teacher, at=at)
    with pytest.raises(regrading.ReasonMissing):
        regrading.decide(row, lower=False, reason="好", by=teacher, at=at)
    regrading.decide(row, lower=False, reason=WHY, by=teacher, at=at)
    with pytest.raises(regrading.AlreadyDecided):
        regrading.decide(row, lower=False, reason=WHY, by=teacher, at=at)
    assert fresh(attempt).state == "passed"


def held(at, teacher):
    """A pass that waits, of a course that the sweeper has not completed yet."""
    attempt = kinds.sit(kinds.ready(at, course=kinds.publish(at, kinds=TWO)), at=at)
    attempt = assessment.submit_attempt(attempt, by=attempt.enrolment.user, at=at)
    correct("single", teacher, at, right_keys=["B"])
    tasks.regrade_due_exams()
    return attempt, Regrade.objects.held().get()


def test_a_person_lowers_a_pass(at, clock, teacher):
    attempt, row = held(at, teacher)
    regrading.decide(row, lower=True, reason=WHY, by=teacher, at=at)
    assert (fresh(attempt).state, fresh(attempt).score_percent) == ("failed", 50)
    assert Entry.objects.get(action="exam.regrade_decided").reason == WHY


def test_who_decides(at, clock, teacher):
    attempt = taken(at)
    correct("single", teacher, at, right_keys=["B"])
    tasks.regrade_due_exams()
    row = Regrade.objects.get()
    elsewhere = factories.user("远方")
    other = factories.organisation("91520281YYY58YK1XQ", code="510000")
    appoint(elsewhere, Role.INSTRUCTOR, by=None, at=at, organisation=other)
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    for person in (elsewhere, far, attempt.enrolment.user, factories.staff(Role.AUDITOR)):
        with pytest.raises(regrading.NotYoursToDecide):
            regrading.decide(row, lower=False, reason=WHY, by=person, at=at)
    for person in (elsewhere, attempt.enrolment.user):
        with pytest.raises(corrections.NotYoursToCorrect):
            correct("single", person, at, right_keys=["C"])


def test_figures_follow(at, clock, teacher):
    taken(at, numeric=["13"])
    tasks.figure_due_attempts()
    correct("numeric", teacher, at, number=Decimal(13), tolerance=Decimal(0))
    tasks.regrade_due_exams()
    assert tasks.figure_due_attempts() == 1
    numeric = QuestionFigures.objects.get(question_id=Question.objects.get(kind="numeric").pk)
    assert (numeric.drawn, numeric.right) == (1, 1)


def test_an_exam_that_still_runs_is_graded_by_the_new_key(at, clock, teacher):
    attempt = kinds.sit(kinds.ready(at, course=kinds.publish(at, kinds=TWO)), at=at, numeric=["13"])
    correct("numeric", teacher, at, number=Decimal(13), tolerance=Decimal(0))
    assert hand_in(attempt, by=attempt.enrolment.user, at=at).score_percent == 100
    tasks.regrade_due_exams()
    assert not Regrade.objects.exists()
    assert Regrading.objects.get().looked_at == 1


def test_it_goes_on_where_it_stopped(at, clock, teacher, monkeypatch):
    monkeypatch.setattr(regrading, "CHUNK", 1)
    taken(at, numeric=["13"])
    correct("numeric", teacher, at, number=Decimal(13), tolerance=Decimal(0))
    clock.now = at
    assert tasks.regrade_due_exams() == 0, "exams that are being graded settle first"
    clock.now = at + 5 * MINUTE
    assert tasks.regrade_due_exams() == 2
    assert Regrading.objects.get().changed == 1


def test_what_is_no_correction(at, teacher):
    taken(at, asked=("single", "ordering", "short_text", "numeric"))
    for kind, words, error in (
        ("single", {"right_keys": ["A"]}, corrections.NothingCorrected),
        ("single", {"right_keys": []}, BadQuestion),
        ("single", {"right_keys": ["A", "B"]}, BadQuestion),
        ("single", {"right_keys": ["Z"]}, BadQuestion),
        ("ordering", {}, BadQuestion),
        ("short_text", {"accepted": []}, BadQuestion),
        ("numeric", {"number": None}, BadQuestion),
    ):
        with pytest.raises(error):
            correct(kind, teacher, at, **words)
    correct("ordering", teacher, at, is_void=True)
    with pytest.raises(corrections.NothingCorrected):
        correct("ordering", teacher, at, is_void=True)
    with pytest.raises(corrections.WhyCorrected):
        corrections.correct_question(
            Question.objects.get(kind="single"), is_void=True, reason=" 错 ", by=teacher, at=at
        )


def test_the_next_version_has_the_corrected_key(at, teacher):
    attempt = taken(at)
    correct("single", teacher, at, right_keys=["B"])
    course = Question.objects.get(kind="single").version.course
    new = catalogue.start_version(course, by=teacher, at=at)
    assert new.questions.get(kind="single").right_keys == ["B"]
    assert Question.objects.get(kind="single", version=attempt.enrolment.version_id).right_keys == ["A"]
    with pytest.raises(corrections.NotPublished):
        corrections.correct_question(
            new.questions.get(kind="single"), is_void=True, reason=WHY, by=teacher, at=at
        )


def test_the_database_keeps_the_trace(at, clock, teacher):
    attempt = taken(at)
    made = correct("single", teacher, at, right_keys=["B"])
    tasks.regrade_due_exams()
    row = Regrade.objects.get()

    def refused(act, name):
        with pytest.raises((DatabaseError, IntegrityError), match=name), transaction.atomic():
            act()

    refused(lambda: Correction.objects.filter(pk=made.pk).update(reason="x"), "permission denied")
    told = {"question": made.question, "corrected_at": at, "corrected_by": teacher}
    refused(lambda: Correction.objects.create(**told, is_void=True, reason=""), "correction_has_reason")
    refused(lambda: Correction.objects.create(**told, reason=WHY), "correction_says_one_thing")
    refused(lambda: Attempt.objects.filter(pk=attempt.pk).update(score_percent=90), "never changes")
    refused(
        lambda: Attempt.objects.filter(pk=attempt.pk).update(state="failed", score_percent=50),
        "never changes",
    )
    held = Regrade.objects.filter(pk=row.pk)
    refused(lambda: held.update(new_score_percent=99), "stays")
    refused(lambda: held.update(outcome="kept"), "regrade_decided_by_somebody")
    refused(lambda: held._raw_delete(held.db), "stays")
    names = (
        "attempt",
        "province_id",
        "version_id",
        "question_id",
        "old_right_ids",
        "new_right_ids",
        "regraded_at",
    )
    copy = {name: getattr(row, name) for name in names}
    scores = {"old_state": "passed", "old_score_percent": 100, "new_state": "failed", "new_score_percent": 50}
    refused(
        lambda: Regrade.objects.create(**copy, **scores, correction_id=0, outcome="applied"),
        "regrade_no_pass_falls_by_itself",
    )
    refused(
        lambda: Regrade.objects.create(**copy, **scores, correction_id=row.correction_id, outcome="held"),
        "regrade_once_a_correction",
    )
    refused(lambda: Regrading.objects.update(done_at=None), "regrading_due_or_done")


def test_the_pages_correct_and_decide(at, clock, teacher):
    taken(at)
    question = Question.objects.get(kind="single")
    desk = factories.sign_in(Client(), teacher)
    address = reverse("courses:correct", args=[question.version.course.code, question.pk])
    assert desk.get(address).status_code == 200
    said = {"what": "other", "right_keys": ["B"], "reason": WHY}
    for wrong in ({"what": ""}, {"what": "𠮷"}, {"right_keys": ["A"]}, {"right_keys": []}, {"reason": "x"}):
        assert desk.post(address, said | wrong).status_code == 422
    assert desk.post(address, said).status_code == 302
    assert WHY in desk.get(address).content.decode()
    clock.now += 5 * MINUTE
    tasks.regrade_due_exams()
    row = Regrade.objects.get()
    page = desk.get(reverse("learners:regrades")).content.decode()
    one = reverse("learners:regrade", args=[row.pk])
    assert one in page
    assert str(row.attempt.enrolment.user) not in page
    assert desk.post(one, {"decision": "lower", "reason": WHY}).status_code == 422
    assert desk.post(one, {"decision": "keep", "reason": WHY}).status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == ("kept", teacher)
    for kind in ("numeric",):
        other = Question.objects.get(kind=kind)
        page = desk.get(reverse("courses:correct", args=[other.version.course.code, other.pk]))
        assert 'name="number"' in page.content.decode()
    assert desk.get(reverse("courses:correct", args=["X\x00", 1])).status_code == 404
