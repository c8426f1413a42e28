"""What is forgotten in time, some at a time: files and rows of imports, messages to partners, the log of their calls."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet

from courses.models import ImportJob, ImportRow, PartnerCall, WebhookDelivery
from courses.services.imports import _move
from courses.workflow import DeliveryState, ImportState
from portal.audit.services import record

CALLS_KEPT = dt.timedelta(days=90)
"""As docs/partner-api.md promises."""
CHUNK = 1_000


def _forget(rows: QuerySet) -> int:
    """Delete the rows, a chunk at a time. Gives how many."""
    gone = 0
    while True:
        chunk = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        count, _kinds = rows.model.objects.filter(pk__in=chunk).delete()
        gone += count
        if len(chunk) < CHUNK:
            return gone


def forget_calls(*, at: dt.datetime) -> int:
    """Calls of partners older than `CALLS_KEPT`."""
    return _forget(PartnerCall.objects.filter(at__lt=at - CALLS_KEPT))


def forget_deliveries(*, at: dt.datetime) -> int:
    """Messages older than settings.DELIVERIES_KEPT that were delivered or given up."""
    over = [DeliveryState.DELIVERED, DeliveryState.FAILED]
    return _forget(
        WebhookDelivery.objects.filter(state__in=over, created_at__lt=at - settings.DELIVERIES_KEPT)
    )


@transaction.atomic
def cancel_left_import(*, at: dt.datetime) -> bool:
    """Cancel one import that nobody applied for settings.IMPORTS_KEPT. Whether there was one."""
    before = at - settings.IMPORTS_KEPT
    left = ImportJob.objects.filter(state=ImportState.PREVIEWED, uploaded_at__lt=before)
    left = left.filter(Q(decided_at=None) | Q(decided_at__lt=before))
    job = left.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if job is None:
        return False
    _move(job, "cancel", finished_at=at)
    record(by=None, action="import.cancelled", thing=job, at=at, detail={"left": True})
    return True


def clear_import(*, at: dt.datetime) -> bool:
    """Remove the file and the rows of one import that ended settings.IMPORTS_KEPT ago. Whether there was one.

    Its state, counts, digest and audit trail stay. A crash half way leaves it due, and the next run goes on.
    """
    with transaction.atomic():
        due = ImportJob.objects.filter(cleared_at=None, finished_at__lt=at - settings.IMPORTS_KEPT)
        job = due.select_for_update(skip_locked=True, of=("self",)).order_by("finished_at").first()
        if job is None:
            return False
        _forget(ImportRow.objects.filter(job=job))
        default_storage.delete(job.file_key)
        job.file_key, job.cleared_at = "", at
        job.save(update_fields=["file_key", "cleared_at"])
        record(by=None, action="import.cleared", thing=job, at=at)
    return True
