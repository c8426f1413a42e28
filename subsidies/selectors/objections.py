"""Objections by who is asking."""

from typing import Any

from django.db.models import QuerySet

from portal.accounts.access import in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import Claim, Objection
from subsidies.selectors.payees import interests_of

DECIDERS = (Role.PROVINCE_REVIEWER, Role.SECOND_REVIEWER)
READERS = (*DECIDERS, Role.INVESTIGATOR, Role.AUDITOR)


def objections_visible_to(user: User) -> QuerySet[Objection]:
    """Those of the provinces in which somebody decides, looks into them or audits; none to their own claim."""
    rows = Objection.objects.select_related("claim", "line__notice", "decided_by", "province")
    own = Claim.objects.filter(interests_of(user))
    return in_provinces(rows, provinces_of(user, *READERS)).exclude(claim__in=own)


def by_receipt(receipt: str) -> Objection | None:
    """What the objector asks again with; typed in any case, with or without hyphens."""
    plain = "".join(letter for letter in receipt.upper() if letter.isascii() and letter.isalnum())[:32]
    parts = "-".join(plain[n : n + 4] for n in range(0, len(plain), 4))
    return Objection.objects.select_related("line__notice").filter(receipt=parts).first()


def open_ones(user: User) -> QuerySet[Objection]:
    return objections_visible_to(user).filter(state=Objection.State.OPEN)


def told(objection: Objection) -> dict[str, Any]:
    """What the objector may know of it."""
    return {
        "receipt": objection.receipt,
        "notice": objection.line.notice.number,
        "line": objection.line.line_no,
        "state": objection.state,
        "raised_at": objection.raised_at,
        "due_on": objection.due_on,
        "decided_at": objection.decided_at,
        "reason": objection.reason,
    }
