import datetime as dt
import logging

from celery import shared_task
from django.db import transaction

from portal import clock
from subsidies.models import Claim
from subsidies.services import claims
from subsidies.workflow.claims import State

log = logging.getLogger(__name__)
CHUNK = 100


@shared_task(name="subsidies.tasks.check_due_claims")
def check_due_claims() -> int:
    """Check the claims whose check is due, one locked row at a time. A claim that fails is put off, with its reason."""
    at = clock.now()
    done = 0
    due = Claim.objects.awaiting_check().filter(check_due_at__lte=at).order_by("check_due_at")
    for pk in list(due.values_list("pk", flat=True)[:CHUNK]):
        done += _check_one(pk)
    return done


def _check_one(pk: int) -> bool:
    at = clock.now()
    try:
        with transaction.atomic():
            claim = Claim.objects.awaiting_check().select_for_update(skip_locked=True).filter(pk=pk).first()
            if claim is None or claim.check_due_at is None or claim.check_due_at > at:
                return False
            claims.check_claim(claim, at=at)
    except Exception as problem:  # one bad row must not stop the others
        log.exception("claim %s could not be checked", pk)
        claims.postpone_check(Claim(pk=pk), type(problem).__name__, at=at)
        return False
    return True


@shared_task(name="subsidies.tasks.close_unmended_claims")
def close_unmended_claims() -> int:
    """Close returned claims whose time is over, one locked row at a time, and remind those whose time is running out."""
    at = clock.now()
    returned = Claim.objects.filter(state=State.RETURNED)
    soon = returned.filter(due_at__gt=at, due_at__lte=at + dt.timedelta(days=claims.REMIND_DAYS))
    claims.remind(soon.select_related("claimant", "agent").order_by("due_at")[:CHUNK], at=at)
    done = 0
    for pk in list(returned.filter(due_at__lte=at).order_by("due_at").values_list("pk", flat=True)[:CHUNK]):
        try:
            done += claims.lapse(Claim(pk=pk), at=at)
        except Exception:  # one bad row must not stop the others
            log.exception("claim %s could not be closed", pk)
    return done
