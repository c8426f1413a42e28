"""The figures of a desk: what was issued, revoked, replaced and failed, month by month; and whether any number is missing."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, DateField, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth

from certificates import workflow
from certificates.models import Certificate, MonthTally, TalliedDay
from certificates.selectors.certificates import oldest_waiting
from portal import clock

MOST_COURSES: Final = 20
SETTLED: Final = dt.timedelta(hours=1)
"""After midnight, until all that happened on the day is committed: no task runs for so long."""


@dataclass(frozen=True)
class Month:
    first_on: dt.date
    issued: int
    revoked: int
    replaced: int
    failed: int


class Numbers(NamedTuple):
    """Serials of a province and year: the last one given, and how many there are. They are the same, or something is wrong.

    Those of before `counted_at` were counted then, later ones just now.
    """

    province_code: str
    year: int
    last: int
    found: int
    counted_at: dt.datetime | None = None

    @property
    def missing(self) -> int:
        return self.last - self.found


@dataclass(frozen=True)
class Statistics:
    """`months` from the earliest to this one; what is by kind, level and course was issued in them. `states` are of all times.

    All as of `taken_at`, but for the numbers, of which the earlier ones were counted at `numbers_at`. What failed in a month
    and was tried again later has not failed: the month says what is failed still.
    """

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

    @property
    def numbers_at(self) -> dt.datetime | None:
        """None where all were counted just now."""
        return min((row.counted_at for row in self.numbers if row.counted_at), default=None)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read sees the same moment, so that a day just tallied is not counted twice. Not within a transaction."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def statistics(province_codes: Sequence[str], *, months: int, at: dt.datetime) -> Statistics:
    """Of the last `months` months, this one included: the tallies, and what happened since the last tallied day."""
    days = months_until(at, months)
    with _one_moment():
        rows = Certificate.objects.filter(province_id__in=list(province_codes)).order_by()
        counts = _counted(rows, MonthTally.objects.filter(province_id__in=list(province_codes)), days[0])
        return Statistics(
            taken_at=at,
            months=[Month(day, *(counts.months[name, day] for name in _MONTHLY)) for day in days],
            kinds=counts.kinds.most_common(),
            levels=sorted(counts.levels.items(), key=lambda row: (row[0] is None, -(row[0] or 0))),
            courses=counts.courses.most_common(MOST_COURSES),
            states=_states(rows, issued=counts.ever),
            waiting_since=oldest_waiting(rows),
            numbers=numbers_of(province_codes),
        )


def months_until(at: dt.datetime, months: int) -> list[dt.date]:
    """The first days of the last `months` months in Shanghai, the earliest first."""
    today = clock.today(at)
    last = today.year * 12 + today.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(last - months + 1, last + 1)]


def last_tallied_day() -> dt.date | None:
    return TalliedDay.objects.aggregate(last=Max("on"))["last"]


def day_to_tally(at: dt.datetime) -> dt.date | None:
    """The earliest that is over and not tallied; None if there is none. The first of all is that of the first certificate."""
    if last := last_tallied_day():
        day = last + dt.timedelta(days=1)
    else:
        day = Certificate.objects.aggregate(first=Min("issued_on"))["first"]
    return day if day and day < clock.today(at - SETTLED) else None


_NEVER: Final = dt.date(1970, 1, 1)
"""Before the first certificate."""
_MONTHLY: Final = (*MonthTally.Event.values, workflow.FAILED)
_OTHERS: Final = tuple(state for state in Certificate.State.values if state != workflow.ISSUED)


@dataclass
class _Counts:
    """`months` by event and month; `kinds`, `levels` and `courses` of what was issued from the day `since` on, `ever` of all."""

    since: dt.date
    months: Counter = field(default_factory=Counter)
    kinds: Counter = field(default_factory=Counter)
    levels: Counter = field(default_factory=Counter)
    courses: Counter = field(default_factory=Counter)
    ever: int = 0

    def add(self, event: str, first_on: dt.date, kind: str, level: int | None, n: int) -> bool:
        """Whether it was issued since then."""
        self.months[event, first_on] += n
        if event != MonthTally.Event.ISSUED:
            return False
        self.ever += n
        if first_on < self.since:
            return False
        self.kinds[kind] += n
        self.levels[level] += n
        return True


def _counted(rows: QuerySet[Certificate], tallies: QuerySet[MonthTally], since: dt.date) -> _Counts:
    """What the tallies say, and what happened since their last day, counted now."""
    counts = _Counts(since)
    for tally in tallies.values_list("event", "first_on", "kind", "level").annotate(sum=Sum("n")):
        counts.add(*tally)
    issued = tallies.filter(event=MonthTally.Event.ISSUED, first_on__gte=since)
    counts.courses.update(dict(issued.values_list("course_code").annotate(sum=Sum("n"))))
    last = last_tallied_day()
    for *what, course_code, n in _happened(rows, last + dt.timedelta(days=1) if last else _NEVER, since):
        if counts.add(*what, n):
            counts.courses[course_code] += n
    return counts


def _happened(rows: QuerySet[Certificate], day: dt.date, since: dt.date) -> QuerySet:
    """Event, month, kind, level, course and how many: from `day` on, and what has failed and not been tried again from `since` on."""
    begins, period = (dt.datetime.combine(one, dt.time(), clock.SHANGHAI) for one in (day, since))
    issued, *others = (
        found.annotate(event=Value(str(event)), first_on=month)
        .values_list("event", "first_on", "kind", "facts__level", "course_code")
        .annotate(n=Count("pk"))
        for event, month, found in (
            (MonthTally.Event.ISSUED, TruncMonth("issued_on"), rows.filter(issued_on__gte=day)),
            (MonthTally.Event.REVOKED, _month("revoked_at"), rows.filter(revoked_at__gte=begins)),
            (MonthTally.Event.REPLACED, _month("replaced_at"), rows.filter(replaced_at__gte=begins)),
            (workflow.FAILED, _month("failed_at"), rows.filter(state=workflow.FAILED, failed_at__gte=period)),
        )
    )
    return issued.union(*others, all=True)


def _month(moment: str) -> TruncMonth:
    return TruncMonth(moment, tzinfo=clock.SHANGHAI, output_field=DateField())


def _states(rows: QuerySet[Certificate], *, issued: int) -> dict[str, int]:
    """Those that are valid are the many, and what is left of all that were ever `issued`; the others are few and counted."""
    states = Counter(dict(rows.filter(state__in=_OTHERS).values_list("state").annotate(n=Count("pk"))))
    states[workflow.ISSUED] = issued - states[workflow.REVOKED] - states[workflow.REPLACED]
    return dict(+states)


_NUMBERS: Final = """
SELECT n.province_id, n.year, n.last, n.counted + (
    SELECT count(*) FROM certificates_certificate c
    WHERE c.serial > of.numbers || lpad(n.counted_to::text, 7, '0') AND c.serial <= of.numbers || '9999999'
), n.counted_at
FROM certificates_serialcounter n, LATERAL (SELECT 'ZX-' || left(n.province_id, 2) || '-' || n.year || '-') of (numbers)
WHERE n.province_id = ANY (%s) ORDER BY n.year DESC, n.province_id
"""


def numbers_of(province_codes: Sequence[str]) -> list[Numbers]:
    """Of each province and year that has numbers, the last year first."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [list(province_codes)])
        return [Numbers(*row) for row in cursor.fetchall()]
