import datetime as dt
import logging
import time

from celery import shared_task

from portal import clock
from subsidies.models import Claim
from subsidies.services import checking, claims
from subsidies.workflow.claims import State

log = logging.getLogger(__name__)
CHUNK = 100
CHECKED_AT_ONCE = 500
ROUND_SECONDS = 150
"""A round begins nothing more after that: it ends below the task's time limit."""


@shared_task(name="subsidies.tasks.check_due_claims")
def check_due_claims() -> int:
    """Check the claims whose check is due, some hundreds of locked rows together; gives how many.

    Where they cannot be checked together each is checked by itself, and one that fails is put off, with its reason.
    """
    until, done = time.monotonic() + ROUND_SECONDS, 0
    while time.monotonic() < until:
        at = clock.now()
        due = Claim.objects.awaiting_check().filter(check_due_at__lte=at).order_by("check_due_at", "pk")
        found = list(due.values_list("pk", flat=True)[:CHECKED_AT_ONCE])
        made = _check(found, at=at)
        if not made:
            break
        done += made
    return done


def _check(ids: list[int], *, at: dt.datetime) -> int:
    if not ids:
        return 0
    try:
        return checking.check_claims(ids, at=at, skip_locked=True)
    except Exception as problem:  # one bad row must not stop the others
        if len(ids) > 1:
            log.exception("%s claims could not be checked together", len(ids))
            return sum(_check([pk], at=at) for pk in ids)
        log.exception("claim %s could not be checked", ids[0])
        checking.postpone_check(ids[0], type(problem).__name__, at=at)
        return 0


@shared_task(name="subsidies.tasks.close_unmended_claims")
def close_unmended_claims() -> int:
    """Close returned claims whose time is over, one locked row at a time, and remind those whose time is running out."""
    at = clock.now()
    returned = Claim.objects.filter(state=State.RETURNED)
    soon = returned.filter(due_at__gt=at, due_at__lte=at + dt.timedelta(days=claims.REMIND_DAYS))
    claims.remind(soon.select_related("claimant").order_by("due_at")[:CHUNK], at=at)
    done = 0
    for pk in list(returned.filter(due_at__lte=at).order_by("due_at").values_list("pk", flat=True)[:CHUNK]):
        try:
            done += claims.lapse(Claim(pk=pk), at=at)
        except Exception:  # one bad row must not stop the others
            log.exception("claim %s could not be closed", pk)
    return done
