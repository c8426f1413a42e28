"""What may be asked about batches, bank profiles and why a claim was left out. Each list starts from who is asking."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Sum, When

from portal.accounts.access import ALL, has_role, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.selectors import account_rows
from subsidies.bankwords import PROBLEMS
from subsidies.models import BankAnswer, BankProfile, Batch, BatchLine, LeftOut, NameCheck
from subsidies.selectors.money import READERS
from subsidies.workflow.claims import State
from subsidies.workflow.money import BATCH_MOVES, BatchState, LineState


def batches_visible_to(user: User) -> QuerySet[Batch]:
    rows = Batch.objects.select_related(
        "province", "profile", "made_by", "checked_by", "released_by", "cancelled_by"
    )
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
        may |= steps & {"check"}
        if batch.checked_by_id != user.pk or batch.profile.releaser_may_be_checker:
            may |= steps & {"release"}
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


def profiles_visible_to(user: User) -> QuerySet[BankProfile]:
    """Every version of the bank profiles of the provinces in which a person pays or reads."""
    rows = BankProfile.objects.select_related("province", "made_by", "live_by")
    return in_provinces(rows, provinces_of(user, *READERS))


def profiles_to_use(user: User, on: dt.date) -> list[BankProfile]:
    """What the person may assemble a batch with today, the standard one of each province first."""
    rows = profiles_visible_to(user).usable(on)
    found = [row for row in rows if has_role(user, Role.FINANCE_MAKER, province=row.province_id)]
    return sorted(found, key=lambda row: (row.province_id, row.code != "standard", row.code))


def left_out_visible_to(user: User) -> QuerySet[LeftOut]:
    """Claims that wait to be paid and were left out of the last batch."""
    rows = LeftOut.objects.filter(claim__state=State.PAYABLE).select_related("claim", "batch")
    return in_provinces(rows, provinces_of(user, *READERS)).order_by("-pk")


def left_out_counts(user: User) -> list[tuple[str, int]]:
    """Why claims were left out, and how many for each reason."""
    rows = left_out_visible_to(user).order_by("reason").values_list("reason").annotate(n=Count("pk"))
    return [(str(LeftOut.Reason(reason).label), count) for reason, count in rows]


def accounts_visible_to(user: User) -> QuerySet[Any]:
    """Changes of bank accounts in the provinces in which a person pays or reads."""
    found = provinces_of(user, *READERS)
    return account_rows(None if found is ALL else sorted(found))


def standings_of(account_ids: Iterable[int]) -> dict[int, NameCheck]:
    """What the bank last said of accounts, by account id."""
    return {row.account_id: row for row in NameCheck.objects.filter(account_id__in=account_ids)}
