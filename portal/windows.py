"""Lists cut into pages that cost the same however long the list is: each begins behind the last row of the one before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet

MOST_COUNTED: Final = 10_000
"""Beyond it a list only says that there are more: counting millions would cost more than showing them."""
_DAY, _MOMENT = "%Y%m%d", "%Y%m%dT%H%M%S%f"


def counted(rows: QuerySet, most: int | None = None) -> int | None:
    """How many, or None for more than `most`, as a rule MOST_COUNTED."""
    most = MOST_COUNTED if most is None else most
    found = rows.order_by()[: most + 1].count()
    return found if found <= most else None


def counted_together(lists: Mapping[str, QuerySet], most: int) -> dict[str, int | None]:
    """As `counted`, for several lists by one statement."""
    parts, values = {}, []
    for name, rows in lists.items():
        with suppress(EmptyResultSet):
            part, own = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
            parts[name] = f"(SELECT count(*) FROM ({part}) AS found)"  # noqa: S608 -- Django's own statement
            values += own
    if not parts:
        return dict.fromkeys(lists, 0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts.values())}", values)
        found = dict(zip(parts, cursor.fetchone(), strict=True))
    return {name: n if (n := found.get(name, 0)) <= most else None for name in lists}


@dataclass(frozen=True)
class Window:
    """A page of a list. `earlier` and `later` are what leads to the pages beside it; empty where there is none."""

    rows: list[Any]
    earlier: str
    later: str


def window(rows: QuerySet, order: Sequence[str], *, after: str = "", before: str = "", size: int) -> Window:
    """The rows behind the place `after`, or those ahead of the place `before`; the first ones for a place that is none.

    `order` is ("pk",) or a day or moment that every row has and then "pk", both with a minus for the newest first.
    """
    back = _place(order, before)
    place = back or _place(order, after)
    read = [_turned(name) for name in order] if back else list(order)
    rest = rows if place is None else rows.filter(_behind(read, place))
    found = list(rest.order_by(*read)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
        return Window(
            found,
            _cursor(order, found[0]) if more and found else "",
            _cursor(order, found[-1]) if found else "",
        )
    earlier = _cursor(order, found[0]) if place is not None and found else ""
    return Window(found, earlier, _cursor(order, found[-1]) if more else "")


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _behind(order: Sequence[str], place: tuple[dt.date | None, int]) -> Q:
    """Rows after a place: the first condition is what an index begins at."""
    when, pk = place
    field, way = order[0].removeprefix("-"), "lt" if order[0].startswith("-") else "gt"
    if when is None:
        return Q(**{f"pk__{way}": pk})
    return Q(**{f"{field}__{way}e": when}) & (
        Q(**{f"{field}__{way}": when}) | Q(**{field: when, f"pk__{way}": pk})
    )


def _cursor(order: Sequence[str], row: Model) -> str:
    if len(order) == 1:
        return str(row.pk)
    when = getattr(row, order[0].removeprefix("-"))
    told = when.astimezone(dt.UTC).strftime(_MOMENT) if isinstance(when, dt.datetime) else f"{when:{_DAY}}"
    return f"{told}-{row.pk}"


def _place(order: Sequence[str], cursor: str) -> tuple[dt.date | None, int] | None:
    when, _dash, pk = cursor.rpartition("-")
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18) or bool(when) != (len(order) > 1):  # noqa: PLR2004 - below 2⁶³
        return None
    try:
        return _when(when), int(pk)
    except ValueError:
        return None


def _when(told: str) -> dt.date | None:
    if not told:
        return None
    if "T" in told:
        return dt.datetime.strptime(told, _MOMENT).replace(tzinfo=dt.UTC)
    return dt.datetime.strptime(told, _DAY).date()  # noqa: DTZ007 - a day
