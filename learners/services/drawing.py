"""Who assesses: drawn by workload among the provider's instructors, never the learner, never the learner's colleagues."""

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners import terms
from learners.models import Assessment, Submission
from learners.models.practice import THIRD
from learners.selectors.practice import may_assess, open_counts
from learners.workflow import ASSESSMENT_MOVES, SPLIT, SUBMITTED
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

_SEATS = {SUBMITTED: (1, 2), SPLIT: (1, 2, THIRD)}


class NobodyFree(RuleBroken):
    code = "nobody_free"
    message = _("Nobody else may assess this film: an instructor is needed who is not on it already.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why somebody else is to assess it.")


def _drawn(submission: Submission) -> int | None:
    """Of those who may, whoever has the fewest open papers; chance decides between equals."""
    free = may_assess(submission)
    if not free:
        return None
    load = open_counts(free)
    chance = secrets.SystemRandom()
    return min(free, key=lambda user_id: (load.get(user_id, 0), chance.random()))


def _seat(submission: Submission, seat: int, assessor_id: int, *, at: dt.datetime) -> Assessment:
    drawn = Assessment.objects.create(
        submission=submission,
        province_id=submission.province_id,
        assessor_id=assessor_id,
        seat=seat,
        drawn_at=at,
        due_at=at + terms.ASSESS_WITHIN,
    )
    record(by=None, action="assessment.drawn", thing=drawn, at=at, detail={"seat": seat})
    return drawn


def draw_missing(submission: Submission, *, at: dt.datetime) -> None:
    """Fill the empty seats of a locked submission. Where nobody may sit, the sweeper looks again later."""
    taken = set(submission.assessments.standing().values_list("seat", flat=True))
    left = [seat for seat in _SEATS.get(submission.state, ()) if seat not in taken]
    for seat in list(left):
        if (assessor_id := _drawn(submission)) is not None:
            _seat(submission, seat, assessor_id, at=at)
            left.remove(seat)
    submission.draw_due_at = at + terms.DRAW_RETRY if left else None
    submission.save(update_fields=["draw_due_at"])


def draw_next(*, at: dt.datetime) -> bool:
    """Look at one submission that lacks an assessor. Whether there was one."""
    due = Submission.objects.filter(draw_due_at__lte=at).order_by("draw_due_at")
    with transaction.atomic():
        submission = due.select_for_update(skip_locked=True, of=["self"]).first()
        if submission is None:
            return False
        draw_missing(submission, at=at)
    return True


@transaction.atomic
def reassign(assessment: Assessment, *, by: User, at: dt.datetime, reason: str) -> Assessment:
    """Give an open paper to somebody else; what was marked on it stays with it and counts for nothing.

    Raises ReasonMissing, NobodyFree, IllegalMove.
    """
    if not reason.strip():
        raise ReasonMissing
    submission = Submission.objects.select_for_update().get(pk=assessment.submission_id)
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    target = moves.check(ASSESSMENT_MOVES, "release", assessment.state)
    assessor_id = _drawn(submission)
    if assessor_id is None:
        raise NobodyFree
    assessment.state, assessment.released_at = target, at
    assessment.save(update_fields=["state", "released_at"])
    record(by=by, action="assessment.released", thing=assessment, at=at, reason=reason.strip())
    return _seat(submission, assessment.seat, assessor_id, at=at)
