"""The bank's answers: a file is taken whole or not at all, and each answer is applied once."""

import datetime as dt
import hashlib
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role, has_role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies import bankfile
from subsidies.models import AnswerFile, BankAnswer, Batch, BatchLine, Claim, Hold
from subsidies.money_workflow import BatchState, LineState
from subsidies.services import entitlements
from subsidies.services.batches import lock_batch, step_line
from subsidies.services.holds import put_hold
from subsidies.services.moves import _move as _move_claim

MOST_REPORTED = 200
"""Rows named in the report of a refused file; the rest would say the same."""


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no finance role in this province.")


class NotAtTheBank(RuleBroken):
    code = "not_at_the_bank"
    message = _("This batch was not sent to the bank, so it cannot have an answer.")


@transaction.atomic
def apply_answer_file(batch: Batch, *, name: str, content: bytes, by: User, at: dt.datetime) -> AnswerFile:
    """Take the bank's answer file for a batch. It is stored as accepted, or as refused with a report row by row.

    One bad row refuses the whole file. An accepted file's answers are applied by `apply_answer`, each once. The same
    file again gives what it gave the first time and changes nothing. Raises NotYours, NotAtTheBank.
    """
    batch = lock_batch(batch)
    if not has_role(by, Role.FINANCE_MAKER, Role.FINANCE_CHECKER, province=batch.province_id):
        raise NotYours
    if batch.state not in (BatchState.SENT, BatchState.ANSWERED):
        raise NotAtTheBank
    digest = hashlib.sha256(content).hexdigest()
    if earlier := batch.answer_files.filter(sha256=digest, accepted=True).first():
        return earlier
    answers, problems = bankfile.read_answers(content)
    new, wrong = _match(batch, answers)
    problems = sorted([*problems, *wrong], key=lambda problem: problem.row)
    file = AnswerFile.objects.create(
        province_id=batch.province_id,
        batch=batch,
        name=name.replace("\x00", "")[:200],
        sha256=digest,
        received_by=by,
        received_at=at,
        accepted=not problems,
        row_count=len(answers) + len({problem.row for problem in problems} - {1} - {a.row for a in answers}),
        new_count=0 if problems else len(new),
        report=[asdict(problem) for problem in problems[:MOST_REPORTED]],
    )
    if not problems:
        BankAnswer.objects.bulk_create([_stored(file, line, answer) for line, answer in new], batch_size=1000)
    action = "answers.accepted" if file.accepted else "answers.refused"
    record(by=by, action=action, thing=file, at=at, detail={"batch": batch.number, "new": file.new_count})
    return file


def _stored(file: AnswerFile, line: BatchLine, answer: bankfile.Answer) -> BankAnswer:
    return BankAnswer(
        province_id=file.province_id,
        file=file,
        line=line,
        answer_id=answer.answer_id,
        result=answer.result,
        fen=answer.fen,
        reason=answer.reason,
        due_at=file.received_at,
    )


def _match(
    batch: Batch, answers: list[bankfile.Answer]
) -> tuple[list[tuple[BatchLine, bankfile.Answer]], list[bankfile.Problem]]:
    """The answers that are new, each with its line; and what does not fit the batch. The caller holds the batch's row."""
    lines = {line.line_no: line for line in batch.lines.all()}
    known = {answer.line_id: answer for answer in BankAnswer.objects.filter(line__batch=batch)}
    seen: set[int] = set()
    new, wrong = [], []
    for answer in answers:
        line = lines.get(answer.line_no)
        problem = _misfit(batch, line, answer, seen)
        earlier = known.get(line.pk) if line else None
        if problem is None and earlier is not None and not _same(earlier, answer):
            problem = bankfile.Problem(answer.row, "answered_before", earlier.answer_id)
        seen.add(answer.line_no)
        if problem is not None:
            wrong.append(problem)
        elif earlier is None:
            new.append((line, answer))
    return new, wrong


def _same(earlier: BankAnswer, answer: bankfile.Answer) -> bool:
    return (earlier.answer_id, earlier.result, earlier.fen) == (answer.answer_id, answer.result, answer.fen)


def _misfit(
    batch: Batch, line: BatchLine | None, answer: bankfile.Answer, seen: set[int]
) -> bankfile.Problem | None:
    if answer.batch != batch.number:
        return bankfile.Problem(answer.row, "other_batch", answer.batch[:64])
    if line is None:
        return bankfile.Problem(answer.row, "unknown_line", str(answer.line_no))
    if answer.line_no in seen:
        return bankfile.Problem(answer.row, "line_twice", str(answer.line_no))
    if answer.fen != line.fen:
        return bankfile.Problem(answer.row, "wrong_amount", bankfile.yuan(answer.fen))
    return None


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
        entitlements.settle(line, at=at)
    else:
        step_line(line, "bounce", answered_at=at, bank_reason=answer.reason)
        entitlements.bounce(line, at=at)
    _fold_claim(claim, line, at=at)
    action = "claim.paid_line" if answer.result == BankAnswer.Result.PAID else "claim.returned_line"
    record(by=None, action=action, thing=claim, at=at, detail={"line": line.pk, "fen": line.fen})
    if answer.result == BankAnswer.Result.RETURNED:
        put_hold(claim, Hold.Category.BANK_DETAILS, answer.reason, by=None, at=at)
    return True


def _fold_claim(claim: Claim, line: BatchLine, *, at: dt.datetime) -> None:
    """A claim of several lines moves when the bank has answered all of them: paid if it paid all, else payable again."""
    states = set(BatchLine.objects.filter(batch=line.batch_id, claim=claim).values_list("state", flat=True))
    if LineState.SENT in states:
        return
    _move_claim(claim, "bounce" if LineState.RETURNED in states else "settle", at=at)


def postpone_answer(answer_id: int, problem: str, *, at: dt.datetime, minutes: int = 5) -> None:
    """Push an answer that could not be applied forward, with the reason."""
    BankAnswer.objects.filter(pk=answer_id, applied_at=None).update(
        due_at=at + dt.timedelta(minutes=minutes), problem=problem[:200]
    )
