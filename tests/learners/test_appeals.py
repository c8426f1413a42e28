"""Appeals: who makes one, who decides, what a decision does, and what the database refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from courses.models import Question
from courses.services import corrections
from learners import asking, tasks, terms
from learners.models import Appeal, AppealMark, Attempt, Completion, Regrade
from learners.selectors.appeals import appeal_standing
from learners.selectors.mine import courses_of
from learners.selectors.progress import exam_standing
from learners.services import appeals, assessment, marking, regrading
from learners.services.completion import hand_in
from learners.services.regrading import decide
from portal.accounts.roles import Role
from portal.accounts.services import appoint
from portal.audit.models import Entry
from portal.notices.models import Notice
from tests import factories
from tests.learners import kinds

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
WORDS = "第二题的数我带了单位，𠮷师傅也这样写。"
WHY = "单位写法可以接受𠮷"
TWO, THREE = ("single", "numeric"), ("single", "numeric", "short_text")


@pytest.fixture
def clock(monkeypatch, at):
    class Clock:
        now = at + 5 * MINUTE

    monkeypatch.setattr("portal.clock.now", lambda: Clock.now)
    return Clock


@pytest.fixture
def teacher(db):
    return factories.staff(Role.INSTRUCTOR, name="李·老师")


@pytest.fixture
def keeper(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="目录员")


def taken(at, *, asked=TWO, **other):
    """A graded exam; 60 percent to pass."""
    attempt = kinds.sit(kinds.ready(at, course=kinds.publish(at, kinds=asked)), at=at, **other)
    return hand_in(attempt, by=attempt.enrolment.user, at=at)


def appealed(at, attempt=None, **told):
    attempt = attempt or taken(at, numeric=["13"])
    return appeals.make_appeal(attempt, words=WORDS, by=attempt.enrolment.user, at=at, **told)


def asked_in(attempt, kind):
    return Question.objects.get(kind=kind, version=attempt.enrolment.version_id).pk


def fresh(attempt):
    return Attempt.objects.get(pk=attempt.pk)


def test_a_learner_appeals_once_at_a_time(at):
    attempt = taken(at, numeric=["13"])
    row = appealed(at, attempt, question_ids=[asked_in(attempt, "numeric")])
    assert (row.state, row.user_id, row.words) == ("open", attempt.enrolment.user_id, WORDS)
    with pytest.raises(appeals.AppealIsOpen):
        appealed(at, attempt)
    assert not appeal_standing(attempt, at=at).is_open
    assert Entry.objects.get(action="exam.appealed").detail == {"questions": 1}
    assert WORDS not in str(Entry.objects.get(action="exam.appealed").payload()), "the log holds no words"


def test_what_is_no_appeal(at):
    attempt = taken(at, numeric=["13"])
    learner = attempt.enrolment.user

    def refused(error, *, by=learner, then=at, attempt=attempt, **told):
        with pytest.raises(error):
            appeals.make_appeal(attempt, **{"words": WORDS, **told}, by=by, at=then)

    refused(appeals.NotYourExam, by=factories.learner())
    refused(appeals.AppealTooLate, then=at + terms.APPEAL_WITHIN + MINUTE)
    refused(appeals.NotInThisExam, question_ids=[10**12])
    refused(appeals.WordsMissing, words=" \x00 不服气 ")
    refused(appeals.WordsTooLong, words="长" * 1001)
    refused(asking.PersonalNumber, words="我的身份证号是 520102199003079238，请查。")
    running = assessment.start_attempt(attempt.enrolment, by=learner, at=at + 11 * MINUTE)
    refused(appeals.NotGraded, attempt=running)
    assert appeal_standing(running, at=at) is None
    assert not Appeal.objects.exists()
    assert appealed(at + terms.APPEAL_WITHIN, attempt).pk


def test_more_for_an_answer_passes_and_completes(at, teacher):
    row = appealed(at)
    attempt = row.attempt
    numeric = asked_in(attempt, "numeric")
    appeals.change_marks(row, {numeric: "right"}, reason=WHY, by=teacher, at=at + MINUTE)
    attempt = fresh(attempt)
    assert (attempt.state, attempt.score_percent, len(attempt.right_ids)) == ("passed", 100, 2)
    trace = Regrade.objects.get()
    assert (trace.appeal_id, trace.correction_id, trace.outcome) == (row.pk, None, "applied")
    assert (trace.old_state, trace.old_score_percent, trace.new_state, trace.new_score_percent) == (
        "failed", 50, "passed", 100,
    )  # fmt: skip
    assert Completion.objects.get().facts["exam"]["score_percent"] == 100
    row.refresh_from_db()
    assert (row.state, row.remedy, row.decided_by, row.reason) == ("granted", "marks", teacher, WHY)
    told = Notice.objects.get(kind="appeal.decided")
    assert (told.user_id, told.path) == (row.user_id, f"/learn/exams/{attempt.pk}/result/")
    assert Entry.objects.get(action="exam.appeal_decided").reason == WHY


def test_half_and_void_count_for_this_attempt_alone(at, teacher):
    row = appealed(at, taken(at, asked=THREE, numeric=["13"], single=["B"]))
    attempt = row.attempt
    assert attempt.score_percent == 33
    given = {asked_in(attempt, "numeric"): "half", asked_in(attempt, "single"): "void"}
    appeals.change_marks(row, given, reason=WHY, by=teacher, at=at)
    assert (fresh(attempt).score_percent, fresh(attempt).state) == (83, "passed")
    other = kinds.sit(kinds.ready(at, course=attempt.enrolment.version.course), at=at, single=["B"])
    assert hand_in(other, by=other.enrolment.user, at=at).score_percent == 66


def test_the_result_stands(at, teacher):
    row = appealed(at)
    appeals.uphold_result(row, reason=WHY, by=teacher, at=at)
    assert (fresh(row.attempt).state, fresh(row.attempt).score_percent) == ("failed", 50)
    assert not Regrade.objects.exists()
    with pytest.raises(appeals.AlreadyDecided):
        appeals.uphold_result(row, reason=WHY, by=teacher, at=at)


def test_a_second_appeal_is_decided_by_somebody_else(at, teacher, keeper):
    first = appealed(at)
    appeals.uphold_result(first, reason=WHY, by=teacher, at=at)
    second = appealed(at + DAY, first.attempt)
    with pytest.raises(appeals.NotYoursToDecide):
        appeals.uphold_result(second, reason=WHY, by=teacher, at=at + DAY)
    appeals.uphold_result(second, reason=WHY, by=keeper, at=at + DAY)


def test_an_attempt_set_aside_uses_up_nothing(at, teacher):
    row = appealed(at)
    enrolment, soon = row.attempt.enrolment, at + MINUTE
    before = exam_standing(enrolment, at=soon)
    assert (before.left, before.is_open) == (2, False)
    assert courses_of(enrolment.user, at=soon)[0].exam.state == "waiting"
    appeals.set_attempt_aside(row, reason=WHY, by=teacher, at=soon)
    after = exam_standing(enrolment, at=soon)
    assert (after.left, after.is_open) == (3, True)
    assert courses_of(enrolment.user, at=soon)[0].exam.state == "open"
    assert fresh(row.attempt).state == "failed"
    assert assessment.start_attempt(enrolment, by=enrolment.user, at=soon).number == 2
    again = appealed(soon, row.attempt)
    with pytest.raises(appeals.SetAsideAlready):
        appeals.set_attempt_aside(again, reason=WHY, by=factories.staff(Role.PROVINCE_CATALOGUE), at=soon)


def test_who_decides(at, teacher, keeper):
    row = appealed(at)
    elsewhere = factories.user("远方")
    other = factories.organisation("91520281YYY58YK1XQ", code="510000")
    appoint(elsewhere, Role.INSTRUCTOR, by=None, at=at, organisation=other)
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    manager = factories.staff(Role.PROVIDER_MANAGER)
    for person in (elsewhere, far, manager, row.user, factories.staff(Role.AUDITOR)):
        with pytest.raises(appeals.NotYoursToDecide):
            appeals.uphold_result(row, reason=WHY, by=person, at=at)
    with pytest.raises(appeals.ReasonMissing):
        appeals.uphold_result(row, reason=" \x00 好 ", by=keeper, at=at)
    with pytest.raises(asking.PersonalNumber):
        appeals.uphold_result(row, reason="学员手机 13900001234 已联系", by=keeper, at=at)
    assert appeals.uphold_result(row, reason=WHY, by=keeper, at=at).decided_by == keeper


def test_nobody_decides_about_an_exam_of_their_own(at, teacher):
    mine = kinds.sit(kinds.ready(at, course=kinds.publish(at, kinds=TWO)), at=at, numeric=["13"])
    learner = mine.enrolment.user
    appoint(learner, Role.INSTRUCTOR, by=None, at=at, organisation=factories.organisation())
    row = appealed(at, hand_in(mine, by=learner, at=at))
    with pytest.raises(appeals.NotYoursToDecide):
        appeals.uphold_result(row, reason=WHY, by=learner, at=at)


def test_who_marked_an_answer_leaves_the_appeal_to_others(at, teacher, keeper):
    mark = kinds.waiting(at=at)
    marking.mark_answer(mark, points_percent=50, by=teacher, at=at)
    row = appealed(at, fresh(mark.attempt))
    with pytest.raises(appeals.NotYoursToDecide):
        appeals.uphold_result(row, reason=WHY, by=teacher, at=at)
    before = row.attempt.score_percent
    appeals.change_marks(row, {mark.question_id: "right"}, reason=WHY, by=keeper, at=at)
    assert fresh(row.attempt).score_percent > before


def test_an_appeal_only_gives_more(at, teacher):
    row = appealed(at)
    attempt = row.attempt
    single, numeric = asked_in(attempt, "single"), asked_in(attempt, "numeric")
    for marks, error in (
        ({}, appeals.NoMarks),
        ({single: "half"}, appeals.MarkNotHigher),
        ({single: "void"}, appeals.MarkNotHigher),
        ({numeric: "right", 10**12: "right"}, appeals.NotInThisExam),
    ):
        with pytest.raises(error):
            appeals.change_marks(row, marks, reason=WHY, by=teacher, at=at)
    assert not AppealMark.objects.exists()
    assert fresh(attempt).score_percent == 50


def test_a_pass_is_not_taken_away(at, teacher):
    row = appealed(at, taken(at, asked=THREE, numeric=["13"]))
    with pytest.raises(appeals.PassStays):
        appeals.set_attempt_aside(row, reason=WHY, by=teacher, at=at)
    assert fresh(row.attempt).state == "passed"


def correct(kind, teacher, at, **words):
    row = Question.objects.get(kind=kind)
    corrections.correct_question(row, is_void=False, words=words, reason=WHY, by=teacher, at=at)
    regrading.take_up_corrections()
    while regrading.regrade_next_due(at=at + 5 * MINUTE):
        pass


def test_what_an_appeal_gave_outlasts_a_correction(at, clock, teacher, keeper):
    row = appealed(at)
    attempt = row.attempt
    appeals.change_marks(row, {asked_in(attempt, "numeric"): "right"}, reason=WHY, by=keeper, at=at)
    correct("numeric", teacher, at, number=Decimal(14), tolerance=Decimal(0))
    assert (fresh(attempt).state, fresh(attempt).score_percent) == ("passed", 100)
    assert not Regrade.objects.corrected().exists()


def test_a_held_pass_is_decided_first(at, clock, teacher, keeper):
    attempt = taken(at, asked=THREE, numeric=["13"])
    row = appealed(at, attempt)
    correct("single", teacher, at, right_keys=["B"])
    held = Regrade.objects.held().get()
    given = {asked_in(attempt, "numeric"): "right"}
    with pytest.raises(appeals.RegradeWaits):
        appeals.change_marks(row, given, reason=WHY, by=keeper, at=at)
    decide(held, lower=False, reason=WHY, by=teacher, at=at)
    with pytest.raises(appeals.NotYoursToDecide):
        appeals.change_marks(row, given, reason=WHY, by=teacher, at=at)
    appeals.change_marks(row, given, reason=WHY, by=keeper, at=at)
    assert fresh(attempt).score_percent == 100, "what stood before the correction stands still"


def test_the_figures_follow(at, teacher):
    row = appealed(at)
    tasks.figure_due_attempts()
    appeals.change_marks(row, {asked_in(row.attempt, "numeric"): "void"}, reason=WHY, by=teacher, at=at)
    assert fresh(row.attempt).figures_due_at == at


def test_the_database_refuses(at, teacher, keeper):
    row = appealed(at)
    attempt = row.attempt

    def refused(act, name):
        with pytest.raises((DatabaseError, IntegrityError), match=name), transaction.atomic():
            act()

    told = {
        "attempt": attempt,
        "user": row.user,
        "province_id": row.province_id,
        "version_id": row.version_id,
        "appealed_at": at,
        "words": WORDS,
    }
    whole = {"state": "upheld", "decided_at": at, "decided_by": teacher, "reason": WHY}
    refused(lambda: Appeal.objects.create(**told), "appeal_one_open_per_attempt")
    refused(lambda: Appeal.objects.create(**{**told, **whole, "words": ""}), "appeal_says_why")
    for lack in ("decided_at", "decided_by"):
        refused(
            lambda lack=lack: Appeal.objects.create(**told, **{**whole, lack: None}),
            "appeal_decided_by_somebody",
        )
    for wrong in ({"reason": ""}, {"remedy": "marks"}, {"state": "granted"}, {"state": "open"}):
        refused(lambda wrong=wrong: Appeal.objects.create(**told, **{**whole, **wrong}), "appeal_")
    refused(
        lambda: Appeal.objects.create(**told, **{**whole, "decided_by": row.user}),
        "appeal_decided_by_another",
    )
    refused(
        lambda: Appeal.objects.create(**told, **{**whole, "decided_at": at - MINUTE}),
        "appeal_decided_after_it_was_made",
    )
    aside = {**told, **whole, "state": "granted", "remedy": "set_aside"}
    Appeal.objects.create(**aside)
    refused(lambda: Appeal.objects.create(**aside), "appeal_sets_aside_once")
    mine = Appeal.objects.filter(pk=row.pk)
    refused(lambda: mine.update(words="x"), "stays")
    refused(lambda: mine._raw_delete(mine.db), "stays")
    appeals.change_marks(row, {asked_in(attempt, "numeric"): "right"}, reason=WHY, by=keeper, at=at)
    refused(lambda: mine.update(reason="x"), "stays")
    refused(lambda: AppealMark.objects.update(ruling="half"), "permission denied")
    mark = {"appeal": row, "province_id": row.province_id}
    refused(
        lambda: AppealMark.objects.create(**mark, question_id=asked_in(attempt, "numeric"), ruling="half"),
        "appeal_mark_once",
    )
    refused(lambda: AppealMark.objects.create(**mark, question_id=1, ruling="wrong"), "appeal_mark_known")
    old = Regrade.objects.values().get()
    lower = {**old, "id": None, "old_score_percent": 100, "new_score_percent": 80, "old_state": "passed"}
    refused(lambda: Regrade.objects.create(**lower), "regrade_by_correction_or_raised_by_appeal")
    refused(
        lambda: Regrade.objects.create(**{**old, "id": None, "appeal_id": None}),
        "regrade_by_correction_or_raised_by_appeal",
    )


def test_the_database_takes_no_pass(at, teacher):
    row = appealed(at, taken(at, asked=THREE, numeric=["13"]))
    decided = {
        "state": "granted",
        "remedy": "set_aside",
        "decided_at": at,
        "decided_by": teacher,
        "reason": WHY,
    }
    with pytest.raises(DatabaseError, match="takes no pass"), transaction.atomic():
        Appeal.objects.filter(pk=row.pk).update(**decided)
