"""What a player told, in bytes and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners import tape

POSITION = st.integers(0, 2**31 - 1)
TOLD = st.builds(
    tape.Event,
    kind=st.just(tape.BEAT),
    at=st.just(0),
    position=POSITION,
    start=st.none() | POSITION,
    flags=st.integers(0, 7),
    rate=st.integers(1, 10_000),
)
ASKED = st.builds(
    tape.Event,
    kind=st.sampled_from([tape.ANSWER, tape.MORE_TIME]),
    at=st.just(0),
    position=st.just(0),
    start=st.none(),
    flags=st.integers(0, 7),
    rate=st.just(tape.NORMAL_RATE),
)
EVENTS = st.lists(st.tuples(st.integers(0, 10**9), TOLD | ASKED), max_size=30)


def timed(drawn):
    at, events = 0, []
    for gap, event in drawn:
        at += gap
        events.append(event._replace(at=at))
    return events


def on_tape(events):
    piece, place = b"", tape.Place()
    for event in events:
        piece += tape.packed(event, place)
        place = place.after(event)
    return piece


@given(EVENTS)
def test_what_was_told_is_read_again(drawn):
    events = timed(drawn)
    assert list(tape.events(on_tape(events))) == events


def test_an_honest_beat_takes_six_bytes():
    beats = [tape.Event(tape.BEAT, n * 15_000, n * 15_000, flags=3) for n in range(1, 41)]
    assert len(on_tape(beats)) == 40 * 6


@given(EVENTS.filter(bool), st.data())
def test_a_torn_tape_is_not_read_silently(drawn, data):
    """Cut within an event it raises; cut between two it is shorter."""
    events = timed(drawn)
    piece = on_tape(events)
    cut = piece[: data.draw(st.integers(0, len(piece) - 1))]
    try:
        read = list(tape.events(cut))
    except ValueError:
        return
    assert read == events[: len(read)]
    assert len(read) < len(events)


def test_an_unknown_kind_is_not_read():
    with pytest.raises(ValueError, match="unknown kind"):
        list(tape.events(b"\x03\x00"))


def test_time_does_not_run_backwards_on_a_tape():
    with pytest.raises(ValueError, match="before"):
        tape.packed(tape.Event(tape.ANSWER, 5), tape.Place(at=6))
