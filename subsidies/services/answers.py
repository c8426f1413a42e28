"""The bank's answers: a file is kept as it came, then taken whole or not at all; each answer is applied once."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.money import yuan
from portal.rules import RuleBroken
from subsidies.bank.reading import Read, read_answers
from subsidies.bank.rows import Answer, Problem
from subsidies.bank.template import read_template
from subsidies.models import AnswerFile, BankAnswer, Batch, BatchLine, Claim, Entitlement, Hold
from subsidies.services import entitlements, vault
from subsidies.services.batches import lock_batch, step_line, step_lines
from subsidies.services.holds import put_hold
from subsidies.services.moves import _move as _move_claim
from subsidies.services.moves import _move_many
from subsidies.workflow.claims import State
from subsidies.workflow.money import BatchState, EntitlementState, LineState

MOST_REPORTED = 200
"""Rows named in the report of a refused file; the rest would say the same."""
READ_AT_ONCE = 100_000
"""A file of so few bytes is read while the page waits; a task reads a larger one."""


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no finance role in this province.")


class NotAtTheBank(RuleBroken):
    code = "not_at_the_bank"
    message = _("This batch was not sent to the bank, so it cannot have an answer.")


def apply_answer_file(batch: Batch, *, name: str, content: bytes, by: User, at: dt.datetime) -> AnswerFile:
    """Take the bank's answer file for a batch; a large one is read by a task. It is accepted, or refused with a report.

    One bad row refuses the whole file. An accepted file's answers are applied by `apply_answer`, each once. The same
    file again gives what it gave the first time and changes nothing. Raises NotYours, NotAtTheBank.
    """
    file, new = _take(batch, name=name, content=content, by=by, at=at)
    if new and len(content) <= READ_AT_ONCE:
        return read_answer_file(file, at=at)
    return file


@transaction.atomic
def _take(batch: Batch, *, name: str, content: bytes, by: User, at: dt.datetime) -> tuple[AnswerFile, bool]:
    batch = lock_batch(batch)
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if batch.state not in (BatchState.SENT, BatchState.ANSWERED):
        raise NotAtTheBank
    digest = hashlib.sha256(content).hexdigest()
    earlier = batch.answer_files.filter(sha256=digest).exclude(accepted=False).first()
    if earlier is not None:
        return earlier, False
    stored = f"answers/{batch.province_id}/{batch.number}-{digest[:16]}.sealed"
    file = AnswerFile.objects.create(
        province_id=batch.province_id,
        batch=batch,
        name=name.replace("\x00", "")[:200],
        sha256=digest,
        content_name=vault.keep(stored, digest, [content]).name,
        received_by=by,
        received_at=at,
        due_at=at,
    )
    return file, True


@transaction.atomic
def read_answer_file(file: AnswerFile, *, at: dt.datetime) -> AnswerFile:
    """Read a file that was taken: accept it with its answers, or refuse it with a report. Once; read again it stays.

    Raises vault.Damaged where what was stored is not what was taken.
    """
    batch = lock_batch(Batch(pk=file.batch_id))
    file = AnswerFile.objects.select_for_update(of=("self",)).select_related("received_by").get(pk=file.pk)
    if file.accepted is not None:
        return file
    read = read_answers(read_template(batch.profile.template), vault.opened(file.content_name, file.sha256))
    matched = _match(batch, read)
    problems = sorted([*read.problems, *matched.problems], key=lambda problem: problem.row)
    rows = {problem.row for problem in problems} - {1} | {answer.row for answer in read.answers}
    file.accepted, file.read_at, file.due_at, file.problem = not problems, max(at, file.received_at), None, ""
    file.row_count = len(rows)
    file.report = [asdict(problem) for problem in problems[:MOST_REPORTED]]
    if file.accepted:
        file.new_count, file.pending_count = len(matched.new), matched.pending
        answers = (_stored(file, new) for new in matched.new)
        BankAnswer.objects.bulk_create(answers, batch_size=1_000)
    file.save()
    action = "answers.accepted" if file.accepted else "answers.refused"
    detail = {"batch": batch.number, "new": file.new_count, "sha256": file.sha256}
    record(by=file.received_by, action=action, thing=file, at=at, detail=detail)
    return file


def postpone_reading(file_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push a file that could not be read forward, with the reason."""
    AnswerFile.objects.filter(pk=file_id, accepted=None).update(
        due_at=at + dt.timedelta(minutes=minutes), problem=problem[:200]
    )


@dataclass(frozen=True)
class _New:
    """An answer that was not known, with the id and province of its line."""

    line: int
    answer: Answer
    late: bool


@dataclass
class _Matched:
    new: list[_New]
    problems: list[Problem]
    pending: int = 0


@dataclass(frozen=True)
class _Line:
    pk: int
    fen: int


Known = tuple[str, str, int]


def _stored(file: AnswerFile, new: _New) -> BankAnswer:
    return BankAnswer(
        province_id=file.province_id,
        file=file,
        line_id=new.line,
        answer_id=new.answer.answer_id,
        result=new.answer.result,
        fen=new.answer.fen,
        reason=new.answer.reason,
        late=new.late,
        due_at=file.received_at,
    )


def _match(batch: Batch, read: Read) -> _Matched:
    """What is new in a file, and what does not fit the batch. The caller holds the batch's row."""
    rows = batch.lines.order_by().values_list("line_no", "pk", "fen")
    lines = {number: _Line(pk, fen) for number, pk, fen in rows}
    told = BankAnswer.objects.filter(line__batch=batch).order_by()
    known: dict[tuple[int, bool], Known] = {
        (line, late): (answer_id, result, fen)
        for line, late, answer_id, result, fen in told.values_list(
            "line", "late", "answer_id", "result", "fen"
        )
    }
    matched, seen = _Matched([], []), set()
    for answer in _of_group(batch, read, lines):
        line = lines.get(answer.line_no)
        problem = _misfit(batch, line, answer, seen)
        seen.add(answer.line_no)
        if problem is None and answer.result == "pending":
            matched.pending += 1
            continue
        if problem is None:
            answer = replace(answer, fen=line.fen)  # noqa: PLW2901 - the bank may leave the amount out
            problem = _place(matched, line, answer, known)
        if problem is not None:
            matched.problems.append(problem)
    return matched


def _of_group(batch: Batch, read: Read, lines: dict[int, _Line]) -> Sequence[Answer]:
    """The answers, or one for each line where the bank refused the order as a whole."""
    group = read.group
    if group is None:
        return read.answers
    return [
        Answer(1, group.batch, number, group.answer_id, None, "returned", group.reason)
        for number in sorted(lines)
    ]


def _misfit(batch: Batch, line: _Line | None, answer: Answer, seen: set[int]) -> Problem | None:
    if answer.batch != batch.number:
        return Problem(answer.row, "other_batch", answer.batch[:64])
    if line is None:
        return Problem(answer.row, "unknown_line", str(answer.line_no))
    if answer.line_no in seen:
        return Problem(answer.row, "line_twice", str(answer.line_no))
    if answer.fen is not None and answer.fen != line.fen:
        return Problem(answer.row, "wrong_amount", yuan(answer.fen))
    return None


def _place(
    matched: _Matched, line: _Line, answer: Answer, known: dict[tuple[int, bool], Known]
) -> Problem | None:
    """A first answer, a late return of what was paid, or one that is known already; anything else contradicts."""
    said = (answer.answer_id, answer.result, answer.fen)
    first, late = known.get((line.pk, False)), known.get((line.pk, True))
    if first is None:
        matched.new.append(_New(line.pk, answer, late=False))
        return None
    if said in (first, late):
        return None
    came_back = answer.result == "returned" and first[1] == "paid" and answer.answer_id != first[0]
    if late is None and came_back:
        matched.new.append(_New(line.pk, answer, late=True))
        return None
    return Problem(answer.row, "answered_before", (late or first)[0])


@transaction.atomic
def apply_answer(answer: BankAnswer, *, at: dt.datetime) -> bool:
    """Mark the line of an answer paid or returned, move the money and the claim. Applied once: True the first time."""
    claim_id = BatchLine.objects.values_list("claim_id", flat=True).get(pk=answer.line_id)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim_id)
    answer = BankAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if answer.applied_at is not None:
        return False
    line = (
        BatchLine.objects.select_for_update(of=("self",)).select_related("entitlement").get(pk=answer.line_id)
    )
    answer.applied_at, answer.problem = at, ""
    answer.save(update_fields=["applied_at", "problem"])
    if answer.result == BankAnswer.Result.PAID:
        step_line(line, "settle", answered_at=at)
        entitlements.settle([line], at=at)
    elif answer.late:
        step_line(line, "return_late", late_at=at, bank_reason=answer.reason)
        entitlements.bounce_late(line, at=at)
    else:
        step_line(line, "bounce", answered_at=at, bank_reason=answer.reason)
        entitlements.bounce(line, at=at)
    if answer.late and claim.state == State.PAID:
        _move_claim(claim, "return_late", at=at)
    else:
        _fold([claim.pk], at=at)
    detail = {"line": line.pk, "fen": line.fen}
    record(by=None, action=_ACTIONS[answer.result, answer.late], thing=claim, at=at, detail=detail)
    if answer.result == BankAnswer.Result.RETURNED:
        put_hold(claim, Hold.Category.BANK_DETAILS, answer.reason, by=None, at=at)
    return True


_ACTIONS = {
    ("paid", False): "claim.paid_line",
    ("returned", False): "claim.returned_line",
    ("returned", True): "claim.returned_late",
}


@transaction.atomic
def apply_paid(answer_ids: Sequence[int], *, at: dt.datetime) -> int:
    """As `apply_answer`, for many that say paid, with one entry in the log for each file; gives how many were applied."""
    asked = BankAnswer.objects.filter(pk__in=answer_ids, result=BankAnswer.Result.PAID, applied_at=None)
    claim_ids = list(asked.order_by().values_list("line__claim_id", flat=True))
    locked = Claim.objects.select_for_update(of=("self",)).filter(pk__in=claim_ids).order_by("pk")
    list(locked.values_list("pk", flat=True))
    rows = list(asked.select_for_update(of=("self",)).select_related("file").order_by("pk"))
    lines = BatchLine.objects.select_for_update(of=("self",)).select_related("entitlement")
    found = list(lines.filter(pk__in=[row.line_id for row in rows]).order_by("pk"))
    step_lines(found, "settle", answered_at=at)
    entitlements.settle(found, at=at)
    BankAnswer.objects.filter(pk__in=[row.pk for row in rows]).update(applied_at=at, problem="")
    _fold(claim_ids, at=at)
    for file in {row.file_id: row.file for row in rows}.values():
        of_file = {row.line_id for row in rows if row.file_id == file.pk}
        fen = sum(line.fen for line in found if line.pk in of_file)
        record(
            by=None, action="answers.applied", thing=file, at=at, detail={"lines": len(of_file), "fen": fen}
        )
    return len(rows)


def _fold(claim_ids: Sequence[int], *, at: dt.datetime) -> None:
    """Claims at the bank move when it has answered all their lines: paid where all rights are, else payable again."""
    waiting = BatchLine.objects.filter(claim=OuterRef("pk"), state=LineState.SENT)
    unpaid = Entitlement.objects.filter(claim=OuterRef("pk"), state=EntitlementState.RESERVED)
    answered = Claim.objects.filter(~Exists(waiting), pk__in=claim_ids, state=State.SENT)
    for step, rows in (
        ("bounce", answered.filter(Exists(unpaid))),
        ("settle", answered.filter(~Exists(unpaid))),
    ):
        ids = list(rows.values_list("pk", flat=True))
        if ids:
            _move_many(Claim.objects.filter(pk__in=ids), step, at=at)


def postpone_answer(answer_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push an answer that could not be applied forward, with the reason."""
    BankAnswer.objects.filter(pk=answer_id, applied_at=None).update(
        due_at=at + dt.timedelta(minutes=minutes), problem=problem[:200]
    )
