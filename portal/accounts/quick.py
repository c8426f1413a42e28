"""Whole columns of names, resident IDs, phones and days at once, with the answers of `plain_name` and portal.numbers.

What is plainly in the form it is kept in is recognised in bulk. Everything else is asked one by one of the function that
decides everywhere else, so nothing is refused here that is accepted there, or the other way round.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence

import numpy as np
from django.utils.translation import gettext_lazy as _

from portal import numbers
from portal.accounts.services import plain_name
from portal.rules import RuleBroken

Column = tuple[list[str], dict[int, RuleBroken]]
"""The values as kept, and what is wrong by position; a refused value is an empty string."""

_COMMON_NAME = re.compile("[\u4e00-\u9fa5]{2,40}").fullmatch
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_EARLIEST = dt.date(2000, 1, 1)
_ID, _MOBILE = 18, 11
_X = ord("X") - ord("0")
_WEIGHTS = np.array([pow(2, 17 - n, 11) for n in range(_ID)], dtype=np.int32)
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] + [0] * 87, dtype=np.int32)
_OLDEST = 130


class BadDay(RuleBroken):
    code = "bad_day"
    message = _("This is not a day between 2000 and today. Write it as 2024-03-31.")


def _one_by_one(values: Sequence[str], known: Sequence[bool], ask: Callable[[str], str]) -> Column:
    """`values` with those that are not `known` put through `ask`."""
    found, refused = list(values), {}
    for place in np.flatnonzero(~np.asarray(known, dtype=bool)).tolist():
        try:
            found[place] = ask(found[place])
        except RuleBroken as broken:
            found[place], refused[place] = "", broken
    return found, refused


def names(values: Sequence[str]) -> Column:
    return _one_by_one(values, [_COMMON_NAME(value) is not None for value in values], plain_name)


def _digits(values: Sequence[str], length: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the values of this length in ASCII, and their characters less `0`, a row each."""
    fits = [place for place, value in enumerate(values) if len(value) == length and value.isascii()]
    text = "".join([values[place] for place in fits]).encode()
    table = np.frombuffer(text, np.uint8).reshape(-1, length).astype(np.int32) - ord("0")
    return np.array(fits, dtype=np.int64), table


def resident_ids(values: Sequence[str], *, on: dt.date) -> Column:
    fits, table = _digits(values, _ID)
    figures = ((table[:, :-1] >= 0) & (table[:, :-1] <= 9)).all(axis=1)  # noqa: PLR2004 - a digit
    last = table[:, -1]
    last = np.where(last == _X, 10, np.where((last >= 0) & (last <= 9), last, -1))  # noqa: PLR2004 - a digit
    table = np.where(figures[:, None], table, 0)
    checks = (12 - (table[:, :-1] * _WEIGHTS[:-1]).sum(axis=1) % 11) % 11
    year, month, day = (table[:, at:to] @ 10 ** np.arange(to - at)[::-1] for at, to in _PARTS)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    exists = (day >= 1) & (day <= _DAYS[month] - ((month == 2) & ~leap))  # noqa: PLR2004 - February
    in_time = (year * 10_000 + month * 100 + day <= on.year * 10_000 + on.month * 100 + on.day) & (
        on.year - year <= _OLDEST
    )
    known = np.zeros(len(values), dtype=bool)
    known[fits] = figures & (last == checks) & exists & in_time & (year >= 1)
    return _one_by_one(values, known, lambda value: numbers.resident_id(value, on=on).number)


_PARTS = ((6, 10), (10, 12), (12, 14))


def phones(values: Sequence[str]) -> Column:
    """E.164. Recognised in bulk are 11 digits of a Chinese mobile; those that begin with 179 may be a dialling code."""
    fits, table = _digits(values, _MOBILE)
    figures = ((table >= 0) & (table <= 9)).all(axis=1)  # noqa: PLR2004 - a digit
    mobile = (table[:, 0] == 1) & (table[:, 1] >= 3) & ~((table[:, 1] == 7) & (table[:, 2] == 9))  # noqa: PLR2004
    known = np.zeros(len(values), dtype=bool)
    known[fits] = figures & mobile
    plain = [
        f"+86{value}" if is_known else value for value, is_known in zip(values, known.tolist(), strict=True)
    ]
    return _one_by_one(plain, known, numbers.phone)


def days(values: Sequence[str], *, on: dt.date) -> tuple[list[dt.date | None], dict[int, RuleBroken]]:
    """Days from 2000 until `on`, written 2024-03-31. There are few of them, so each is read once."""
    known = {value: _day(value, on) for value in set(values)}
    found = [known[value] for value in values]
    return found, {place: BadDay() for place, day in enumerate(found) if day is None}


def _day(text: str, on: dt.date) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text.strip()) if _DAY(text.strip()) else None
    except ValueError:
        return None
    return day if day and _EARLIEST <= day <= on else None
