"""Standards as people look them up, and who keeps which."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from courses.models import ContentStandard, Recheck
from courses.selectors.standard_words import RuleShown, dropped, rules_shown
from courses.selectors.standards import standard_in_force
from courses.workflow import StandardState
from portal.accounts.access import ALL, has_role, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.selectors import history_of

KEEPERS = (Role.MINISTRY_REVIEWER, Role.PROVINCE_CATALOGUE)
"""The ministry keeps the nation's standards, a province's catalogue administrator those of the province."""
_WITH_NAMES = ("province", "occupation", "edited_by", "published_by")


def published_standards() -> QuerySet[ContentStandard]:
    return ContentStandard.objects.published().select_related(*_WITH_NAMES)


def standards_at_the_desk(user: User | AnonymousUser) -> QuerySet[ContentStandard]:
    """One's own, drafts among them; the nation's published ones, and for the ministry everybody's; auditors read all."""
    rows = ContentStandard.objects.select_related(*_WITH_NAMES, "recheck").annotate(
        shorts=Count("shortfalls", filter=Q(shortfalls__mended_at=None))
    )
    rows = rows.order_by(*ContentStandard._meta.ordering)  # noqa: SLF001 - grouping has dropped it
    if provinces_of(user, Role.AUDITOR) is ALL:
        return rows
    own = Q(province__in=provinces_of(user, Role.PROVINCE_CATALOGUE))
    published = Q(state=StandardState.PUBLISHED)
    if has_role(user, Role.MINISTRY_REVIEWER):
        return rows.filter(own | Q(province=None) | published)
    return rows.filter(own | Q(province=None) & published)


def standard_at_the_desk(user: User | AnonymousUser, pk: int) -> ContentStandard:
    """Raises Http404 for what the reader may not know of."""
    found = standards_at_the_desk(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def keeps_standard(user: User | AnonymousUser, standard: ContentStandard) -> bool:
    if standard.is_national:
        return has_role(user, Role.MINISTRY_REVIEWER)
    return has_role(user, Role.PROVINCE_CATALOGUE, province=standard.province_id)


def standard_to_keep(user: User | AnonymousUser, pk: int) -> ContentStandard:
    """Raises Http404 for a standard that is not the user's to change or publish."""
    found = standard_at_the_desk(user, pk)
    if not keeps_standard(user, found):
        raise Http404
    return found


def published_standard(pk: int) -> ContentStandard:
    """Raises Http404 for a draft, too."""
    found = published_standards().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def before(standard: ContentStandard) -> ContentStandard | None:
    """The published standard of the same scope that this one follows."""
    earlier = published_standards().like(standard).exclude(pk=standard.pk)
    return earlier.filter(valid__startswith__lt=standard.first_day).order_by("-valid").first()


@dataclass(frozen=True)
class StandardPage:
    """A standard in words beside the one before it, and, for a province's, what holds there with the nation's."""

    standard: ContentStandard
    phase: str
    rules: list[RuleShown]
    previous: ContentStandard | None
    dropped: list[str]
    above: ContentStandard | None
    together: list[RuleShown]


def standard_page(standard: ContentStandard, *, on: dt.date) -> StandardPage:
    rules = standard.rules
    previous = before(standard)
    old = previous.rules if previous else None
    day = max(on, standard.first_day) if standard.last_day is None else standard.first_day
    both = standard_in_force(
        occupation_id=standard.occupation_id,
        certificate_kind=standard.certificate_kind,
        level=standard.level,
        province_code=standard.province_id or "",
        on=day,
    ).with_draft(standard)
    above = None if standard.is_national else both.national
    return StandardPage(
        standard=standard,
        phase=standard.phase(on),
        rules=rules_shown(rules, national=standard.is_national, before=old),
        previous=previous,
        dropped=dropped(rules, old),
        above=above,
        together=rules_shown(both.standard, national=False) if above else [],
    )


def recheck_of(standard: ContentStandard) -> Recheck | None:
    return Recheck.objects.filter(standard=standard).first()


EVENTS = {
    "standard.drafted": _("Entered"),
    "standard.changed": _("Changed"),
    "standard.published": _("Published"),
    "standard.rechecked": _("Published courses checked"),
}


@dataclass(frozen=True)
class Event:
    at: dt.datetime
    said: str
    by: User | None


def history(standard: ContentStandard) -> list[Event]:
    """Newest first."""
    entries = history_of("courses.contentstandard", standard.pk).order_by("-id")[:20]
    return [Event(entry.at, str(EVENTS.get(entry.action, entry.action)), entry.by) for entry in entries]
