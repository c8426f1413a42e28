"""The proof of the ledger's chains: every learner's once, in chunks, from where it stopped."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from learners.models import LedgerHead, LedgerProof
from learners.selectors.proofs import Break, broken, heads_after
from portal.audit.services import record

CHUNK = 200
"""Learners in one transaction."""
_PATIENCE = dt.timedelta(minutes=5)


def begin_proof(*, at: dt.datetime) -> LedgerProof:
    """The proof that is under way, or a new one."""
    with transaction.atomic():
        new = {"started_at": at, "due_at": at, "total": LedgerHead.objects.count()}
        return LedgerProof.objects.get_or_create(ended_at=None, defaults=new)[0]


@transaction.atomic
def prove_some(pk: int, *, at: dt.datetime, chunk: int = CHUNK) -> int:
    """Follow the chains of the next learners; gives how many, 0 when another worker has it or nothing is left."""
    due = LedgerProof.objects.filter(pk=pk, ended_at=None, due_at__lte=at)
    run = due.select_for_update(skip_locked=True).first()
    if run is None:
        return 0
    heads = heads_after(run.reached, chunk)
    last = len(heads) < chunk
    for found in broken(heads, after=run.reached, last=last):
        if isinstance(found, Break):
            _note(run, found)
        else:
            run.rows += found
    run.done += len(heads)
    run.total = max(run.total, run.done)
    run.reached = heads[-1].user_id if heads else run.reached
    run.failures, run.trouble = 0, ""
    if last:
        _end(run, at=at)
    run.save()
    return len(heads)


def _note(run: LedgerProof, found: Break) -> None:
    run.breaks += 1
    run.first_break = run.first_break or found.stored()


def _end(run: LedgerProof, *, at: dt.datetime) -> None:
    """Nothing is ever deleted, so a ledger that has become shorter was cut, however well its heads fit."""
    before = LedgerProof.objects.filter(ended_at__isnull=False, breaks=0).order_by("-pk").first()
    if not run.breaks and before and run.rows < before.rows:
        _note(run, Break(0, 0, "fewer"))
    run.due_at, run.ended_at, run.total = None, at, run.done
    detail = {"learners": run.done, "rows": run.rows, "breaks": run.breaks}
    record(by=None, action="ledger.proved", thing=run, at=at, detail=detail)


def postpone(model: type, pk: int, trouble: str, *, at: dt.datetime) -> None:
    """A proof or a trial that could not go on tries again later, each time a little later, and says why."""
    run = model.objects.filter(pk=pk, ended_at=None).first()
    if run is not None:
        wait = _PATIENCE * min(run.failures + 1, 12)
        model.objects.filter(pk=pk, ended_at=None).update(
            due_at=at + wait, failures=F("failures") + 1, trouble=trouble[:200]
        )
