from celery import shared_task

from portal import clock
from portal.accounts import services

MOST = 200
"""Thousands of people in one run; the next night goes on."""


@shared_task(name="portal.accounts.tasks.forget_unclaimed_arrivals")
def forget_unclaimed_arrivals() -> int:
    """Delete people of former platforms who did not register in time. Gives how many times some were deleted."""
    at, done = clock.now(), 0
    while done < MOST and services.forget_next_arrivals(at=at):
        done += 1
    return done
