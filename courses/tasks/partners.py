"""The hands of the catalogue. What is due stands in the database; every task is safe to run twice, and at once."""

import time

from celery import shared_task

from courses import posting
from courses.services import webhooks
from portal import clock

ROUND_SECONDS = 180
"""A round of sending begins no further message after that: it ends below the task's time limit."""


@shared_task(name="courses.tasks.send_due_deliveries")
def send_due_deliveries() -> int:
    """Post the webhook messages that are due. Gives how many were delivered.

    An endpoint that fails is passed over for the rest of the round, so that a slow one holds up the others only once.
    """
    until = time.monotonic() + ROUND_SECONDS
    delivered, failing = 0, set()
    while time.monotonic() < until:
        delivery = webhooks.take_up(at=clock.now(), passing_over=failing)
        if delivery is None:
            break
        if _send(delivery):
            delivered += 1
        else:
            failing.add(delivery.endpoint_id)
    return delivered


def _send(delivery: "webhooks.WebhookDelivery") -> bool:
    if delivery.tries > webhooks.MOST_TRIES:
        webhooks.mark(delivery, at=clock.now(), problem="lost", for_good=True)
        return False
    try:
        answer = webhooks.send(delivery, at=clock.now())
    except posting.Unfit as trouble:
        webhooks.mark(delivery, at=clock.now(), problem=trouble.code)
        return False
    webhooks.mark(delivery, at=clock.now(), answer=answer)
    return answer.is_good
