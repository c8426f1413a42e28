"""Learners of a former platform, brought in as the command does it; and then what "my learning" asks for one of them."""

import datetime as dt
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

import psycopg2.extensions
from django.db import connection, reset_queries
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from benchmarks.growth import grown
from benchmarks.rounds import Figures
from benchmarks.world import settle
from learners.models import CountingEdition
from portal import clock
from portal.accounts import importing
from portal.accounts.bringing import Job
from portal.accounts.models import User

PROVINCE = "520000"
_KIND = importing.KINDS["people"]
_WEIGHTS = [pow(2, 17 - n, 11) for n in range(17)]
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂𠮷"
_RARE = 50
_DAYS, _SEQUENCES = 20_000, 4
_TABLES = ("accounts_user", "accounts_arrival")
_ENROLMENTS = """
INSERT INTO learners_enrolment (user_id, province_id, course_code, version_id, edition_id, required_percent,
    counts_for_subsidy, subsidy_reason, state, enrolled_at)
SELECT a.user_id, u.province_id, v.code, v.version, %(edition)s, 90, false, 'not_for_subsidy', 'active',
    u.joined_at + n * interval '30 days'
FROM accounts_arrival a JOIN accounts_user u ON u.id = a.user_id,
    generate_series(0, 2 + (a.user_id %% 5 < 2)::int) n,
    LATERAL (SELECT code, version FROM bench_version WHERE place = (a.user_id * 7 + n * 31) %% %(courses)s) v
"""


def _row(number: int) -> str:
    born = dt.date(1950, 1, 1) + dt.timedelta(days=number % _DAYS)
    sequence = 996 + number // _DAYS % _SEQUENCES
    begun = f"{520_100 + number // (_DAYS * _SEQUENCES)}{born:%Y%m%d}{sequence}"
    last = "10X98765432"[sum(int(c) * w for c, w in zip(begun, _WEIGHTS, strict=True)) % 11]
    name = _SURNAMES[number % 20] + _GIVEN[number % 25] + _GIVEN[number // 7 % 25]
    name = "阿依古丽·买买提" if number % _RARE == 0 else name
    joined = dt.date(2015, 1, 1) + dt.timedelta(days=number % 4_000)
    return f"{name},{begun}{last},{13_000_000_000 + number * 7_919 % 6_000_000_000},{joined}\n"


def write_file(path: Path, numbers: range) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("name,resident_id,phone,joined_on\n")
        rows = map(_row, numbers)
        while part := "".join(islice(rows, 10_000)):
            file.write(part)


@dataclass
class Arriving:
    """The same world, growing: `grow(n)` brings people in until there are so many."""

    link: psycopg2.extensions.connection
    var: Path
    spent: Callable[[], float]
    size: int = 0

    def grow(self, size: int) -> dict[str, object]:
        """Rows a second and CPU of all processes for each, and the same rows by a bare COPY into the same indexes."""
        path, new = self.var / "people.csv", size - self.size
        write_file(path, range(self.size, size))
        at = clock.now()
        job = Job(_KIND, importing.columns_of(path, _KIND), PROVINCE, at, clock.today(at))
        workers = len(os.sched_getaffinity(0)) if path.stat().st_size > importing.CHUNK_BYTES else 1
        before, begin = self.spent(), time.perf_counter()
        outcome = importing.bring_in(path, job, refused_to=self.var / "refused.csv", workers=workers)
        seconds, cpu = time.perf_counter() - begin, self.spent() - before
        path.unlink()
        bare = self._bare(outcome.accepted)
        self.size = size
        return {
            "rows": size,
            "new": outcome.accepted,
            "refused": outcome.refused,
            "per_second": round(new / seconds),
            "cpu_us": round(cpu / new * 1e6, 1),
            "bare_per_second": round(outcome.accepted / bare),
            "ratio": round(bare / seconds, 3),
        }

    def _bare(self, new: int) -> float:
        """Seconds for the very rows that were taken, by binary COPY into tables that hold those before and have the same indexes."""
        seconds = 0.0
        with self.link.cursor() as cursor, TemporaryFile(dir=self.var) as rows:
            for table in _TABLES:
                key = "id" if table == "accounts_user" else "user_id"
                cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_{table} (LIKE {table} INCLUDING ALL)")
                rows.seek(0)
                rows.truncate()
                chosen = f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT {new}"  # noqa: S608 - ours
                cursor.copy_expert(f"COPY ({chosen}) TO STDOUT (FORMAT binary)", rows)
                rows.seek(0)
                begin = time.perf_counter()
                cursor.copy_expert(f"COPY bench_{table} FROM STDIN (FORMAT binary)", rows, 1 << 20)
                seconds += time.perf_counter() - begin
        return seconds

    def enrol(self, courses: int) -> dict[str, object]:
        """Three or four courses for each, by one INSERT … SELECT."""
        edition = CountingEdition.objects.published().filter(province=None).first()
        with self.link.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE bench_version AS SELECT row_number() OVER (ORDER BY id) - 1 AS place, code,"
                " current_version_id AS version FROM courses_course WHERE state = 'published' ORDER BY id LIMIT %s",
                [courses],
            )
            cursor.execute("CREATE UNIQUE INDEX ON bench_version (place)")
            begin = time.perf_counter()
            cursor.execute(_ENROLMENTS, {"edition": edition.pk, "courses": courses})
            seconds, rows = time.perf_counter() - begin, cursor.rowcount
        settle(self.link)
        return {"rows": rows, "seconds": round(seconds, 1), "per_second": round(rows / seconds)}


def _asked(user: User) -> list[str]:
    """The statements of "my learning", answered without a web server in front."""
    path = reverse("my")
    request = RequestFactory().get(path)
    request.user, request.session, request.LANGUAGE_CODE = user, {}, "zh-hans"
    reset_queries()  # only the last 9,000 are kept
    with CaptureQueriesContext(connection) as told:
        resolve(path).func(request)
    # what is prepared stays so for the connection, and cannot be prepared again
    return [query["sql"] for query in told.captured_queries if not query["sql"].startswith("PREPARE ")]


def my_learning(many: int) -> tuple[Figures, list[str]]:
    """The page's statements for learners drawn by chance: milliseconds of all of them together."""
    chance, figures = random.Random(1), Figures()
    ids = list(User.objects.filter(arrival__isnull=False).order_by("pk").values_list("pk", flat=True)[:1])
    first, last = ids[0], User.objects.filter(arrival__isnull=False).latest("pk").pk
    sql: list[str] = []
    begin, cpu = time.perf_counter(), time.process_time()
    for _one in range(many):
        user = User.objects.filter(pk__gte=chance.randint(first, last)).earliest("pk")
        sql = _asked(user)
        with connection.cursor() as cursor:
            at = time.perf_counter()
            for text in sql:
                cursor.execute(text)
                cursor.fetchall()
            figures.add((time.perf_counter() - at) * 1000)
    figures.seconds = time.perf_counter() - begin
    figures.cpu = (time.process_time() - cpu) * 1000 / many
    return figures, sql


def growth(steps: list[dict[str, object]]) -> dict[str, object]:
    sizes, costs = [step["rows"] for step in steps], [step["cpu_us"] for step in steps]
    return grown("a learner brought in", sizes, costs) | {"unit": "CPU µs"}
