import logging

from celery import shared_task

from portal import clock
from subsidies.services import yearend

log = logging.getLogger(__name__)
MOST_CHUNKS = 40
"""Chunks of one book in a tick, so that one large book keeps no other waiting; the next tick goes on."""


@shared_task(name="subsidies.tasks.carry_closed_years")
def carry_closed_years() -> int:
    """Carry what is set aside in closed books into this year's, and give back what became free in them since.

    Gives how many reservations were carried.
    """
    done = 0
    for book in yearend.unfinished_books():
        try:
            for _chunk in range(MOST_CHUNKS):
                carried = yearend.carry_some(book, at=clock.now())
                done += carried
                if not carried:
                    break
            yearend.give_back(book, at=clock.now())
        except Exception:  # one bad book must not stop the others
            log.exception("book %s could not be carried on", book.pk)
    return done
