"""What a player told, in few bytes: a beat is six or seven, so that a year of them is kept for every learner.

An event is one byte of kind and flags, then numbers of seven bits a byte (LEB128; signed ones zigzag): the milliseconds
since the event before, and for a beat how far the film had moved, where it went on after a jump, and its speed where that
was not normal. The first event of a piece of tape counts from the opening of the session and the beginning of the film.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

BEAT, ANSWER, MORE_TIME = "beat", "answer", "more time"
PLAYING, VISIBLE, RIGHT = 1, 2, 4
NORMAL_RATE: Final = 100

_KINDS: Final = (BEAT, ANSWER, MORE_TIME)
_FLAGS_AT, _HAS_START, _HAS_RATE = 2, 1 << 5, 1 << 6


class Event(NamedTuple):
    """`at` in ms since the session was opened, `position` and `start` in ms of the film, `rate` in per cent."""

    kind: str
    at: int
    position: int = 0
    start: int | None = None
    flags: int = 0
    rate: int = NORMAL_RATE


class Place(NamedTuple):
    """How far a piece of tape has come: what the next event is told against."""

    at: int = 0
    position: int = 0

    def after(self, event: Event) -> "Place":
        return Place(event.at, event.position if event.kind == BEAT else self.position)


def packed(event: Event, place: Place) -> bytes:
    """One event, to be appended. `place` is that of the event before, or `Place()` at the beginning of a piece."""
    head = _KINDS.index(event.kind) | event.flags << _FLAGS_AT
    tail = bytearray(_number(event.at - place.at))
    if event.kind == BEAT:
        tail += _number(_zigzag(event.position - place.position))
        if event.start is not None:
            head |= _HAS_START
            tail += _number(_zigzag(event.start - place.position))
        if event.rate != NORMAL_RATE:
            head |= _HAS_RATE
            tail += _number(event.rate)
    return bytes([head]) + bytes(tail)


def events(piece: bytes) -> Iterator[Event]:
    """The events of one piece, in order. Raises ValueError where it ends within one or holds what no event is."""
    numbers = iter(piece)
    place = Place()
    for head in numbers:
        kind = head & 3
        if kind >= len(_KINDS):
            raise ValueError("a piece of tape holds an unknown kind of event")
        event = Event(_KINDS[kind], place.at + _read(numbers), flags=head >> _FLAGS_AT & 7)
        if event.kind == BEAT:
            position = place.position + _unzigzag(_read(numbers))
            start = place.position + _unzigzag(_read(numbers)) if head & _HAS_START else None
            rate = _read(numbers) if head & _HAS_RATE else NORMAL_RATE
            event = event._replace(position=position, start=start, rate=rate)
        yield event
        place = place.after(event)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _unzigzag(number: int) -> int:
    return number >> 1 if not number & 1 else -(number + 1 >> 1)


def _number(number: int) -> bytes:
    """Raises ValueError below zero: time does not run backwards within a session."""
    if number < 0:
        raise ValueError("an event lies before the one before it")
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 -- seven bits
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _read(numbers: Iterator[int]) -> int:
    number = shift = 0
    for byte in numbers:
        number |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 -- the last byte of a number
            return number
        shift += 7
    raise ValueError("a piece of tape ends within a number")
