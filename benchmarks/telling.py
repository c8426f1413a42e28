"""Contenders of the beat: signed-in players that tell, each its own session, and what a stored row costs bare."""

import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

import psycopg2.extensions
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import load
from benchmarks.looking import bare_link
from benchmarks.rounds import Figures, at_once
from courses.models import Lesson
from learners import checks, counting, tape
from learners.models import CountingEdition, Coverage, Enrolment, PlaySession
from learners.selectors.beats import events_of
from learners.selectors.editions import rule_of
from learners.services import play
from portal import clock
from portal.accounts.models import User

PROVINCE = "520000"
_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
_TOKENS = count(1)
WHOLE = 4
"""One beat in so many wants to hear what has counted, as the page's script has it."""


@dataclass
class Player:
    """One learner's open player: what the next beat has to say."""

    session: str
    cookie: str
    csrf: str
    nonce: str
    seq: int = 0
    position: float = 0.0
    told_at: float = 0.0

    def beat(self) -> dict[str, object]:
        now = time.perf_counter()
        gap = min(now - self.told_at, 60.0) if self.told_at else 0.0
        self.told_at, self.position = now, self.position + gap * 1000
        return {
            "seq": self.seq + 1,
            "nonce": self.nonce,
            "position": int(self.position),
            "playing": True,
            "visible": True,
            "rate": 100,
            "brief": self.seq % WHOLE != 0,
        }

    def heard(self, reply: dict) -> None:
        self.seq, self.nonce = reply["seq"], reply["nonce"]

    @property
    def path(self) -> str:
        return f"/api/learn/sessions/{self.session}/beats/"


class Tells(load.Conversation):
    """One connection speaks for its share of the players in turn, as a proxy's connection does."""

    def __init__(self, players: list[Player], start: int) -> None:
        self.players, self.at = players, start
        self.told: Player | None = None

    def next_request(self, last: bytes) -> bytes:
        self.heard(last)
        self.at += 1
        self.told = self.players[self.at % len(self.players)]
        body = json.dumps(self.told.beat()).encode()
        return load.post(self.told.path, body, cookie=self.told.cookie, csrf=self.told.csrf)

    def heard(self, last: bytes) -> None:
        if self.told and last:
            self.told.heard(json.loads(last))
            self.told = None


class Class:
    """So many learners, signed in, each with a film open, under an edition without a smallest gap.

    The edition asks for no presence check in the time of a run: what is measured is the beat that comes 30 to 60 times
    between two checks. Everything else is the product's: session, CSRF, locks, the counted state, the beat's row.
    """

    def __init__(self, learners: int) -> None:
        at = clock.now()
        self.lesson = Lesson.objects.filter(kind="video").order_by("pk")[0]
        self.edition = CountingEdition.objects.create(
            province_id=PROVINCE,
            name=f"Benchmark {next(_TOKENS)}",
            fictional=True,
            valid_from=dt.date(2000, 1, 1) + dt.timedelta(days=CountingEdition.objects.count()),
            published_at=at,
            min_gap_ms=0,
            check_min_ms=86_400_000,
            check_max_ms=86_400_000,
        )
        self.people = people(learners, at)
        self.enrolments = self._enrol(at)
        self.players = self._open(at)
        self._starts = count()

    def _enrol(self, at: dt.datetime) -> list[Enrolment]:
        return Enrolment.objects.bulk_create(
            Enrolment(
                user=person,
                province_id=PROVINCE,
                course_code=self.lesson.version.course.code,
                version_id=self.lesson.version_id,
                edition=self.edition,
                required_percent=80,
                counts_for_subsidy=True,
                enrolled_at=at,
            )
            for person in self.people
        )

    def _open(self, at: dt.datetime) -> list[Player]:
        rule, moment = rule_of(self.edition), clock.milliseconds(at)
        coverages, sessions = [], []
        keys = signed_in(self.people, at)
        for person, enrolment, (key, _csrf) in zip(self.people, self.enrolments, keys, strict=True):
            seed = checks.seed_of(enrolment.pk, self.lesson.pk)
            mine = {"user": person, "province_id": PROVINCE, "enrolment": enrolment, "lesson": self.lesson}
            state = counting.opened(rule, at=moment, position=0, seed=seed).to_json()
            coverages.append(Coverage(**mine, seed=seed))
            sessions.append(
                PlaySession(
                    **mine,
                    edition=self.edition,
                    length_ms=self.lesson.seconds * 1000,
                    no_skip=True,
                    reading=False,
                    answer_ms=60_000,
                    opened_at=at,
                    beat_at=at,
                    nonce=play.nonce(),
                    door=play.door_of(key),
                    first=state,
                    now=state,
                )
            )
        Coverage.objects.bulk_create(coverages)
        PlaySession.objects.bulk_create(sessions)
        return [
            Player(str(s.pk), f"sessionid={key}; csrftoken={csrf}", csrf, s.nonce)
            for s, (key, csrf) in zip(sessions, keys, strict=True)
        ]

    def tell(self, port: int) -> Callable[[float], Figures]:
        """Every connection has players of its own, so that no two tell for one session at a time."""
        share = max(1, len(self.players) // load.CONNECTIONS)
        parts = [self.players[n * share : (n + 1) * share] for n in range(load.CONNECTIONS)]

        def act(seconds: float) -> Figures:
            start = next(self._starts) * 17
            connections = min(load.CONNECTIONS, len(self.players))
            return load.run(port, lambda n: Tells(parts[n], start), seconds=seconds, connections=connections)

        return act

    def stored(self) -> int:
        """Beats in the database; after a round it must be what the players were told was accepted."""
        sessions = PlaySession.objects.filter(edition=self.edition, state="live").prefetch_related("tapes")
        return sum(len(events_of(session)) for session in sessions)

    def accepted(self) -> int:
        return sum(player.seq for player in self.players)

    def statements(self) -> list[str]:
        """The SQL of one beat, as sent."""
        client = Client(enforce_csrf_checks=True)
        heard, refused = 0, {}
        for player in self.players:
            client.cookies.load(player.cookie)
            with CaptureQueriesContext(connection) as told:
                answer = client.post(
                    player.path, player.beat(), content_type="application/json",
                    headers={"X-CSRFToken": player.csrf},
                )  # fmt: skip
            if answer.status_code == HTTPStatus.CONFLICT:
                refused = answer.json()
                continue  # a round's last beat was still on its way
            player.heard(answer.json())
            heard += 1
            if heard == 2:  # noqa: PLR2004 -- the first fills what each process reads once
                return [query["sql"] for query in told.captured_queries]
        raise RuntimeError(f"No player's beat was taken: {refused}")


def people(number: int, at: dt.datetime) -> list[User]:
    people = [User(joined_at=at, province_id=PROVINCE, display_name=f"学员{n}") for n in range(number)]
    for person in people:
        person.set_unusable_password()
    return User.objects.bulk_create(people)


def signed_in(people: list[User], at: dt.datetime) -> list[tuple[str, str]]:
    """A session as a sign-in leaves it, and a CSRF secret, for each."""
    store, rows, keys = SessionStore(), [], []
    for person in people:
        told = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: _BACKEND,
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        key = uuid.uuid4().hex
        rows.append(
            Session(session_key=key, session_data=store.encode(told), expire_date=at + dt.timedelta(1))
        )
        keys.append((key, uuid.uuid4().hex))
    Session.objects.bulk_create(rows)
    return keys


def bare_updates(threads: int = load.CONNECTIONS) -> Callable[[float], Figures]:
    """One row changed by its key and committed, from as many connections as the load has, without HTTP and Django."""

    def one(seconds: float) -> Figures:
        figures, chance, link = Figures(), random.Random(), bare_link()
        cursor, begin = link.cursor(), time.perf_counter()
        while (now := time.perf_counter()) - begin < seconds or not figures.requests:
            cursor.execute(
                "UPDATE bench_row SET n = n + 1, told = %s WHERE id = %s", ["{}", chance.randint(1, 1000)]
            )
            figures.add((time.perf_counter() - now) * 1000)
        figures.seconds = time.perf_counter() - begin
        link.close()
        return figures

    return at_once(one, threads)


def updating(port: int) -> Callable[[float], Figures]:
    """The same row changed through the web server and Django, without session, rights or rules."""
    requests = [
        load.post(f"/bare/update/{row}/", b"{}", cookie="csrftoken=0", csrf="0") for row in range(1, 1001)
    ]
    return lambda seconds: load.run(port, lambda n: load.Repeats(requests, n * 125), seconds=seconds)


_HISTORY = """
CREATE TEMP TABLE before AS
SELECT gen_random_uuid() AS id, e.id AS enrolment, e.user_id AS person, n FROM
    (SELECT id, user_id, row_number() OVER (ORDER BY id) AS r FROM learners_enrolment WHERE edition_id = %(edition)s) e
    JOIN generate_series(%(first)s + 1, %(last)s) n ON e.r = n %% %(people)s + 1;
INSERT INTO learners_playsession (id, user_id, province_id, enrolment_id, lesson_id, edition_id, length_ms, no_skip,
    reading, answer_ms, state, opened_at, beat_at, closed_at, ending, seq, nonce, events, first, now, last, last_nonce, door, tape, ahead)
SELECT id, person, '520000', enrolment, %(lesson)s, %(edition)s, 2700000, true, false, 60000, 'closed',
    now() - n * interval '2 hours', now() - n * interval '2 hours', now() - n * interval '2 hours', 'left', 180, 'x', 180,
    '{}', '{}', '{}', '', '', '', '' FROM before;
INSERT INTO learners_tape (session_id, province_id, number, events)
SELECT id, '520000', k * 36, %(piece)s FROM before, generate_series(1, 5) k;
INSERT INTO learners_ledgerrow (user_id, province_id, enrolment_id, lesson_id, session_id, edition_id, entry, kind, wall,
    media, ms, reason, at, place, previous, digest)
SELECT person, '520000', enrolment, %(lesson)s, id, %(edition)s, 'credit', 'video',
    tstzrange(now() - n * interval '2 hours' + k * interval '10 minutes',
              now() - n * interval '2 hours' + (k * 10 + 9) * interval '1 minute'),
    '[[0, 540000]]', 540000, '', now(), n * 10 + k, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
    FROM before, generate_series(0, 4) k;
DROP TABLE before;
"""


PIECE = b"".join([tape.packed(tape.Event(tape.BEAT, 15_000, 15_000, flags=3), tape.Place())] * 36)
"""Nine minutes of beats."""


class History:
    """Sessions long closed, 180 beats (45 minutes) and five ledger rows each.

    They are not live, so that `stored()` counts what a round stored.
    """

    def __init__(self, link: psycopg2.extensions.connection, of: Class) -> None:
        self.link, self.of, self.sessions = link, of, 0

    def grow_to(self, beats: int) -> int:
        """Gives how many beats there are now."""
        last = max(self.sessions, beats // 180)
        with self.link.cursor() as cursor:
            cursor.execute(
                _HISTORY,
                {
                    "edition": self.of.edition.pk,
                    "lesson": self.of.lesson.pk,
                    "people": len(self.of.people),
                    "first": self.sessions,
                    "last": last,
                    "piece": PIECE,
                },
            )
            cursor.execute("ANALYZE learners_tape, learners_playsession, learners_ledgerrow")
        self.sessions = last
        return last * 180
