"""Learners who all begin the same exam: its clock starts, and the first question is on the screen."""

import datetime as dt

import psycopg2.extensions
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from benchmarks import load
from benchmarks.checking import bank, draft
from benchmarks.rounds import Figures
from benchmarks.telling import PROVINCE, people, signed_in
from benchmarks.world import FILM_SECONDS, LESSONS, somebody
from courses.models import Lesson, Section
from learners.models import Attempt, CountingEdition, Coverage, Enrolment, LedgerRow
from learners.models.time import DIGEST
from portal import clock
from portal.accounts.models import Consent, Identity, Organisation, User

CODE = "BENCH-EXAM"
WAITING = 64
"""Connections that wait for an answer at a time; a proxy holds the others back."""
_UNCHAINED = b"\0" * DIGEST


class Begins(load.Conversation):
    """One connection brings its share of the learners in, one after the other: begin, then see the first question."""

    def __init__(self, asked: list[tuple[str, str, str]]) -> None:
        self.asked = iter(asked)
        self.cookie = ""
        self.waiting = False

    def next_request(self, last: bytes) -> bytes:
        if self.waiting:
            self.waiting = False
            return load.get(last.decode(), cookie=self.cookie)
        if (told := next(self.asked, None)) is None:
            return b""
        path, self.cookie, csrf = told
        self.waiting = True
        return load.post(path, b"", cookie=self.cookie, csrf=csrf)


class Hall:
    """Learners of one province who have learned all of one course and hold the session of a sign-in."""

    def __init__(self, organisation: Organisation, link: psycopg2.extensions.connection) -> None:
        """`link` writes without triggers: see world.open_gates."""
        self.version = draft(CODE, LESSONS, by=somebody("author"), organisation=organisation)
        section = Section.objects.create(version=self.version, key="one", position=1, title_zh="课程内容")
        self.lessons = Lesson.objects.bulk_create(
            Lesson(
                version=self.version,
                section=section,
                key=f"l{n}",
                position=n + 1,
                kind="video",
                teaching="theory",
                title_zh=f"第 {n} 课",
                seconds=FILM_SECONDS,
            )
            for n in range(LESSONS)
        )
        bank(self.version, self.lessons)
        with link.cursor() as cursor:
            cursor.execute(
                "UPDATE courses_courseversion SET state = 'published', submitted_at = created_at, "
                "submitted_by_id = created_by_id, frozen_at = created_at, published_by_id = %s WHERE id = %s",
                [somebody("publisher").pk, self.version.pk],
            )
        self.edition = CountingEdition.objects.create(
            province_id=PROVINCE,
            name="Benchmark, exams",
            fictional=True,
            valid_from=dt.date(1999, 1, 1),
            published_at=clock.now(),
        )

    def seat(self, learners: int) -> list[tuple[str, str, str]]:
        """New ones each time: where each begins, with its cookie and CSRF secret."""
        at = clock.now()
        seated = people(learners, at)
        self._verify(seated, at)
        enrolments = Enrolment.objects.bulk_create(
            Enrolment(
                user=person,
                province_id=PROVINCE,
                course_code=CODE,
                version_id=self.version.pk,
                edition=self.edition,
                required_percent=80,
                counts_for_subsidy=True,
                enrolled_at=at,
            )
            for person in seated
        )
        self._learn(enrolments, at)
        return [
            (reverse("learners:exam", args=[enrolment.pk]), f"sessionid={key}; csrftoken={csrf}", csrf)
            for enrolment, (key, csrf) in zip(enrolments, signed_in(seated, at), strict=True)
        ]

    def _verify(self, seated: list[User], at: dt.datetime) -> None:
        mine = {"province_id": PROVINCE}
        consents = Consent.objects.bulk_create(
            Consent(user=person, purpose="real_name", version="1", given_at=at, **mine) for person in seated
        )
        Identity.objects.bulk_create(
            Identity(
                user=person,
                name_sealed=b"",
                masked_name="学*",
                number_sealed=b"",
                number_index=person.pk.to_bytes(32),
                masked_number="5201**********1234",
                sex="F",
                born_on=dt.date(1990, 1, 1),
                region_known=True,
                checked_by_port="benchmark",
                verified_at=at,
                consent=consent,
                **mine,
            )
            for person, consent in zip(seated, consents, strict=True)
        )

    def _learn(self, enrolments: list[Enrolment], at: dt.datetime) -> None:
        film = dt.timedelta(seconds=FILM_SECONDS)
        covered, rows = [], []
        for enrolment in enrolments:
            for n, lesson in enumerate(self.lessons):
                mine = {
                    "user_id": enrolment.user_id,
                    "province_id": PROVINCE,
                    "enrolment": enrolment,
                    "lesson": lesson,
                }
                begun, ms = at - film * (LESSONS - n + 1), FILM_SECONDS * 1000
                covered.append(Coverage(**mine, covered=[[0, ms]], covered_ms=ms, seed="0"))
                rows.append(
                    LedgerRow(
                        **mine,
                        edition=self.edition,
                        entry="credit",
                        kind="video",
                        wall=DateTimeTZRange(begun, begun + film),
                        media=[[0, ms]],
                        ms=ms,
                        at=at,
                        place=n + 1,
                        previous=_UNCHAINED,
                        digest=_UNCHAINED,
                    )
                )
        Coverage.objects.bulk_create(covered)
        LedgerRow.objects.bulk_create(rows)

    def begin(self, port: int, asked: list[tuple[str, str, str]]) -> Figures:
        """All of them at once. `times` are those of single answers, two for each learner."""
        connections = min(WAITING, len(asked))
        return load.run(
            port, lambda n: Begins(asked[n::connections]), seconds=float("inf"), connections=connections
        )

    def begun(self) -> int:
        return Attempt.objects.filter(enrolment__version_id=self.version.pk).count()

    def statements(self) -> list[str]:
        """The SQL of one start and its first question, as sent, once the process is warm."""
        told: list[str] = []
        for path, cookie, csrf in self.seat(2):
            client = Client(enforce_csrf_checks=True)
            client.cookies.load(cookie)
            with CaptureQueriesContext(connection) as taken:
                client.post(path, headers={"X-CSRFToken": csrf}, follow=True)
            told = [query["sql"] for query in taken.captured_queries]
        return told
