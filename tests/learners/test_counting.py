"""The rule itself, without a database: its properties, and what honest people and cheats earn."""

import itertools
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learners import counting, ranges
from learners.counting import DAY
from learners.reasons import REASONS
from learners.states import Lesson, Rule, TooSoon
from tests.learners.simulate import FORTY_FIVE, START, Run, again, unique_media

GAPS = st.one_of(
    st.integers(-20_000, 400_000), st.sampled_from([7_500, 15_000, 15_200, 120_000, 120_001, DAY])
)
BEATS = st.tuples(
    st.just("beat"),
    GAPS,
    st.integers(-10_000, FORTY_FIVE + 10_000),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([True, True, True, False]),
    st.one_of(st.none(), st.integers(0, FORTY_FIVE)),
)
PLAYS = st.tuples(st.just("play"), st.integers(1, 40), st.sampled_from([0.5, 1.0, 1.0, 1.0, 1.5, 2.0, 16.0]))
ANSWERS = st.tuples(st.just("answer"), st.booleans(), st.integers(0, 90_000))
EVENTS = st.lists(st.one_of(BEATS, PLAYS, PLAYS, ANSWERS), max_size=40)


def run_of(events, lesson, rule=None):
    run = Run(lesson, rule or Rule())
    for kind, *rest in events:
        if kind == "answer":
            if run.state.check:
                run.answer(rest[0], wait=rest[1])
            continue
        if kind == "play":
            for _ in range(rest[0]):
                run.beat(15_000, run.state.position + round(15_000 * rest[1]))
            continue
        gap, position, playing, visible, start = rest
        try:
            run.beat(gap, position, playing=playing, visible=visible, start=start)
        except TooSoon:
            continue
    return run


LESSONS = st.builds(
    Lesson,
    length=st.sampled_from([60_000, 600_000, FORTY_FIVE]),
    no_skip=st.booleans(),
    reading=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(events=EVENTS, lesson=LESSONS)
def test_whatever_happens_the_rule_holds(events, lesson):
    run = run_of(events, lesson)
    earned = [post for post in run.posts if not post.reason]
    # counted <= wall, and counted <= duration
    assert run.counted <= run.now - START
    assert run.counted <= lesson.length
    # each media millisecond once
    assert run.counted == unique_media(run)
    # each wall millisecond once, and no row holds more than its wall time
    spans = sorted((post.wall_from, post.wall_to) for post in earned)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert all(post.credit <= post.wall_to - post.wall_from for post in run.posts)
    assert all(START <= post.wall_from < post.wall_to <= run.now for post in earned)
    # every refusal has a reason with a sentence; no row is empty of meaning
    assert all(post.reason in REASONS for post in run.posts if post.reason)
    for step in run.steps:
        assert step.reason == "" or step.reason in REASONS
    # what is held is what is covered and not yet confirmed
    held = ranges.merged(piece for stretch in run.state.held for piece in stretch.media)
    assert ranges.total(held) == run.state.provisional
    assert ranges.without(held, run.state.covered) == ()
    # the day's cap
    assert run.state.day_left >= 0


AHEAD = st.lists(st.tuples(st.integers(7_500, 60_000), st.integers(0, FORTY_FIVE)), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(events=EVENTS, lesson=LESSONS, ahead=AHEAD)
def test_until_the_moment_it_says_nothing_has_to_be_told(events, lesson, ahead):
    """However play goes on: no row for the ledger, no question, no full day."""
    run = run_of(events, lesson)
    state, until = run.state, counting.quiet_until(run.rule, lesson, run.state)
    at = state.at
    assert at <= until <= max(at, state.day_ends)
    for gap, position in ahead:
        at += gap
        if at >= until:
            return
        place = min(position, lesson.length - counting.END_SLACK - 1)
        step = counting.beat(run.rule, lesson, state, at=at, position=place, playing=True, visible=True)
        assert step.posts == ()
        assert step.state.check is None
        assert step.state.day_left > 0
        state = step.state


def test_most_of_an_honest_viewing_is_quiet():
    lesson = Lesson(FORTY_FIVE)
    run, quiet = Run(lesson), []
    while run.state.position < FORTY_FIVE:
        run.beat(15_000, run.state.position + 15_000)
        quiet.append(counting.quiet_until(run.rule, lesson, run.state) - run.state.at >= 60_000)
        if run.state.check:
            run.answer(right=True)
    assert sum(quiet) > 0.8 * len(quiet)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, lesson=LESSONS)
def test_the_stored_events_give_the_same_ledger_again(events, lesson):
    run = run_of(events, lesson)
    assert again(run) == run.posts


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, extra=st.lists(st.integers(0, 10_000), max_size=30), lesson=LESSONS)
def test_repeating_old_positions_never_raises_the_sum(events, extra, lesson):
    """Once all is counted, no replay of any position earns anything."""
    run = Run(lesson).watch()
    for back in extra:
        run.beat(15_000, back)
        if run.state.check:
            run.answer(right=True)
    assert run.counted <= lesson.length
    before = run.counted
    if run.counted == lesson.length:
        for kind, *rest in events:
            if kind == "beat" and rest[0] >= 7_500:
                run.beat(rest[0], rest[1], start=rest[4])
        assert run.counted == before
        assert run.state.check is None


@given(events=EVENTS)
@settings(max_examples=40, deadline=None)
def test_a_refused_beat_changes_nothing(events):
    run = run_of(events, Lesson(FORTY_FIVE))
    before = run.state
    with pytest.raises(TooSoon) as caught:
        counting.beat(
            run.rule, run.lesson, before, at=before.at + 7_499, position=0, playing=True, visible=True
        )
    assert caught.value.wait == 1
    assert run.state == before


# -- honest people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jitter", [0, 300, 1_900])
def test_an_honest_viewing_reaches_100_percent(jitter):
    run = Run(Lesson(FORTY_FIVE), now=START).watch(jitter=jitter)
    assert run.share >= (1 if jitter < 2_000 else 0.999)
    assert run.state.provisional == 0


def test_a_film_that_ends_between_two_beats_is_counted_to_its_end():
    run = Run(Lesson(37_000), Rule(beat=3_000, min_gap=1_500, check_min=20_000, check_max=30_000))
    run.watch(beat=3_000)
    assert run.counted == 37_000


def test_a_third_of_the_beats_lost_costs_next_to_nothing():
    shares = [
        Run(Lesson(FORTY_FIVE), seed=str(n)).watch(lost=0.3, jitter=500, dice=random.Random(n)).share  # noqa: S311
        for n in range(40)
    ]
    assert statistics.mean(shares) >= 0.995


def test_a_gap_of_more_than_two_minutes_costs_the_gap_and_no_more():
    run = Run(Lesson(FORTY_FIVE))
    run.beat(15_000, 15_000)
    step = run.beat(300_000, 315_000)
    assert (step.credit, step.reason) == (0, "gap")
    assert run.beat(15_000, 330_000).credit == 15_000


def test_a_declared_jump_back_counts_from_where_it_landed():
    """A learner goes back to a hole of three seconds: the hole is filled."""
    run = Run(Lesson(FORTY_FIVE))
    run.beat(15_000, 15_000)
    run.beat(15_000, 60_000, start=45_000)
    assert ranges.total(run.state.covered) == 30_000
    run.beat(15_000, 28_000, start=14_000)
    assert run.state.covered == ((0, 28_000), (45_000, 60_000))


def test_time_on_a_question_is_neither_paid_nor_charged():
    run = Run(Lesson(FORTY_FIVE))
    while not run.state.check:
        run.beat(15_000, run.state.position + 15_000)
    assert run.beat(15_000, run.state.position).reason == "check_pending"
    run.answer(right=True)
    assert run.counted == unique_media(run) > 0
    assert run.beat(15_000, run.state.position + 15_000).credit == 15_000


def test_more_time_for_a_question_is_granted_three_times():
    run = Run(Lesson(20_000))
    run.beat(15_000, 15_000)
    run.beat(15_000, 20_000)
    state = run.state
    for _ in range(5):
        state = counting.more_time(run.rule, state, at=run.now)
    assert state.check.until == run.state.check.until + 3 * 60_000


def test_a_failed_check_voids_only_the_time_since_the_last_pass():
    run = Run(Lesson(FORTY_FIVE))
    passes = 0
    while passes < 2:
        run.beat(15_000, run.state.position + 15_000)
        if run.state.check:
            run.answer(right=passes == 0)
            passes += 1
    assert run.counted > 0
    lost = [post for post in run.posts if post.reason == "check_failed"]
    assert lost
    assert not run.closed
    # and it can be watched again
    start = lost[0].media[0][0]
    assert run.beat(15_000, start + 15_000, start=start).credit == 15_000


def test_the_third_failure_closes_the_lesson():
    run = Run(Lesson(FORTY_FIVE))
    while run.state.failures < 3:
        run.beat(15_000, run.state.position + 15_000)
        if run.state.check:
            run.answer(right=False)
    assert run.closed


def test_a_question_left_open_is_missed_by_the_next_beat():
    run = Run(Lesson(20_000))
    run.beat(15_000, 15_000)
    run.beat(15_000, 20_000)
    step = run.beat(60_001, 20_000)
    assert step.reason == "check_missed"
    assert [post.reason for post in step.posts] == ["check_missed"]
    assert step.back_to == 0


def test_leaving_does_not_draw_another_question():
    run = Run(Lesson(20_000))
    run.beat(15_000, 15_000)
    run.beat(15_000, 20_000)
    assert run.state.check.number == 1
    step = counting.ended(run.state)
    assert step.state.checks == 0
    assert step.state.provisional == 20_000


# -- the figures of docs/counted-time.md ----------------------------------------------------------------------------


def test_double_speed_earns_half():
    assert Run(Lesson(FORTY_FIVE)).watch(rate=2).share == pytest.approx(0.5, abs=0.01)


def test_double_speed_twice_earns_it_all_and_took_as_long():
    run = Run(Lesson(FORTY_FIVE)).watch(rate=2)
    run.beat(15_000, 0)
    run.watch(rate=2)
    assert run.counted <= run.now - START


def test_sixteen_times_the_speed_earns_nothing():
    assert Run(Lesson(FORTY_FIVE)).watch(rate=16).share <= 0.001


def test_seeking_to_95_percent_earns_what_was_played():
    run = Run(Lesson(FORTY_FIVE))
    run.beat(15_000, int(FORTY_FIVE * 0.95))
    run.watch(begin=int(FORTY_FIVE * 0.95))
    assert run.share == pytest.approx(0.05, abs=0.005)


def test_seeking_in_a_no_skip_course_earns_nothing_and_says_where_to_go_back():
    run = Run(Lesson(FORTY_FIVE, no_skip=True))
    run.beat(15_000, 15_000)
    run.beat(15_000, int(FORTY_FIVE * 0.95))
    step = run.beat(15_000, int(FORTY_FIVE * 0.95) + 15_000)
    assert (step.credit, step.reason, step.back_to) == (0, "past_mark", 15_000)
    run.watch(begin=int(FORTY_FIVE * 0.95))
    assert run.state.provisional + run.counted == 15_000


def test_a_hidden_tab_earns_nothing():
    run = Run(Lesson(FORTY_FIVE)).watch(visible=False)
    assert run.counted == run.state.provisional == 0
    assert {step.reason for step in run.steps} == {"hidden"}


def test_a_forged_end_earns_nothing():
    run = Run(Lesson(FORTY_FIVE))
    step = run.beat(15_000, FORTY_FIVE)
    assert (step.credit, step.reason) == (0, "seek")
    assert run.state.check is None


def test_a_robot_that_guesses_one_in_four_earns_little():
    """It plays in real time and answers at random until the lesson closes."""
    shares = []
    for n in range(300):
        dice = random.Random(n)  # noqa: S311
        run = Run(Lesson(FORTY_FIVE), seed=str(n))
        # From the second failure on two questions are asked, both must be right.
        run.answers = lambda run=run, dice=dice: dice.random() < (1 / 4 if run.state.failures < 1 else 1 / 16)
        run.watch()
        shares.append(run.share)
    assert statistics.mean(shares) == pytest.approx(0.089, abs=0.05)


def test_the_day_is_full_after_seven_hours_and_new_after_midnight():
    rule = Rule(daily_cap=30_000)
    run = Run(Lesson(FORTY_FIVE), rule)
    run.beat(15_000, 15_000)
    run.beat(15_000, 30_000)
    step = run.beat(15_000, 45_000)
    assert (step.credit, step.reason) == (0, "daily_cap")
    midnight = counting.day_end(run.now)
    run.beat(midnight - run.now + 1_000, 45_000)
    assert run.beat(15_000, 60_000).credit == 15_000


def test_a_page_earns_by_the_clock_up_to_its_reading_time():
    run = Run(Lesson(60_000, reading=True))
    for _ in range(10):
        run.beat(15_000, 0)
        if run.state.check:
            run.answer(right=True)
    assert run.counted == 60_000
