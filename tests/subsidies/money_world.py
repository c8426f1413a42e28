"""Claims, budgets, notices and batches for the tests of money, made through the services."""

import datetime as dt
import itertools

from portal.accounts.roles import Role
from subsidies.models import (
    BankAnswer,
    Batch,
    BatchLine,
    Claim,
    Decision,
    Entitlement,
    Notice,
    PolicyVersion,
)
from subsidies.services import answers, assembling, batches, budgets, files, ledger, names, notices, seats
from subsidies.services import entitlements as rights
from subsidies.services.moves import _move
from subsidies.workflow.claims import Seat
from tests import factories

AT = factories.AT
HOUR = dt.timedelta(hours=1)
_numbers = itertools.count(1)


def officer(role: Role, code: str = "520000"):
    return factories.staff(role, code=code)


def payee(code: str = "520000"):
    return factories.with_bank_account(factories.learner(code=code))


def claim(*, person=None, lines=None, code: str = "520000", at: dt.datetime = AT) -> Claim:
    """A claim in ministry review, with the lines of its decision: `[("SKILL", 120000)]`."""
    number = next(_numbers)
    person = person or payee(code)
    parts = [
        {"fund": fund, "item": "base", "fen": fen, "formula": str(fen)}
        for fund, fen in lines or [("SKILL", 120000)]
    ]
    made = Claim.objects.create(
        number=f"CL-TEST-{number:06d}",
        province_id=code,
        claimant=person,
        person_key=person.identity.number_index,
        holder_masked=person.identity.masked_name,
        number_masked=person.identity.masked_number,
        certificate_serial=f"TEST{number:08d}",
        certificate_kind="completion",
        certificate_issued_on=at.date(),
        occupation=f"4-04-05-{number % 100:02d}",
        occupation_name="电工",
        course_title="示例课程",
        amount_fen=0,
        submitted_at=at,
        moved_at=at,
        check_due_at=at,
    )
    _move(made, "check", at=at, check_due_at=None, lines=parts, amount_fen=sum(p["fen"] for p in parts))
    _move(made, "accept", at=at)
    for seat, step in ((Seat.FIRST, "pass_to_second"), (Seat.SECOND, "pass_to_ministry")):
        seats.take_seat(made, seat, by=reviewer(seat), at=at)
        _move(made, step, at=at)
    return made


def reviewer(seat: Seat):
    from portal.accounts.models import User

    found = User.objects.filter(display_name=f"made for {seat}").first()
    return found or factories.user(f"made for {seat}")


def approve(made: Claim, *, at: dt.datetime = AT) -> Claim:
    """As `reviews.pass_on` does once the decision stands. Raises BudgetExhausted."""
    rights.reserve(made, by=None, at=at)
    seats.take_seat(made, Seat.MINISTRY, by=reviewer(Seat.MINISTRY), at=at)
    return _move(made, "approve", at=at)


def approved_by_policy(made: Claim, version: PolicyVersion, *, at: dt.datetime = AT) -> Decision:
    """The approval of a claim that was only walked there, resting on a version."""
    return Decision.objects.create(
        claim=made,
        province_id=made.province_id,
        act="approved",
        seat=Seat.MINISTRY,
        by=reviewer(Seat.MINISTRY),
        at=at,
        outcome="APPROVE",
        amount_fen=made.amount_fen,
        policy=version,
        facts={},
        record={},
    )


def wait_for_funds(made: Claim, *, at: dt.datetime = AT) -> Claim:
    seats.take_seat(made, Seat.MINISTRY, by=reviewer(Seat.MINISTRY), at=at)
    return _move(made, "wait_for_funds", at=at)


def budget(fen: int, fund: str = "SKILL", *, code: str = "520000", year: int = 2026, at: dt.datetime = AT):
    """A budget issued by two people; gives its book."""
    proposal = budgets.propose_budget(
        province=code,
        fund=fund,
        year=year,
        fen=fen,
        document=f"黔财〔{year}〕{next(_numbers)} 号",
        by=officer(Role.FINANCE_MAKER, code),
        at=at,
    )
    budgets.issue_budget(proposal, by=officer(Role.FINANCE_CHECKER, code), at=at)
    return ledger.open_book(code, fund, year)


def balances(book) -> dict[str, int]:
    return dict(book.accounts.values_list("kind", "balance_fen"))


def noticed(claims: list[Claim], *, code: str = "520000", at: dt.datetime = AT) -> tuple[Notice, dt.datetime]:
    """The claims approved, published and their notice ended; gives it and the moment after."""
    for made in claims:
        approve(made, at=at)
    notice = notices.publish_notice(province=code, by=officer(Role.PROVINCE_REVIEWER, code), at=at)
    after = notice.ends_at + HOUR
    notices.end_notice(notice, at=after)
    vouched(at=after)
    return notice, after


def vouched(*, at: dt.datetime) -> None:
    """The bank is asked about every account that may be paid, as the task does it."""
    names.ask_for(names.unchecked_accounts(at=at).values_list("pk", "province_id"), at=at)
    while (check := names.take_up(at=at)) is not None:
        names.told(check, names.ask(check, at=at), at=at)


def batch_of(claims: list[Claim], *, code: str = "520000", at: dt.datetime = AT) -> tuple[Batch, dt.datetime]:
    _notice, after = noticed(claims, code=code, at=at)
    return assembling.make_batch(province=code, by=officer(Role.FINANCE_MAKER, code), at=after), after


def released(batch: Batch, *, at: dt.datetime) -> Batch:
    """Checked by a second person and released by a third."""
    batches.check_batch(batch, by=officer(Role.FINANCE_CHECKER, batch.province_id), at=at)
    return batches.release_batch(batch, by=officer(Role.FINANCE_CHECKER, batch.province_id), at=at)


def sent(claims: list[Claim], *, code: str = "520000", at: dt.datetime = AT) -> tuple[Batch, dt.datetime]:
    """A batch whose payment file is written."""
    batch, after = batch_of(claims, code=code, at=at)
    released(batch, at=after)
    return files.write_payment_file(batch, at=after), after


def answer_csv(batch: Batch, results: dict[int, str] | None = None) -> bytes:
    """The bank's answer: every line paid, but those in `results` as given there."""
    rows = ["批次号,行号,回单号,金额,结果,原因"]
    for line in batch.lines.all():
        result = (results or {}).get(line.line_no, "成功")
        reason = "" if result == "成功" else "户名不符"
        amount = f"{line.fen // 100}.{line.fen % 100:02d}"
        rows.append(f"{batch.number},{line.line_no},R{batch.pk}-{line.line_no},{amount},{result},{reason}")
    return "\n".join(rows).encode()


def late_csv(line: BatchLine) -> bytes:
    """The bank sends one line back that it had paid, with a receipt of its own."""
    amount = f"{line.fen // 100}.{line.fen % 100:02d}"
    row = f"{line.batch.number},{line.line_no},L{line.pk},{amount},退票,账户已销户"
    return f"批次号,行号,回单号,金额,结果,原因\n{row}\n".encode()


def answered(batch: Batch, *, at: dt.datetime, results: dict[int, str] | None = None) -> Batch:
    """The bank's answer taken and applied."""
    by = officer(Role.FINANCE_MAKER, batch.province_id)
    file = answers.apply_answer_file(
        batch, name="answer.csv", content=answer_csv(batch, results), by=by, at=at
    )
    assert file.accepted, file.report
    for answer in BankAnswer.objects.filter(file=file):
        answers.apply_answer(answer, at=at)
    batches.close_if_answered(batch, at=at)
    batch.refresh_from_db()
    return batch


def entitlements(made: Claim) -> list[Entitlement]:
    return list(Entitlement.objects.filter(claim=made).order_by("pk"))
