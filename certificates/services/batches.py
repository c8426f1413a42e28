"""Batches: what waits is taken over chunk by chunk, so that pausing and cancelling are felt at once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors, workflow
from certificates.models import Certificate, IssuingBatch, IssuingTerms
from certificates.services.issuing import NotYours
from portal import moves
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

CHUNK = 500
"""At most so many certificates of a batch are under way."""


class NothingWaits(RuleBroken):
    code = "nothing_waits"
    message = _("No certificate waits to be issued here.")


class OpenAlready(RuleBroken):
    code = "batch_open_already"
    message = _("A batch for this is open already. Let it finish, or cancel it.")


class NoSuchPart(RuleBroken):
    code = "no_such_part"
    message = _("There are no papers in this part yet.")


@transaction.atomic
def set_terms(province_code: str, *, by_batch: bool, by: User, at: dt.datetime) -> IssuingTerms:
    """From now on each certificate at once, or only in batches. What waits when it changes to "at once" is issued.

    Raises NotYours.
    """
    _must_issue(by, province_code)
    terms, _new = IssuingTerms.objects.update_or_create(
        province_id=province_code, defaults={"by_batch": by_batch, "changed_by": by, "changed_at": at}
    )
    if not by_batch:
        waiting = Certificate.objects.waiting_for_a_batch().filter(province_id=province_code)
        waiting.update(due_at=at)
    record(by=by, action="certificates.terms_set", thing=terms, at=at, detail={"by_batch": by_batch})
    return terms


def _must_issue(by: User, province_code: str) -> None:
    if not has_role(by, *selectors.ISSUERS, province=province_code):
        raise NotYours


@transaction.atomic
def start(province_code: str, *, course_code: str = "", by: User, at: dt.datetime) -> IssuingBatch:
    """Have issued what waits now in the province, or for one course of it.

    Raises NotYours, NothingWaits, OpenAlready.
    """
    _must_issue(by, province_code)
    IssuingTerms.objects.select_for_update().filter(province_id=province_code).first()
    overlapping = IssuingBatch.objects.open().filter(province_id=province_code)
    if course_code:
        overlapping = overlapping.filter(course_code__in=["", course_code])
    if overlapping.exists():
        raise OpenAlready
    total = _waiting(province_code, course_code, until=at).count()
    if not total:
        raise NothingWaits
    batch = IssuingBatch.objects.create(
        province_id=province_code, course_code=course_code, total=total, started_by=by, started_at=at
    )
    record(
        by=by,
        action="certificates.batch_started",
        thing=batch,
        at=at,
        detail={"course": course_code, "total": total},
    )
    return batch


def _waiting(province_code: str, course_code: str, *, until: dt.datetime):  # noqa: ANN202 - a queryset
    rows = Certificate.objects.waiting_for_a_batch().filter(
        province_id=province_code, requested_at__lte=until
    )
    return rows.filter(course_code=course_code) if course_code else rows


def _locked(batch: IssuingBatch, step: str, *, by: User) -> IssuingBatch:
    batch = IssuingBatch.objects.select_for_update().get(pk=batch.pk)
    _must_issue(by, batch.province_id)
    batch.state = moves.check(workflow.BATCH_MOVES, step, batch.state)
    return batch


@transaction.atomic
def pause(batch: IssuingBatch, *, by: User, at: dt.datetime) -> IssuingBatch:
    """At most the chunk that a worker holds is still issued. Raises NotYours, IllegalMove."""
    batch = _locked(batch, "pause", by=by)
    batch.save(update_fields=["state"])
    record(by=by, action="certificates.batch_paused", thing=batch, at=at)
    return batch


@transaction.atomic
def resume(batch: IssuingBatch, *, by: User, at: dt.datetime) -> IssuingBatch:
    """Raises NotYours, IllegalMove."""
    batch = _locked(batch, "resume", by=by)
    batch.save(update_fields=["state"])
    record(by=by, action="certificates.batch_resumed", thing=batch, at=at)
    return batch


@transaction.atomic
def cancel(batch: IssuingBatch, *, by: User, at: dt.datetime) -> IssuingBatch:
    """What is issued stays issued; the rest waits again. Raises NotYours, IllegalMove."""
    batch = _locked(batch, "cancel", by=by)
    list(batch.certificates.filter(state=workflow.REQUESTED).select_for_update().values_list("pk"))
    batch.certificates.filter(state=workflow.REQUESTED).update(batch=None, due_at=None)
    _close(batch, at=at)
    record(by=by, action="certificates.batch_cancelled", thing=batch, at=at, detail=_figures(batch))
    return batch


@transaction.atomic
def take_papers(batch: IssuingBatch, *, part: int, by: User, at: dt.datetime) -> None:
    """Note who takes away which part of the papers. Raises NotYours, NoSuchPart."""
    _must_issue(by, batch.province_id)
    if not 1 <= part <= selectors.batches.parts_of(batch):
        raise NoSuchPart
    record(by=by, action="certificates.papers_taken", thing=batch, at=at, detail={"part": part})


def _figures(batch: IssuingBatch) -> dict[str, object]:
    return {"total": batch.total, "issued": batch.issued, "failed": batch.failed}


def _close(batch: IssuingBatch, *, at: dt.datetime) -> None:
    counted = selectors.progress_of(batch)
    batch.issued, batch.failed, batch.ended_at = counted.issued, counted.failed, at
    batch.save(update_fields=["state", "issued", "failed", "ended_at"])


@transaction.atomic
def go_on(*, at: dt.datetime) -> int:
    """Let each running batch take over its next chunk, and end those that are through. Gives how many are still running.

    A batch that another worker holds is left to it.
    """
    running = 0
    for batch in IssuingBatch.objects.running().select_for_update(skip_locked=True).order_by("pk"):
        under_way = batch.certificates.filter(state=workflow.REQUESTED).count()
        taken = _take_over(batch, CHUNK - under_way, at=at) if under_way < CHUNK else 0
        if under_way or taken:
            running += 1
            continue
        batch.state = moves.check(workflow.BATCH_MOVES, "finish", batch.state)
        _close(batch, at=at)
        record(by=None, action="certificates.batch_finished", thing=batch, at=at, detail=_figures(batch))
    return running


def _take_over(batch: IssuingBatch, most: int, *, at: dt.datetime) -> int:
    waiting = _waiting(batch.province_id, batch.course_code, until=batch.started_at)
    ids = list(waiting.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:most])
    return Certificate.objects.filter(pk__in=ids).update(batch=batch, due_at=at)
