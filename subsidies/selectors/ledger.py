"""What may be asked about budgets and the ledger. Each list starts from who is asking; all sums are integer fen."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from portal import chain, clock
from portal.accounts.access import in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import (
    Account,
    Batch,
    BatchLine,
    Book,
    BudgetProposal,
    Entitlement,
    Fund,
    JournalEntry,
    PolicyVersion,
    Posting,
    RecoveryOrder,
    Settlement,
)
from subsidies.workflow.money import EntitlementState, Kind, ProposalState

READERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, Role.MINISTRY_REVIEWER, Role.AUDITOR)


@dataclass(frozen=True)
class BudgetFacts:
    """A book in figures, integer fen: the balances of its accounts, and nothing else."""

    book: Book
    issued: int
    available: int
    reserved: int
    in_transit: int
    paid: int
    receivable: int
    remitted: int
    written_off: int

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
        receivable=held[Kind.RECEIVABLE],
        remitted=held[Kind.REMITTED],
        written_off=held[Kind.WRITTEN_OFF],
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
    """Integer fen per province code over all funds and accounts of the ledger: issued, available, paid, … One query."""
    books = Book.objects.all() if year is None else Book.objects.filter(year=year)
    rows = books.values("province_id", "accounts__kind").annotate(fen=Sum("accounts__balance_fen"))
    names = {Kind.APPROPRIATION: "issued"}
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys((names.get(kind, str(kind)) for kind in Kind), 0)
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


# -- one book, its accounts and its entries ---------------------------------------------------------------------------


def books_visible_to(user: User) -> QuerySet[Book]:
    rows = in_provinces(Book.objects.all(), provinces_of(user, *READERS))
    return rows.select_related("province", "fund")


def facts_of(book: Book) -> BudgetFacts:
    return _facts(book)


def accounts_of(book: Book) -> list[Account]:
    """In the order of the list of kinds."""
    order = list(Kind)
    return sorted(book.accounts.all(), key=lambda account: order.index(Kind(account.kind)))


def documents_of(book: Book) -> QuerySet[BudgetProposal]:
    rows = BudgetProposal.objects.filter(province=book.province_id, fund=book.fund_id, year=book.year)
    return rows.select_related("made_by", "checked_by")


@dataclass(frozen=True)
class Closing:
    """How far the closing of a year is: reservations carried on, and those that still stand in the closed book."""

    carried: int
    carried_fen: int
    left: int
    left_fen: int

    @property
    def done(self) -> bool:
        return not self.left


def closing_of(book: Book) -> Closing | None:
    """None while the year is open. One query."""
    if book.closed_at is None:
        return None
    carried, left = Q(state=EntitlementState.CARRIED), Q(state=EntitlementState.RESERVED)
    found = book.entitlements.aggregate(
        carried=Count("pk", filter=carried),
        carried_fen=Sum("fen", filter=carried, default=0),
        left=Count("pk", filter=left),
        left_fen=Sum("fen", filter=left, default=0),
    )
    return Closing(**found)


@dataclass(frozen=True)
class Row:
    """One posting to an account as its statement shows it. `balance` in fen after it; None where rows are left out."""

    posting: Posting
    entry: JournalEntry
    amount: int
    balance: int | None

    @property
    def shown(self) -> int | None:
        """Without its sign: only what was issued is a credit, and is read as the sum that was issued."""
        return None if self.balance is None else abs(self.balance)


@dataclass(frozen=True)
class Statement:
    account: Account
    rows: list[Row]
    older: int | None
    """Where the next page begins: the id of the last posting shown. None at the end."""


PER_PAGE = 50


def postings_of(
    account: Account, *, since: dt.date | None = None, until: dt.date | None = None, event: str = ""
) -> QuerySet[Posting]:
    """Postings to an account, newest first; both days are counted, in Shanghai."""
    rows = Posting.objects.filter(account=account).select_related("entry__by").order_by("-pk")
    if since:
        rows = rows.filter(entry__at__gte=dt.datetime.combine(since, dt.time(), tzinfo=clock.SHANGHAI))
    if until:
        rows = rows.filter(entry__at__lte=dt.datetime.combine(until, dt.time.max, tzinfo=clock.SHANGHAI))
    return rows.filter(entry__event=event) if event else rows


def statement_of(account: Account, rows: QuerySet[Posting], *, before: int | None, whole: bool) -> Statement:
    """One page of a statement, older than the posting `before`. `whole`: nothing between the rows is left out."""
    shown = list((rows.filter(pk__lt=before) if before else rows)[: PER_PAGE + 1])
    page = shown[:PER_PAGE]
    older = page[-1].pk if len(shown) > PER_PAGE else None
    return Statement(account, _with_balances(account, page) if whole else _bare(page), older)


def _delta(posting: Posting) -> int:
    return posting.debit_fen - posting.credit_fen


def _bare(page: Sequence[Posting]) -> list[Row]:
    return [Row(posting, posting.entry, _delta(posting), None) for posting in page]


def _with_balances(account: Account, page: Sequence[Posting]) -> list[Row]:
    if not page:
        return []
    balance = balance_before(account, page[0]) + _delta(page[0])
    rows = []
    for posting in page:
        rows.append(Row(posting, posting.entry, _delta(posting), balance))
        balance -= _delta(posting)
    return rows


def balance_before(account: Account, posting: Posting) -> int:
    """The balance in fen as it was before a posting to the account."""
    later = Posting.objects.filter(account=account, pk__gte=posting.pk)
    sums = later.aggregate(debit=Sum("debit_fen", default=0), credit=Sum("credit_fen", default=0))
    return account.balance_fen - sums["debit"] + sums["credit"]


def neighbours(entry: JournalEntry) -> dict[str, JournalEntry | None]:
    """The entries before and after one in the chain of its book."""
    places = {"before": entry.place - 1, "after": entry.place + 1}
    rows = JournalEntry.objects.filter(book=entry.book_id, place__in=places.values())
    found = {row.place: row for row in rows}
    return {name: found.get(place) for name, place in places.items()}


def entries_visible_to(user: User) -> QuerySet[JournalEntry]:
    rows = in_provinces(JournalEntry.objects.all(), provinces_of(user, *READERS))
    return rows.select_related("book__province", "book__fund", "by")


def payload_of(entry: JournalEntry, sides: Iterable[Sequence]) -> dict[str, object]:
    """What the digest of a stored entry covers; `sides` as `payload` takes them."""
    return payload(entry.book_id, entry.place, entry.event, entry.cause, entry.by_id, entry.at, sides)


def payload(
    book: int, place: int, event: str, cause: str, by: int | None, at: dt.datetime, sides: Iterable[Sequence]
) -> dict[str, object]:
    """What the digest of an entry covers; `sides` are (account kind, debit fen, credit fen) in order of writing."""
    return {
        "book": book,
        "place": place,
        "event": event,
        "cause": cause,
        "by": by,
        "at": at.astimezone(dt.UTC).isoformat(),
        "postings": [list(side) for side in sides],
    }


def digest_holds(entry: JournalEntry, postings: Sequence[Posting]) -> bool:
    """Whether an entry is what was written, reckoned anew from its postings (with their accounts)."""
    sides = [(row.account.kind, row.debit_fen, row.credit_fen) for row in postings]
    return chain.digest(bytes(entry.previous), payload_of(entry, sides)) == bytes(entry.digest)


# -- what an entry was posted for -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cause:
    """What an entry was posted for: the kind of thing, its id, and what to call it (a number, a document)."""

    kind: str
    pk: int
    name: str


def causes_of(entries: Iterable[JournalEntry]) -> dict[str, Cause]:
    """Cause as it stands in the entry → the thing. One query for each kind of cause, however many entries."""
    wanted: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in entries:
        kind, _colon, rest = entry.cause.partition(":")
        wanted[kind][int(rest.partition(":")[0])] = entry.cause
    found = {}
    for kind, ids in wanted.items():
        for pk, name in _names(kind, list(ids)).items():
            found[ids[pk]] = Cause(kind, pk, name)
    return found


def _names(kind: str, ids: list[int]) -> dict[int, str]:
    rows, name = {
        "budget": (BudgetProposal.objects, "document"),
        "entitlement": (Entitlement.objects, "claim__number"),
        "line": (BatchLine.objects, "claim__number"),
        "batch": (Batch.objects, "number"),
        "recovery": (RecoveryOrder.objects, "number"),
        "settlement": (Settlement.objects, "order__number"),
    }.get(kind, (Book.objects, "year"))
    return {pk: str(told) for pk, told in rows.filter(pk__in=ids).values_list("pk", name)}
