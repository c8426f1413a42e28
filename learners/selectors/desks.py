"""Whose desk a learner's affair lies on: one rule for every desk of this app."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from courses import selectors as courses
from learners.models.time import Mine
from portal.accounts.access import ALL, organisations_of, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import SCOPES, Role, Scope

DECIDERS = (Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR)
"""Who decides about learning time that an office may look at."""
DESK_ROLES = (*DECIDERS, Role.AUDITOR)
Row = TypeVar("Row", bound=Model)


def on_the_desk(
    rows: QuerySet[Row], user: User, roles: Iterable[Role], *, version: str = "version"
) -> QuerySet[Row]:
    """What the reader's `roles` give: of the own province, and of courses of the own organisation wherever they are learned.

    The rows carry a `province`; `version` is the way to the course's version. A role of the nation sees all.
    """
    own = [role for role in roles if role in SCOPES[Scope.ORGANISATION]]
    provinces = provinces_of(user, *(role for role in roles if role not in own))
    if provinces is ALL:
        return rows
    taught = courses.versions_of(organisations_of(user, *own))
    return rows.filter(Q(province_id__in=provinces) | Q(**{f"{version}__in": taught}))


def may_decide(user: User, row: Mine, roles: Iterable[Role] = DECIDERS) -> bool:
    """Whether the row is on the user's desk and theirs to decide: nobody about time of their own."""
    if row.user_id == user.pk:
        return False
    rows = type(row)._default_manager.filter(pk=row.pk)  # noqa: SLF001 - documented
    return on_the_desk(rows, user, roles, version="enrolment__version").exists()
