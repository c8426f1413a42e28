"""Working days of mainland China. Which source a year rests on is said with every answer, never guessed in silence."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import chinese_calendar
from chinese_calendar.constants import holidays

from portal import clock

ANNOUNCED = "announced"
"""Holidays and make-up days as the State Council announced them (package `chinesecalendar`)."""
WEEKDAYS = "weekdays"
"""Monday to Friday: no calendar is known for the year yet."""


@cache
def _announced_years() -> frozenset[int]:
    return frozenset(day.year for day in holidays)


def basis_of(year: int) -> str:
    return ANNOUNCED if year in _announced_years() else WEEKDAYS


def is_working_day(day: dt.date) -> bool:
    if basis_of(day.year) == ANNOUNCED:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5  # noqa: PLR2004 - Saturday is 5


@dataclass(frozen=True)
class Span:
    """`days` working days after a moment: first and last of them, and the midnight that ends the last (Shanghai)."""

    days: int
    starts_on: dt.date
    ends_on: dt.date
    ends_at: dt.datetime
    basis: dict[str, str]


def next_working_day(day: dt.date) -> dt.date:
    """The first working day after `day`."""
    day += dt.timedelta(days=1)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def span_after(at: dt.datetime, days: int) -> Span:
    """The next `days` working days; the day of `at` does not count. Raises ValueError below one."""
    if days < 1:
        raise ValueError("A span has at least one working day.")
    first = last = next_working_day(clock.today(at))
    for _ in range(days - 1):
        last = next_working_day(last)
    ends_at = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)
    years = range(clock.today(at).year, last.year + 1)
    return Span(days, first, last, ends_at, {str(year): basis_of(year) for year in years})


def working_days_left(ends_on: dt.date, today: dt.date) -> int:
    """Working days from `today` to `ends_on`, both counted; 0 when it is over."""
    span = (ends_on - today).days
    return sum(is_working_day(today + dt.timedelta(days=n)) for n in range(span + 1))
