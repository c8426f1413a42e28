"""What the ledger takes, beside bare inserts; and claims paid, at desks and turned down, over which `reconcile` proves everything.

Started as a program, this is the proof as the command makes it: it says how long it took and how much memory it had at most.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count

import django

if __name__ in (
    "__main__",
    "__mp_main__",
):  # the second is what a process of its own is called that shares the work
    django.setup()

import psycopg2.extensions
from django.db import transaction

from benchmarks.batching import officer
from benchmarks.looking import bare_link
from benchmarks.place import most_memory
from benchmarks.rounds import Figures, by_part, repeated
from portal import chain, clock
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.embedded.places import ROOT
from portal.garbage import collect_seldom
from subsidies.models import Book
from subsidies.selectors.ledger import payload
from subsidies.services import budgets, ledger
from subsidies.services.reconcile import prove
from subsidies.workflow.money import Event

PROVINCE, FUND, FEN = "620000", "SKILL", 160_000
AT_ONCE = 500
"""Entries of one transaction, as an answer file's chunk posts them."""


def book_with(fen: int, province: str = PROVINCE) -> tuple[Book, User]:
    """A book of this year that holds so much, and who made it so."""
    maker, checker, at = (
        officer(Role.FINANCE_MAKER, province),
        officer(Role.FINANCE_CHECKER, province),
        clock.now(),
    )
    year = clock.today(at).year
    proposal = budgets.propose_budget(
        province=province, fund=FUND, year=year, fen=fen, document="基准", by=maker, at=at
    )
    budgets.issue_budget(proposal, by=checker, at=at)
    return ledger.open_book(province, FUND, year), maker


class Postings:
    """Entries of two postings each through the ledger; and the same rows bare, into tables without triggers and keys."""

    def __init__(self, link: psycopg2.extensions.connection) -> None:
        self.link, self.causes = link, count(1)
        self.book, self.maker = book_with(10**14)
        with link.cursor() as cursor:
            for name in ("journalentry", "posting"):
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS bench_{name} (LIKE subsidies_{name} INCLUDING DEFAULTS INCLUDING IDENTITY)"
                )
                cursor.execute(f"ALTER TABLE bench_{name} ADD PRIMARY KEY (id)")
                cursor.execute(f"GRANT SELECT, INSERT ON bench_{name} TO zhixun_app")
        self.account = self.book.accounts.earliest("pk").pk

    def posting(self, size: int = AT_ONCE) -> Callable[[float], Figures]:
        """`size` entries in a transaction: chained, posted, balances and proofs of the database included."""
        at = clock.now()

        def once() -> None:
            items = [ledger.Item(Event.RESERVED, f"bench:{next(self.causes)}", 1) for _n in range(size)]
            with transaction.atomic():
                ledger.post_all(ledger.locked([self.book.pk])[self.book.pk], items, by=self.maker, at=at)

        return lambda seconds: by_part(repeated(once, seconds), size)

    def inserting(self, size: int = AT_ONCE) -> Callable[[float], Figures]:
        """As many rows in two INSERT of psycopg2."""
        link, at = bare_link(), clock.now()
        link.autocommit = False
        entry = (self.book.pk, PROVINCE, "reserved", "bench", self.maker.pk, at, bytes(32), bytes(32))

        def once() -> None:
            with link, link.cursor() as cursor:
                rows = b",".join(
                    cursor.mogrify("(%s,%s,%s,%s,%s,%s,%s,%s,%s)", (n, *entry)) for n in range(size)
                )
                cursor.execute(
                    b"INSERT INTO bench_journalentry (place, book_id, province_id, event, cause, by_id, at, previous, digest)"
                    b" VALUES " + rows + b" RETURNING id"
                )
                made = [pk for (pk,) in cursor.fetchall()]
                sides = [(pk, *side) for pk in made for side in ((1, 0), (0, 1))]
                rows = b",".join(
                    cursor.mogrify("(%s,%s,%s,%s,%s)", (pk, self.account, PROVINCE, debit, credit))
                    for pk, debit, credit in sides
                )
                cursor.execute(
                    b"INSERT INTO bench_posting (entry_id, account_id, province_id, debit_fen, credit_fen) VALUES "
                    + rows
                )

        return lambda seconds: by_part(repeated(once, seconds), size)


# -- the proof ------------------------------------------------------------------------------------------------------


def prove_in_a_process() -> dict[str, object]:
    """`reconcile` as the command runs it, in a process of its own: seconds, megabytes at most, and what it found."""
    command = [sys.executable, "-m", "benchmarks.proving"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, env=os.environ, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return json.loads(done.stdout)


def work() -> None:
    collect_seldom()
    before, begin = round(most_memory() / 1000), time.perf_counter()
    run = prove(at=clock.now(), jobs=len(os.sched_getaffinity(0)))
    told = {
        "seconds": round(time.perf_counter() - begin, 1),
        "breaches": run.breaches,
        "first": [found["sentence"] for found in run.findings[:3]],
        "counts": run.counts,
        "memory before": before,
        "memory": round(most_memory() / 1000),
    }
    print(json.dumps(told), flush=True)


def chained(
    book: Book, items: Iterator[tuple[Event, str, int]], *, at: dt.datetime
) -> Iterator[tuple[int, str, str, bytes, bytes, int]]:
    """(place, event, cause, previous, digest, fen) of entries behind the head of a book, which moves with them."""
    for event, cause, fen in items:
        place, before = book.length + 1, bytes(book.head)
        debit, credit = ledger.POSTINGS[event]
        sides = [(str(debit), fen, 0), (str(credit), 0, fen)]
        book.head = chain.digest(before, payload(book.pk, place, str(event), cause, None, at, sides))
        book.length = place
        yield place, str(event), cause, before, book.head, fen


def copy_entries(
    link: psycopg2.extensions.connection,
    book: Book,
    items: Iterator[tuple[Event, str, int]],
    *,
    at: dt.datetime,
    base: int,
) -> None:
    """Entries with their postings by COPY, and the balances of their accounts. Ids begin behind `base`."""
    kinds = {account.kind: account.pk for account in book.accounts.all()}
    moved: dict[int, int] = dict.fromkeys(kinds.values(), 0)
    entries, postings, number = BytesIO(), BytesIO(), base

    def flush() -> None:
        with link.cursor() as cursor:
            for table, columns, rows in (
                (
                    "journalentry",
                    "id, book_id, province_id, place, event, cause, at, previous, digest",
                    entries,
                ),
                ("posting", "id, entry_id, account_id, province_id, debit_fen, credit_fen", postings),
            ):
                rows.seek(0)
                cursor.copy_expert(f"COPY subsidies_{table} ({columns}) FROM STDIN", rows)
                rows.seek(0)
                rows.truncate()

    for place, event, cause, before, digest, fen in chained(book, items, at=at):
        number += 1
        entries.write(
            f"{number}\t{book.pk}\t{book.province_id}\t{place}\t{event}\t{cause}\t{at.isoformat()}"
            f"\t\\\\x{before.hex()}\t\\\\x{digest.hex()}\n".encode()
        )
        debit, credit = (kinds[str(kind)] for kind in ledger.POSTINGS[Event(event)])
        for place_of, account, sides in ((1, debit, f"{fen}\t0"), (2, credit, f"0\t{fen}")):
            postings.write(
                f"{number * 2 + place_of}\t{number}\t{account}\t{book.province_id}\t{sides}\n".encode()
            )
        moved[debit] += fen
        moved[credit] -= fen
        if number % 50_000 == 0:
            flush()
    flush()
    with link.cursor() as cursor:
        for account, fen in moved.items():
            cursor.execute(
                "UPDATE subsidies_account SET balance_fen = balance_fen + %s WHERE id = %s", [fen, account]
            )
        cursor.execute(
            "UPDATE subsidies_book SET length = %s, head = %s WHERE id = %s",
            [book.length, book.head, book.pk],
        )


if __name__ == "__main__":
    work()
