"""Working days of mainland China. Which source a year rests on is said with every answer, never guessed in silence."""

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import chinese_calendar
from chinese_calendar.constants import holidays
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.models import CalendarDay, CalendarYear
from portal.rules import RuleBroken

LOADED = "loaded"
"""Holidays and make-up days that the operator loaded from the State Council's notice (`manage.py load_calendar`)."""
ANNOUNCED = "announced"
"""Holidays and make-up days as the State Council announced them (package `chinesecalendar`)."""
WEEKDAYS = "weekdays"
"""Monday to Friday: no calendar is known for the year yet."""
KEPT_SECONDS = 60
"""A year that is loaded is known to every process within a minute."""

_kept: tuple[float, frozenset[int], dict[dt.date, bool]] | None = None


def _loaded() -> tuple[frozenset[int], dict[dt.date, bool]]:
    """The years that were loaded, and of their days those that differ from the week."""
    global _kept  # noqa: PLW0603 - what this process knows of a small table
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEPT_SECONDS:
        years = frozenset(CalendarYear.objects.values_list("year", flat=True))
        _kept = now, years, dict(CalendarDay.objects.values_list("day", "works"))
    return _kept[1], _kept[2]


def forget() -> None:
    """Ask the table again."""
    global _kept  # noqa: PLW0603 - see above
    _kept = None


@transaction.atomic
def load_year(year: int, days: Iterable[tuple[dt.date, bool, str]], *, source: str, at: dt.datetime) -> int:
    """Put the days of a year that differ from the week in place of those that were there; how many they are.

    `days` are (day, whether it is worked, name). Raises ValueError for a day of another year, or one named twice.
    """
    listed = list(days)
    if any(day.year != year for day, _works, _name in listed):
        raise ValueError(f"A day lies outside {year}.")
    if len({day for day, _works, _name in listed}) != len(listed):
        raise ValueError("A day is named twice.")
    CalendarYear.objects.update_or_create(year=year, defaults={"source": source, "loaded_at": at})
    CalendarDay.objects.filter(day__year=year).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, works=works, name=name) for day, works, name in listed
    )
    transaction.on_commit(forget)
    return len(listed)


@cache
def _announced_years() -> frozenset[int]:
    return frozenset(day.year for day in holidays)


def basis_of(year: int) -> str:
    if year in _loaded()[0]:
        return LOADED
    return ANNOUNCED if year in _announced_years() else WEEKDAYS


def is_working_day(day: dt.date) -> bool:
    basis = basis_of(day.year)
    weekday = day.weekday() < 5  # noqa: PLR2004 - Saturday is 5
    if basis == LOADED:
        return _loaded()[1].get(day, weekday)
    return chinese_calendar.is_workday(day) if basis == ANNOUNCED else weekday


class YearUnknown(RuleBroken):
    """Whoever keeps the system loads the calendar with `manage.py load_calendar`."""

    code = "calendar_unknown"
    message = _(
        "The holidays of a year within these working days are not loaded yet. Ask the operator to load them."
    )


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


def span_after(at: dt.datetime, days: int, *, announced: bool = False) -> Span:
    """The next `days` working days; the day of `at` does not count. Raises ValueError below one.

    With `announced`, a span of the law: raises YearUnknown where no calendar is known for a year that it touches.
    """
    if days < 1:
        raise ValueError("A span has at least one working day.")
    first = last = next_working_day(clock.today(at))
    for _day in range(days - 1):
        last = next_working_day(last)
    ends_at = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)
    basis = {str(year): basis_of(year) for year in range(clock.today(at).year, last.year + 1)}
    if announced and (unknown := sorted(year for year, said in basis.items() if said == WEEKDAYS)):
        raise YearUnknown(years=unknown)
    return Span(days, first, last, ends_at, basis)


def working_days_left(ends_on: dt.date, today: dt.date) -> int:
    """Working days from `today` to `ends_on`, both counted; 0 when it is over."""
    span = (ends_on - today).days
    return sum(is_working_day(today + dt.timedelta(days=n)) for n in range(span + 1))
