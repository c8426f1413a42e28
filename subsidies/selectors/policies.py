"""Policies as everybody reads them, as claims are decided by them, and as their office sees them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from django.db.models import Q, QuerySet

from portal.accounts.access import ALL, has_role, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import Decision, PolicyVersion, Programme
from subsidies.policy import Evaluator, Policy, read_policy
from subsidies.workflow.policies import PolicyState

EDITORS: Final = (Role.POLICY_EDITOR, Role.MINISTRY_POLICY)
PUBLISHERS: Final = (Role.POLICY_PUBLISHER, Role.MINISTRY_POLICY)
OF_PROVINCES: Final = (
    Role.POLICY_EDITOR,
    Role.POLICY_PUBLISHER,
    Role.INTAKE_OFFICER,
    Role.PROVINCE_REVIEWER,
    Role.SECOND_REVIEWER,
)
"""Who of a province reads its drafts, too: those who write them and those who will decide by them."""
READERS: Final = (*OF_PROVINCES, Role.MINISTRY_POLICY, Role.MINISTRY_REVIEWER, Role.AUDITOR)


def policy_versions(region: str | None = None) -> QuerySet[PolicyVersion]:
    """Published versions, newest first. Anybody may read them. Of a region itself, not of the layers above or below it."""
    rows = PolicyVersion.objects.published().select_related("province", "programme")
    return rows.filter(region=region) if region else rows


def earlier_version(version: PolicyVersion) -> PolicyVersion | None:
    """The published one before it, of the same place and programme."""
    rows = PolicyVersion.objects.published().of(version.region, version.programme_id)
    return rows.filter(version__lt=version.version).order_by("-version").first()


def as_rules(row: PolicyVersion) -> Policy:
    """The version as rules, until the last day that it applies to by now."""
    return replace(read_policy(row.body), last_day=row.last_day)


def policies_of(region: str, programme: str) -> tuple[Policy, ...]:
    """The published versions as rules, oldest first, each until the last day that it applies to by now."""
    return in_force(region, programme).rules


@dataclass(frozen=True)
class InForce:
    """The published versions of a place and programme, as rules and as rows, in the same order."""

    rules: tuple[Policy, ...]
    rows: tuple[PolicyVersion, ...]
    evaluate: Evaluator
    """By these rules; it remembers what it found for claims before."""

    def row(self, version: int | None) -> PolicyVersion | None:
        return next((row for row in self.rows if row.version == version), None)


def version_row(region: str, programme: str, version: int | None) -> PolicyVersion | None:
    return PolicyVersion.objects.published().of(region, programme).filter(version=version).first()


def in_force(region: str, programme: str) -> InForce:
    return in_force_at([(region, programme)])[region, programme]


def in_force_at(places: Collection[tuple[str, str]]) -> dict[tuple[str, str], InForce]:
    """By region and programme, for each of these pairs, in one statement."""
    found: dict[tuple[str, str], list[PolicyVersion]] = {place: [] for place in places}
    regions, programmes = {region for region, _ in places}, {programme for _, programme in places}
    rows = PolicyVersion.objects.published().filter(region__in=regions, programme__in=programmes)
    for row in rows.order_by("version"):
        if (place := (row.region, row.programme_id)) in found:
            found[place].append(row)
    return {place: _in_force(tuple(rows)) for place, rows in found.items()}


def _in_force(rows: tuple[PolicyVersion, ...]) -> InForce:
    evaluate = _evaluator(_Texts(tuple((row.body_sha256, row.last_day) for row in rows), rows))
    return InForce(evaluate.policies, rows, evaluate)


@dataclass(frozen=True)
class _Texts:
    """Published texts do not change, but for the last day to which they apply."""

    told: tuple[tuple[str, dt.date | None], ...]
    rows: tuple[PolicyVersion, ...] = field(compare=False)


@lru_cache(maxsize=32)
def _evaluator(texts: _Texts) -> Evaluator:
    return Evaluator(as_rules(row) for row in texts.rows)


def programmes() -> QuerySet[Programme]:
    return Programme.objects.all()


# -- at the desk ----------------------------------------------------------------------------------------------------


def versions_visible_to(user: User) -> QuerySet[PolicyVersion]:
    """One's own province's, drafts among them, and the nation's published ones. The office of the ministry has its own drafts
    and what provinces have published; auditors see all.
    """
    rows = PolicyVersion.objects.select_related("province", "programme", "edited_by", "published_by")
    if has_role(user, Role.AUDITOR):
        return rows
    published = Q(state__in=[PolicyState.PUBLISHED, PolicyState.REPEALED])
    own = Q(province__in=_codes(user))
    if has_role(user, Role.MINISTRY_POLICY):
        return rows.filter(own | Q(province=None) | published)
    if has_role(user, Role.MINISTRY_REVIEWER):
        return rows.filter(own | published)
    if has_role(user, *OF_PROVINCES):
        return rows.filter(own | Q(province=None) & published)
    return rows.none()


def _codes(user: User) -> set[str]:
    found = provinces_of(user, *OF_PROVINCES)
    return set() if found is ALL else found


def may_edit(user: User, province_code: str | None) -> bool:
    if province_code is None:
        return has_role(user, Role.MINISTRY_POLICY)
    return has_role(user, Role.POLICY_EDITOR, province=province_code)


def may_publish(user: User, province_code: str | None) -> bool:
    """Whether the office allows it; the service asks besides that somebody else wrote it."""
    if province_code is None:
        return has_role(user, Role.MINISTRY_POLICY)
    return has_role(user, Role.POLICY_PUBLISHER, province=province_code)


def newest_decision(version: PolicyVersion, number: str) -> Decision | None:
    """About a claim of the version's own province; None where there is no such claim or nothing is decided."""
    rows = Decision.objects.filter(
        claim__number=number.strip().replace("\x00", ""), province=version.province_id
    )
    return rows.order_by("-pk").first()


def next_number(region: str, programme: str) -> int:
    """The version number after the last one taken, drafts among them."""
    last = PolicyVersion.objects.of(region, programme).order_by("-version").values_list("version", flat=True)
    return (last.first() or 0) + 1
