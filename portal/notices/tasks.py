"""The hands: what is due stands in the database; safe to run twice, and at once."""

import time

from celery import shared_task

from portal import clock
from portal.notices.services import deliveries

ROUND_SECONDS = 150
"""A round begins no further delivery after that: it ends below the task's time limit."""


@shared_task
def deliver_due_notices() -> int:
    """Hand over the SMS and e-mails that are due. Gives how many rows were looked at."""
    until, done = time.monotonic() + ROUND_SECONDS, 0
    while time.monotonic() < until and deliveries.deliver_next(at=clock.now()):
        done += 1
    return done
