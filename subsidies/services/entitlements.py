"""Rights to money: what is set aside for a claim, given back, sent to the bank, paid. Each step posts to the ledger.

Locks are taken in one order everywhere: claims, then their contracts, then their entitlements, then books.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from portal import clock, moves
from portal.accounts.models import User
from portal.rules import RuleBroken
from subsidies.models import Batch, BatchLine, Book, Claim, Entitlement
from subsidies.services import contracts, ledger
from subsidies.services.ledger import BudgetExhausted
from subsidies.workflow.claims import State
from subsidies.workflow.money import ENTITLEMENT_MOVES, EntitlementState, Event, LineState
from subsidies.workflow.recovery import RecoveryState


class NothingToReserve(RuleBroken):
    code = "nothing_to_reserve"
    message = _("The decision names no sum, so there is nothing to set aside.")


class MoneyOnItsWay(RuleBroken):
    code = "money_on_its_way"
    message = _("The sum stands in a payment batch or was paid. Take it out of the batch first.")


class MoneyRecovered(RuleBroken):
    code = "money_recovered"
    message = _(
        "The sum is being recovered. Cancel the recovery first; then the bank's return can be entered."
    )


def _cause(row: Entitlement) -> str:
    return f"entitlement:{row.pk}"


def step_entitlement(entitlement: Entitlement, step: str, **changes: object) -> Entitlement:
    """The one place where the state of an entitlement is written. The caller holds its row or its claim's."""
    entitlement.state = moves.check(ENTITLEMENT_MOVES, step, entitlement.state)
    for name, value in changes.items():
        setattr(entitlement, name, value)
    entitlement.save(update_fields=["state", *changes])
    return entitlement


def step_all(rows: Sequence[Entitlement], step: str, **changes: object) -> None:
    """The same step for many in one statement; none moves where one may not."""
    for row in rows:
        row.state = moves.check(ENTITLEMENT_MOVES, step, row.state)
    move = ENTITLEMENT_MOVES[step]
    moved = Entitlement.objects.filter(pk__in=[row.pk for row in rows], state__in=move.sources)
    if moved.update(state=move.target, **changes) != len(rows):
        raise moves.IllegalMove(step=step)


def _sums(claim: Claim) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for line in claim.lines:
        sums[line["fund"]] += int(line["fen"])
    return {fund: fen for fund, fen in sums.items() if fen > 0}


def _others_first(claim: Claim, fund: str) -> bool:
    """Whether a claim of the province waits for this fund longer: nobody jumps the queue."""
    waiting = Claim.objects.filter(
        province_id=claim.province_id, state=State.AWAITING_FUNDS, lines__contains=[{"fund": fund}]
    ).exclude(pk=claim.pk)
    if claim.state == State.AWAITING_FUNDS:
        earlier = waiting.filter(moved_at__lt=claim.moved_at)
        return (earlier | waiting.filter(moved_at=claim.moved_at, pk__lt=claim.pk)).exists()
    return waiting.exists()


@transaction.atomic
def reserve(claim: Claim, *, by: User | None, at: dt.datetime) -> list[Entitlement]:
    """Set the sum of an approved claim aside, from each fund its lines name, in the budget year of `at`.

    All or nothing. Reserving twice changes nothing. The caller holds the claim's row. Raises BudgetExhausted where a
    fund does not hold the sum or an older claim waits for it, NothingToReserve where the lines sum to nothing.
    """
    live = list(claim.entitlements.live())
    if live:
        return live
    sums = _sums(claim)
    if not sums or sum(sums.values()) != claim.amount_fen:
        raise NothingToReserve
    year = clock.today(at).year
    found = Book.objects.filter(province_id=claim.province_id, fund_id__in=sums, year=year)
    books = {book.fund_id: book for book in ledger.locked(found.values_list("pk", flat=True)).values()}
    if set(books) != set(sums) or any(_others_first(claim, fund) for fund in sums):
        raise BudgetExhausted
    entitlements = []
    for fund, book in sorted(books.items()):
        row = Entitlement.objects.create(
            province_id=claim.province_id,
            claim=claim,
            book=book,
            fund_id=fund,
            fen=sums[fund],
            reserved_at=at,
        )
        ledger.post(book, Event.RESERVED, sums[fund], cause=_cause(row), by=by, at=at)
        entitlements.append(row)
    return entitlements


def _in_a_batch(rows: Sequence[Entitlement]) -> bool:
    lines = BatchLine.objects.filter(entitlement__in=rows, state__in=[LineState.OPEN, LineState.SENT])
    return lines.exists()


@transaction.atomic
def release(claim: Claim, *, by: User | None, at: dt.datetime) -> int:
    """Give back what is set aside for a claim that was withdrawn or struck; the fen given back.

    Releasing twice changes nothing. The caller holds the claim's row. Raises MoneyOnItsWay, also where a part has
    already paid a debt.
    """
    contracts.hold(claim)
    live = list(claim.entitlements.live().select_for_update(of=("self",)).order_by("pk"))
    spent = any(row.state != EntitlementState.RESERVED or row.offset_fen for row in live)
    if spent or _in_a_batch(live):
        raise MoneyOnItsWay
    books = ledger.locked(row.book_id for row in live)
    for row in live:
        ledger.post(books[row.book_id], Event.RELEASED, row.fen, cause=_cause(row), by=by, at=at)
        step_entitlement(row, "release", released_at=at)
    return sum(row.fen for row in live)


@transaction.atomic
def send(batch: Batch, *, by: User, at: dt.datetime) -> None:
    """The money of a whole batch is at the bank: one entry per book, one statement for its rights, however many lines.

    The caller holds the batch's row. Raises IllegalMove where a right was not set aside any more.
    """
    move = ENTITLEMENT_MOVES["send"]
    rows = Entitlement.objects.filter(pk__in=batch.lines.values("entitlement_id"), state__in=move.sources)
    totals = dict(batch.lines.order_by().values_list("entitlement__book_id").annotate(fen=Sum("fen")))
    if rows.update(state=move.target) != batch.line_count:
        raise moves.IllegalMove(step="send")
    books = ledger.locked(totals)
    for number, fen in sorted(totals.items()):
        ledger.post(books[number], Event.SENT, fen, cause=f"batch:{batch.pk}:book:{number}", by=by, at=at)


@transaction.atomic
def settle(lines: Sequence[BatchLine], *, at: dt.datetime) -> None:
    """The bank paid lines: an entry for each, and the same statements for one as for a thousand. The caller holds their rows."""
    causes = {f"line:{line.pk}": line for line in lines}
    books = ledger.locked(line.entitlement.book_id for line in lines)
    paid: list[Entitlement] = []
    for pk, book in books.items():
        of_book = [
            ledger.Item(Event.SETTLED, cause, line.fen)
            for cause, line in causes.items()
            if line.entitlement.book_id == pk
        ]
        paid += [causes[entry.cause].entitlement for entry in ledger.post_all(book, of_book, by=None, at=at)]
    if paid:
        step_all(paid, "settle", paid_at=at)


@transaction.atomic
def bounce(line: BatchLine, *, at: dt.datetime) -> None:
    """The bank returned a line (退票): the reservation stands again. The caller holds the line's row."""
    book = ledger.locked([line.entitlement.book_id])[line.entitlement.book_id]
    if ledger.post(book, Event.RETURNED, line.fen, cause=f"line:{line.pk}", by=None, at=at):
        step_entitlement(line.entitlement, "bounce")


@transaction.atomic
def bounce_late(line: BatchLine, *, at: dt.datetime) -> None:
    """The bank returned a line days after it had paid it: the reservation stands again.

    The caller holds the rows of claim and line. Raises MoneyRecovered where somebody is asked to repay the sum.
    """
    row = Entitlement.objects.select_for_update(of=("self",)).get(pk=line.entitlement_id)
    if row.recoveries.exclude(state=RecoveryState.CANCELLED, repaid_fen=0, offset_fen=0).exists():
        raise MoneyRecovered
    book = ledger.locked([row.book_id])[row.book_id]
    if ledger.post(book, Event.RETURNED_LATE, line.fen, cause=f"line:{line.pk}", by=None, at=at):
        step_entitlement(row, "return_late", paid_at=None)
