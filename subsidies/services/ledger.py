"""Postings to the ledger. Every change of money in the portal is one of the functions below.

The row of the book is locked first, then read, then posted to, in the transaction of whoever asks; several books are
locked in the order of their ids. The database keeps the balances and refuses one below zero.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import chain, clock, moves
from portal.accounts.models import User
from portal.rules import RuleBroken
from subsidies.models import Account, BatchLine, Book, Claim, Entitlement, Fund, JournalEntry, Posting
from subsidies.money_workflow import ENTITLEMENT_MOVES, POSTINGS, EntitlementState, Event, Kind, LineState
from subsidies.workflow import State


class BudgetExhausted(RuleBroken):
    code = "budget_exhausted"
    message = _("The budget of this fund does not hold the sum. The claim waits in line for funds.")


class NothingToReserve(RuleBroken):
    code = "nothing_to_reserve"
    message = _("The decision names no sum, so there is nothing to set aside.")


class MoneyOnItsWay(RuleBroken):
    code = "money_on_its_way"
    message = _("The sum stands in a payment batch or was paid. Take it out of the batch first.")


def payload(entry: JournalEntry, sides: Iterable[tuple[str, int, int]]) -> dict[str, object]:
    """What the digest of an entry covers; `sides` are (account kind, debit fen, credit fen) in order of writing."""
    return {
        "book": entry.book_id,
        "place": entry.place,
        "event": entry.event,
        "cause": entry.cause,
        "by": entry.by_id,
        "at": entry.at.astimezone(dt.UTC).isoformat(),
        "postings": [list(side) for side in sides],
    }


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


def _post(
    book: Book, event: Event, fen: int, *, cause: str, by: User | None, at: dt.datetime
) -> JournalEntry | None:
    """One entry of two postings. None where this cause was posted before. Raises BudgetExhausted.

    The caller holds the book's row.
    """
    if JournalEntry.objects.filter(event=event, cause=cause).exists():
        return None
    accounts = {account.kind: account for account in book.accounts.all()}
    debit, credit = POSTINGS[event]
    if credit != Kind.APPROPRIATION and accounts[credit].balance_fen < fen:
        raise BudgetExhausted(account=credit, fen=fen)
    entry = JournalEntry(
        book=book,
        province_id=book.province_id,
        place=book.length + 1,
        event=event,
        cause=cause,
        by=by,
        at=at,
        previous=bytes(book.head),
    )
    sides = [(str(debit), fen, 0), (str(credit), 0, fen)]
    entry.digest = chain.digest(entry.previous, payload(entry, sides))
    entry.save(force_insert=True)
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            account=accounts[kind],
            province_id=book.province_id,
            debit_fen=debit_fen,
            credit_fen=credit_fen,
        )
        for kind, debit_fen, credit_fen in sides
    )
    book.length, book.head = entry.place, entry.digest
    book.save(update_fields=["length", "head"])
    return entry


def _locked(books: Iterable[int]) -> dict[int, Book]:
    rows = Book.objects.select_for_update(of=("self",)).filter(pk__in=set(books)).order_by("pk")
    return {book.pk: book for book in rows}


def _step(entitlement: Entitlement, step: str, **times: dt.datetime) -> None:
    """The one place where the state of an entitlement is written."""
    entitlement.state = moves.check(ENTITLEMENT_MOVES, step, entitlement.state)
    for name, value in times.items():
        setattr(entitlement, name, value)
    entitlement.save(update_fields=["state", *times])


@transaction.atomic
def issue(book: Book, fen: int, *, cause: str, by: User, at: dt.datetime) -> JournalEntry | None:
    """Budget issued (下达指标): Available against Appropriation."""
    return _post(_locked([book.pk])[book.pk], Event.ISSUED, fen, cause=cause, by=by, at=at)


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
    live = list(claim.entitlements.exclude(state=EntitlementState.RELEASED))
    if live:
        return live
    sums = _sums(claim)
    if not sums or sum(sums.values()) != claim.amount_fen:
        raise NothingToReserve
    year = clock.today(at).year
    found = Book.objects.filter(province_id=claim.province_id, fund_id__in=sums, year=year)
    books = {book.fund_id: book for book in _locked(found.values_list("pk", flat=True)).values()}
    if set(books) != set(sums) or any(_others_first(claim, fund) for fund in sums):
        raise BudgetExhausted
    entitlements = []
    for fund, book in sorted(books.items()):
        entitlement = Entitlement.objects.create(
            province_id=claim.province_id,
            claim=claim,
            book=book,
            fund_id=fund,
            fen=sums[fund],
            reserved_at=at,
        )
        _post(book, Event.RESERVED, sums[fund], cause=f"entitlement:{entitlement.pk}", by=by, at=at)
        entitlements.append(entitlement)
    return entitlements


@transaction.atomic
def release(claim: Claim, *, by: User | None, at: dt.datetime) -> int:
    """Give back what is set aside for a claim that was withdrawn or struck; the fen given back.

    Releasing twice changes nothing. The caller holds the claim's row. Raises MoneyOnItsWay.
    """
    live = list(
        claim.entitlements.select_for_update(of=("self",))
        .exclude(state=EntitlementState.RELEASED)
        .order_by("pk")
    )
    lines = BatchLine.objects.filter(entitlement__in=live, state__in=[LineState.OPEN, LineState.SENT])
    if lines.exists() or any(row.state != EntitlementState.RESERVED for row in live):
        raise MoneyOnItsWay
    books = _locked(row.book_id for row in live)
    for row in live:
        _post(books[row.book_id], Event.RELEASED, row.fen, cause=f"entitlement:{row.pk}", by=by, at=at)
        _step(row, "release", released_at=at)
    return sum(row.fen for row in live)


@transaction.atomic
def send(batch_id: int, entitlements: list[Entitlement], *, by: User, at: dt.datetime) -> None:
    """A batch goes to the bank: one entry per book over the sum of its lines. The caller holds the batch's row."""
    totals: dict[int, int] = defaultdict(int)
    for row in entitlements:
        totals[row.book_id] += row.fen
    books = _locked(totals)
    for number, fen in sorted(totals.items()):
        _post(books[number], Event.SENT, fen, cause=f"batch:{batch_id}:book:{number}", by=by, at=at)
    for row in entitlements:
        _step(row, "send")


@transaction.atomic
def settle(line: BatchLine, *, at: dt.datetime) -> None:
    """The bank paid a line. The caller holds the line's row."""
    book = _locked([line.entitlement.book_id])[line.entitlement.book_id]
    if _post(book, Event.SETTLED, line.fen, cause=f"line:{line.pk}", by=None, at=at):
        _step(line.entitlement, "settle", paid_at=at)


@transaction.atomic
def bounce(line: BatchLine, *, at: dt.datetime) -> None:
    """The bank returned a line (退票): the reservation stands again. The caller holds the line's row."""
    book = _locked([line.entitlement.book_id])[line.entitlement.book_id]
    if _post(book, Event.RETURNED, line.fen, cause=f"line:{line.pk}", by=None, at=at):
        _step(line.entitlement, "bounce")
