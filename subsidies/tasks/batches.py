"""What batches wait for: lines to gather, to send, to free; files to write and to read; answers to apply; names to ask about."""

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet

from portal import clock
from subsidies.models import AnswerFile, BankAnswer, Batch, BatchLine
from subsidies.models.batches import AT_WORK
from subsidies.services import answers, assembling, batches, files, names
from subsidies.workflow.money import BatchState, LineState

log = logging.getLogger(__name__)
CHUNK = 500
ROUND_SECONDS = 150
"""A round begins nothing more after that: it ends below the task's time limit."""


def _each(
    due: QuerySet[Any], act: Callable[[Any], object], put_off: Callable[[int, str], object], what: str
) -> int:
    """Do what is due, one locked row at a time; a bad row is put off with its reason and stops no other."""
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:CHUNK]):
        try:
            with transaction.atomic():
                row: Model | None = (
                    due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                )
                if row is not None:
                    act(row)
                    done += 1
        except Exception as problem:  # one bad row must not stop the others
            log.exception("%s %s could not be done", what, pk)
            put_off(pk, type(problem).__name__)
    return done


def _work_on(batch: Batch) -> None:
    if batch.state == BatchState.ASSEMBLING:
        assembling.assemble_more(batch, at=clock.now())
    elif batch.state == BatchState.RELEASING:
        batches.send_lines(batch, at=clock.now())
    else:
        batches.free_lines(batch, at=clock.now())


@shared_task(name="subsidies.tasks.work_on_due_batches")
def work_on_due_batches() -> int:
    """Go on with batches that are assembled, released or taken back; gives how many steps were made."""
    until, done = time.monotonic() + ROUND_SECONDS, 0
    while time.monotonic() < until:
        at = clock.now()
        due = Batch.objects.filter(state__in=AT_WORK, due_at__lte=at).order_by("due_at")
        made = _each(due, _work_on, lambda pk, why: batches.postpone_work(pk, why, at=clock.now()), "batch")
        if not made:
            break
        done += made
    return done


@shared_task(name="subsidies.tasks.write_due_payment_files")
def write_due_payment_files() -> int:
    """Write the files of released batches, one locked row at a time."""
    at = clock.now()
    due = Batch.objects.filter(state=BatchState.RELEASED, file_due_at__lte=at).order_by("file_due_at")
    return _each(
        due,
        lambda batch: files.write_payment_file(batch, at=at),
        lambda pk, why: files.postpone_file(pk, why, at=at),
        "payment file",
    )


@shared_task(name="subsidies.tasks.read_due_answer_files")
def read_due_answer_files() -> int:
    """Read the large answer files that were taken."""
    at = clock.now()
    return _each(
        AnswerFile.objects.filter(accepted=None, due_at__lte=at).order_by("due_at"),
        lambda file: answers.read_answer_file(file, at=at),
        lambda pk, why: answers.postpone_reading(pk, why, at=at),
        "answer file",
    )


@shared_task(name="subsidies.tasks.apply_due_answers")
def apply_due_answers() -> int:
    """Apply the bank's answers, and end the batches that have all of theirs."""
    until, done = time.monotonic() + ROUND_SECONDS, 0
    while time.monotonic() < until:
        at = clock.now()
        due = BankAnswer.objects.filter(applied_at=None, due_at__lte=at).order_by("due_at", "pk")
        rows = list(due.values_list("pk", "line_id", "result")[:CHUNK])
        made = _apply(rows)
        if not made:
            break
        done += made
    unanswered = BatchLine.objects.filter(batch=OuterRef("pk"), state=LineState.SENT)
    for batch in Batch.objects.filter(~Exists(unanswered), state=BatchState.SENT)[:CHUNK]:
        batches.close_if_answered(batch, at=clock.now())
    return done


def _apply(rows: list[tuple[int, int, str]]) -> int:
    """Those that say paid together, unless one of them cannot be applied; the others one by one."""
    at = clock.now()
    paid = [pk for pk, _line, result in rows if result == BankAnswer.Result.PAID]
    done = 0
    try:
        done = answers.apply_paid(paid, at=at) if paid else 0
        rows = [row for row in rows if row[2] != BankAnswer.Result.PAID]
    except Exception:  # one bad row must not stop the others
        log.exception("%s answers could not be applied together", len(paid))
    for pk, line_id, _result in rows:
        try:
            done += answers.apply_answer(BankAnswer(pk=pk, line_id=line_id), at=at)
        except Exception as problem:  # one bad row must not stop the others
            log.exception("bank answer %s could not be applied", pk)
            answers.postpone_answer(pk, type(problem).__name__, at=at)
    return done


@shared_task(name="subsidies.tasks.ask_due_names")
def ask_due_names() -> int:
    """Ask the bank about accounts that will be paid and that it was not asked about, or too long ago."""
    at = clock.now()
    while rows := list(names.unchecked_accounts(at=at).values_list("pk", "province_id")[:CHUNK]):
        names.ask_for(rows, at=at)
    until, done = time.monotonic() + ROUND_SECONDS, 0
    while time.monotonic() < until and (check := names.take_up(at=clock.now())) is not None:
        try:
            names.told(check, names.ask(check, at=clock.now()), at=clock.now())
            done += 1
        except Exception:  # one bad row must not stop the others
            log.exception("name check %s could not be asked", check.pk)
            names.put_off(check, at=clock.now())
    return done
