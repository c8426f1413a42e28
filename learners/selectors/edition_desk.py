"""Counting editions as their keepers see them: the nation's and the own province's; and how trials of them went."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from learners.models import CountingEdition, EditionTrial
from learners.reasons import Reason
from learners.reasons import of as reason_of
from portal.accounts.access import ALL, has_role, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.selectors import history_of

KEEPERS = (Role.MINISTRY_REVIEWER, Role.PROVINCE_CATALOGUE)
"""The ministry keeps the national default, a province's catalogue administrator what the province counts by instead."""
READERS = (*KEEPERS, Role.AUDITOR)


def editions_visible_to(user: User) -> QuerySet[CountingEdition]:
    """One's own, drafts among them; the nation's published ones; the ministry sees what provinces have published, auditors all."""
    rows = CountingEdition.objects.select_related("province", "edited_by", "published_by")
    rows = rows.order_by("-valid_from", "-pk")
    if provinces_of(user, Role.AUDITOR) is ALL:
        return rows
    own = Q(province__in=provinces_of(user, Role.PROVINCE_CATALOGUE))
    published = Q(published_at__isnull=False)
    if has_role(user, Role.MINISTRY_REVIEWER):
        return rows.filter(own | Q(province=None) | published)
    if has_role(user, *KEEPERS):
        return rows.filter(own | Q(province=None) & published)
    return rows.none()


def edition_visible_to(user: User, pk: int) -> CountingEdition:
    """Raises Http404 for what the reader may not know of."""
    found = editions_visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_edit(user: User, edition: CountingEdition) -> bool:
    if edition.province_id is None:
        return has_role(user, Role.MINISTRY_REVIEWER)
    return has_role(user, Role.PROVINCE_CATALOGUE, province=edition.province_id)


def in_force_ids(on: dt.date) -> set[int]:
    """The edition that new enrolments get that day: one of the nation, and one of each province that has its own."""
    rows = CountingEdition.objects.published().filter(valid_from__lte=on)
    rows = rows.order_by("province_id", "-valid_from").distinct("province_id")
    return set(rows.values_list("pk", flat=True))


def phase_of(edition: CountingEdition, on: dt.date, in_force: set[int]) -> str:
    """draft, coming, in_force or over, as seen on a day."""
    if edition.is_draft:
        return "draft"
    if edition.valid_from > on:
        return "coming"
    return "in_force" if edition.pk in in_force else "over"


def beside(edition: CountingEdition, on: dt.date) -> CountingEdition | None:
    """What a draft is compared with: in force in its province that day, else the national default."""
    begun = (
        CountingEdition.objects.published()
        .filter(valid_from__lte=on)
        .order_by("-valid_from")
        .exclude(pk=edition.pk)
    )
    own = begun.filter(province=edition.province_id).first() if edition.province_id else None
    return own or begun.filter(province=None).first()


def trial_of(edition: CountingEdition) -> EditionTrial | None:
    return edition.trials.order_by("-pk").first()


@dataclass(frozen=True)
class Refused:
    code: str
    reason: Reason
    before_ms: int
    after_ms: int

    @property
    def before(self) -> int:
        return self.before_ms // 1000

    @property
    def after(self) -> int:
        return self.after_ms // 1000


def refusals_of(trial: EditionTrial) -> list[Refused]:
    """Each reason once, what grows most first."""
    was, would = trial.refused_before, trial.refused_after
    rows = [Refused(code, reason_of(code), was.get(code, 0), would.get(code, 0)) for code in {*was, *would}]
    return sorted(rows, key=lambda row: (row.before_ms - row.after_ms, row.code))


def history(edition: CountingEdition) -> list:
    return list(history_of("learners.countingedition", edition.pk))
