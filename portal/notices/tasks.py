"""The hands: what is due stands in the database; safe to run twice, and at once."""

import time

from celery import shared_task
from django.db import transaction

from portal import clock
from portal.accounts import selectors as accounts
from portal.notices.services import deliveries, notices

MOST_CHANGES = 2_000
ROUND_SECONDS = 150
"""A round begins no further delivery after that: it ends below the task's time limit."""


@shared_task
def deliver_due_notices() -> int:
    """Hand over the SMS and e-mails that are due. Gives how many rows were looked at."""
    until, done = time.monotonic() + ROUND_SECONDS, 0
    while time.monotonic() < until and deliveries.deliver_next(at=clock.now()):
        done += 1
    return done


@shared_task
def tell_of_account_changes() -> int:
    """Tell people of each change of the bank account they are paid to, whoever made it. Gives how many were told of."""
    until, done = time.monotonic() + ROUND_SECONDS, 0
    for pk in list(accounts.untold_account_changes().values_list("pk", flat=True)[:MOST_CHANGES]):
        if time.monotonic() > until:
            break
        with transaction.atomic():
            done += notices.tell_of_account_change(pk, at=clock.now())
    return done
