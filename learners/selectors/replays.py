"""What the tables hold of a learner's time, for counting it again; and what another edition would have made of it."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import QuerySet

from learners import checks, declared, ranges, tape, workflow
from learners.books import Book, Key, Outside, Package, Session, Stored, Terms, Told
from learners.models import CountingEdition, Coverage, Enrolment, LedgerRow, PackageSession, PlaySession
from learners.replay import replay
from learners.selectors.beats import events_of
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.selectors.outlines import outline_of
from learners.states import Lesson, Post, State, Stretch
from portal import clock
from portal.accounts.models import User

HANDLE = 12
"""Hex digits of a handle: enough to name one learner, and no personal number."""
_PERSONAL = 11
"""So many digits could be a phone or a resident ID."""
_HOUR = 3_600_000
VOUCHED = frozenset({LedgerRow.Kind.LIVE, LedgerRow.Kind.WORKSHOP})
"""Kinds that count by an instructor's signature."""


class UnknownLearner(Exception):  # noqa: N818 - it is who was asked for that is unknown
    """Nobody, or more than one, goes by what was given. The message does not repeat it."""


def handle_of(uid: uuid.UUID) -> str:
    """By what a learner is named where no name may stand."""
    return f"L-{uid.hex[:HANDLE]}"


def learner_named(text: str) -> User:
    """By id, by handle (L-…) or by whole uid. Raises UnknownLearner, also for what could be a personal number."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        if len(text) >= _PERSONAL:
            raise UnknownLearner("That could be a personal number. Give the learner's id or handle (L-…).")
        found = User.objects.filter(pk=int(text))
    else:
        digits = text.removeprefix("L-").replace("-", "").lower()
        try:
            first, last = (uuid.UUID(digits.ljust(32, end)) for end in "0f")
        except ValueError:
            raise UnknownLearner("Give the learner's id or handle (L-…).") from None
        if len(digits) < HANDLE:
            raise UnknownLearner(f"A handle has {HANDLE} digits after L-.")
        found = User.objects.filter(uid__gte=first, uid__lte=last)
    people = list(found[:2])
    if len(people) != 1:
        raise UnknownLearner(
            "No learner goes by that." if not people else "More than one learner goes by that."
        )
    return people[0]


# -- reading --------------------------------------------------------------------------------------------------------


def stored_of(user_id: int) -> Stored:
    """Everything of one learner, in five statements."""
    by_session, by_package, outside, strays = defaultdict(list), defaultdict(list), [], []
    sessions = list(
        PlaySession.objects.filter(user_id=user_id)
        .defer("now", "last", "last_answer")
        .prefetch_related("tapes")
        .order_by("opened_at")
    )
    known = {row.pk for row in sessions}
    rows = LedgerRow.objects.filter(user_id=user_id).select_related("enrolment").order_by("place")
    for row in rows:
        if row.reason in declared.REASONS and not row.by_id:
            by_package[row.enrolment_id, row.lesson_id, row.at].append(_post(row))
        elif row.session_id is None or row.by_id:
            outside.append(row)
        elif row.session_id in known:
            by_session[row.session_id].append(_post(row))
        else:
            strays.append((str(row.session_id), _post(row)))
    over = PackageSession.objects.filter(user_id=user_id).exclude(state=workflow.LIVE)
    packages = [
        _package(row, tuple(by_package.pop((row.enrolment_id, row.lesson_id, row.closed_at), ())))
        for row in over.order_by("closed_at")
    ]
    strays += [("package", post) for posts in by_package.values() for post in posts]
    lessons = Coverage.objects.filter(user_id=user_id).values_list(
        "enrolment_id", "lesson_id", "covered", "held"
    )
    return Stored(
        tuple(_session(row, _told(row), tuple(by_session[row.pk])) for row in sessions),
        tuple(_outside(outside)),
        tuple(packages),
        tuple(
            ((enrolment, lesson), ranges.from_json(covered), _held(held))
            for enrolment, lesson, covered, held in lessons
        ),
        tuple(strays),
    )


def _held(rows: Iterable[dict]) -> tuple[Stretch, ...]:
    return tuple(Stretch(row["wall_from"], row["wall_to"], ranges.from_json(row["media"])) for row in rows)


def _post(row: LedgerRow) -> Post:
    return Post(
        clock.milliseconds(row.wall.lower),
        clock.milliseconds(row.wall.upper),
        ranges.from_json(row.media),
        row.ms,
        row.reason,
    )


def _told(session: PlaySession) -> tuple[Told, ...]:
    opened = clock.milliseconds(session.opened_at)
    return tuple(
        Told(
            event.kind,
            opened + event.at,
            event.position,
            event.start,
            bool(event.flags & tape.PLAYING),
            bool(event.flags & tape.VISIBLE),
            bool(event.flags & tape.RIGHT),
        )
        for event in events_of(session)
    )


def _session(row: PlaySession, told: tuple[Told, ...], written: tuple[Post, ...]) -> Session:
    edition = edition_of(row.edition_id)
    return Session(
        id=str(row.pk),
        key=(row.enrolment_id, row.lesson_id),
        edition=row.edition_id,
        terms=Terms(
            rule_of(edition, answer_ms=row.answer_ms),
            Lesson(row.length_ms, no_skip=row.no_skip, reading=row.reading),
            edition.confirm_within_hours * _HOUR,
        ),
        first=State.from_json(row.first),
        seed=checks.seed_of(row.enrolment_id, row.lesson_id),
        opened=clock.milliseconds(row.opened_at),
        closed=clock.milliseconds(row.closed_at) if row.closed_at else None,
        told=told,
        whole=len(told) == row.events,
        rows=written,
    )


def _package(row: PackageSession, written: tuple[Post, ...]) -> Package:
    edition = edition_of(row.edition_id)
    return Package(
        id=str(row.pk),
        key=(row.enrolment_id, row.lesson_id),
        opened=clock.milliseconds(row.opened_at),
        closed=clock.milliseconds(row.closed_at),
        seen=ranges.from_json(row.seen),
        declared=row.declared,
        length=row.length_ms,
        slack=edition.beat_ms,
        window=edition.confirm_within_hours * _HOUR,
        rows=written,
    )


def _outside(rows: Iterable[LedgerRow]) -> Iterable[Outside]:
    def together(row: LedgerRow) -> tuple:
        return row.at, row.enrolment_id, row.lesson_id, row.kind, row.about_id, row.reason == "unconfirmed"

    for _key, group in groupby(rows, key=together):
        told = list(group)
        first = told[0]
        yield Outside(
            key=(first.enrolment_id, first.lesson_id),
            at=clock.milliseconds(first.at),
            kind=first.kind,
            rows=tuple(_post(row) for row in told),
            cap=rule_of(edition_of(first.enrolment.edition_id)).daily_cap,
            vouched=first.by_id is not None or first.kind in VOUCHED,
            taken=first.entry == LedgerRow.Entry.TAKEN,
        )


# -- under another edition ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Under:
    """Terms of another edition for the enrolments of `scope` (None: all); the others keep their own."""

    edition: CountingEdition
    scope: frozenset[int] | None = None

    def _within(self, key: Key) -> bool:
        return self.scope is None or key[0] in self.scope

    def terms(self, session: Session) -> Terms:
        if not self._within(session.key):
            return session.terms
        own, other = edition_of(session.edition), self.edition
        answer = session.terms.rule.check_answer * other.check_answer_seconds // own.check_answer_seconds
        lesson = session.terms.lesson
        if lesson.reading:
            pace = own.reading_characters_per_minute, other.reading_characters_per_minute
            lesson = replace(lesson, length=lesson.length * pace[0] // pace[1])
        return Terms(rule_of(other, answer_ms=answer), lesson, other.confirm_within_hours * _HOUR)

    def cap(self, told: Outside) -> int:
        return rule_of(self.edition).daily_cap if self._within(told.key) else told.cap


@dataclass(frozen=True)
class Side:
    """Milliseconds, class hours (学时) rounded down once for each course and at most the course's; refusals by reason."""

    credited: int
    confirmed: int
    waiting: int
    hours: int
    refused: Counter[str]


@dataclass(frozen=True)
class Tried:
    """One learner's time as it was counted and as another edition would have counted it."""

    user_id: int
    sessions: int
    beats: int
    was: Side
    would: Side
    elsewhere: int
    shut: int
    early: int
    unlike: bool

    @property
    def loses(self) -> bool:
        return self.would.confirmed < self.was.confirmed or self.would.hours < self.was.hours

    @property
    def gains(self) -> bool:
        return not self.loses and (self.would.confirmed, self.would.hours) > (
            self.was.confirmed,
            self.was.hours,
        )


def enrolments_under(edition: CountingEdition) -> QuerySet[Enrolment]:
    """Whose time an edition would concern: its province's; for a national one, what a national edition counts today."""
    if edition.province_id:
        return Enrolment.objects.filter(province_id=edition.province_id)
    return Enrolment.objects.filter(edition__province=None)


def tried(
    user_id: int, edition: CountingEdition, enrolments: Iterable[Enrolment], *, at: dt.datetime
) -> Tried:
    """Replay a learner under another edition in these enrolments; the learner's others keep their own."""
    enrolments = list(enrolments)
    under = Under(edition, frozenset(one.pk for one in enrolments))
    stored = stored_of(user_id)
    found = replay(stored, other=under.terms, other_cap=under.cap, at=clock.milliseconds(at))
    mine = [session for session in stored.sessions if session.key[0] in under.scope]
    return Tried(
        user_id=user_id,
        sessions=len(mine),
        beats=sum(len(session.told) for session in mine),
        was=_side(found.was, enrolments, None),
        would=_side(found.would, enrolments, edition),
        elsewhere=found.would.elsewhere,
        shut=found.would.shut,
        early=found.would.early,
        unlike=bool(found.differences),
    )


def _side(book: Book, enrolments: list[Enrolment], edition: CountingEdition | None) -> Side:
    sums = [(one, book.sums[one.pk]) for one in enrolments]
    return Side(
        credited=sum(total.credited for _one, total in sums),
        confirmed=sum(total.confirmed for _one, total in sums),
        waiting=sum(total.waiting for _one, total in sums),
        hours=sum(_hours(one, total.confirmed, edition or edition_of(one.edition_id)) for one, total in sums),
        refused=sum((total.refused for _one, total in sums), Counter()),
    )


def _hours(enrolment: Enrolment, ms: int, edition: CountingEdition) -> int:
    return min(int(outline_of(enrolment).hours), ms // 1000 // edition.class_hour_seconds)
