"""Proof that the books, the claims and the bank agree: each breach of an invariant as a sentence.

The numbers are those of the design: I1 entries balance, I2 books sum to zero, I3 nothing overspent, I4 nobody twice,
I5 one live or settled line, I7 history unchanged, I10 nothing paid before its notice ended or to a stranger's
account, I11 answers applied once, I13 states agree with what happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from portal import chain
from subsidies.models import Book, JournalEntry, Notice
from subsidies.services.ledger import payload
from subsidies.services.notices import digest

QUERIES: Final[list[tuple[str, str, str]]] = [
    (
        "I1",
        "entry {} of book {} does not balance: {} debit, {} credit",
        """SELECT e.id, e.book_id, coalesce(sum(p.debit_fen), 0), coalesce(sum(p.credit_fen), 0)
        FROM subsidies_journalentry e LEFT JOIN subsidies_posting p ON p.entry_id = e.id
        GROUP BY e.id HAVING coalesce(sum(p.debit_fen), 0) <> coalesce(sum(p.credit_fen), 0) OR count(p.id) < 2""",
    ),
    (
        "I1",
        "entry {} of book {} posts to book {}",
        """SELECT e.id, e.book_id, a.book_id FROM subsidies_posting p JOIN subsidies_journalentry e ON e.id = p.entry_id
        JOIN subsidies_account a ON a.id = p.account_id WHERE a.book_id <> e.book_id""",
    ),
    (
        "I2",
        "the accounts of book {} sum to {} fen",
        "SELECT book_id, sum(balance_fen) FROM subsidies_account GROUP BY book_id HAVING sum(balance_fen) <> 0",
    ),
    (
        "I2",
        "account {} of book {} says {} fen, its postings {}",
        """SELECT a.kind, a.book_id, a.balance_fen, coalesce(sum(p.debit_fen - p.credit_fen), 0)
        FROM subsidies_account a LEFT JOIN subsidies_posting p ON p.account_id = a.id
        GROUP BY a.id HAVING a.balance_fen <> coalesce(sum(p.debit_fen - p.credit_fen), 0)""",
    ),
    (
        "I3",
        "account {} of book {} stands at {} fen",
        """SELECT kind, book_id, balance_fen FROM subsidies_account
        WHERE (kind = 'appropriation' AND balance_fen > 0) OR (kind <> 'appropriation' AND balance_fen < 0)""",
    ),
    (
        "I3",
        "book {} holds {} fen {}, the entitlements {}",
        """SELECT a.book_id, a.balance_fen, a.kind, coalesce(sum(t.fen), 0) FROM subsidies_account a
        LEFT JOIN subsidies_entitlement t ON t.book_id = a.book_id AND t.state =
            CASE a.kind WHEN 'reserved' THEN 'reserved' WHEN 'in_transit' THEN 'sent' ELSE 'paid' END
        WHERE a.kind IN ('reserved', 'in_transit', 'paid')
        GROUP BY a.id HAVING a.balance_fen <> coalesce(sum(t.fen), 0)""",
    ),
    (
        "I4",
        "certificate {} is paid through {} claims",
        """SELECT c.certificate_serial, count(DISTINCT c.id) FROM subsidies_claim c
        JOIN subsidies_entitlement t ON t.claim_id = c.id AND t.state <> 'released'
        GROUP BY c.certificate_serial HAVING count(DISTINCT c.id) > 1""",
    ),
    (
        "I4",
        "one person is paid twice for occupation {} level {}: {} claims",
        """SELECT c.occupation, c.level, count(DISTINCT c.id) FROM subsidies_claim c
        JOIN subsidies_entitlement t ON t.claim_id = c.id AND t.state <> 'released'
        WHERE c.certificate_kind = 'level' GROUP BY c.person_key, c.occupation, c.level
        HAVING count(DISTINCT c.id) > 1""",
    ),
    (
        "I5",
        "entitlement {} has {} lines that are live or settled",
        """SELECT entitlement_id, count(*) FROM subsidies_batchline WHERE state IN ('open', 'sent', 'settled')
        GROUP BY entitlement_id HAVING count(*) > 1""",
    ),
    (
        "I5",
        "batch {} says {} lines of {} fen; it has {} of {}",
        """SELECT b.number, b.line_count, b.total_fen, count(l.id), coalesce(sum(l.fen), 0) FROM subsidies_batch b
        LEFT JOIN subsidies_batchline l ON l.batch_id = b.id
        GROUP BY b.id HAVING b.line_count <> count(l.id) OR b.total_fen <> coalesce(sum(l.fen), 0)""",
    ),
    (
        "I5",
        "line {} pays {} fen for an entitlement of {}",
        """SELECT l.id, l.fen, t.fen FROM subsidies_batchline l JOIN subsidies_entitlement t ON t.id = l.entitlement_id
        WHERE l.fen <> t.fen OR l.claim_id <> t.claim_id""",
    ),
    (
        "I10",
        "line {} of claim {} was made before a public notice of it had ended",
        """SELECT l.id, c.number FROM subsidies_batchline l JOIN subsidies_claim c ON c.id = l.claim_id
        WHERE NOT EXISTS (SELECT 1 FROM subsidies_noticeline n JOIN subsidies_notice p ON p.id = n.notice_id
            WHERE n.claim_id = l.claim_id AND p.ended_at <= l.made_at AND p.ended_at >= p.ends_at)""",
    ),
    (
        "I10",
        "line {} of claim {} pays to an account of somebody else",
        """SELECT l.id, c.number FROM subsidies_batchline l JOIN subsidies_claim c ON c.id = l.claim_id
        JOIN accounts_bankaccount a ON a.id = l.account_id WHERE a.user_id <> c.claimant_id""",
    ),
    (
        "I10",
        "claim {} was released while a hold was open",
        """SELECT DISTINCT c.number FROM subsidies_batchline l JOIN subsidies_batch b ON b.id = l.batch_id
        JOIN subsidies_claim c ON c.id = l.claim_id JOIN subsidies_hold h ON h.claim_id = c.id
        WHERE b.released_at IS NOT NULL AND h.opened_at < b.released_at
            AND (h.closed_at IS NULL OR h.closed_at > b.released_at)""",
    ),
    (
        "I11",
        "line {} is {} and its bank answers say otherwise",
        """SELECT l.id, l.state FROM subsidies_batchline l
        LEFT JOIN subsidies_bankanswer a ON a.line_id = l.id AND a.applied_at IS NOT NULL
            AND a.late = (l.late_at IS NOT NULL)
        WHERE (l.state = 'settled' AND a.result IS DISTINCT FROM 'paid')
            OR (l.state = 'returned' AND a.result IS DISTINCT FROM 'returned')
            OR (l.state NOT IN ('settled', 'returned') AND a.id IS NOT NULL) OR a.fen <> l.fen""",
    ),
    (
        "I11",
        "batch {} is {} with {} lines open, {} at the bank",
        """SELECT b.number, b.state, count(*) FILTER (WHERE l.state = 'open'),
            count(*) FILTER (WHERE l.state = 'sent')
        FROM subsidies_batch b JOIN subsidies_batchline l ON l.batch_id = b.id GROUP BY b.id
        HAVING (b.state IN ('assembling', 'assembled', 'checked', 'releasing', 'cancelling'))
                <> (count(*) FILTER (WHERE l.state = 'open') = count(*))
            OR (b.state = 'cancelled') <> (count(*) FILTER (WHERE l.state = 'removed') = count(*))
            OR (b.state = 'answered' AND count(*) FILTER (WHERE l.state = 'sent') > 0)""",
    ),
    (
        "I13",
        "claim {} is {}; {} fen of {} are set aside, at the bank or paid",
        """SELECT c.number, c.state, coalesce(sum(t.fen), 0), c.amount_fen FROM subsidies_claim c
        LEFT JOIN subsidies_entitlement t ON t.claim_id = c.id AND t.state <> 'released' GROUP BY c.id
        HAVING coalesce(sum(t.fen), 0) <> CASE
            WHEN c.state IN ('approved', 'in_notice', 'payable', 'in_batch', 'sent', 'paid') THEN c.amount_fen
            ELSE 0 END""",
    ),
    (
        "I13",
        "claim {} is {}, its lines {} open and {} at the bank, unpaid entitlements {}",
        """SELECT c.number, c.state, l.opened, l.sent, t.unpaid FROM subsidies_claim c
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'open') AS opened,
            count(*) FILTER (WHERE state = 'sent') AS sent FROM subsidies_batchline WHERE claim_id = c.id) l
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state IN ('reserved', 'sent')) AS unpaid
            FROM subsidies_entitlement WHERE claim_id = c.id) t
        WHERE (c.state = 'in_batch') <> (l.opened > 0) OR (c.state = 'sent') <> (l.sent > 0)
            OR (c.state = 'paid' AND t.unpaid > 0)""",
    ),
]


@dataclass(frozen=True)
class Breach:
    invariant: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.sentence}"


def breaches() -> Iterator[Breach]:
    """Everything that does not hold, over the whole database. Nothing is yielded where all is well."""
    with connection.cursor() as cursor:
        for invariant, sentence, query in QUERIES:
            cursor.execute(query)
            for row in cursor.fetchall():
                yield Breach(invariant, sentence.format(*row))
    for book in Book.objects.order_by("pk"):
        yield from _chain(book)
    for notice in Notice.objects.order_by("pk").iterator(chunk_size=200):
        if digest(notice.paper) != notice.sha256:
            yield Breach("I7", f"notice {notice.number} does not match its digest")


def _chain(book: Book) -> Iterator[Breach]:
    previous, place = chain.START, 0
    entries = JournalEntry.objects.filter(book=book).order_by("place").prefetch_related("postings__account")
    for entry in entries.iterator(chunk_size=2000):
        place += 1
        sides = [(p.account.kind, p.debit_fen, p.credit_fen) for p in entry.postings.all()]
        if entry.place != place:
            yield Breach("I7", f"book {book.pk}: entry {place} is missing")
            place = entry.place
        if bytes(entry.previous) != previous:
            yield Breach("I7", f"book {book.pk}: entry {entry.place} does not follow the one before it")
        if chain.digest(bytes(entry.previous), payload(entry, sides)) != bytes(entry.digest):
            yield Breach("I7", f"book {book.pk}: entry {entry.place} was changed after it was written")
        previous = bytes(entry.digest)
    if previous != bytes(book.head) or place != book.length:
        yield Breach("I7", f"book {book.pk}: its head does not match its last entry")
