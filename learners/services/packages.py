"""Keeping what an imported package says. It is the package's own word: this file knows nothing of time."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.models import Enrolment, PackageState
from learners.services.package_sessions import NoSuchPart
from learners.services.quizzes import EnrolmentEnded
from learners.workflow import WITHDRAWN
from portal.rules import RuleBroken

Status = PackageState.Status
SUSPEND = "cmi.suspend_data"
KEPT = {
    "cmi.core.lesson_status": 20,
    "cmi.core.lesson_location": 255,
    "cmi.core.score.raw": 20,
    "cmi.completion_status": 20,
    "cmi.success_status": 20,
    "cmi.location": 1_000,
    "cmi.score.raw": 20,
    "cmi.score.scaled": 20,
    SUSPEND: 64_000,
}
"""The values that are kept, and their most characters (SCORM 2004 4th edition, 4.2). Times are not among them."""
_STATUSES = {
    "passed": Status.PASSED,
    "failed": Status.FAILED,
    "completed": Status.COMPLETED,
    "incomplete": Status.INCOMPLETE,
    "browsed": Status.INCOMPLETE,
}


class TooMuchTold(RuleBroken):
    code = "package_told_too_much"
    message = _("The package wants to keep more than there is room for. Its last state was not kept.")


@transaction.atomic
def keep_package_state(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    number: int,
    told: Mapping[str, str],
    at: dt.datetime,
) -> PackageState:
    """Keep the values in KEPT; anything else that a package tells, its times above all, is passed over.

    Not in the audit: nothing rests on it. Raises EnrolmentEnded, NoSuchPart, TooMuchTold.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state == WITHDRAWN:
        raise EnrolmentEnded
    package = courses.package_of(lesson.id)
    if package is None or number >= len(package.items):
        raise NoSuchPart
    kept = {name: told[name] for name in KEPT if name in told}
    if any(len(text) > KEPT[name] for name, text in kept.items()):
        raise TooMuchTold
    row, _new = PackageState.objects.get_or_create(
        enrolment=enrolment,
        lesson_id=lesson.id,
        number=number,
        defaults={"province_id": enrolment.province_id, "opened_at": at, "saved_at": at},
    )
    row.told, row.status, row.score = kept, status_of(kept), score_of(kept)
    row.saved_at = max(at, row.opened_at)
    row.save(update_fields=["told", "status", "score", "saved_at"])
    return row


def status_of(told: Mapping[str, str]) -> Status:
    for name in ("cmi.success_status", "cmi.completion_status", "cmi.core.lesson_status"):
        if (found := _STATUSES.get(told.get(name, ""))) is not None:
            return found
    return Status.OPENED


def score_of(told: Mapping[str, str]) -> Decimal | None:
    """0 to 100, or None where the package gives none that can be read."""
    for name, times in (("cmi.score.scaled", 100), ("cmi.score.raw", 1), ("cmi.core.score.raw", 1)):
        try:
            score = Decimal(told.get(name, "").strip() or "NaN") * times
        except InvalidOperation:
            continue
        if score.is_finite() and 0 <= score <= 100:  # noqa: PLR2004 - of a hundred
            return score.quantize(Decimal("0.01"))
    return None
