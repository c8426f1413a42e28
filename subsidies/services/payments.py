"""What a batch does to the money of its lines: the one place where batches meet the ledger."""

import datetime as dt

from django.db.models import Sum

from portal.accounts.models import User
from portal.moves import IllegalMove
from subsidies.models import Batch, BatchLine, Entitlement
from subsidies.money_workflow import ENTITLEMENT_MOVES, Event
from subsidies.services import ledger


def due_fen(entitlement: Entitlement) -> int:
    """What the bank is asked for."""
    return entitlement.fen


def send(batch: Batch, *, by: User, at: dt.datetime) -> None:
    """The money of a whole batch is at the bank: one entry per book, one statement for its rights, however many lines.

    The caller holds the batch's row. Raises IllegalMove where a right was not set aside any more.
    """
    move = ENTITLEMENT_MOVES["send"]
    rows = Entitlement.objects.filter(pk__in=batch.lines.values("entitlement_id"), state__in=move.sources)
    totals = dict(batch.lines.order_by().values_list("entitlement__book_id").annotate(fen=Sum("fen")))
    if rows.update(state=move.target) != batch.line_count:
        raise IllegalMove(step="send")
    books = ledger._locked(totals)  # noqa: SLF001 - one entry for a batch of any size
    for number, fen in sorted(totals.items()):
        cause = f"batch:{batch.pk}:book:{number}"
        ledger._post(books[number], Event.SENT, fen, cause=cause, by=by, at=at)  # noqa: SLF001 - see above


def settle(line: BatchLine, *, at: dt.datetime) -> None:
    ledger.settle(line, at=at)


def bounce(line: BatchLine, *, at: dt.datetime) -> None:
    ledger.bounce(line, at=at)


def bounce_late(line: BatchLine, *, at: dt.datetime) -> None:
    """The bank sent back what it had paid (退票): the reservation stands again. The caller holds the rows of claim and line."""
    book = ledger._locked([line.entitlement.book_id])[line.entitlement.book_id]  # noqa: SLF001
    if ledger._post(book, Event.RETURNED_LATE, line.fen, cause=f"line:{line.pk}", by=None, at=at):  # noqa: SLF001
        ledger._step(line.entitlement, "return_late", paid_at=None)  # noqa: SLF001
