from celery import shared_task

from courses import services
from portal import clock

MOST = 200
"""Decisions per run; the next tick goes on."""


@shared_task(name="courses.tasks.apply_due_licences")
def apply_due_licences() -> int:
    """Let the catalogue take notice of licences whose day has come. Gives how many."""
    at = clock.now()
    done = 0
    while done < MOST and services.apply_next_due(at=at):
        done += 1
    return done


@shared_task(name="courses.tasks.refresh_subsidised")
def refresh_subsidised() -> int:
    """Each night, what the catalogue shows as subsidised, all courses. Gives how many changed."""
    return services.refresh_subsidised(at=clock.now())
