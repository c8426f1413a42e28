"""The network view: claims of findings that name something shared, and the groups they form."""

import datetime as dt
from typing import Final

from django.db.models import Q, QuerySet

from portal.accounts.models import User
from subsidies.fraud.graph import Group, Tie, groups
from subsidies.models import Claim, Finding
from subsidies.selectors.fraud.findings import findings_visible_to, terms_on

SHARED: Final[dict[str, str]] = {
    "same_person": "person",
    "shared_account": "account",
    "shared_phone": "phone",
    "shared_device": "device",
    "same_cadence": "network",
    "same_curve": "curve",
    "copied_list": "list",
}
"""Checks whose finding names something that several claims share → what it is."""
MOST_FINDINGS: Final = 20_000


def _sharing(user: User) -> QuerySet[Finding]:
    rows = findings_visible_to(user).filter(check_code__in=SHARED).exclude(state=Finding.State.DISMISSED)
    return rows.filter(Q(claim__isnull=False) | Q(check_code="copied_list"))


def ties_visible_to(user: User) -> list[Tie]:
    """What hangs together in the provinces of the person: by findings that were not dismissed, the newest of them."""
    rows = _sharing(user).select_related(None).order_by("-pk")
    ties = []
    claims: set[str] = set()
    told = rows.values_list("check_code", "key", "claim__number", "evidence__claims")
    for code, key, number, others in told[:MOST_FINDINGS]:
        # A phone's finding is of one person; it ties together only with what else that claim shares.
        what = number if SHARED[code] == "phone" else key
        for claim in [number] if number else others or []:
            ties.append(Tie(claim, SHARED[code], what))
            claims.add(claim)
    return ties + _by_person(claims)


def _by_person(claims: set[str]) -> list[Tie]:
    """The people behind claims that are flagged, so that two claims of one person hang together."""
    rows = Claim.objects.filter(number__in=claims).values_list("number", "claimant__uid")
    return [Tie(number, "person", str(uid)) for number, uid in rows]


def groups_visible_to(user: User, *, on: dt.date) -> list[Group]:
    """Groups of claims that hang together, the largest first; from a size on that is a number of the checks."""
    return groups(ties_visible_to(user), fewest=terms_on(on)["group_size"])


def shown(group: Group) -> dict[str, Claim]:
    """The claims of a group by number."""
    rows = Claim.objects.filter(number__in=group.claims).select_related("province", "provider")
    return {claim.number: claim for claim in rows}
