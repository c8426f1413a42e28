"""Appeals against a graded exam: made by its learner, decided by a person who had no part in the result."""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners import asking
from learners.models import Appeal, AppealMark, Attempt, Regrade
from learners.selectors.appeals import appeal_until, may_decide, must_wait_for_regrade
from learners.selectors.marking import points_standing
from learners.services import telling
from learners.services.assessment import result_of
from learners.services.completion import complete_if_due
from learners.services.regrading import apply
from learners.workflow import APPEAL_MOVES, FAILED, PASSED
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

SHORTEST_WORDS, LONGEST_WORDS = 10, 1_000
SHORTEST_REASON, LONGEST_REASON = 5, 500


class NotYourExam(RuleBroken):
    code = "not_your_exam"
    message = _("You can appeal about an exam of your own only.")


class NotGraded(RuleBroken):
    code = "not_graded"
    message = _("This exam is not graded yet. You can appeal once its result is there.")


class AppealTooLate(RuleBroken):
    code = "appeal_too_late"
    message = _("The days for an appeal about this exam are over.")


class AppealIsOpen(RuleBroken):
    code = "appeal_is_open"
    message = _("Your appeal about this exam is being looked into. You are told when it is decided.")


class WordsMissing(RuleBroken):
    code = "words_missing"
    message = _("Say in your own words what is wrong, in at least ten characters.")


class WordsTooLong(RuleBroken):
    code = "words_too_long"
    message = _("This text is too long. Say it in at most 1,000 characters.")


class NotInThisExam(RuleBroken):
    code = "not_in_this_exam"
    message = _("This question is not part of the exam.")


class NotYoursToDecide(RuleBroken):
    code = "not_yours_to_decide"
    message = _(
        "An appeal is decided by an instructor of the provider or the learner's province: nobody about their own exam,"
        " and nobody who has marked or decided something of this exam before."
    )


class AlreadyDecided(RuleBroken):
    code = "already_decided"
    message = _("Somebody has decided this already.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why, in at least five characters. The learner reads it.")


class NoMarks(RuleBroken):
    code = "no_marks"
    message = _("Choose a new mark for at least one question, or another decision.")


class MarkNotHigher(RuleBroken):
    code = "mark_not_higher"
    message = _("A question has that many points already. An appeal only ever gives more.")


class PassStays(RuleBroken):
    code = "pass_stays"
    message = _("This exam is passed. An appeal takes no pass away.")


class SetAsideAlready(RuleBroken):
    code = "set_aside_already"
    message = _("This attempt does not count already.")


class RegradeWaits(RuleBroken):
    code = "regrade_waits"
    message = _(
        "A key of this exam was corrected, and its pass waits for a decision under Graded anew. Decide that first."
    )


@transaction.atomic
def make_appeal(
    attempt: Attempt, *, words: str, question_ids: Iterable[int] = (), by: User, at: dt.datetime
) -> Appeal:
    """One open appeal per attempt, within the days after grading.

    Raises NotYourExam, NotGraded, AppealTooLate, AppealIsOpen, NotInThisExam, WordsMissing, WordsTooLong,
    asking.PersonalNumber.
    """
    attempt = Attempt.objects.select_for_update(of=["self"]).select_related("enrolment").get(pk=attempt.pk)
    if attempt.enrolment.user_id != by.pk:
        raise NotYourExam
    if not attempt.is_graded:
        raise NotGraded
    if attempt.appeals.open().exists():
        raise AppealIsOpen
    if at > appeal_until(attempt):
        raise AppealTooLate
    meant = set(question_ids)
    if not meant <= set(attempt.question_ids):
        raise NotInThisExam
    words = asking.plain(words)
    if len(words) < SHORTEST_WORDS:
        raise WordsMissing
    if len(words) > LONGEST_WORDS:
        raise WordsTooLong
    asking.refuse_personal_numbers(words)
    appeal = Appeal.objects.create(
        attempt=attempt,
        user=by,
        province_id=attempt.province_id,
        version_id=attempt.enrolment.version_id,
        question_ids=[qid for qid in attempt.question_ids if qid in meant],
        words=words,
        appealed_at=at,
    )
    record(by=by, action="exam.appealed", thing=appeal, at=at, detail={"questions": len(meant)})
    return appeal


@transaction.atomic
def uphold_result(appeal: Appeal, *, reason: str, by: User, at: dt.datetime) -> Appeal:
    """The result stands. Raises NotYoursToDecide, AlreadyDecided, ReasonMissing."""
    appeal, reason = _taken_up(appeal, reason, by=by)
    return _decided(appeal, "uphold", reason=reason, by=by, at=at)


@transaction.atomic
def set_attempt_aside(appeal: Appeal, *, reason: str, by: User, at: dt.datetime) -> Appeal:
    """The attempt does not count: its result stays on record, and another may be taken in its place.

    Raises NotYoursToDecide, AlreadyDecided, ReasonMissing, PassStays, SetAsideAlready.
    """
    appeal, reason = _taken_up(appeal, reason, by=by)
    if appeal.attempt.is_passed:
        raise PassStays
    if appeal.attempt.appeals.filter(remedy=Appeal.Remedy.SET_ASIDE).exists():
        raise SetAsideAlready
    return _decided(appeal, "grant", remedy=Appeal.Remedy.SET_ASIDE, reason=reason, by=by, at=at)


def change_marks(
    appeal: Appeal, marks: Mapping[int, str], *, reason: str, by: User, at: dt.datetime
) -> Appeal:
    """Give more for some answers and grade the attempt anew; with a pass the course may be completed.

    `marks` are rulings by question id. Raises NotYoursToDecide, AlreadyDecided, ReasonMissing, NoMarks, NotInThisExam,
    MarkNotHigher, RegradeWaits.
    """
    appeal = _change_marks(appeal, marks, reason=reason, by=by, at=at)
    if appeal.attempt.is_passed:
        complete_if_due(appeal.attempt.enrolment, at=at)
    return appeal


@transaction.atomic
def _change_marks(
    appeal: Appeal, marks: Mapping[int, str], *, reason: str, by: User, at: dt.datetime
) -> Appeal:
    appeal, reason = _taken_up(appeal, reason, by=by)
    attempt = appeal.attempt
    if must_wait_for_regrade(attempt):
        raise RegradeWaits
    if not marks:
        raise NoMarks
    points = points_standing(attempt)
    if not set(marks) <= set(points):
        raise NotInThisExam
    given = [
        AppealMark(appeal=appeal, province_id=appeal.province_id, question_id=qid, ruling=ruling)
        for qid, ruling in marks.items()
    ]
    new = {mark.question_id: Fraction(mark.points_percent, 100) for mark in given}
    if any(more <= points[qid] for qid, more in new.items()):
        raise MarkNotHigher
    AppealMark.objects.bulk_create(given)
    right, score = result_of(attempt, points | new)
    regrade = Regrade.objects.create(
        attempt=attempt,
        province_id=attempt.province_id,
        version_id=appeal.version_id,
        appeal=appeal,
        old_state=attempt.state,
        old_score_percent=attempt.score_percent,
        old_right_ids=attempt.right_ids,
        new_state=PASSED if score >= attempt.pass_mark_percent else FAILED,
        new_score_percent=score,
        new_right_ids=right,
        regraded_at=at,
        outcome=Regrade.Outcome.APPLIED,
    )
    apply(attempt, regrade, at=at)
    return _decided(appeal, "grant", remedy=Appeal.Remedy.MARKS, reason=reason, by=by, at=at)


def _taken_up(appeal: Appeal, reason: str, *, by: User) -> tuple[Appeal, str]:
    """The locked appeal with its locked attempt, and the reason as it is stored."""
    attempt = (
        Attempt.objects.select_for_update(of=["self"]).select_related("enrolment").get(pk=appeal.attempt_id)
    )
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    appeal.attempt = attempt
    if appeal.state != Appeal.State.OPEN:
        raise AlreadyDecided
    if not may_decide(by, appeal):
        raise NotYoursToDecide
    reason = " ".join(asking.plain(reason).split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    asking.refuse_personal_numbers(reason)
    return appeal, reason


def _decided(
    appeal: Appeal, step: str, *, remedy: str = "", reason: str, by: User, at: dt.datetime
) -> Appeal:
    appeal.state = moves.check(APPEAL_MOVES, step, appeal.state)
    appeal.remedy, appeal.reason = remedy, reason
    appeal.decided_at, appeal.decided_by = at, by
    appeal.save(update_fields=["state", "remedy", "reason", "decided_at", "decided_by"])
    telling.of_appeal(appeal, at=at)
    record(
        by=by,
        action="exam.appeal_decided",
        thing=appeal,
        at=at,
        reason=reason,
        detail={
            "state": appeal.state,
            "remedy": remedy,
            "score_percent": appeal.attempt.score_percent,
            "result": appeal.attempt.state,
        },
    )
    return appeal
