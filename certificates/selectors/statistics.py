"""The figures of a desk: what was issued, revoked, replaced and failed, month by month; and whether any number is missing."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from certificates import workflow
from certificates.models import Certificate, SerialCounter
from certificates.selectors.certificates import oldest_waiting
from portal import clock

KEPT_S: Final = 600
"""Counting millions takes seconds, so what was counted is shown for some minutes."""
MOST_COURSES: Final = 20


@dataclass(frozen=True)
class Month:
    first_on: dt.date
    issued: int
    revoked: int
    replaced: int
    failed: int


class Numbers(NamedTuple):
    """Serials of a province and year: the last one given, and how many there are. They are the same, or something is wrong."""

    province_code: str
    year: int
    last: int
    found: int

    @property
    def missing(self) -> int:
        return self.last - self.found


@dataclass(frozen=True)
class Statistics:
    """`months` from the earliest to this one; what is by kind, level and course was issued in them. `states` are of all times."""

    taken_at: dt.datetime
    months: list[Month]
    kinds: list[tuple[str, int]]
    levels: list[tuple[int | None, int]]
    courses: list[tuple[str, int]]
    states: dict[str, int]
    waiting_since: dt.datetime | None
    numbers: list[Numbers]

    @property
    def issued(self) -> int:
        return sum(month.issued for month in self.months)

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.numbers)


def statistics(province_codes: Sequence[str], *, months: int, at: dt.datetime) -> Statistics:
    """Of the last `months` months, this one included, as counted at most ten minutes ago."""
    named = hashlib.sha256("|".join(sorted(province_codes)).encode()).hexdigest()[:16]
    key = f"certificates:statistics:1:{named}:{months}"
    kept = cache.get(key)
    if kept is None:
        kept = count_all(province_codes, months=months, at=at)
        cache.set(key, kept, KEPT_S)
    return kept


def months_until(at: dt.datetime, months: int) -> list[dt.date]:
    """The first days of the last `months` months in Shanghai, the earliest first."""
    today = clock.today(at)
    last = today.year * 12 + today.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(last - months + 1, last + 1)]


def count_all(province_codes: Sequence[str], *, months: int, at: dt.datetime) -> Statistics:
    rows = Certificate.objects.filter(province_id__in=list(province_codes)).order_by()
    days = months_until(at, months)
    since = dt.datetime.combine(days[0], dt.time(), clock.SHANGHAI)
    issued: dict[str, Counter] = {
        name: Counter() for name in ("month", "kind", "facts__level", "course_code")
    }
    told = rows.filter(issued_on__gte=days[0]).annotate(month=TruncMonth("issued_on"))
    for row in told.values(*issued).annotate(n=Count("pk")):
        for name, counter in issued.items():
            counter[row[name]] += row["n"]
    revoked = _by_month(rows.filter(state__in=[workflow.REVOKED, workflow.REPLACED]), "revoked_at", since)
    replaced = _by_month(rows.filter(state=workflow.REPLACED), "replaced_at", since)
    failed = _by_month(rows.filter(state=workflow.FAILED), "failed_at", since)
    return Statistics(
        taken_at=at,
        months=[Month(day, issued["month"][day], revoked[day], replaced[day], failed[day]) for day in days],
        kinds=issued["kind"].most_common(),
        levels=sorted(issued["facts__level"].items(), key=lambda row: (row[0] is None, -(row[0] or 0))),
        courses=issued["course_code"].most_common(MOST_COURSES),
        states=dict(rows.values_list("state").annotate(n=Count("pk"))),
        waiting_since=oldest_waiting(rows),
        numbers=numbers_of(province_codes),
    )


def _by_month(rows: QuerySet[Certificate], field: str, since: dt.datetime) -> Counter:
    told = rows.filter(**{f"{field}__gte": since}).annotate(month=TruncMonth(field, tzinfo=clock.SHANGHAI))
    return Counter({row["month"].date(): row["n"] for row in told.values("month").annotate(n=Count("pk"))})


def numbers_of(province_codes: Sequence[str]) -> list[Numbers]:
    """One statement for each province and year that has numbers."""
    counters = SerialCounter.objects.filter(province_id__in=list(province_codes)).order_by(
        "-year", "province_id"
    )
    return [
        Numbers(
            counter.province_id,
            counter.year,
            counter.last,
            Certificate.objects.filter(
                serial__startswith=f"ZX-{counter.province_id[:2]}-{counter.year}-"
            ).count(),
        )
        for counter in counters
    ]
