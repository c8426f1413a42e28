import datetime as dt
import logging
import time

from celery import shared_task
from django.db import transaction

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
        made, looked = _check_some(at=clock.now())
        done += made
        if not looked:
            break
    return done


def _check_some(*, at: dt.datetime) -> tuple[int, int]:
    """How many were checked, and how many looked at. What another worker holds is left to it."""
    ids: list[int] = []
    try:
        with transaction.atomic():
            due = Claim.objects.awaiting_check().filter(check_due_at__lte=at).order_by("check_due_at", "pk")
            ids += due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[
                :CHECKED_AT_ONCE
            ]
            return (checking.check_claims(ids, at=at) if ids else 0), len(ids)
    except Exception:  # one bad row must not stop the others
        log.exception("%s claims could not be checked together", len(ids))
    return sum(_check_one(pk, at=at) for pk in ids), len(ids)


def _check_one(pk: int, *, at: dt.datetime) -> int:
    try:
        return checking.check_claims([pk], at=at)
    except Exception as problem:  # one bad row must not stop the others
        log.exception("claim %s could not be checked", pk)
        checking.postpone_check(pk, type(problem).__name__, at=at)
        return 0


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
