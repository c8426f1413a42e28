"""The rule of calls in a live class, alone: over drawn moments and any presses."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from learners.calls import draw, roll, settled
from learners.counting import Rule

RULE = Rule()
MINUTE = 60_000
END = 45 * MINUTE
SEEDS = st.text(min_size=1, max_size=8)


def answered(seed, until=END, delay=5_000, skip=()):
    """Presses of somebody who answers each call after `delay`, but those in `skip`; they come back 30 s after a miss."""
    pressed = {}
    while (found := roll(RULE, seed, since=0, end=END, pressed=pressed)).call:
        call = found.call
        if call.due > until or (call.last and call.number in skip):
            break
        late = call.until + 30_000
        pressed[call.number] = late if call.number in skip else call.due + delay
    return pressed


@given(SEEDS)
def test_whoever_answers_each_call_is_confirmed_from_end_to_end(seed):
    found = settled(RULE, seed, since=0, end=END, pressed=answered(seed))
    assert sum(b - a for a, b in found.confirmed) == END
    assert found.missed == ()


@given(SEEDS, st.integers(1, 3))
def test_a_missed_call_voids_only_its_interval(seed, number):
    found = settled(RULE, seed, since=0, end=END, pressed=answered(seed, skip={number}))
    whole = settled(RULE, seed, since=0, end=END, pressed=answered(seed))
    if number > len(whole.confirmed):
        return
    assert found.confirmed[: number - 1] == whole.confirmed[: number - 1]
    assert found.missed == (whole.confirmed[number - 1],)


@given(SEEDS)
def test_checking_in_and_leaving_earns_nothing(seed):
    found = settled(RULE, seed, since=0, end=END, pressed={})
    assert (found.confirmed, found.missed) == ((), ((0, END),))


@given(SEEDS, st.dictionaries(st.integers(1, 9), st.integers(0, 2 * END), max_size=9))
def test_no_presses_earn_more_than_the_class_or_the_same_moment_twice(seed, pressed):
    found = settled(RULE, seed, since=0, end=END, pressed=pressed)
    pieces = sorted([*found.confirmed, *found.missed])
    assert all(a < b for a, b in pieces)
    assert all(one[1] <= two[0] for one, two in pairwise(pieces))
    assert pieces[-1][1] <= END


@given(SEEDS, st.integers(1, 50))
def test_calls_come_when_the_edition_says(seed, number):
    assert RULE.check_min <= draw(RULE, seed, number) <= RULE.check_max


def test_the_last_call_comes_at_the_end():
    pressed = answered("x", until=END - 1)
    call = roll(RULE, "x", since=0, end=END, pressed=pressed).call
    assert (call.due, call.last) == (END, True)
    found = roll(RULE, "x", since=0, end=END, pressed=pressed)
    assert not found.is_late(END + 10 * MINUTE)
    assert found.is_open(END + RULE.check_answer)
