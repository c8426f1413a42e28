"""After a correction every graded exam that drew the question is graded anew; a pass never falls by itself."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.models import Attempt, Enrolment, Regrade, Regrading
from learners.selectors.marking import points_of
from learners.selectors.regrading import may_decide
from learners.services.assessment import result_of
from learners.services.due import work_on_next
from learners.workflow import ACTIVE, ATTEMPT_MOVES, COMPLETED, FAILED, PASSED
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

CHUNK = 50
"""Exams of one run, so that no transaction is long."""
SETTLE, RETRY = dt.timedelta(minutes=1), dt.timedelta(minutes=5)
"""An exam that was being graded by the old key when the correction came is graded by then."""
SHORTEST_REASON, LONGEST_REASON = 5, 500


class NotYoursToDecide(RuleBroken):
    code = "not_yours_to_decide"
    message = _(
        "Only instructors of the provider and the learner's province decide this, and nobody their own."
    )


class AlreadyDecided(RuleBroken):
    code = "already_decided"
    message = _("Somebody has decided this already.")


class CourseCompleted(RuleBroken):
    code = "course_completed"
    message = _("The course is completed, and a certificate may stand on this exam. The pass stays.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why, in at least five characters.")


def take_up_corrections() -> int:
    """Put every new correction into the queue. Gives how many."""
    known = Regrading.objects.values_list("correction_id", flat=True)
    new = courses.corrections(but=known)
    rows = [
        Regrading(
            correction_id=one.id,
            version_id=one.version_id,
            question_id=one.question_id,
            due_at=one.corrected_at + SETTLE,
        )
        for one in new
    ]
    Regrading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def regrade_next_due(*, at: dt.datetime) -> bool:
    """Grade the next few exams anew of one correction. False when none is due. A failure is pushed forward."""
    due = Regrading.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    return work_on_next(due, lambda run: _go_on(run, at=at), due_at=at + RETRY)


def _go_on(run: Regrading, *, at: dt.datetime) -> None:
    rows = Attempt.objects.graded().filter(
        enrolment__version_id=run.version_id, question_ids__contains=[run.question_id], pk__gt=run.through_id
    )
    attempts = list(rows.select_related("enrolment").select_for_update(of=["self"]).order_by("pk")[:CHUNK])
    for attempt in attempts:
        run.changed += _regrade(attempt, run, at=at)
        run.looked_at += 1
        run.through_id = attempt.pk
    if len(attempts) < CHUNK:
        run.due_at, run.done_at = None, at
    run.save(update_fields=["changed", "looked_at", "through_id", "due_at", "done_at"])


def _regrade(attempt: Attempt, run: Regrading, *, at: dt.datetime) -> bool:
    """Whether anything is different now."""
    right, score = result_of(attempt, _points(attempt))
    if (right, score) == (attempt.right_ids, attempt.score_percent):
        return False
    state = PASSED if score >= attempt.pass_mark_percent else FAILED
    falls = attempt.is_passed and state == FAILED
    row = Regrade.objects.create(
        attempt=attempt,
        province_id=attempt.province_id,
        version_id=run.version_id,
        question_id=run.question_id,
        correction_id=run.correction_id,
        old_state=attempt.state,
        old_score_percent=attempt.score_percent,
        old_right_ids=attempt.right_ids,
        new_state=state,
        new_score_percent=score,
        new_right_ids=right,
        regraded_at=at,
        outcome=Regrade.Outcome.HELD if falls else Regrade.Outcome.APPLIED,
    )
    detail = {"correction": run.correction_id, "old": attempt.score_percent, "new": score, "held": falls}
    if not falls:
        apply(attempt, row, at=at)
    record(by=None, action="exam.regraded", thing=attempt, at=at, detail=detail)
    return True


def _points(attempt: Attempt) -> Mapping[int, Fraction]:
    """What was right and is decided by nobody now stays right."""
    return dict.fromkeys(attempt.right_ids, Fraction(1)) | points_of(attempt)


def apply(attempt: Attempt, row: Regrade, *, at: dt.datetime) -> None:
    """The database lets a graded exam change only to what such a row says."""
    if row.new_state != attempt.state:
        attempt.state = moves.check(
            ATTEMPT_MOVES, "raise" if row.new_state == PASSED else "lower", attempt.state
        )
    attempt.right_ids, attempt.score_percent = row.new_right_ids, row.new_score_percent
    attempt.figures_due_at = at
    attempt.save(update_fields=["state", "right_ids", "score_percent", "figures_due_at"])
    if attempt.is_passed:
        Enrolment.objects.filter(pk=attempt.enrolment_id, state=ACTIVE).update(completion_due_at=at)


@transaction.atomic
def decide(regrade: Regrade, *, lower: bool, reason: str, by: User, at: dt.datetime) -> Regrade:
    """A pass that would become a fail: it stays, or a person lowers it.

    Raises NotYoursToDecide, AlreadyDecided, CourseCompleted, ReasonMissing.
    """
    attempt = Attempt.objects.select_for_update().get(pk=regrade.attempt_id)
    enrolment = Enrolment.objects.select_for_update().get(pk=attempt.enrolment_id)
    regrade = Regrade.objects.select_for_update().get(pk=regrade.pk)
    if not may_decide(by, regrade):
        raise NotYoursToDecide
    if regrade.outcome != Regrade.Outcome.HELD:
        raise AlreadyDecided
    reason = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    if lower and enrolment.state == COMPLETED:
        raise CourseCompleted
    regrade.outcome = Regrade.Outcome.LOWERED if lower else Regrade.Outcome.KEPT
    regrade.decided_at, regrade.decided_by, regrade.reason = at, by, reason
    regrade.save(update_fields=["outcome", "decided_at", "decided_by", "reason"])
    if lower:
        apply(attempt, regrade, at=at)
    record(
        by=by, action="exam.regrade_decided", thing=attempt, at=at, reason=reason, detail={"lowered": lower}
    )
    return regrade
