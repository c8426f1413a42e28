import logging
from itertools import chain

from celery import shared_task
from django.db import transaction

from portal import clock
from subsidies.models import Claim, Notice
from subsidies.services import funding, notices
from subsidies.workflow.claims import State

log = logging.getLogger(__name__)
CHUNK = 500


@shared_task(name="subsidies.tasks.fund_waiting_claims")
def fund_waiting_claims() -> int:
    """Approve the claims that wait for funds, the oldest first; a claim of the same fund never overtakes another.

    Each province has a window of its own: one without money keeps nobody waiting elsewhere.
    """
    done = 0
    waiting = Claim.objects.filter(state=State.AWAITING_FUNDS).order_by("moved_at", "pk")
    provinces = sorted(set(waiting.order_by().values_list("province_id", flat=True)))
    oldest = [waiting.filter(province_id=code).values_list("pk", flat=True)[:CHUNK] for code in provinces]
    for pk in chain.from_iterable(oldest):
        try:
            with transaction.atomic():
                claim = waiting.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                done += claim is not None and funding.fund_claim(claim, at=clock.now())
        except Exception:  # one bad row must not stop the others
            log.exception("claim %s could not be funded", pk)
    return done


@shared_task(name="subsidies.tasks.end_due_notices")
def end_due_notices() -> int:
    """End the notices whose days are over, one locked row at a time."""
    at = clock.now()
    done = 0
    due = Notice.objects.filter(ended_at=None, end_due_at__lte=at).order_by("end_due_at")
    for pk in list(due.values_list("pk", flat=True)[:CHUNK]):
        try:
            with transaction.atomic():
                notice = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                if notice is not None:
                    notices.end_notice(notice, at=at)
                    done += 1
        except Exception as problem:  # one bad row must not stop the others
            log.exception("notice %s could not be ended", pk)
            notices.postpone_end(pk, type(problem).__name__, at=at)
    return done
