import logging
from typing import Final

from celery import shared_task

from portal import clock
from subsidies.fraud.checks import When
from subsidies.services.fraud import asking, looking

log = logging.getLogger(__name__)
MOST_TURNS: Final = 25
"""Chunks of one run; the next tick goes on."""
MOST_QUESTIONS: Final = 100


@shared_task(name="subsidies.tasks.look_at_new_claims")
def look_at_new_claims() -> int:
    """Let the checks for fraud look at claims that were submitted, chunk by chunk. Gives how many."""
    done = 0
    for _turn in range(MOST_TURNS):
        some = looking.look_at_new(at=clock.now())
        done += some
        if not some:
            break
    return done


def _through(when: When) -> int:
    at, last, done = clock.now(), 0, 0
    while last := looking.look_through(when, at=at, after=last):
        done += 1
    return done


@shared_task(name="subsidies.tasks.look_hourly")
def look_hourly() -> int:
    return looking.look_around(When.HOURLY, at=clock.now())


@shared_task(name="subsidies.tasks.look_nightly")
def look_nightly() -> int:
    """The study behind the claims of late, and the lists of staff. Gives how many findings about lists are new."""
    _through(When.NIGHTLY)
    return looking.look_around(When.NIGHTLY, at=clock.now())


@shared_task(name="subsidies.tasks.look_weekly")
def look_weekly() -> int:
    return looking.look_around(When.WEEKLY, at=clock.now())


@shared_task(name="subsidies.tasks.look_monthly")
def look_monthly() -> int:
    """Certificates of all that is on its way, sums below limits, and the random look. Gives how many claims were drawn."""
    _through(When.MONTHLY)
    looking.look_around(When.MONTHLY, at=clock.now())
    return looking.draw_looks(at=clock.now())


@shared_task(name="subsidies.tasks.ask_due_registers")
def ask_due_registers() -> int:
    """Ask registers outside what is due, one after the other. Gives how many were asked."""
    done = 0
    while done < MOST_QUESTIONS and (row := asking.take_up(at=clock.now())) is not None:
        done += 1
        try:
            asking.told(row, asking.ask(row, at=clock.now()), at=clock.now())
        except Exception as problem:  # noqa: BLE001 - one that breaks must not stop the others
            log.error("question %s broke: %s", row.pk, type(problem).__name__)  # noqa: TRY400 - no words of it
            asking.put_off(row, at=clock.now())
    return done
