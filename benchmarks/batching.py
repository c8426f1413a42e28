"""How long a large batch takes from the button to the bank's file, and how much memory its worker needs.

Started as a program, this is the worker: it says what it did, in seconds, and how much memory it had at most.
"""

import datetime as dt
import json
import os
import secrets
import subprocess
import sys
import time
import uuid

import django

if __name__ == "__main__":
    django.setup()

import psycopg2.extensions

from benchmarks.papers import NAMES
from benchmarks.place import most_memory
from benchmarks.world import settle
from certificates import selectors as certificates  # noqa: F401 - what a batch asks of it is loaded with the rest
from portal import clock, crypto
from portal.accounts.models import Appointment, BankAccount, Consent, Identity, User
from portal.accounts.roles import Role
from portal.embedded.places import ROOT
from portal.garbage import collect_seldom
from subsidies import tasks
from subsidies.models import Batch, Book, Claim, ClaimSeat, Entitlement, NameCheck, Notice, NoticeLine
from subsidies.services import answers, assembling, batches, budgets, files, ledger
from subsidies.workflow.claims import Seat
from subsidies.workflow.money import BatchState

PROVINCE, FUND, FEN = "640000", "SKILL", 120_000
AT_ONCE = 5_000
BEFORE = dt.timedelta(days=30)
_LIKE = {
    "certificate_kind": "level",
    "occupation": "4-04-05-01",
    "occupation_name": "电工",
    "course_title": "基准课程",
    "amount_fen": FEN,
    "holder_masked": "某**",
    "number_masked": "64**************1X",
}


def officer(role: Role, province: str | None = PROVINCE) -> User:
    """Of a province; of the nation where that is None."""
    made = User(joined_at=clock.now(), province_id=province, display_name=f"batch {role}")
    made.set_unusable_password()
    made.save()
    Appointment.objects.create(
        user=made, role=role, province_id=province, valid_from=clock.today(clock.now())
    )
    return made


class Payables:
    """People with accounts that the bank vouches for, whose claims may be paid: `grow(n)` makes n more."""

    def __init__(self, link: psycopg2.extensions.connection, most: int) -> None:
        self.link, self.made, self.at = link, 0, clock.now()
        people = {role: officer(role) for role in (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)}
        year = clock.today(self.at).year
        proposal = budgets.propose_budget(
            province=PROVINCE,
            fund=FUND,
            year=year,
            fen=FEN * most * 2,
            document="基准",
            by=people[Role.FINANCE_MAKER],
            at=self.at,
        )
        budgets.issue_budget(proposal, by=people[Role.FINANCE_CHECKER], at=self.at)
        self.book = ledger.open_book(PROVINCE, FUND, year)
        self.officers = people | {"releaser": officer(Role.FINANCE_CHECKER)}
        self.reviewers = [officer(Role.PROVINCE_REVIEWER).pk, officer(Role.SECOND_REVIEWER).pk]
        self.notice = self._notice(people[Role.FINANCE_MAKER])

    def _notice(self, by: User) -> int:
        then = self.at - BEFORE
        over = then + dt.timedelta(days=7)
        rows = [
            Notice(
                province_id=PROVINCE, year=then.year, place=9_999, number="PN-64-0000-9999", published_by=by,
                published_at=then, working_days=5, starts_on=then.date(), ends_on=then.date(), ends_at=over,
                end_due_at=over, ended_at=over, basis={}, paper={}, sha256="0" * 64,
            )
        ]  # fmt: skip
        return Notice.objects.bulk_create(rows)[0].pk

    def grow(self, number: int) -> None:
        for begin in range(0, number, AT_ONCE):
            self._some(min(AT_ONCE, number - begin))
        settle(self.link)

    def _some(self, number: int) -> None:
        then = self.at - BEFORE
        people = [User(joined_at=then, province_id=PROVINCE) for _n in range(number)]
        for person in people:
            person.set_unusable_password()
        people = User.objects.bulk_create(people)
        consents = Consent.objects.bulk_create(
            Consent(user=p, province_id=PROVINCE, purpose="bank_account", version="b", given_at=then)
            for p in people
        )
        pairs = list(zip(people, consents, strict=True))
        identities = Identity.objects.bulk_create(
            _identity(p, c, self.made + n, then) for n, (p, c) in enumerate(pairs)
        )
        accounts = BankAccount.objects.bulk_create(payable_account(p, c, then) for p, c in pairs)
        NameCheck.objects.bulk_create(
            NameCheck(
                account=a,
                province_id=PROVINCE,
                result="match",
                made_at=then,
                asked_at=then,
                answered_at=self.at,
            )
            for a in accounts
        )
        claims = [
            Claim(
                **_LIKE, number=f"CL-BENCH-{self.made + n:08d}", province_id=PROVINCE, claimant=person,
                person_key=bytes(identity.number_index), certificate_serial=f"BENCH{self.made + n:010d}", level=4,
                certificate_issued_on=then.date(), submitted_at=then, moved_at=then, check_due_at=then,
            )
            for n, (person, identity) in enumerate(zip(people, identities, strict=True))
        ]  # fmt: skip
        self._past_triggers(claims)
        self.made += number

    def _past_triggers(self, claims: list[Claim]) -> None:
        """Claims that have come as far as their payment, with what was set aside for them."""
        made = Claim.objects.bulk_create(claims)
        Entitlement.objects.bulk_create(
            Entitlement(
                province_id=PROVINCE, claim=c, book=self.book, fund_id=FUND, fen=FEN, reserved_at=c.moved_at
            )
            for c in made
        )
        NoticeLine.objects.bulk_create(_lines(made, self.notice))
        ClaimSeat.objects.bulk_create(
            ClaimSeat(
                claim=c, province_id=PROVINCE, claimant=c.claimant, seat=seat, user_id=by, taken_at=c.moved_at
            )
            for c in made
            for seat, by in zip((Seat.FIRST, Seat.SECOND), self.reviewers, strict=True)
        )
        with self.link.cursor() as cursor:
            cursor.execute(
                "UPDATE subsidies_claim SET state = 'payable', moved_step = 'end_notice', check_due_at = NULL"
                " WHERE id BETWEEN %s AND %s",
                [made[0].pk, made[-1].pk],
            )
            cursor.execute(
                "UPDATE subsidies_account SET balance_fen = balance_fen + CASE kind WHEN 'reserved' THEN %s ELSE -%s END"
                " WHERE book_id = %s AND kind IN ('reserved', 'available')",
                [FEN * len(made), FEN * len(made), self.book.pk],
            )


def _lines(claims: list[Claim], notice: int) -> list[NoticeLine]:
    return [
        NoticeLine(
            province_id=PROVINCE, notice_id=notice, line_no=claim.pk, claim=claim, holder_masked="某**",
            number_masked=claim.number_masked, occupation_name=claim.occupation_name, level=claim.level, fen=FEN,
        )
        for claim in claims
    ]  # fmt: skip


def _identity(person: User, consent: Consent, number: int, at: dt.datetime) -> Identity:
    identity = Identity(
        user=person, province_id=PROVINCE, masked_name="某**", number_index=secrets.token_bytes(32),
        masked_number="64**************1X", sex="F", born_on=dt.date(1990, 1, 1), region_known=True,
        checked_by_port="benchmark", verified_at=at, consent=consent,
    )  # fmt: skip
    bound = {"table": "accounts_identity", "row": identity.uid}
    identity.name_sealed = crypto.seal(NAMES[number % len(NAMES)], column="name", **bound)
    identity.number_sealed = crypto.seal("640102199001011234", column="number", **bound)
    return identity


def payable_account(person: User, consent: Consent, at: dt.datetime) -> BankAccount:
    uid = uuid.uuid4()
    return BankAccount(
        uid=uid, user=person, province_id=PROVINCE, bank_name="基准银行", number_index=secrets.token_bytes(32),
        number_sealed=crypto.seal("9999991285726840905", table="accounts_bankaccount", column="number", row=uid),
        masked_number="9999 **** 0905", check_digit_fits=True, changed_by=person, changed_at=at, told_at=at,
        consent=consent,
    )  # fmt: skip


def pay(payables: Payables) -> dict[str, float]:
    """A batch of all that is payable, worked on by a process of its own: seconds of each step, megabytes at most."""
    ids = [str(payables.officers[key].pk) for key in (Role.FINANCE_MAKER, Role.FINANCE_CHECKER, "releaser")]
    command = [sys.executable, "-m", "benchmarks.batching", *ids]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, env=os.environ, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return json.loads(done.stdout)


def work(maker: str, checker: str, releaser: str) -> None:
    collect_seldom()
    told: dict[str, float] = {"memory before": round(most_memory() / 1000)}
    people = User.objects.in_bulk([int(maker), int(checker), int(releaser)])
    begin, cpu = time.perf_counter(), time.process_time()

    def lap(name: str) -> None:
        nonlocal begin, cpu
        told[name] = round(time.perf_counter() - begin, 2)
        told[f"{name}, CPU of the worker"] = round(time.process_time() - cpu, 2)
        told[f"{name}, memory at most until then"] = round(most_memory() / 1000)
        begin, cpu = time.perf_counter(), time.process_time()

    batch = assembling.make_batch(province=PROVINCE, by=people[int(maker)], at=clock.now())
    while assembling.assemble_more(batch, at=clock.now()):
        pass
    lap("assembled")
    batches.check_batch(batch, by=people[int(checker)], at=clock.now())
    lap("checked")
    batches.release_batch(batch, by=people[int(releaser)], at=clock.now())
    batches.send_lines(batch, at=clock.now())
    lap("released")
    files.write_payment_file(batch, at=clock.now())
    lap("file written")
    batch = Batch.objects.get(pk=batch.pk)
    if batch.state != BatchState.SENT:
        raise RuntimeError(f"{batch.state}: {batch.problem}")
    content = answer_of(batch)
    begin, cpu = time.perf_counter(), time.process_time()  # what the bank writes is not the product's work
    answers.apply_answer_file(
        batch, name="answer.csv", content=content, by=people[int(maker)], at=clock.now()
    )
    tasks.read_due_answer_files()
    lap("answer read")
    while tasks.apply_due_answers():
        pass
    lap("answer applied")
    batch.refresh_from_db()
    if batch.state != BatchState.ANSWERED:
        raise RuntimeError(f"{batch.state} after its answer.")
    told |= {"lines": batch.line_count, "memory": round(most_memory() / 1000)}
    print(json.dumps(told), flush=True)


def answer_of(batch: Batch) -> bytes:
    """The bank has paid every line."""
    rows = ["批次号,行号,回单号,金额,结果,原因"]
    for number, fen in (
        batch.lines.order_by("line_no").values_list("line_no", "fen").iterator(chunk_size=5_000)
    ):
        rows.append(f"{batch.number},{number},R{number},{fen // 100}.{fen % 100:02d},成功,")
    return "\n".join(rows).encode()


def balanced(book: Book) -> bool:
    """Whether the money of the batches is where they say it is."""
    answered = Batch.objects.filter(province_id=PROVINCE, state=BatchState.ANSWERED)
    paid = sum(answered.values_list("total_fen", flat=True))
    held = dict(book.accounts.values_list("kind", "balance_fen"))
    return (held["in_transit"], held["paid"]) == (0, paid)


if __name__ == "__main__":
    work(*sys.argv[1:])
