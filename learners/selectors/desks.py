"""Whose learning time an office may look at and decide about: one rule for every desk of this app."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Q, QuerySet

from courses import selectors as courses
from learners.models.time import Mine
from portal.accounts.models import User
from portal.accounts.roles import ALL, Role, organisations_of, provinces_of

DECIDERS = (Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR)
DESK_ROLES = (*DECIDERS, Role.AUDITOR)
Row = TypeVar("Row", bound=Mine)


def within(rows: "QuerySet[Row]", user: User, roles: Iterable[Role]) -> "QuerySet[Row]":
    """Of learners of the own province, and of courses of the own organisation wherever they are learned."""
    roles = tuple(roles)
    provinces = provinces_of(user, *(role for role in roles if role != Role.INSTRUCTOR))
    if provinces is ALL:
        return rows
    own = organisations_of(user, *(role for role in roles if role == Role.INSTRUCTOR))
    return rows.filter(Q(province_id__in=provinces) | Q(enrolment__version__in=courses.versions_of(own)))


def may_decide(user: User, row: Mine, *roles: Role) -> bool:
    """Whether the row is on the user's desk and theirs to decide: nobody about time of their own."""
    if row.user_id == user.pk:
        return False
    return within(type(row)._default_manager, user, roles or DECIDERS).filter(pk=row.pk).exists()  # noqa: SLF001 - documented
