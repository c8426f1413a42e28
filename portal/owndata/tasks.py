"""The hands: what is due stands in the database; safe to run twice, and at once."""

from celery import shared_task

from portal import clock
from portal.owndata import services

MOST = 50


@shared_task
def make_due_copies() -> int:
    """Make the copies of own data that were asked for. Gives how many were looked at."""
    done = 0
    while done < MOST and services.make_next(at=clock.now()):
        done += 1
    return done


@shared_task
def delete_old_copies() -> int:
    """Delete the copies whose days are over. Gives how many."""
    done = 0
    while services.delete_next(at=clock.now()):
        done += 1
    return done
