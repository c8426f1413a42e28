"""Claims as a year leaves them: paid, payable, at a desk, rejected, with every row that the proof holds against another.

Written by the superuser past triggers, after one claim that the rules checked; that it is what services leave, `reconcile`
says: it finds nothing.
"""

import datetime as dt
from collections.abc import Iterator

import psycopg2.extensions

from benchmarks.batching import officer
from benchmarks.claiming import BASE, PEOPLE, PROVINCE
from benchmarks.cloning import clone, fill
from benchmarks.proving import book_with, copy_entries
from benchmarks.world import settle
from portal import clock
from portal.accounts.models import BankAccount
from portal.accounts.roles import Role
from subsidies.models import (
    AnswerFile,
    BankAnswer,
    Batch,
    BatchLine,
    Claim,
    ClaimMove,
    ClaimSeat,
    Decision,
    Entitlement,
    Notice,
    NoticeLine,
)
from subsidies.services.notices import digest
from subsidies.services.profiles import standard_profile
from subsidies.workflow.money import Event

AFTER = 3 * BASE
IN_A_BATCH = 10_000
PAID, PAYABLE, AT_DESK = "n % 20 < 12", "n % 20 IN (12, 13)", "n % 20 IN (14, 15, 16, 17)"
OWED, REJECTED = "n % 20 < 14", "n % 20 > 17"
"""Which of the numbers are where: of twenty, twelve are paid, two payable, four at the intake's desk and two rejected."""
_ALL, _GONE_ON = "true", "(n % 20 < 14 OR n % 20 > 17)"
_STEPS = (
    (1, "submit", "", "submitted", _ALL),
    (2, "check", "submitted", "checked", _ALL),
    (3, "accept", "checked", "in_first_review", _GONE_ON),
    (4, "pass_to_second", "in_first_review", "in_second_review", OWED),
    (5, "approve", "in_second_review", "approved", OWED),
    (6, "publish", "approved", "in_notice", OWED),
    (7, "end_notice", "in_notice", "payable", OWED),
    (8, "batch", "payable", "in_batch", PAID),
    (9, "send", "in_batch", "sent", PAID),
    (10, "settle", "sent", "paid", PAID),
    (4, "propose_reject", "in_first_review", "reject_proposed", REJECTED),
    (5, "reject", "reject_proposed", "rejected", REJECTED),
)
_REASON = '[{"code": "STATED_WRONGLY", "ref": "基准", "zh": "基准", "en": "Benchmark"}]'


class History:
    """`write(n)` writes n claims, once."""

    def __init__(self, link: psycopg2.extensions.connection, like: Claim) -> None:
        self.link, self.like, self.at = link, like, clock.now()
        self.book, self.maker = book_with(10**14, PROVINCE)
        self.checker, self.first, self.second = (
            officer(role, PROVINCE)
            for role in (Role.FINANCE_CHECKER, Role.PROVINCE_REVIEWER, Role.SECOND_REVIEWER)
        )

    def write(self, number: int) -> None:
        numbers, self.id = range(1, number + 1), f"{AFTER} + n"
        fen, at = self.like.amount_fen, f"'{self.at.isoformat()}'::timestamptz"
        self._claims(numbers, at)
        notice = self._notice()
        like = self.like
        fill(
            self.link, NoticeLine, numbers, where=OWED, id=self.id, province_id=f"'{PROVINCE}'", notice_id=str(notice.pk),
            line_no="n", claim_id=self.id, holder_masked=f"'{like.holder_masked}'", number_masked=f"'{like.number_masked}'",
            occupation_name=f"'{like.occupation_name}'", level=str(like.level), fen=str(fen),
        )  # fmt: skip
        fill(
            self.link, Entitlement, numbers, where=OWED, id=self.id, province_id=f"'{PROVINCE}'", claim_id=self.id,
            book_id=str(self.book.pk), fund_id="'SKILL'", fen=str(fen), reserved_at=at,
            state=f"CASE WHEN {PAID} THEN 'paid' ELSE 'reserved' END", paid_at=f"CASE WHEN {PAID} THEN {at} END",
        )  # fmt: skip
        self._payments(numbers, notice, at)
        self._entries(numbers)
        settle(self.link)

    def _claims(self, numbers: range, at: str) -> None:
        link, of = self.link, self.id
        state = f"CASE WHEN {PAID} THEN 'paid' WHEN {PAYABLE} THEN 'payable' WHEN {AT_DESK} THEN 'checked' ELSE 'rejected' END"
        clone(
            link, Claim, self.like.pk, numbers, id=of, number="'CL-63-1998-' || lpad(n::text, 8, '0')", key="''",
            claimant_id=f"{2 * PEOPLE} + n", person_key="sha256(convert_to('history ' || n, 'UTF8'))",
            certificate_serial="'ZX-63-1998-' || lpad(n::text, 7, '0')", state=state, moved_at=at,
            desk=f"CASE WHEN {AT_DESK} THEN 'intake' ELSE '' END", due_at=f"CASE WHEN {AT_DESK} THEN t.due_at END",
            reason=f"CASE WHEN {REJECTED} THEN 'bench' ELSE '' END",
            appeal_ends_at=f"CASE WHEN {REJECTED} THEN {at} + interval '60 days' END",
            moved_step=f"CASE WHEN {PAID} THEN 'settle' WHEN {PAYABLE} THEN 'end_notice' WHEN {AT_DESK} THEN 'check' ELSE 'reject' END",
        )  # fmt: skip
        move = self.like.moves.earliest("place").pk
        for place, step, source, target, where in _STEPS:
            clone(
                link, ClaimMove, move, numbers, where=where, id=f"({of}) * 12 + {place}", claim_id=of, place=str(place),
                step=f"'{step}'", source=f"'{source}'", target=f"'{target}'", at=at, by_id="NULL",
            )  # fmt: skip
        decision = self.like.decisions.latest("pk").pk
        clone(link, Decision, decision, numbers, id=of, claim_id=of)
        clone(
            link, Decision, decision, numbers, where=REJECTED, id=f"{BASE} + {of}", claim_id=of, act="'rejected'", seat="'confirmer'",
            by_id=str(self.second.pk), reason="'bench'", reasons=f"'{_REASON}'::jsonb",
        )  # fmt: skip
        for extra, seat, by, where in (
            (0, "first", self.first, OWED), (BASE, "second", self.second, OWED),
            (0, "proposer", self.first, REJECTED), (BASE, "confirmer", self.second, REJECTED),
        ):  # fmt: skip
            fill(
                link, ClaimSeat, numbers, where=where, id=f"{extra} + {of}", claim_id=of, province_id=f"'{PROVINCE}'",
                claimant_id=f"{2 * PEOPLE} + n", seat=f"'{seat}'", user_id=str(by.pk), taken_at=at,
            )  # fmt: skip

    def _notice(self) -> Notice:
        then = self.at - dt.timedelta(days=20)
        over = then + dt.timedelta(days=7)
        made = Notice(
            province_id=PROVINCE, year=then.year, place=9_999, number="PN-63-0000-9999", published_by=self.first,
            published_at=then, working_days=5, starts_on=then.date(), ends_on=then.date(), ends_at=over,
            end_due_at=over, ended_at=over, basis={}, paper={}, sha256=digest({}),
        )  # fmt: skip
        return Notice.objects.bulk_create([made])[0]

    def _payments(self, numbers: range, notice: Notice, at: str) -> None:
        """Batches of IN_A_BATCH lines, each sent and answered; the file of the answers is one for all."""
        link, of, like, fen = self.link, self.id, self.like, self.like.amount_fen
        paid = sum(map(_is_paid, numbers))
        profile = standard_profile(PROVINCE, at=self.at)
        batches = range(-(-paid // IN_A_BATCH))
        lines = f"least({IN_A_BATCH}, {paid} - n * {IN_A_BATCH})"
        sha = f"'{'0' * 64}'"
        home = f"'{PROVINCE}'"
        fill(
            link, Batch, batches, id=of, province_id=home, year="1998", place="n + 1", number="'PB-63-1998-' || n",
            profile_id=str(profile.pk), state="'answered'", line_count=lines, total_fen=f"{lines} * {fen}", done=lines, total=lines,
            lines_sha256=sha, made_by_id=str(self.maker.pk), made_at=at, checked_by_id=str(self.checker.pk), checked_at=at,
            released_by_id=str(self.checker.pk), released_at=at, file_due_at=at, file_name="'bench'", file_sha256=sha,
            file_written_at=at, answered_at=at,
        )  # fmt: skip
        fill(
            link, AnswerFile, range(1), id=of, province_id=home, batch_id=of, name="'bench'", sha256=sha, received_by_id=str(self.maker.pk),
            received_at=at, read_at=at, accepted="true", row_count=str(paid), new_count=str(paid), report="'[]'::jsonb",
        )  # fmt: skip
        account = BankAccount.objects.earliest("pk")
        clone(
            link, BankAccount, account.pk, numbers, where=PAID, id=of, uid="gen_random_uuid()", user_id=f"{2 * PEOPLE} + n",
            changed_by_id=f"{2 * PEOPLE} + n", number_index="sha256(convert_to('account ' || n, 'UTF8'))",
        )  # fmt: skip
        rank = "(n / 20 * 12 + n % 20 - 1)"  # among those paid; numbers begin at 1
        fill(
            link, BatchLine, numbers, where=PAID, id=of, province_id=home, batch_id=f"{AFTER} + {rank} / {IN_A_BATCH}",
            line_no=f"{rank} % {IN_A_BATCH} + 1", claim_id=of, entitlement_id=of, fen=str(fen), account_id=of,
            account_changed_by_id=f"{2 * PEOPLE} + n", holder_masked=f"'{like.holder_masked}'", account_masked="'9999 **** 0905'",
            bank_name="'基准银行'", notice_ended_at=f"'{notice.ended_at.isoformat()}'", made_at=at, state="'settled'",
            released_by_id=str(self.checker.pk), answered_at=at,
        )  # fmt: skip
        fill(
            link, BankAnswer, numbers, where=PAID, id=of, province_id=home, file_id=str(AFTER), line_id=of, answer_id="'A' || n",
            result="'paid'", fen=str(fen), due_at=at, applied_at=at,
        )  # fmt: skip

    def _entries(self, numbers: range) -> None:
        fen = self.like.amount_fen

        def items() -> Iterator[tuple[Event, str, int]]:
            paid = 0
            for n in numbers:
                if n % 20 in range(14):  # OWED
                    yield Event.RESERVED, f"entitlement:{AFTER + n}", fen
                paid += _is_paid(n)
            for batch in range(-(-paid // IN_A_BATCH)):
                lines = min(IN_A_BATCH, paid - batch * IN_A_BATCH)
                yield Event.SENT, f"batch:{AFTER + batch}:book:{self.book.pk}", lines * fen
            for n in numbers:
                if _is_paid(n):
                    yield Event.SETTLED, f"line:{AFTER + n}", fen

        self.book.refresh_from_db()
        copy_entries(self.link, self.book, items(), at=self.at, base=AFTER)


def _is_paid(n: int) -> bool:
    return n % 20 in range(12)
