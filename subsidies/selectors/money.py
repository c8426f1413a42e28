"""What may be asked about notices and batches. Each list starts from who is asking; budgets are in `ledger`."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.utils.translation import gettext_lazy as _

from portal import calendar, clock
from portal.accounts.models import User
from portal.accounts.roles import ALL, Role, has_role, in_provinces, provinces_of
from portal.accounts.selectors import provinces
from subsidies.models import BankAnswer, Batch, BatchLine, Claim, Entitlement, Hold, Notice
from subsidies.money_workflow import BATCH_MOVES, BatchState, EntitlementState, LineState
from subsidies.selectors.ledger import READERS
from subsidies.workflow import State

NOTICE_READERS = (Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.AUDITOR)

PROBLEMS = {
    "too_large": _("The file is too large."),
    "not_text": _("The file is neither UTF-8 nor GB 18030 text. Save a spreadsheet as CSV."),
    "not_csv": _("The file is not a CSV file, or it was cut off."),
    "empty": _("The file holds no answers."),
    "columns": _("Columns are missing or doubled: %(value)s"),
    "cut": _("The row has too few or too many cells; the file may be cut off."),
    "bad_line_no": _("This is not a line number: %(value)s"),
    "bad_amount": _("This is not an amount in yuan above zero with at most two decimals: %(value)s"),
    "bad_result": _("The result must be 成功 or 失败, not %(value)s"),
    "bad_answer_id": _("The bank's receipt number is missing or too long."),
    "reason_missing": _("A returned payment needs the bank's reason."),
    "other_batch": _("This row belongs to another batch: %(value)s"),
    "unknown_line": _("The batch has no line %(value)s."),
    "line_twice": _("Line %(value)s stands twice in this file."),
    "wrong_amount": _("The amount differs from the batch: %(value)s"),
    "answered_before": _("The line was answered before, with receipt %(value)s and another result."),
}
"""What a refused answer file did wrong, by code."""


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


# -- batches ----------------------------------------------------------------------------------------------------------


def batches_visible_to(user: User) -> QuerySet[Batch]:
    rows = Batch.objects.select_related("province", "made_by", "checked_by", "released_by", "cancelled_by")
    return in_provinces(rows, provinces_of(user, *READERS))


@dataclass(frozen=True)
class Progress:
    """What the bank has said about a batch, in lines and integer fen."""

    lines: int
    settled: int
    settled_fen: int
    returned: int
    returned_fen: int
    pending: int
    """Answers taken and not yet applied."""

    @property
    def answered(self) -> int:
        return self.settled + self.returned


def progress_of(batch: Batch) -> Progress:
    settled, returned = Q(state=LineState.SETTLED), Q(state=LineState.RETURNED)
    found = batch.lines.aggregate(
        settled=Count("pk", filter=settled),
        settled_fen=Sum("fen", filter=settled, default=0),
        returned=Count("pk", filter=returned),
        returned_fen=Sum("fen", filter=returned, default=0),
    )
    pending = BankAnswer.objects.filter(line__batch=batch, applied_at=None).count()
    return Progress(lines=batch.line_count, pending=pending, **found)


def funds_of(batch: Batch) -> list[dict[str, Any]]:
    """Lines and sums of a batch by fund and budget year."""
    rows = batch.lines.values(
        "entitlement__fund__name_zh", "entitlement__fund__name_en", "entitlement__book__year"
    ).annotate(count=Count("pk"), fen=Sum("fen"))
    return [
        {
            "zh": row["entitlement__fund__name_zh"],
            "en": row["entitlement__fund__name_en"],
            "year": row["entitlement__book__year"],
            "count": row["count"],
            "fen": row["fen"],
        }
        for row in rows.order_by("entitlement__fund_id", "entitlement__book__year")
    ]


def lines_of(batch: Batch) -> QuerySet[BatchLine]:
    """Returned lines first: they need somebody."""
    rows = batch.lines.select_related("claim", "entitlement__fund")
    return rows.alias(rank=Case(When(state=LineState.RETURNED, then=0), default=1)).order_by(
        "rank", "line_no"
    )


def steps_for(user: User, batch: Batch) -> set[str]:
    """What this person may do with a batch now, by role and by who made it; the services decide in the end."""
    steps = {step for step, move in BATCH_MOVES.items() if batch.state in move.sources}
    checker = has_role(user, Role.FINANCE_CHECKER, province=batch.province_id)
    maker = has_role(user, Role.FINANCE_MAKER, province=batch.province_id)
    may = set()
    if checker and batch.made_by_id != user.pk:
        may |= steps & {"check", "release"}
    if checker or maker:
        may |= steps & {"cancel"}
        if batch.file_name:
            may |= {"download"}
        if batch.state in (BatchState.SENT, BatchState.ANSWERED):
            may |= {"answer"}
    return may


def said(report: Iterable[dict[str, Any]]) -> list[tuple[int, str]]:
    """The rows of a refused answer file with a sentence each, in the reader's language."""
    return [(row["row"], str(PROBLEMS[row["code"]]) % {"value": row["value"]}) for row in report]
