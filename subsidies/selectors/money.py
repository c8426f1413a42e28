"""What may be asked about holds, notices and what waits. Each list starts from who is asking."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from portal import calendar, clock
from portal.accounts.access import ALL, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.selectors import provinces
from subsidies.models import Claim, Entitlement, Hold, Notice
from subsidies.selectors.ledger import READERS
from subsidies.workflow.claims import State
from subsidies.workflow.money import EntitlementState

NOTICE_READERS = (Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.AUDITOR)


def holds_visible_to(user: User) -> QuerySet[Hold]:
    """Open holds of the provinces in which the person reviews or pays."""
    rows = Hold.objects.filter(closed_at=None).select_related("claim", "province")
    return in_provinces(rows, provinces_of(user, *READERS, Role.PROVINCE_REVIEWER))


def _count(rows: QuerySet[Claim]) -> dict[str, int]:
    found = rows.aggregate(count=Count("pk"), fen=Sum("amount_fen"))
    return {"count": found["count"], "fen": found["fen"] or 0}


def _set_aside(claims: QuerySet[Claim]) -> dict[str, int]:
    """Claims, and what the ledger holds for them that is still to be paid: integer fen."""
    rows = Entitlement.objects.filter(claim__in=claims, state=EntitlementState.RESERVED)
    found = rows.aggregate(count=Count("claim", distinct=True), fen=Sum(F("fen") - F("offset_fen")))
    return {"count": found["count"], "fen": found["fen"] or 0}


def work_of(user: User) -> dict[str, dict[str, int]]:
    """Claims by what they wait for, with their sums: funds, notice, payable, held."""
    claims = in_provinces(Claim.objects.all(), provinces_of(user, *READERS, Role.PROVINCE_REVIEWER))
    held = Exists(Hold.objects.filter(claim=OuterRef("pk"), closed_at=None))
    return {
        "funds": _count(claims.filter(state=State.AWAITING_FUNDS)),
        "notice": _set_aside(claims.filter(~held, state=State.APPROVED)),
        "payable": _set_aside(claims.filter(~held, state=State.PAYABLE)),
    }


def provinces_to_make(user: User) -> list[str]:
    """Province codes in which the person may enter budgets and assemble batches."""
    found = provinces_of(user, Role.FINANCE_MAKER)
    return [] if found is ALL else sorted(found)


def provinces_to_publish(user: User) -> list[str]:
    found = provinces_of(user, Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER)
    return [] if found is ALL else sorted(found)


# -- notices ----------------------------------------------------------------------------------------------------------


def notices(province: str = "") -> QuerySet[Notice]:
    """Every notice, newest first: public."""
    rows = Notice.objects.select_related("province").annotate(
        line_count=Count("lines"), total_fen=Sum("lines__fen")
    )
    return (rows.filter(province_id=province) if province else rows).order_by("-pk")


def notices_visible_to(user: User) -> QuerySet[Notice]:
    """The notices of the provinces a person works for."""
    return in_provinces(notices(), provinces_of(user, *NOTICE_READERS))


def publishable(user: User) -> list[dict[str, Any]]:
    """What waits for a notice in each province where the person may publish one: province, count, fen."""
    held = Exists(Hold.objects.filter(claim=OuterRef("pk"), closed_at=None))
    names = {province.code: province for province in provinces()}
    rows = (
        Claim.objects.filter(~held, state=State.APPROVED, province_id__in=provinces_to_publish(user))
        .values("province_id")
        .annotate(count=Count("pk"), fen=Sum("amount_fen"))
    )
    found = {row["province_id"]: row for row in rows}
    return [
        {
            "province": names[code],
            "count": found.get(code, {}).get("count", 0),
            "fen": found.get(code, {}).get("fen", 0),
        }
        for code in provinces_to_publish(user)
    ]


@dataclass(frozen=True)
class Days:
    """How far a notice is, in working days."""

    done: int
    total: int
    left: int
    running: bool


def days_of(notice: Notice, at: dt.datetime) -> Days:
    running = notice.runs(at)
    if not running:
        return Days(notice.working_days, notice.working_days, 0, running=False)
    first = max(clock.today(at), notice.starts_on)
    left = calendar.working_days_left(notice.ends_on, first)
    return Days(max(notice.working_days - left, 0), notice.working_days, left, running=True)
