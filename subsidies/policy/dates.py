"""Birthdays and deadlines.

Where the month reached is shorter, its last day stands in (a claim for a certificate of 29 February ends on 28 February a
year later). Birthdays of 29 February are read the same way.
"""

from calendar import monthrange
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=50_000)
def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(born: date, age: int) -> date:
    return months_after(born, 12 * age)


def age_on(born: date, day: date) -> int:
    """Completed years (周岁) on that day; negative before birth."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1
