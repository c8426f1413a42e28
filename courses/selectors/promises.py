"""How soon a course answers its learners' questions, as anybody may read it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from courses.models import AnswerPromise, Course
from courses.models.promises import USUAL_DAYS
from portal.accounts.access import has_role, organisations_of
from portal.accounts.models import User
from portal.accounts.roles import Role

_HOUR = 60
_TWO_DAYS = 48


@dataclass(frozen=True)
class Promise:
    """`due`, `in_time` and `median_minutes` are of the last 90 days before `figured_at`; None where nothing was answered."""

    working_days: int = USUAL_DAYS
    due: int = 0
    in_time: int = 0
    median_minutes: int | None = None
    figured_at: dt.datetime | None = None

    @property
    def kept_percent(self) -> int:
        return self.in_time * 100 // self.due if self.due else 0

    @property
    def median_hours(self) -> int | None:
        """Whole hours, rounded up; None from two days on."""
        if self.median_minutes is None or self.median_minutes > _TWO_DAYS * _HOUR:
            return None
        return max(1, -(-self.median_minutes // _HOUR))

    @property
    def median_days(self) -> int | None:
        """Whole days, rounded up; None below two days."""
        if self.median_minutes is None or self.median_hours is not None:
            return None
        return -(-self.median_minutes // (24 * _HOUR))


def promises_of(course_codes: Iterable[str]) -> dict[str, Promise]:
    """By course code, one statement; a course that never said anything is there with the usual promise."""
    codes = set(course_codes)
    rows = AnswerPromise.objects.filter(course__code__in=codes).values_list(
        "course__code", "working_days", "due", "in_time", "median_minutes", "figured_at"
    )
    return dict.fromkeys(codes, Promise()) | {code: Promise(*figures) for code, *figures in rows}


def promise_of(course_code: str) -> Promise:
    return promises_of([course_code])[course_code]


def may_promise(user: User, course: Course) -> bool:
    return has_role(user, Role.PROVIDER_MANAGER, organisation=course.organisation_id)


def courses_that_promise(user: User) -> QuerySet[Course]:
    """The listed courses of the manager's own organisations."""
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    rows = Course.objects.listed().filter(organisation_id__in=own, is_sample=False)
    return rows.select_related("organisation", "province").order_by("code")
