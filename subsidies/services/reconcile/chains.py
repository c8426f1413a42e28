"""I7 history is unchanged: every entry of every book reckoned anew, in a stream that needs the same memory for any length."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from portal import chain
from subsidies.models import Book, Notice, PaymentNotice
from subsidies.selectors.ledger import payload
from subsidies.services.notices import digest
from subsidies.services.reconcile.checks import Breach

AT_ONCE = 5000
MISSING = _("book {}: entry {} is missing")
LOOSE = _("book {}: entry {} does not follow the one before it")
CHANGED = _("book {}: entry {} was changed after it was written")
HEADLESS = _("book {}: its head does not match its last entry")
NOTICE = _("notice {} does not match its digest")
WORDS = {
    "entry_missing": MISSING,
    "entry_loose": LOOSE,
    "entry_changed": CHANGED,
    "book_head": HEADLESS,
    "notice_digest": NOTICE,
}
ENTRIES = """SELECT e.place, e.event, e.cause, e.by_id, e.at, e.previous, e.digest, s.sides
    FROM subsidies_journalentry e
    CROSS JOIN LATERAL (SELECT array_agg(ARRAY[a.kind, p.debit_fen::text, p.credit_fen::text] ORDER BY p.id) AS sides
        FROM subsidies_posting p JOIN subsidies_account a ON a.id = p.account_id WHERE p.entry_id = e.id) s
    WHERE e.book_id = %s ORDER BY e.place"""
Row = tuple[int, str, str, int | None, dt.datetime, bytes, bytes, list[list[str]] | None]


def _found(code: str, *values: object) -> Breach:
    return Breach("I7", code, WORDS[code], values)


def _entries(book: int) -> Iterator[Row]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(ENTRIES, [book])
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _chain(book: Book) -> Iterator[Breach]:
    previous, place = chain.START, 0
    for at_place, event, cause, by, at, before, sealed, sides in _entries(book.pk):
        place += 1
        if at_place != place:
            yield _found("entry_missing", book.pk, place)
            place = at_place
        if bytes(before) != previous:
            yield _found("entry_loose", book.pk, place)
        told = [(kind, int(debit), int(credit)) for kind, debit, credit in sides or []]
        if chain.digest(bytes(before), payload(book.pk, place, event, cause, by, at, told)) != bytes(sealed):
            yield _found("entry_changed", book.pk, place)
        previous = bytes(sealed)
    if previous != bytes(book.head) or place != book.length:
        yield _found("book_head", book.pk)


def breaches() -> Iterator[Breach]:
    for book in Book.objects.order_by("pk"):
        yield from _chain(book)
    for kind in (Notice, PaymentNotice):
        # one at a time: a paper holds all of its lines
        for notice in kind.objects.only("number", "paper", "sha256").order_by("pk").iterator(chunk_size=1):
            if digest(notice.paper) != notice.sha256:
                yield _found("notice_digest", notice.number)
