import datetime as dt
import struct
from typing import NamedTuple, Protocol

from learners import counting, tape
from learners.models import PlaySession
from learners.selectors import editions
from learners.states import Lesson, Rule, State, Step
from portal import clock

AHEAD = struct.Struct(">QI")
"""A beat that was taken and not yet counted: ms since the epoch, ms of the film. It plays at normal speed and is seen."""


class Playing(Protocol):
    """A session, whole or as far as a beat reads it. `last` may be empty: nothing was told yet."""

    state: str
    ending: str
    seq: int
    nonce: str
    last_nonce: str
    last: dict[str, object]
    edition_id: int
    answer_ms: int
    lesson_id: int
    length_ms: int
    no_skip: bool
    reading: bool
    opened_at: dt.datetime
    now: dict[str, object]
    taped: int
    ahead: bytes


class Standing(NamedTuple):
    """How a session stands when what was told ahead is counted too; `piece` is that, for the tape."""

    state: State
    last: dict[str, object]
    piece: bytes


def standing(session: Playing) -> Standing:
    state, last, piece = State.from_json(session.now), session.last, b""
    for event in _told_ahead(session):
        step = counted(session, state, event)
        if step.posts:
            raise RuntimeError("a beat that was taken without being counted has rows for the ledger")
        place = place_of(last, session.taped + len(piece))
        piece += tape.packed(event, place)
        state, last = step.state, last_of(step, place.after(event))
    return Standing(state, last, piece)


def counted(session: Playing, state: State, event: tape.Event) -> Step:
    """Raises counting.TooSoon."""
    return counting.beat(
        rule_for(session),
        lesson_for(session),
        state,
        at=clock.milliseconds(session.opened_at) + event.at,
        position=event.position,
        playing=bool(event.flags & tape.PLAYING),
        visible=bool(event.flags & tape.VISIBLE),
        start=event.start,
    )


def rule_for(session: Playing) -> Rule:
    return editions.rule(session.edition_id, session.answer_ms)


def lesson_for(session: Playing) -> Lesson:
    return Lesson(length=session.length_ms, no_skip=session.no_skip, reading=session.reading)


def place_of(last: dict[str, object], taped: int) -> tape.Place:
    """What the next event is told against. `taped`: how many bytes lie on the session's tape, which begins anew when put away."""
    return tape.Place(last["at"], last["position"]) if taped else tape.Place()


def last_of(step: Step, place: tape.Place) -> dict[str, object]:
    """What `PlaySession.last` says of a step."""
    return {
        "credit": step.credit,
        "reason": step.reason,
        "back_to": step.back_to,
        "at": place.at,
        "position": place.position,
    }


def events_of(session: PlaySession) -> list[tape.Event]:
    """Everything that a player told in a session, in order: what it takes to count the session again.

    Of many sessions with one statement where their `tapes` are prefetched.
    """
    pieces = sorted(session.tapes.all(), key=lambda piece: piece.number)
    told = [*(piece.events for piece in pieces), session.tape]
    return [event for piece in told for event in tape.events(bytes(piece))] + _told_ahead(session)


def _told_ahead(session: Playing) -> list[tape.Event]:
    opened, flags = clock.milliseconds(session.opened_at), tape.PLAYING | tape.VISIBLE
    return [
        tape.Event(tape.BEAT, at - opened, position, None, flags)
        for at, position in AHEAD.iter_unpack(session.ahead)
    ]
