import logging
from collections.abc import Callable

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from courses.services import retention
from portal import clock

log = logging.getLogger(__name__)
MOST = 500
"""Imports of one run; the next night goes on."""


@shared_task(name="courses.tasks.forget_partner_calls")
def forget_partner_calls() -> int:
    """Delete logged calls older than 90 days. Gives how many."""
    return retention.forget_calls(at=clock.now())


@shared_task(name="courses.tasks.forget_deliveries")
def forget_deliveries() -> int:
    """Delete old webhook messages that are over. Gives how many."""
    return retention.forget_deliveries(at=clock.now())


@shared_task(name="courses.tasks.clear_old_imports")
def clear_old_imports() -> int:
    """Cancel the imports that were left, remove files and rows of those long over. Gives how many were cleared."""
    _repeat(retention.cancel_left_import)
    return _repeat(retention.clear_import)


def _repeat(act: Callable[..., bool]) -> int:
    done = 0
    try:
        while done < MOST and act(at=clock.now()):
            done += 1
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # the store does not answer: the next night goes on
        log.exception("%s stopped after %s", act.__name__, done)
    return done
