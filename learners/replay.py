"""A learner's time counted again from what was stored: by the editions it was counted by, or by others. Pure.

`Stored` is what the tables hold of one learner; `replay` goes through it in the order of its moments and keeps two
books. The first follows the editions of the day and must come to the very rows of the ledger; each place where it
does not is a `Difference`. The second, where other terms are asked for, is what would have been written under them.

The second book cannot know what nobody did. Its questions are the ones that were really asked, with the answers that
were really given; where its own edition would have asked at another moment is only counted (`elsewhere`). A lesson
that it would have shut goes on as if a person had opened it at once (`shut`). A beat too early for it changes nothing
(`early`). What no player told (quizzes, pages read without a script, classes) and what people decided stays as it was
written, and so does what was seen of a package and what it declared; what that is worth is counted again.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from learners import counting, tape
from learners.books import Book, Difference, Key, Outside, Package, Session, Stored, Terms, Told
from learners.states import Post, State, Step


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
    for session, event in heapq.merge(
        _sessions(stored), _packages(stored), _outside(stored), key=lambda row: row[1][:2]
    ):
        again.hear(session, event[2])
    again.compare_rest()
    if again.would:
        again.would.close(at)
    again.was.close(None)
    return Replay(again.was, again.would, again.differences)


_OPEN, _END = "open", "end"
_Event = tuple[int, int, object]
"""Moment; order within the moment; what: a Told, a Package, an Outside, or one of the two words."""


def _sessions(stored: Stored) -> Iterator[tuple[Session | None, _Event]]:
    """One learner has one live session, so they follow one another; by their ends, which no skew of clocks swaps."""
    for session in sorted(stored.sessions, key=lambda s: (s.closed is None, s.closed or 0, s.opened)):
        yield session, (session.opened, 3, _OPEN)
        for told in session.told:
            yield session, (told.at, 0, told)
        if session.closed is not None:
            yield session, (session.closed, 1, _END)


def _packages(stored: Stored) -> Iterator[tuple[Session | None, _Event]]:
    for package in sorted(stored.packages, key=lambda row: row.closed):
        yield None, (package.closed, 1, package)


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
        elif isinstance(event, Package):
            self._package(event)
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
        if step is None and told.kind == tape.BEAT:
            book.early += 1
        elif step is None:  # an answer to a question that this edition has not open: the clock starts anew
            book.state = replace(book.state, at=max(told.at, book.state.at), going=False, spare=0)
        else:
            book.settle(session, terms, step)
            if step.closes_lesson and not closes:
                book.shut += 1
                book.state = replace(book.state, failures=0)
        if told.kind == tape.BEAT:
            book.state = self._as_asked(book.state, told.at, asked=asked)

    def _end(self, session: Session) -> None:
        self.rows += self.was.end(session, session.terms)
        if self.would:
            self.would.end(session, self.terms)
        self._compare(session)

    def _package(self, package: Package) -> None:
        if self.would:
            self.would.lapse_due(package.closed)
            self.would.leave(package)
        self._pair(package.id, package.key, self.was.leave(package), package.rows)

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


def _step(terms: Terms, state: State, told: Told, *, asks: bool = True) -> Step | None:
    """None where the event could not have been: a beat too soon, an answer that nobody asked for."""
    if told.kind == tape.MORE_TIME:
        return Step(counting.more_time(terms.rule, state, at=told.at))
    if told.kind == tape.ANSWER:
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
