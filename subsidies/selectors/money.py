"""What may be asked about money: budgets, holds, notices. Each list starts from who is asking."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from portal import calendar, clock
from portal.accounts.models import User
from portal.accounts.roles import ALL, Role, in_provinces, provinces_of
from portal.accounts.selectors import provinces
from subsidies.models import (
    Book,
    BudgetProposal,
    Claim,
    Fund,
    Hold,
    Notice,
    PolicyVersion,
)
from subsidies.money_workflow import Kind, ProposalState
from subsidies.workflow import State

READERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.MINISTRY_REVIEWER, Role.AUDITOR)
NOTICE_READERS = (Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.AUDITOR)


@dataclass(frozen=True)
class BudgetFacts:
    """A book in figures, integer fen."""

    book: Book
    issued: int
    available: int
    reserved: int
    in_transit: int
    paid: int

    @property
    def parts(self) -> list[tuple[str, int]]:
        return [("paid", self.paid), ("this", self.in_transit), ("commit", self.reserved)]


def _facts(book: Book) -> BudgetFacts:
    held = {account.kind: account.balance_fen for account in book.accounts.all()}
    return BudgetFacts(
        book=book,
        issued=-held[Kind.APPROPRIATION],
        available=held[Kind.AVAILABLE],
        reserved=held[Kind.RESERVED],
        in_transit=held[Kind.IN_TRANSIT],
        paid=held[Kind.PAID],
    )


def budgets_visible_to(user: User, year: int) -> list[BudgetFacts]:
    """The books of a budget year in the provinces whose money the person works on or reads."""
    books = in_provinces(Book.objects.filter(year=year), provinces_of(user, *READERS))
    rows = books.select_related("province", "fund").prefetch_related("accounts")
    return [_facts(book) for book in rows.order_by("province_id", "fund_id")]


def budget_years(user: User, at: dt.datetime) -> list[int]:
    """Years with a book that the person may see, and this one; newest first."""
    books = in_provinces(Book.objects.all(), provinces_of(user, *READERS))
    return sorted({clock.today(at).year, *books.values_list("year", flat=True).distinct()}, reverse=True)


def money_by_province(year: int | None = None) -> dict[str, dict[str, int]]:
    """Integer fen per province code over all funds: issued, available, reserved, in_transit, paid. One query."""
    books = Book.objects.all() if year is None else Book.objects.filter(year=year)
    rows = books.values("province_id", "accounts__kind").annotate(fen=Sum("accounts__balance_fen"))
    names = {Kind.APPROPRIATION: "issued"}
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("issued", "available", "reserved", "in_transit", "paid"), 0)
    )
    for row in rows:
        kind = row["accounts__kind"]
        found[row["province_id"]][names.get(kind, kind)] = abs(row["fen"])
    return dict(found)


def _named(body: Any) -> set[str]:
    """The fund codes that a policy's body names, wherever they stand."""
    if isinstance(body, dict):
        own = {body["fund"]} if isinstance(body.get("fund"), str) else set()
        return own.union(*map(_named, body.values()))
    return set().union(*map(_named, body)) if isinstance(body, list) else set()


def funds() -> dict[str, str]:
    """Fund codes with their names: those that have one, and those that a published policy pays from."""
    known = {fund.code: fund.name for fund in Fund.objects.all()}
    bodies = PolicyVersion.objects.published().values_list("body", flat=True)
    named = set().union(*map(_named, bodies))
    return known | {code: code for code in sorted(named - set(known))}


def proposals_visible_to(user: User) -> QuerySet[BudgetProposal]:
    rows = BudgetProposal.objects.select_related("province", "fund", "made_by", "checked_by")
    return in_provinces(rows, provinces_of(user, *READERS))


def open_proposals(user: User) -> QuerySet[BudgetProposal]:
    return proposals_visible_to(user).filter(state=ProposalState.PROPOSED)


def holds_visible_to(user: User) -> QuerySet[Hold]:
    """Open holds of the provinces in which the person reviews or pays."""
    rows = Hold.objects.filter(closed_at=None).select_related("claim", "province")
    return in_provinces(rows, provinces_of(user, *READERS, Role.PROVINCE_REVIEWER))


def _count(rows: QuerySet[Claim]) -> dict[str, int]:
    found = rows.aggregate(count=Count("pk"), fen=Sum("amount_fen"))
    return {"count": found["count"], "fen": found["fen"] or 0}


def work_of(user: User) -> dict[str, dict[str, int]]:
    """Claims by what they wait for, with their sums: funds, notice, payable, held."""
    claims = in_provinces(Claim.objects.all(), provinces_of(user, *READERS, Role.PROVINCE_REVIEWER))
    held = Exists(Hold.objects.filter(claim=OuterRef("pk"), closed_at=None))
    return {
        "funds": _count(claims.filter(state=State.AWAITING_FUNDS)),
        "notice": _count(claims.filter(~held, state=State.APPROVED)),
        "payable": _count(claims.filter(~held, state=State.PAYABLE)),
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
