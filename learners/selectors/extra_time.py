"""Extra time for exams: how much a learner has, who may grant it, and what was granted."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from learners.models import Enrolment, ExtraTime
from learners.selectors.desks import on_the_desk
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.accounts.roles import Role

GRANTERS = (Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR)
EXTRA_TIME_ROLES = (*GRANTERS, Role.AUDITOR)


def extra_minutes(enrolment: Enrolment) -> int:
    """For an attempt that begins now."""
    newest = ExtraTime.objects.filter(enrolment=enrolment).first()
    return newest.minutes if newest else 0


def _within(user: User, roles: Iterable[Role]) -> QuerySet[Enrolment]:
    return on_the_desk(Enrolment.objects.all(), user, roles)


def enrolment_to_grant(user: User, number: int) -> Enrolment | None:
    """The enrolment of that number where the user may grant time for it; nobody grants their own."""
    return _within(user, GRANTERS).filter(pk=number).exclude(user_id=user.pk).first()


def extra_times_visible_to(user: User) -> QuerySet[ExtraTime]:
    rows = ExtraTime.objects.filter(enrolment__in=_within(user, EXTRA_TIME_ROLES))
    return rows.select_related("enrolment", "granted_by")


@dataclass(frozen=True)
class Granted:
    """A line of the desk. The learner's name is masked, and empty for whoever has not registered with one."""

    number: int
    learner: str
    course: str
    minutes: int
    reason: str
    granted_at: dt.datetime
    granted_by: str


def described(rows: Iterable[ExtraTime]) -> list[Granted]:
    """In few statements however many there are."""
    rows = list(rows)
    names = people.masked_names_of({row.enrolment.user_id for row in rows})
    return [
        Granted(
            number=row.enrolment_id,
            learner=names.get(row.enrolment.user_id, ""),
            course=row.enrolment.course_code,
            minutes=row.minutes,
            reason=row.reason,
            granted_at=row.granted_at,
            granted_by=str(row.granted_by),
        )
        for row in rows
    ]
