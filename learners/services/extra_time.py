"""Extra time for an exam: before the attempt, by an instructor or the province, with a reason."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners.models import Enrolment, ExtraTime
from learners.selectors.extra_time import enrolment_to_grant
from learners.workflow import ACTIVE
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

SHORTEST_REASON, LONGEST_REASON = 5, 500


class NotYourLearner(RuleBroken):
    code = "not_your_learner"
    message = _("There is no such number among your learners.")


class NotLearning(RuleBroken):
    code = "not_learning"
    message = _("This learner is not learning the course any more.")


class ExamRuns(RuleBroken):
    code = "exam_runs"
    message = _(
        "An exam is running. Extra time is granted before it begins: grant it for the next once this one is over."
    )


class TooMuchTime(RuleBroken):
    code = "too_much_time"
    message = _("Extra time is 0 to 240 minutes.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why, in at least five characters.")


@transaction.atomic
def grant_extra_time(number: int, *, minutes: int, reason: str, by: User, at: dt.datetime) -> ExtraTime:
    """For every attempt of this enrolment that begins from now on; 0 minutes end it.

    Raises NotYourLearner, NotLearning, ExamRuns, TooMuchTime, ReasonMissing.
    """
    found = enrolment_to_grant(by, number)
    if found is None:
        raise NotYourLearner
    enrolment = Enrolment.objects.select_for_update().get(pk=found.pk)
    if enrolment.state != ACTIVE:
        raise NotLearning
    if enrolment.attempts.running().exists():
        raise ExamRuns
    if not 0 <= minutes <= ExtraTime.MOST_MINUTES:
        raise TooMuchTime
    reason = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    row = ExtraTime.objects.create(
        enrolment=enrolment,
        province_id=enrolment.province_id,
        minutes=minutes,
        reason=reason,
        granted_at=at,
        granted_by=by,
    )
    record(
        by=by, action="exam.time_granted", thing=enrolment, at=at, reason=reason, detail={"minutes": minutes}
    )
    return row
