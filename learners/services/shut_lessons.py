"""A lesson that failed presence checks have shut is opened again by a person, with a reason."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners.models import Coverage
from learners.selectors import shut_lessons
from learners.services import telling
from portal.accounts.models import User
from portal.audit import services as audit
from portal.rules import RuleBroken

SHORTEST_REASON, LONGEST_REASON = 5, 500


class NotShut(RuleBroken):
    code = "lesson_not_shut"
    message = _("This lesson is open. Somebody has opened it already.")


class NotYours(RuleBroken):
    code = "not_yours_to_reopen"
    message = _(
        "Only instructors of the course's provider and the catalogue's administrator of the learner's province may"
        " open it, and nobody a lesson of their own."
    )


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why it may be opened, in at least five characters.")


@transaction.atomic
def reopen_lesson(coverage: Coverage, *, by: User, at: dt.datetime, reason: str) -> Coverage:
    """The failures begin anew; what has counted stays. Raises NotYours, ReasonMissing, NotShut."""
    coverage = Coverage.objects.select_for_update().get(pk=coverage.pk)
    if not shut_lessons.may_reopen(by, coverage):
        raise NotYours
    reason = " ".join(reason.replace("\x00", "").split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    if coverage.shut_at is None:
        raise NotShut
    coverage.shut_at, coverage.failures = None, 0
    coverage.reopened_at, coverage.reopened_by = at, by
    coverage.save(update_fields=["shut_at", "failures", "reopened_at", "reopened_by"])
    telling.of_lesson(coverage, "lesson.reopened", at=at)
    audit.record(by=by, action="lesson.reopened", thing=coverage, at=at, reason=reason[:LONGEST_REASON])
    return coverage
