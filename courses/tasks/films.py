"""The hands: films are made where a worker listens to the queue `films`; the rest is light and runs anywhere.

What is owed stands in the rows. A task may run twice, or be lost with its worker; the next tick finds what is due.
"""

from collections.abc import Callable
from contextlib import suppress

from celery import shared_task
from kombu.exceptions import OperationalError

from courses.services import clearing, films, making
from portal import clock

MOST = 50
STEP_LIMIT_SECONDS = 6 * 3600
"""Of one step (a rung of the longest film). The step reports every two seconds; a silent ffmpeg is ended long before."""


@shared_task(
    name="courses.tasks.make_films",
    acks_late=False,
    time_limit=STEP_LIMIT_SECONDS,
    soft_time_limit=STEP_LIMIT_SECONDS - 60,
)
def make_films() -> int:
    """One step of one film, then call for the next worker. Gives how many steps were done.

    Acknowledged early: a step may outlast the broker's patience, and a lost one is owed again when its lease runs out.
    """
    film = films.take_up(at=clock.now())
    if film is None:
        return 0
    making.work(film, now=clock.now)
    with suppress(OperationalError):  # the next tick finds it, too
        make_films.delay()
    return 1


@shared_task(name="courses.tasks.tend_films")
def tend_films() -> int:
    """Clear what is over, give up what nobody sends, let submitted versions go on. Gives how many rows were touched."""
    at = clock.now()
    jobs = (clearing.give_up_next, clearing.clear_next, clearing.settle_next)
    return sum(_count(lambda job=job: job(at=at)) for job in jobs)


def _count(one: Callable[[], bool]) -> int:
    done = 0
    while done < MOST and one():
        done += 1
    return done
