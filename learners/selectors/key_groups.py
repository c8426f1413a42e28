"""Key groups: to which somebody belongs, and what lies at an office's desk."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from courses.selectors.papers import Paper, papers_of
from learners.models import KeyGroupMembership
from portal import clock, groups, numbers
from portal.accounts import selectors as people
from portal.accounts.access import ALL, counties_of, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

DECIDERS = (Role.COUNTY_DESK, Role.PROVINCE_REVIEWER)
DESK_ROLES = (*DECIDERS, Role.AUDITOR)
RENEWABLE = dt.timedelta(days=60)
"""How long before its end a membership may be renewed."""


def key_groups_of(user: User, on: dt.date) -> frozenset[str]:
    """Codes of the groups a person belonged to on that day, as far as an office has verified it."""
    return key_groups_on([(user.pk, on)])[user.pk, on]


def key_groups_on(asked: Iterable[tuple[int, dt.date]]) -> dict[tuple[int, dt.date], frozenset[str]]:
    """As `key_groups_of`, by (user id, day) for each that is asked; one statement for all."""
    found: dict[tuple[int, dt.date], set[str]] = {one: set() for one in asked}
    of_user = defaultdict(list)
    rows = KeyGroupMembership.objects.filter(
        user_id__in={user for user, _on in found}, verified_at__isnull=False
    )
    for user, *span in rows.values_list("user_id", "group", "valid_from", "valid_to"):
        of_user[user].append(span)
    for (user, on), held in found.items():
        held.update(
            group for group, first, last in of_user[user] if first <= on and (last is None or on <= last)
        )
    return {one: frozenset(held) for one, held in found.items()}


def memberships_of(user: User) -> QuerySet[KeyGroupMembership]:
    rows = KeyGroupMembership.objects.filter(user_id=user.pk)
    return rows.select_related("renewed_by").order_by("-declared_at", "-pk")


def own_membership(user: User, pk: int) -> KeyGroupMembership:
    """Raises Http404 for somebody else's."""
    row = memberships_of(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def may_renew(row: KeyGroupMembership, *, on: dt.date) -> bool:
    """Verified, near its end or past it, and not renewed yet."""
    followed = getattr(row, "renewed_by", None)
    return (
        row.verified_at is not None
        and row.valid_to is not None
        and row.valid_to - on <= RENEWABLE
        and (followed is None or followed.state not in ("declared", "verified"))
    )


def _within(user: User, roles: Iterable[Role]) -> QuerySet[KeyGroupMembership]:
    rows = KeyGroupMembership.objects.select_related("province", "renews", "renewed_by")
    provinces = provinces_of(user, *(role for role in roles if role != Role.COUNTY_DESK))
    if provinces is ALL:
        return rows
    seen = Q(province_id__in=provinces)
    if Role.COUNTY_DESK in roles:
        counties = counties_of(user)
        at_desk = Q(province_id__in=provinces_of(user, Role.COUNTY_DESK))
        seen |= at_desk if "" in counties else at_desk & Q(county__in=[*counties, ""])
    return rows.filter(seen)


def memberships_visible_to(user: User) -> QuerySet[KeyGroupMembership]:
    """What lies at the reader's desk: a county's desk sees what was sent there or to no desk in particular."""
    return _within(user, DESK_ROLES)


def may_decide(user: User, row: KeyGroupMembership) -> bool:
    """Nobody decides about themselves."""
    return row.user_id != user.pk and _within(user, DECIDERS).filter(pk=row.pk).exists()


@dataclass(frozen=True)
class Membership:
    """A row in words. `learner` is masked."""

    row: KeyGroupMembership
    name: str
    learner: str
    county: str
    paper: Paper
    holds: bool
    renewable: bool


def described(rows: Iterable[KeyGroupMembership], *, user: User, at: dt.datetime) -> list[Membership]:
    """In three statements however many there are."""
    rows = list(rows)
    today = clock.today(at)
    names = people.masked_names_of({row.user_id for row in rows})
    papers = papers_of(rows, user=user, at=at)
    return [
        Membership(
            row=row,
            name=groups.name_of(row.group) or row.group,
            learner=names.get(row.user_id, ""),
            county=numbers.county_name(row.county) if row.county else "",
            paper=paper,
            holds=row.verified_at is not None
            and row.valid_from <= today
            and (row.valid_to is None or row.valid_to >= today),
            renewable=may_renew(row, on=today),
        )
        for row, paper in zip(rows, papers, strict=True)
    ]
