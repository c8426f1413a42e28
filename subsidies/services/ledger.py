"""Postings to the ledger. Every change of money in the portal is an entry that `post` wrote.

The row of the book is locked first, then read, then posted to, in the transaction of whoever asks; several books are
locked in the order of their ids. The database keeps the balances and refuses one below zero. Nothing here knows what
a sum is for: that is the business of whoever posts.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import chain
from portal.accounts.models import User
from portal.rules import RuleBroken
from subsidies.models import Account, Book, Fund, JournalEntry, Posting
from subsidies.selectors.ledger import payload
from subsidies.workflow.money import NEW_MONEY, POSTINGS, Event, Kind


class BudgetExhausted(RuleBroken):
    code = "budget_exhausted"
    message = _("The budget of this fund does not hold the sum. The claim waits in line for funds.")


class BookClosed(RuleBroken):
    code = "book_closed"
    message = _("The budget year of this fund is closed.")


@dataclass(frozen=True)
class Item:
    """One thing to post: `fen` above zero, and the cause that is never posted twice for the same event."""

    event: Event
    cause: str
    fen: int


def open_book(province: str, fund: str, year: int) -> Book:
    """The book of a province code, fund code and budget year, made with its empty accounts where it is new.

    A fund that nobody named yet goes by its code.
    """
    with transaction.atomic():
        Fund.objects.get_or_create(code=fund, defaults={"name_zh": fund, "name_en": fund})
        book, new = Book.objects.get_or_create(
            province_id=province, fund_id=fund, year=year, defaults={"head": chain.START}
        )
        if new:
            Account.objects.bulk_create([Account(book=book, kind=kind) for kind in Kind.values])
    return book


def locked(books: Iterable[int]) -> dict[int, Book]:
    """The books of these ids by id, their rows held until the transaction ends; always in the same order."""
    rows = Book.objects.select_for_update(of=("self",)).filter(pk__in=set(books)).order_by("pk")
    return {book.pk: book for book in rows}


def free_in(book: Book) -> int:
    """Fen that may still be set aside or taken back. Sure only while the caller holds the book's row."""
    return book.accounts.get(kind=Kind.AVAILABLE).balance_fen


def post(
    book: Book, event: Event, fen: int, *, cause: str, by: User | None, at: dt.datetime
) -> JournalEntry | None:
    """One entry. None where this cause was posted before. The caller holds the book's row.

    Raises BudgetExhausted where the account that is credited does not hold the sum, BookClosed.
    """
    made = post_all(book, [Item(event, cause, fen)], by=by, at=at)
    return made[0] if made else None


def post_all(book: Book, items: Sequence[Item], *, by: User | None, at: dt.datetime) -> list[JournalEntry]:
    """An entry for each item whose cause was not posted before, in order. Raises BudgetExhausted, BookClosed.

    The same statements for one item as for a thousand. The caller holds the book's row.
    """
    known = set(
        JournalEntry.objects.filter(
            event__in={item.event for item in items}, cause__in=[item.cause for item in items]
        ).values_list("event", "cause")
    )
    fresh = [item for item in items if (str(item.event), item.cause) not in known]
    if not fresh:
        return []
    if book.closed_at is not None and not NEW_MONEY.isdisjoint(item.event for item in fresh):
        raise BookClosed
    accounts = {account.kind: account for account in book.accounts.all()}
    _guard(accounts, fresh)
    entries = [_chained(book, item, by=by, at=at) for item in fresh]
    JournalEntry.objects.bulk_create(entries, batch_size=1000)
    Posting.objects.bulk_create(
        [
            Posting(
                entry=entry,
                account=accounts[kind],
                province_id=book.province_id,
                debit_fen=debit_fen,
                credit_fen=credit_fen,
            )
            for entry, item in zip(entries, fresh, strict=True)
            for kind, debit_fen, credit_fen in _sides(item)
        ],
        batch_size=2000,
    )
    book.save(update_fields=["length", "head"])
    return entries


def _guard(accounts: dict[str, Account], items: Sequence[Item]) -> None:
    """Say early what the database would refuse: an account that falls below zero."""
    held = Counter({kind: account.balance_fen for kind, account in accounts.items()})
    for item in items:
        debit, credit = POSTINGS[item.event]
        if credit != Kind.APPROPRIATION and held[credit] < item.fen:
            raise BudgetExhausted(account=credit, fen=item.fen)
        held[debit] += item.fen
        held[credit] -= item.fen


def _sides(item: Item) -> list[tuple[str, int, int]]:
    debit, credit = POSTINGS[item.event]
    return [(str(debit), item.fen, 0), (str(credit), 0, item.fen)]


def _chained(book: Book, item: Item, *, by: User | None, at: dt.datetime) -> JournalEntry:
    """The next entry of the book in memory; the book's length and head move with it."""
    entry = JournalEntry(
        book=book,
        province_id=book.province_id,
        place=book.length + 1,
        event=item.event,
        cause=item.cause,
        by=by,
        at=at,
        previous=bytes(book.head),
    )
    told = payload(book.pk, entry.place, str(item.event), item.cause, by.pk if by else None, at, _sides(item))
    entry.digest = chain.digest(entry.previous, told)
    book.length, book.head = entry.place, entry.digest
    return entry
