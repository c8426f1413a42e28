"""What a course promises its learners: set by its provider; how it was kept is told by the learners' app."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import AnswerPromise, Course
from courses.models.promises import MOST_DAYS
from courses.selectors.promises import may_promise
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NotYourPromise(RuleBroken):
    code = "not_your_promise"
    message = _("Only the manager of the course's provider says how soon questions are answered.")


class NoSuchPromise(RuleBroken):
    code = "no_such_promise"
    message = _("A promise is one to ten working days.")


@transaction.atomic
def promise_answers(course: Course, *, working_days: int, by: User, at: dt.datetime) -> AnswerPromise:
    """Questions asked from now on are due within so many working days. Raises NotYourPromise, NoSuchPromise."""
    if not may_promise(by, course):
        raise NotYourPromise
    if not 1 <= working_days <= MOST_DAYS:
        raise NoSuchPromise
    AnswerPromise.objects.get_or_create(course=course)
    promise = AnswerPromise.objects.select_for_update().get(course=course)
    before = promise.working_days
    promise.working_days, promise.set_at, promise.set_by = working_days, at, by
    promise.save(update_fields=["working_days", "set_at", "set_by"])
    record(
        by=by,
        action="promise.set",
        thing=promise,
        at=at,
        province=course.province_id,
        detail={"course": course.code, "before": before, "after": working_days},
    )
    return promise


def note_answers(
    course_code: str, *, due: int, in_time: int, median_minutes: int | None, at: dt.datetime
) -> None:
    """Write down how the promise was kept in the last 90 days. Twice is once."""
    course = Course.objects.get(code=course_code)
    AnswerPromise.objects.update_or_create(
        course=course,
        defaults={"due": due, "in_time": in_time, "median_minutes": median_minutes, "figured_at": at},
    )
