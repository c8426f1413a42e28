from celery import shared_task

from portal import clock
from portal.accounts import services, sign_ins

MOST = 200
"""Thousands of people in one run; the next night goes on."""


@shared_task(name="portal.accounts.tasks.forget_unclaimed_arrivals")
def forget_unclaimed_arrivals() -> int:
    """Delete people of former platforms who did not register in time. Gives how many times some were deleted."""
    at, done = clock.now(), 0
    while done < MOST and services.forget_next_arrivals(at=at):
        done += 1
    return done


@shared_task(name="portal.accounts.tasks.forget_sign_ins")
def forget_sign_ins() -> int:
    """Delete sign-ins that are over their time. Gives how many."""
    at, done = clock.now(), 0
    for _turn in range(MOST):
        some = sign_ins.forget_some(at=at)
        done += some
        if not some:
            break
    return done
