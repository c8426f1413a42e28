"""Findings by who is asking, and what the checks are given."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.fraud.checks import Batch, Row
from subsidies.fraud.numbers import Terms
from subsidies.models import CheckTerms, Claim, Finding
from subsidies.selectors.fraud.register import BY_CODE
from subsidies.selectors.payees import interests_of

DECIDERS: Final = (Role.INVESTIGATOR, Role.PROVINCE_REVIEWER, Role.SECOND_REVIEWER)
READERS: Final = (*DECIDERS, Role.MINISTRY_REVIEWER, Role.AUDITOR)
REPORTED_TO: Final = (Role.AUDITOR,)
VIEWS: Final[dict[str, Promise]] = {
    "open": _("To be looked into"),
    "late": _("Overdue"),
    "decided": pgettext_lazy("claims", "Decided"),
    "all": _("All findings"),
}
_ROW: Final = (
    *("pk", "number", "claimant_id", "person_key", "certificate_serial", "certificate_kind"),
    *("occupation", "level", "course_code", "provider_id", "submitted_at", "purpose"),
    "payee_organisation_id",
)


def terms_on(day: dt.date) -> Terms:
    """The numbers in force on a day."""
    row = CheckTerms.objects.filter(starts_on__lte=day).order_by("-starts_on").first()
    return Terms(row.pk, row.numbers) if row else Terms(None, {})


def batch_of(claim_ids: Sequence[int], *, at: dt.datetime, terms: Terms | None = None) -> Batch:
    """What the checks may know of these claims. One statement."""
    rows = Claim.objects.filter(pk__in=claim_ids).order_by("pk").values_list(*_ROW)
    told = [Row(*row[:3], bytes(row[3]), *row[4:]) for row in rows]
    return Batch(told, at, terms or terms_on(clock.today(at)))


def findings_visible_to(user: User) -> QuerySet[Finding]:
    """Those of the provinces in which somebody looks into them; never those about their own claim.

    What is said of an officer is for the auditor alone, and not for the officer, whoever it is.
    """
    rows = Finding.objects.select_related("claim", "provider", "officer", "province", "decided_by", "terms")
    rows = in_provinces(rows, provinces_of(user, *READERS)).exclude(person=user)
    rows = rows.exclude(claim__in=Claim.objects.filter(interests_of(user)))
    if not has_role(user, *REPORTED_TO):
        rows = rows.exclude(action=Finding.Action.REPORT)
    return rows.exclude(officer=user)


def of_view(rows: QuerySet[Finding], view: str, *, at: dt.datetime) -> QuerySet[Finding]:
    return rows.filter(
        {
            "open": Q(state=Finding.State.OPEN),
            "late": Q(state=Finding.State.OPEN, due_at__lte=at),
            "decided": Q(state__in=[Finding.State.DISMISSED, Finding.State.CONFIRMED]),
        }.get(view, Q())
    )


def waiting(user: User) -> QuerySet[Finding]:
    """Those that hold a claim and wait for a decision."""
    return findings_visible_to(user).filter(state=Finding.State.OPEN, action=Finding.Action.HOLD)


def title_of(finding: Finding) -> str:
    check = BY_CODE.get(finding.check_code)
    return str(check.title) if check else finding.check_code


def seen_by(finding: Finding) -> str:
    """The sentence of the check with the figures that were found; the code where the check is no more."""
    check = BY_CODE.get(finding.check_code)
    try:
        return str(check.seen) % finding.figures if check else finding.check_code
    except KeyError:
        return str(check.title)


def otherwise(finding: Finding) -> str:
    check = BY_CODE.get(finding.check_code)
    return str(check.otherwise) if check else ""


def about_claim(claim: Claim) -> QuerySet[Finding]:
    """What was found of a claim, and of its provider while the claim is held with it."""
    mine = Q(claim=claim) | Q(holds__claim=claim)
    return Finding.objects.filter(mine).select_related("decided_by", "provider").distinct().order_by("-pk")


def weights_of(claim: Claim, terms: Terms) -> list[tuple[int, int]]:
    """Findings that raise the chance of a further look at the claim, each with its percent points.

    Those of the claim and its provider that are open or confirmed, and confirmed ones of the person's other claims.
    """
    own = Q(claim=claim)
    if claim.provider_id:
        own |= Q(claim=None, officer=None, provider=claim.provider_id, province=claim.province_id)
    elsewhere = Q(state=Finding.State.CONFIRMED, claim__person_key=bytes(claim.person_key))
    rows = Finding.objects.weighing().exclude(action=Finding.Action.REPORT).filter(own | elsewhere)
    return [
        (pk, terms["weight_confirmed"] if state == Finding.State.CONFIRMED else weight)
        for pk, state, weight in rows.order_by("pk").values_list("pk", "state", "weight")
    ]


def known_of(rows: Iterable[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """What of these is kept already: (check, claim, key) of findings about claims."""
    asked = list(rows)
    kept = Finding.objects.filter(
        claim__in={row[1] for row in asked}, check_code__in={row[0] for row in asked}
    )
    return set(kept.values_list("check_code", "claim_id", "key"))
