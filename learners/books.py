"""What is stored of a learner's time, and the book that one way of counting writes of it. Pure; see learners/replay.py."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from learners import counting, declared, ranges
from learners.counting import DAY
from learners.fitting import Taken, day_of, fitted, unseen
from learners.ranges import Ranges
from learners.states import Lesson, Post, Rule, State, Step, Stretch

Key = tuple[int, int]
"""Enrolment and lesson."""


@dataclass(frozen=True)
class Told:
    """An event of a session as stored; `kind` is one of learners/tape.py, `at` a moment."""

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
class Package:
    """A package's session that is over. `seen` and `declared` are taken as they were written; `rows` as in the ledger."""

    id: str
    key: Key
    opened: int
    closed: int
    seen: Ranges
    declared: int
    length: int
    slack: int
    window: int
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
    packages: tuple[Package, ...] = ()
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

    def settle(self, session: Session, terms: Terms, step: Step) -> list[Post]:
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

    def leave(self, package: Package) -> list[Post]:
        """What a package has earned waits for its question; what it has not is refused."""
        mine = self.memory[package.key]
        held, posts = declared.worth(
            package.seen,
            package.declared,
            ranges.without([(0, package.length)], mine.covered + _media(mine.held)),
            opened=package.opened,
            closed=package.closed,
            slack=package.slack,
        )
        if held:
            mine.held, mine.held_at, mine.window = mine.held + held, package.closed, package.window
        self.sums[package.key[0]].credited += sum(stretch.credit for stretch in held)
        return self.write(package.key, posts, 0)

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
