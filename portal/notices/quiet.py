"""When a telephone may ring: no SMS from 21:00 to 8:00 in Shanghai."""

import datetime as dt
from typing import Final

from portal import clock

BEGINS: Final = dt.time(21)
ENDS: Final = dt.time(8)


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, ENDS, tzinfo=clock.SHANGHAI)


def after(at: dt.datetime) -> dt.datetime:
    """`at`, or where that is in the quiet hours the moment when they end."""
    here = at.astimezone(clock.SHANGHAI)
    if here.time() >= BEGINS:
        return _morning(here.date() + dt.timedelta(days=1))
    return _morning(here.date()) if here.time() < ENDS else at


def day_of(at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The Shanghai day of `at`: its midnight and the next one."""
    begins = dt.datetime.combine(clock.today(at), dt.time(), tzinfo=clock.SHANGHAI)
    return begins, begins + dt.timedelta(days=1)


def tomorrow(at: dt.datetime) -> dt.datetime:
    """The end of the next night's quiet hours after the Shanghai day of `at`."""
    return _morning(clock.today(at) + dt.timedelta(days=1))
