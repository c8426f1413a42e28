"""How many people learned, asked for many at once: what checks for fraud look at. Never of how somebody is, only of what was done."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from learners.models import (
    Completion,
    Coverage,
    IntegritySignal,
    Invitation,
    LedgerRow,
    PlaySession,
    Roster,
    RosterRow,
)
from learners.selectors.time import COUNTED
from learners.workflow import CLEARED, OPEN, REFERRED

_STUDY: Final = """
WITH rows AS (
    SELECT user_id, lower(wall) AS began, ms FROM learners_ledgerrow
    WHERE user_id = ANY(%s) AND entry = 'credit' AND about_id IS NULL
), days AS (
    SELECT user_id, sum(ms) AS ms FROM rows GROUP BY user_id, (began AT TIME ZONE 'Asia/Shanghai')::date
), longest AS (SELECT user_id, max(ms) AS ms FROM days GROUP BY user_id)
SELECT r.user_id, max(l.ms), count(DISTINCT extract(hour FROM r.began AT TIME ZONE 'Asia/Shanghai'))
FROM rows r JOIN longest l ON l.user_id = r.user_id GROUP BY r.user_id
"""
_CURVES: Final = """
SELECT user_id, enrolment_id, count(*), md5(string_agg(lesson_id || ':' || ms / 1000, ',' ORDER BY place))
FROM learners_ledgerrow WHERE user_id = ANY(%s) AND entry = 'credit' AND about_id IS NULL
GROUP BY user_id, enrolment_id HAVING count(*) >= %s
"""


class Study(NamedTuple):
    """Counted milliseconds of the longest day, and at how many hours of the day learning began."""

    longest_day_ms: int
    hours_of_day: int


def study_of(user_ids: Iterable[int]) -> dict[int, Study]:
    """By person; whoever has no counted time is missing. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STUDY, [list(user_ids)])
        return {row[0]: Study(*(int(value) for value in row[1:])) for row in cursor.fetchall()}


def curves_of(user_ids: Iterable[int], *, fewest: int) -> dict[str, dict[int, int]]:
    """Which lessons in which order and how long, as a digest → person and how many pieces; of `fewest` pieces at least."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_CURVES, [list(user_ids), fewest])
        for user, _enrolment, pieces, digest in cursor.fetchall():
            found[digest][user] = pieces
    return found


def opened_at(doors: Iterable[str], user_ids: Iterable[int]) -> set[int]:
    """Which of these people opened a lesson under one of these sign-ins."""
    rows = PlaySession.objects.filter(user_id__in=list(user_ids), door__in=list(doors))
    return set(rows.values_list("user_id", flat=True).distinct())


def openings_of(user_ids: Iterable[int], *, since: dt.datetime) -> list[tuple[int, int, dt.datetime, str]]:
    """Who opened which lesson when, and under which sign-in."""
    rows = PlaySession.objects.filter(user_id__in=list(user_ids), opened_at__gte=since)
    return list(rows.values_list("user_id", "lesson_id", "opened_at", "door"))


def presence_of(user_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By person: presence checks answered, and failed."""
    rows = Coverage.objects.filter(user_id__in=list(user_ids)).order_by().values_list("user_id")
    return {
        user: (passed, failed)
        for user, passed, failed in rows.annotate(yes=Sum("passed"), no=Sum("failures"))
    }


def signals_of(user_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """By person: signals about exams that nobody looked into yet, those referred, and the id of the newest of all."""
    rows = IntegritySignal.objects.filter(user_id__in=list(user_ids)).exclude(state=CLEARED).order_by()
    told = rows.values_list("user_id").annotate(
        waiting=Count("pk", filter=Q(state=OPEN)),
        referred=Count("pk", filter=Q(state=REFERRED)),
        newest=Max("pk"),
    )
    return {user: (waiting, referred, newest) for user, waiting, referred, newest in told}


class HoursNow(NamedTuple):
    """Counted hours (学时) as the completion said, and as the ledger has them now."""

    said: Fraction
    now: Fraction


def hours_now(completion_ids: Iterable[int]) -> dict[int, HoursNow]:
    """By completion; one without a row in the ledger, as of a former platform, is missing. Two statements."""
    rows = Completion.objects.filter(pk__in=list(completion_ids)).order_by()
    told = {
        enrolment: (pk, seconds, class_hour)
        for pk, enrolment, seconds, class_hour in rows.values_list(
            "pk", "enrolment_id", "facts__counted_seconds", "enrolment__edition__class_hour_seconds"
        )
    }
    sums = LedgerRow.objects.filter(enrolment_id__in=list(told)).order_by().values_list("enrolment_id")
    counted = dict(sums.annotate(ms=Coalesce(Sum(COUNTED), 0)))
    return {
        pk: HoursNow(Fraction(seconds, class_hour), Fraction(counted[enrolment] // 1000, class_hour))
        for enrolment, (pk, seconds, class_hour) in told.items()
        if enrolment in counted
    }


def people_at_phones(phones: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    """Blind index of a phone → those of the people whom employers named with it."""
    found: dict[bytes, set[bytes]] = defaultdict(set)
    rows = Invitation.objects.filter(phone_index__in=list(phones), person_index__isnull=False)
    for phone, person in rows.values_list("phone_index", "person_index"):
        found[bytes(phone)].add(bytes(person))
    return found


def employers_of(user_ids: Iterable[int]) -> dict[tuple[int, str], set[int]]:
    """(person, course code) → the employers for whom the person agreed to take the course."""
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    rows = Invitation.objects.filter(user_id__in=list(user_ids), accepted_at__isnull=False)
    for user, course, organisation in rows.values_list("user_id", "course_code", "organisation_id"):
        found[user, course].add(organisation)
    return found


class Exams(NamedTuple):
    """The graded exams of a course in a province: how many, passed, with the commonest score, and the middle minutes."""

    course: str
    province: str
    graded: int
    passed: int
    same_score: int
    minutes: int


_EXAMS: Final = """
WITH graded AS (
    SELECT e.course_code, a.province_id, a.state, a.score_percent,
        extract(epoch FROM coalesce(a.submitted_at, a.ends_at) - a.started_at) AS seconds
    FROM learners_attempt a JOIN learners_enrolment e ON e.id = a.enrolment_id
    WHERE a.state IN ('passed', 'failed') AND a.graded_at >= %s AND a.graded_at < %s
), scores AS (
    SELECT course_code, province_id, count(*) AS n FROM graded GROUP BY course_code, province_id, score_percent
), commonest AS (SELECT course_code, province_id, max(n) AS n FROM scores GROUP BY course_code, province_id)
SELECT g.course_code, g.province_id, count(*), count(*) FILTER (WHERE g.state = 'passed'), max(c.n),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY g.seconds)
FROM graded g JOIN commonest c ON (c.course_code, c.province_id) = (g.course_code, g.province_id)
GROUP BY g.course_code, g.province_id HAVING count(*) >= %s
"""


def exams_of(since: dt.datetime, until: dt.datetime, *, fewest: int) -> list[Exams]:
    """Of each course and province with `fewest` graded exams at least in that time."""
    with connection.cursor() as cursor:
        cursor.execute(_EXAMS, [since, until, fewest])
        return [Exams(*row[:5], int(row[5]) // 60) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Copied:
    """A list of staff most of whose people stand on an earlier list of another employer."""

    roster: int
    organisation: int
    province: str
    earlier: int
    people: int
    alike: int
    users: tuple[bytes, ...]
    courses: tuple[str, ...]


_ALIKE: Final = """
WITH people AS (
    SELECT DISTINCT w.roster_id, w.person_index FROM learners_rosterrow w
    WHERE w.person_index IS NOT NULL AND w.fate <> 'refused'
), sizes AS (SELECT roster_id, count(*) AS n FROM people GROUP BY roster_id HAVING count(*) >= %s)
SELECT a.roster_id, b.roster_id, count(*), sa.n, sb.n
FROM people a JOIN people b ON b.person_index = a.person_index AND b.roster_id < a.roster_id
JOIN sizes sa ON sa.roster_id = a.roster_id JOIN sizes sb ON sb.roster_id = b.roster_id
JOIN learners_roster ra ON ra.id = a.roster_id AND ra.uploaded_at >= %s
JOIN learners_roster rb ON rb.id = b.roster_id AND rb.organisation_id <> ra.organisation_id
GROUP BY a.roster_id, b.roster_id, sa.n, sb.n HAVING count(*) * 100 >= (sa.n + sb.n - count(*)) * %s
"""


def copied_rosters(*, since: dt.datetime, fewest: int, percent: int) -> list[Copied]:
    """Lists uploaded since then that share `percent` of all people on both (Jaccard) with one of another employer.

    Only lists whose rows are still kept can be compared (settings.ROSTERS_KEPT).
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [fewest, since, percent])
        pairs = cursor.fetchall()
    found: dict[int, tuple[int, int, int]] = {}
    for newer, older, alike, size, _other in sorted(pairs, key=lambda row: row[2]):
        found[newer] = (older, alike, size)
    rows = Roster.objects.in_bulk(found)
    people: dict[int, list[bytes]] = defaultdict(list)
    courses: dict[int, set[str]] = defaultdict(set)
    lines = RosterRow.objects.filter(roster_id__in=list(found), person_index__isnull=False)
    for roster, person, course in lines.values_list("roster_id", "person_index", "course_code"):
        people[roster].append(bytes(person))
        courses[roster].add(course)
    return [
        Copied(
            pk,
            rows[pk].organisation_id,
            rows[pk].province_id,
            older,
            size,
            alike,
            tuple(people[pk]),
            tuple(sorted(courses[pk] - {""})),
        )
        for pk, (older, alike, size) in sorted(found.items())
    ]
