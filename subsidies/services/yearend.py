"""The end of a budget year: what is unspent goes back, what is set aside is carried into this year's book.

Closing a book marks it closed; the rest is due work that the database itself shows: a closed book in which money is
still free or set aside. It is done in chunks, each of them whole, so that it may stop anywhere and go on.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal import clock
from subsidies.models import Account, BatchLine, Book, Claim, Entitlement
from subsidies.services import ledger
from subsidies.services.entitlements import step_all
from subsidies.services.ledger import Item
from subsidies.workflow.money import EntitlementState, Event, Kind, LineState

CHUNK = 500


def carriable(book: Book) -> QuerySet[Entitlement]:
    """What is set aside in a book and stands in no batch: a batch goes on in the year in which it was made."""
    batched = BatchLine.objects.filter(entitlement=OuterRef("pk"), state=LineState.OPEN)
    return Entitlement.objects.filter(~Exists(batched), book=book, state=EntitlementState.RESERVED)


def unfinished_books() -> QuerySet[Book]:
    """Closed books with something left to carry or to give back; the oldest first."""
    batched = BatchLine.objects.filter(entitlement=OuterRef("pk"), state=LineState.OPEN)
    left = Entitlement.objects.filter(~Exists(batched), book=OuterRef("pk"), state=EntitlementState.RESERVED)
    free = Account.objects.filter(book=OuterRef("pk"), kind=Kind.AVAILABLE, balance_fen__gt=0)
    return Book.objects.filter(Q(Exists(left)) | Q(Exists(free)), closed_at__isnull=False).order_by("pk")


@transaction.atomic
def give_back(book: Book, *, at: dt.datetime) -> int:
    """What is free in a closed book goes back to the appropriation: the fen given back. Twice changes nothing."""
    book = ledger.locked([book.pk])[book.pk]
    free = ledger.free_in(book)
    if book.closed_at is None or not free:
        return 0
    cause = f"year:{book.pk}:{book.length + 1}"
    ledger.post(book, Event.UNSPENT, free, cause=cause, by=None, at=at)
    return free


@transaction.atomic
def carry_some(book: Book, *, at: dt.datetime, most: int = CHUNK) -> int:
    """Carry up to `most` reservations of a closed book into the book of this year: how many were carried.

    Each leaves the old book and enters the new one by an entry of its own. Claims that somebody works on at this
    moment are left for the next time.
    """
    if book.closed_at is None:
        return 0
    due = carriable(book).order_by("pk").values_list("claim_id", flat=True)[:most]
    claims = Claim.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=list(due))
    held = list(claims.order_by("pk").values_list("pk", flat=True))
    rows = list(carriable(book).select_for_update(of=("self",)).filter(claim__in=held).order_by("pk"))
    if not rows:
        return 0
    target = ledger.open_book(book.province_id, book.fund_id, clock.today(at).year)
    books = ledger.locked([book.pk, target.pk])
    sums = [(row, f"entitlement:{row.pk}", row.due_fen) for row in rows]
    out = [Item(Event.CARRIED_OUT, cause, fen) for _row, cause, fen in sums]
    ledger.post_all(books[book.pk], out, by=None, at=at)
    step_all(rows, "carry", carried_at=at)
    into = [Item(Event.CARRIED_IN, cause, fen) for _row, cause, fen in sums]
    ledger.post_all(books[target.pk], into, by=None, at=at)
    Entitlement.objects.bulk_create(
        [
            Entitlement(
                province_id=row.province_id,
                claim_id=row.claim_id,
                book_id=target.pk,
                fund_id=row.fund_id,
                fen=fen,
                carried_from=row,
                reserved_at=row.reserved_at,
            )
            for row, _cause, fen in sums
        ],
        batch_size=500,
    )
    return len(rows)
