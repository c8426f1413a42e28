"""Papers of agreements and decisions: kept, and looked at by the virus scan before anybody can fetch them."""

import datetime as dt

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from courses import papers, scanning
from courses.models import PaperCheck
from courses.workflow import PAPER_MOVES, PaperState
from portal import moves
from portal.audit.services import record

LEASE = dt.timedelta(minutes=6)
"""Longer than a task may run, so that nobody takes a paper from a worker that is alive."""
LATER = dt.timedelta(minutes=1)


def keep_paper(upload: UploadedFile, *, at: dt.datetime) -> dict[str, object]:
    """The fields of a Document for this file, which waits for the scan. Raises papers.NotAPaper, papers.PaperTooLarge."""
    paper = papers.keep(upload)
    PaperCheck.objects.create(key=paper.key, due_at=at)
    return paper.fields()


def take_up(*, at: dt.datetime) -> PaperCheck | None:
    """The paper that has waited longest, ours until `at` + LEASE."""
    with transaction.atomic():
        waiting = PaperCheck.objects.filter(state=PaperState.WAITING, due_at__lte=at)
        check = waiting.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
        if check is not None:
            check.tries += 1
            check.due_at = at + LEASE
            check.save(update_fields=["tries", "due_at"])
        return check


def look_at(check: PaperCheck, *, at: dt.datetime) -> PaperCheck:
    """Have a paper scanned that `take_up` gave; twice changes nothing more. Raises what the storage raises."""
    try:
        with default_storage.open(check.key, "rb") as file:
            found = scanning.scan(file)
    except scanning.ScannerSilent:
        PaperCheck.objects.filter(pk=check.pk, state=PaperState.WAITING).update(due_at=at + LATER)
        return check
    return _told(check, found, at=at)


@transaction.atomic
def _told(check: PaperCheck, found: str, *, at: dt.datetime) -> PaperCheck:
    row = PaperCheck.objects.select_for_update().get(pk=check.pk)
    if row.state != PaperState.WAITING:
        return row
    row.state = moves.check(PAPER_MOVES, "refuse" if found else "pass", row.state)
    row.looked_at, row.due_at, row.finding = at, None, found[:200]
    row.save(update_fields=["state", "looked_at", "due_at", "finding"])
    if found:
        record(by=None, action="paper.refused", thing=row, at=at, detail={"finding": found[:200]})
        transaction.on_commit(lambda: default_storage.delete(row.key))
    return row
