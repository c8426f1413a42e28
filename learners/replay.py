"""A learner's time counted again from what was stored: by the editions it was counted by, or by others. Pure.

`Stored` is what the tables hold of one learner; `replay` goes through it in the order of its moments and keeps two
books. The first follows the editions of the day and must come to the very rows of the ledger; each place where it
does not is a `Difference`. The second, where other terms are asked for, is what would have been written under them.

The second book cannot know what nobody did. Its questions are the ones that were really asked, with the answers that
were really given; where its own edition would have asked at another moment is only counted (`elsewhere`). A lesson
that it would have shut goes on as if a person had opened it at once (`shut`). A beat too early for it changes nothing
(`early`). What no player told (quizzes, pages read without a script, classes) and what people decided stays as it was
written.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from learners import counting, ranges
from learners.counting import DAY, Lesson, Post, Rule, State, Stretch
from learners.fitting import Taken, day_of, fitted, unseen
from learners.ranges import Ranges

Key = tuple[int, int]
"""Enrolment and lesson."""


@dataclass(frozen=True)
class Told:
    """An event of a session as stored: a beat, an answer, or the wish for more time."""

    kind: str
    at: int
    position: int = 0
    start: int | None = None
    playing: bool = False
    visible: bool = False
    right: bool = False


@dataclass(frozen=True)
class Terms:
    """By what a session is counted. `window`: ms that the closing question waits."""

    rule: Rule
    lesson: Lesson
    window: int


@dataclass(frozen=True)
class Session:
    """`rows` are those of the ledger; `seed` is what its draws must begin from; `whole`: no event is missing or too many."""

    id: str
    key: Key
    edition: int
    terms: Terms
    first: State
    seed: str
    opened: int
    closed: int | None
    told: tuple[Told, ...]
    whole: bool
    rows: tuple[Post, ...]


@dataclass(frozen=True)
class Outside:
    """Rows of the ledger that no player told, written together: a page, a quiz, or what nobody confirmed in time.

    `vouched`: people answer for them, by a signature or a decision; `taken`: they take back what had counted.
    """

    key: Key
    at: int
    kind: str
    rows: tuple[Post, ...]
    cap: int
    vouched: bool = False
    taken: bool = False

    @property
    def lapsed(self) -> bool:
        return all(row.reason == "unconfirmed" for row in self.rows)


@dataclass(frozen=True)
class Stored:
    """`strays`: rows of the ledger that name a session the learner does not have. `lessons`: covered, and held."""

    sessions: tuple[Session, ...]
    outside: tuple[Outside, ...]
    lessons: tuple[tuple[Key, Ranges, tuple[Stretch, ...]], ...] = ()
    strays: tuple[tuple[str, Post], ...] = ()


@dataclass(frozen=True)
class Difference:
    """`source`: the session, or "page" and the like. A row missing on one side is None; `what` names what is no row."""

    source: str
    key: Key
    counted: Post | None = None
    written: Post | None = None
    what: str = ""


@dataclass
class Sum:
    """Milliseconds of one enrolment. `credited` by the beats, before any question was answered."""

    credited: int = 0
    confirmed: int = 0
    waiting: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass
class _Memory:
    """What is known of a lesson between its sessions."""

    covered: Ranges = ()
    held: tuple[Stretch, ...] = ()
    held_at: int = 0
    window: int = 0
    position: int = 0
    high_water: int = 0
    checks: int = 0
    failures: int = 0


class Book:
    """One way of counting: the lessons' memories, the rows written so far, and their sums by enrolment."""

    def __init__(self) -> None:
        self.memory: dict[Key, _Memory] = defaultdict(_Memory)
        self.live: Key | None = None
        self.state: State | None = None
        self.walls: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.used: dict[int, int] = defaultdict(int)
        self.sums: dict[int, Sum] = defaultdict(Sum)
        self.elsewhere = self.shut = self.early = 0

    # -- rows -----------------------------------------------------------------------------------------------------

    def write(self, key: Key, posts: Iterable[Post], cap: int) -> list[Post]:
        final = fitted(posts, self._taken, cap)
        for post in final:
            self._enter(key, post)
        return final

    def _enter(self, key: Key, post: Post) -> None:
        total = self.sums[key[0]]
        if post.reason:
            total.refused[post.reason] += post.credit
            return
        total.confirmed += post.credit
        self.used[day_of(post.wall_to)] += post.credit
        for day in range(day_of(post.wall_from + 1), day_of(post.wall_to) + 1):
            self.walls[day].append((post.wall_from, post.wall_to))

    def _taken(self, start: int, end: int) -> Taken:
        days = range(day_of(start + 1), day_of(end) + 1)
        return [wall for day in days for wall in self.walls[day]], defaultdict(int, self.used)

    def _merge(self, key: Key, final: Iterable[Post]) -> Ranges:
        written = ranges.merged(piece for post in final if not post.reason for piece in post.media)
        mine = self.memory[key]
        mine.covered = ranges.merged(mine.covered + written)
        return written

    # -- what happens ---------------------------------------------------------------------------------------------

    def opening(self, session: Session, terms: Terms, *, checks: int, failures: int) -> State:
        """The first state, as the sessions before it left the lesson. `checks`, `failures`: what else has changed them."""
        mine, at = self.memory[session.key], session.opened
        held = mine.held
        state = counting.opened(
            terms.rule,
            at=at,
            position=min(session.first.position, terms.lesson.length),
            seed=session.seed,
            day_left=max(0, terms.rule.daily_cap - self.used[day_of(at + 1)] - self._held_today(at)),
            covered=ranges.merged(mine.covered + _media(held)),
            held=held,
            high_water=mine.high_water,
            checks=max(0, mine.checks + checks),
            failures=max(0, mine.failures + failures),
        )
        mine.held = ()
        self.live = session.key
        return state

    def _held_today(self, at: int) -> int:
        start = counting.day_end(at) - DAY
        held = [stretch for mine in self.memory.values() for stretch in mine.held]
        return sum(stretch.credit for stretch in held if stretch.wall_to > start)

    def settle(self, session: Session, terms: Terms, step: counting.Step) -> list[Post]:
        """Write what a step gave; media that the ledger has no room for can be earned again."""
        posts = unseen(step.posts, self.memory[session.key].covered)
        final = self.write(session.key, posts, terms.rule.daily_cap) if posts else []
        written = self._merge(session.key, final)
        wanted = ranges.merged(piece for post in step.posts if not post.reason for piece in post.media)
        self.state = counting.without(step.state, ranges.without(wanted, written))
        self.sums[session.key[0]].credited += step.credit
        return final

    def end(self, session: Session, terms: Terms) -> list[Post]:
        final = self.settle(session, terms, counting.ended(self.state))
        mine, state = self.memory[session.key], self.state
        mine.held, mine.held_at, mine.window = state.held, session.closed, terms.window
        mine.position, mine.high_water = state.position, state.high_water
        mine.checks, mine.failures = state.checks, state.failures
        self.live = None
        return final

    def lapse(self, key: Key) -> list[Post]:
        posts = counting.lapsed(self.memory[key].held)
        self.memory[key].held = ()
        return self.write(key, posts, 0)

    def lapse_due(self, at: int) -> None:
        for key, mine in self.memory.items():
            if mine.held and mine.held_at + mine.window <= at:
                self.lapse(key)

    def read(self, told: Outside, cap: int) -> list[Post]:
        """The question of a page answers for what was held, too; the rest of its rows stay as they were written."""
        mine = self.memory[told.key]
        reason = "check_failed" if any(row.reason == "check_failed" for row in told.rows) else ""
        posts = [Post(s.wall_from, s.wall_to, s.media, s.credit) for s in mine.held]
        posts = [replace(post, reason=reason or post.reason) for post in unseen(posts, mine.covered)]
        mine.held = ()
        final = self.write(told.key, posts, cap)
        self._merge(told.key, final)
        return final

    def take(self, told: Outside, rows: Iterable[Post], cap: int) -> None:
        """Rows that only the ledger knows; nothing counts a second time."""
        for row in rows:
            media = ranges.without(row.media, self.memory[told.key].covered)
            post = replace(row, media=media, credit=ranges.total(media)) if not row.reason else row
            if post.credit or post.reason:
                self._merge(told.key, self.write(told.key, [post], cap))

    def take_back(self, key: Key, rows: Iterable[Post]) -> None:
        """At most what this book has of it. The minutes and the day of the credit stay used."""
        mine = self.memory[key]
        for row in rows:
            rest = ranges.without(mine.covered, row.media)
            here = ranges.total(mine.covered) - ranges.total(rest)
            mine.covered = rest
            self.sums[key[0]].confirmed -= min(row.credit, here)

    def close(self, at: int | None) -> None:
        """At the end of all: what nobody can confirm any more, and what still waits."""
        if at is not None:
            self.lapse_due(at)
        for key, mine in self.memory.items():
            self.sums[key[0]].waiting += sum(stretch.credit for stretch in mine.held)
        if self.live:
            self.sums[self.live[0]].waiting += self.state.provisional


def _media(held: Iterable[Stretch]) -> Ranges:
    return ranges.merged(piece for stretch in held for piece in stretch.media)


@dataclass
class Replay:
    """`was` is the book by the editions of the day; `would`, by the other terms; None where none were asked for."""

    was: Book
    would: Book | None
    differences: list[Difference]


def replay(
    stored: Stored,
    *,
    other: Callable[[Session], Terms] | None = None,
    other_cap: Callable[[Outside], int] | None = None,
    at: int | None = None,
) -> Replay:
    """Count again. `at`: now, for what nobody has confirmed in time under the other terms."""
    again = _Again(stored, other, other_cap)
    for session, event in heapq.merge(_sessions(stored), _outside(stored), key=lambda row: row[1][:2]):
        again.hear(session, event[2])
    again.compare_rest()
    if again.would:
        again.would.close(at)
    again.was.close(None)
    return Replay(again.was, again.would, again.differences)


_OPEN, _END = "open", "end"
_Event = tuple[int, int, object]
"""Moment; order within the moment; what: a Told, an Outside, or one of the two words."""


def _sessions(stored: Stored) -> Iterator[tuple[Session | None, _Event]]:
    """One learner has one live session, so they follow one another; by their ends, which no skew of clocks swaps."""
    for session in sorted(stored.sessions, key=lambda s: (s.closed is None, s.closed or 0, s.opened)):
        yield session, (session.opened, 3, _OPEN)
        for told in session.told:
            yield session, (told.at, 0, told)
        if session.closed is not None:
            yield session, (session.closed, 1, _END)


def _outside(stored: Stored) -> Iterator[tuple[Session | None, _Event]]:
    for told in sorted(stored.outside, key=lambda row: row.at):
        yield None, (told.at, 2, told)


class _Again:
    def __init__(
        self,
        stored: Stored,
        other: Callable[[Session], Terms] | None,
        other_cap: Callable[[Outside], int] | None,
    ) -> None:
        self.stored, self.other, self.other_cap = stored, other, other_cap
        self.was, self.would = Book(), Book() if other else None
        self.differences: list[Difference] = []
        self.rows: list[Post] = []
        self.terms: Terms | None = None
        self.overdue = False

    def hear(self, session: Session | None, event: object) -> None:
        if isinstance(event, Outside):
            self._outside(event)
        elif event == _OPEN:
            self._open(session)
        elif event == _END:
            self._end(session)
        else:
            self._told(session, event)

    def _differ(self, session: Session, what: str) -> None:
        self.differences.append(Difference(session.id, session.key, what=what))

    def _open(self, session: Session) -> None:
        self.rows = []
        mine = self.was.memory[session.key]
        first, terms = session.first, session.terms
        asked = first.check is not None
        changed = {
            "checks": first.checks - asked - mine.checks,
            "failures": first.failures - mine.failures,
        }
        state = self.was.opening(session, terms, **changed)
        if counting.asked(terms.rule, terms.lesson, state) != first:
            self._differ(session, "opening")
        if not session.whole:
            self._differ(session, "beats")
        self.was.state = first
        if self.would:
            self.would.lapse_due(session.opened)
            self.terms, self.overdue = self.other(session), False
            state = self.would.opening(session, self.terms, **changed)
            self.would.state = self._as_asked(state, session.opened, asked=asked)
        if session.closed is None and not session.told:
            self._compare(session)

    def _as_asked(self, state: State, at: int, *, asked: bool) -> State:
        """Ask what was really asked; count where the other edition would have asked and nobody did, or the reverse."""
        book, terms = self.would, self.terms
        opens = asked and state.held and not state.check
        due = counting.due(terms.rule, terms.lesson, state)
        book.elsewhere += not (due or self.overdue) if opens else due and not self.overdue
        self.overdue = due and not opens
        return counting.ask(terms.rule, state, at) if opens else state

    def _told(self, session: Session, told: Told) -> None:
        before = self.was.state
        step = _step(session.terms, before, told)
        if step is None:
            self._differ(session, "event")
        else:
            self.rows += self.was.settle(session, session.terms, step)
        if self.would:
            now = self.was.state.check
            asked = now is not None and (before.check is None or before.check.number != now.number)
            self._told_other(session, told, asked=asked, closes=step is not None and step.closes_lesson)
        if session.closed is None and told is session.told[-1]:
            self._compare(session)

    def _told_other(self, session: Session, told: Told, *, asked: bool, closes: bool) -> None:
        book, terms = self.would, self.terms
        # a question comes with the beat that reached it, however early that beat is for the other edition
        heard = replace(terms, rule=replace(terms.rule, min_gap=0)) if asked else terms
        step = _step(heard, book.state, told, asks=False)
        if step is None and told.kind == "b":
            book.early += 1
        elif step is None:  # an answer to a question that this edition has not open: the clock starts anew
            book.state = replace(book.state, at=max(told.at, book.state.at), going=False, spare=0)
        else:
            book.settle(session, terms, step)
            if step.closes_lesson and not closes:
                book.shut += 1
                book.state = replace(book.state, failures=0)
        if told.kind == "b":
            book.state = self._as_asked(book.state, told.at, asked=asked)

    def _end(self, session: Session) -> None:
        self.rows += self.was.end(session, session.terms)
        if self.would:
            self.would.end(session, self.terms)
        self._compare(session)

    def _outside(self, told: Outside) -> None:
        if self.would:
            self.would.lapse_due(told.at)
        if told.taken:
            for book in filter(None, (self.was, self.would)):
                book.take_back(told.key, told.rows)
            return
        cap = self.other_cap(told) if self.other_cap else told.cap
        if told.lapsed:
            self._pair(told.kind, told.key, self.was.lapse(told.key), told.rows)
            return
        known = []
        if told.kind != "quiz" and not told.vouched:
            known = self.was.read(told, told.cap)
            if self.would:
                self.would.read(told, cap)
        self._pair(told.kind, told.key, known, told.rows[: len(known)])
        rest = told.rows[len(known) :]
        for row in rest:
            self.was._enter(told.key, row)  # noqa: SLF001 - as it was written, whether it fits or not
        self.was._merge(told.key, rest)  # noqa: SLF001
        if self.would:
            self.would.take(told, rest, cap)

    def _compare(self, session: Session) -> None:
        self._pair(session.id, session.key, self.rows, session.rows)

    def _pair(self, source: str, key: Key, counted: Iterable[Post], written: Iterable[Post]) -> None:
        counted, written = list(counted), list(written)
        for place in range(max(len(counted), len(written))):
            ours = _comparable(counted[place]) if place < len(counted) else None
            theirs = written[place] if place < len(written) else None
            if ours != theirs:
                self.differences.append(Difference(source, key, ours, theirs))

    def compare_rest(self) -> None:
        for key, covered, held in self.stored.lessons:
            mine = self.was.memory[key]
            if (mine.covered, mine.held) != (covered, held):
                self.differences.append(Difference("", key, what="lesson"))
        for source, row in self.stored.strays:
            self.differences.append(Difference(source, (0, 0), None, row))


def _comparable(post: Post) -> Post:
    """A row of the ledger is never shorter than a millisecond."""
    return replace(post, wall_to=max(post.wall_to, post.wall_from + 1))


def _step(terms: Terms, state: State, told: Told, *, asks: bool = True) -> counting.Step | None:
    """None where the event could not have been: a beat too soon, an answer that nobody asked for."""
    if told.kind == "m":
        return counting.Step(counting.more_time(terms.rule, state, at=told.at))
    if told.kind == "a":
        if state.check is None:
            return None
        return counting.answer(terms.rule, state, at=told.at, right=told.right)
    try:
        return counting.beat(
            terms.rule,
            terms.lesson,
            state,
            at=told.at,
            position=told.position,
            start=told.start,
            playing=told.playing,
            visible=told.visible,
            asks=asks,
        )
    except counting.TooSoon:
        return None
