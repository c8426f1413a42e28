"""The public check and the desk among millions of certificates: those that are asked for are real, the rest fills the table."""

import random
import time
from collections.abc import Callable
from itertools import count, cycle

import psycopg2.extensions
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.issuing import complete
from benchmarks.rounds import Figures, repeated
from benchmarks.telling import Class
from benchmarks.world import settle
from certificates import codes, selectors, tasks
from certificates.forms import DeskForm
from certificates.models import Certificate
from certificates.selectors import desk
from certificates.selectors.statistics import statistics
from certificates.services import tallies
from courses.models import CourseVersion
from portal import clock, windows
from portal.accounts.models import User

ASKED, AT_ONCE = 400, 500_000
SEEN = 5
"""One of so many is of a code that nobody has."""

_FILL = """
INSERT INTO certificates_certificate (uid, completion_id, user_id, province_id, version_id, kind, course_code, serial, code,
    state, requested_at, attempts, failure, issued_at, issued_on, facts, grounds, facts_sha256, holder_sealed, holder_masked,
    paper_attempts, paper_failure, pdf_key, revoked_at, revoked_by_id, revoke_reason)
SELECT gen_random_uuid(), -n, -n, c.province_id, c.version_id, c.kind,
    CASE WHEN n %% 2 = 0 THEN c.course_code ELSE 'BM-' || n * 7919 %% 20000 END,
    'ZX-' || left(c.province_id, 2) || '-' || 2000 + (n - 1) / 5000000 || '-' || lpad(((n - 1) %% 5000000 + 1)::text, 7, '0'),
    upper(substr(md5(n::text) || md5((-n)::text), 1, 28)), CASE WHEN gone THEN 'revoked' ELSE 'issued' END, c.requested_at, 0, '',
    c.issued_at - ago * interval '1 day', c.issued_on - ago,
    c.facts, c.grounds, c.facts_sha256, c.holder_sealed, c.holder_masked, 0, '', '',
    CASE WHEN gone THEN c.issued_at - ago / 2 * interval '1 day' END, CASE WHEN gone THEN c.user_id END,
    CASE WHEN gone THEN 'bench' ELSE '' END
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, (SELECT * FROM certificates_certificate WHERE id = %(like)s) c,
    LATERAL (SELECT (hashint8(n) & 1023) AS ago, n %% 100 = 7 AS gone) chance
"""
# Of the last 1,024 days, half of them of one course and half of 10,000 others, every hundredth revoked; so numbered:
_NUMBERED = """
INSERT INTO certificates_serialcounter (province_id, year, last, counted_to, counted)
SELECT c.province_id, 2000 + y, least(5000000, %(number)s - y * 5000000), 0, 0
FROM generate_series(0, (%(number)s - 1) / 5000000) y, (SELECT province_id FROM certificates_certificate WHERE id = %(like)s) c
ON CONFLICT (province_id, year) DO UPDATE SET last = excluded.last
"""


class Register:
    """`grow_to` fills up; `ask` checks real ones at random, and codes of nobody between them."""

    def __init__(self, link: psycopg2.extensions.connection, of: Class) -> None:
        self.link, self.filled = link, 0
        complete(ASKED, CourseVersion.objects.get(pk=of.lesson.version_id), of.edition)
        while tasks.issue_due_certificates():
            pass
        real = list(Certificate.objects.issued().values_list("pk", "code"))
        self.like = real[0][0]
        asked = [code for _pk, code in real]
        asked += [codes.new_code() for _n in range(len(asked) // (SEEN - 1))]
        random.Random(7).shuffle(asked)
        self.asked = [f"/verify/{code}/" for code in asked]

    def grow_to(self, number: int) -> None:
        with self.link.cursor() as cursor:
            for first in range(self.filled + 1, number + 1, AT_ONCE):
                last = min(number, first + AT_ONCE - 1)
                cursor.execute(_FILL, {"first": first, "last": last, "like": self.like})
            cursor.execute(_NUMBERED, {"number": number, "like": self.like})
        self.filled = number
        settle(self.link)

    def asking(self) -> Callable[[float], Figures]:
        """In this process: the page as Django makes it. Each question from an address of its own, as strangers ask."""
        browser, addresses, pages = Client(), count(), cycle(self.asked)

        def once() -> None:
            n = next(addresses)
            address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
            answer = browser.get(next(pages), REMOTE_ADDR=address)
            if b"verdict" not in answer.content:
                raise RuntimeError(f"{answer.status_code}: {answer.content[:300]!r}")

        return lambda seconds: repeated(once, seconds)

    def at_desk(self) -> Callable[[float], Figures]:
        """One page of the desk's list after another, each with its count, by filters and words of several kinds."""
        officer = User.objects.filter(display_name="officer").first()
        like = Certificate.objects.get(pk=self.like)
        asked = cycle(
            (
                "",
                "sort=issued_first",
                "state=revoked",
                f"course={like.course_code}",
                f"words={like.serial}",
                f"words={like.code}",
                f"words={like.holder_masked}",
                "words=nobody",
                f"issued_from={like.issued_on}",
                "only=paperless",
            )
        )

        def once() -> None:
            filters = DeskForm(QueryDict(next(asked))).filters()
            rows = desk.narrowed(selectors.desk_visible_to(officer), filters)
            windows.window(rows.select_related("province"), filters.order, after="", before="", size=50)
            windows.counted(rows)

        return lambda seconds: repeated(once, seconds)

    def tally(self) -> dict[str, object]:
        """All days of before, as after the first nights; then the numbers of each year. Seconds."""
        begin, days = time.perf_counter(), 0
        while tallies.tally_next(at=clock.now()):
            days += 1
        tallied = time.perf_counter()
        while tallies.count_next_numbers(at=clock.now()):
            pass
        counted = time.perf_counter()
        settle(self.link)
        return {"days": days, "tallied": round(tallied - begin, 1), "counted": round(counted - tallied, 1)}

    def counting(self) -> Callable[[float], Figures]:
        """The statistics of the desk of a province, of twelve months."""
        province = Certificate.objects.get(pk=self.like).province_id
        return lambda seconds: repeated(lambda: statistics([province], months=12, at=clock.now()), seconds)

    def statements(self) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            Client().get(self.asked[0])
        return [query["sql"] for query in asked]
