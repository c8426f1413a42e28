from celery import shared_task

from portal import clock
from subsidies.services import packs

MOST = 50


@shared_task(name="subsidies.tasks.make_due_packs")
def make_due_packs() -> int:
    """Make the evidence packs that were asked for. Gives how many were looked at."""
    done = 0
    while done < MOST and packs.make_next(at=clock.now()):
        done += 1
    return done


@shared_task(name="subsidies.tasks.delete_old_packs")
def delete_old_packs() -> int:
    """Delete the packs whose days are over. Gives how many."""
    done = 0
    while packs.delete_next(at=clock.now()):
        done += 1
    return done
