"""The rule by which a second of learning counts. Pure: no clock, no database, no randomness but the session's seed.

A session is a `State`; what happens to it (a beat, an answer, its end) is a function from a state to the next one,
with what is to be written in the ledger. The same events over the same first state and rule give the same ledger,
so an audit can run a session again. All times are whole milliseconds; moments count from the Unix epoch.

Steps are numbered as in docs/counted-time.md: 2 gaps, 3 paused or hidden, 4 seeks, 5 no skipping, 6 presence checks,
7 confirmation, 9 the daily cap. Step 1 (order of beats) belongs to the session's row: learners/services/beats.py.
"""

import hashlib
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from learners import ranges
from learners.ranges import Ranges
from learners.states import Check, Lesson, Post, Rule, State, Step, Stretch, TooSoon

DAY: Final = 86_400_000
SHANGHAI: Final = 8 * 3_600_000
"""China keeps one time and no summer time, so midnight there is plain arithmetic."""
END_SLACK: Final = 250
"""Browsers stop a few frames before or after the catalogued end; within this the end is reached."""
FAST: Final = 5 / 4
"""Media faster than this against the clock is told apart from a late or early beat."""
MORE_TIME: Final = 3
"""How often the time to answer a check can be extended."""


def share(rate: int) -> Fraction:
    """How much of what is watched counts at this speed (in per cent): a beat credits no more media than its clock."""
    return min(Fraction(1), Fraction(100, rate))


def day_end(at: int) -> int:
    """The next midnight in Shanghai."""
    return ((at + SHANGHAI) // DAY + 1) * DAY - SHANGHAI


def threshold(rule: Rule, state: State) -> int:
    """Provisional ms at which the next check is due: uniform between the edition's bounds, drawn from the secret seed."""
    digest = hashlib.sha256(f"{state.seed}|{state.checks}".encode()).digest()
    return rule.check_min + int.from_bytes(digest[:8], "big") % (rule.check_max - rule.check_min + 1)


def opened(
    rule: Rule, *, at: int, position: int, seed: str, day_left: int | None = None, **carried: Any
) -> State:
    """The first state of a session. `carried`: covered, held, high_water, failures from earlier sessions of the lesson."""
    return State(
        at=at,
        position=position,
        high_water=carried.pop("high_water", 0),
        day_ends=day_end(at),
        day_left=rule.daily_cap if day_left is None else day_left,
        seed=seed,
        **carried,
    )


# -- a beat ---------------------------------------------------------------------------------------------------------


def beat(
    rule: Rule,
    lesson: Lesson,
    state: State,
    *,
    at: int,
    position: int,
    playing: bool,
    visible: bool,
    start: int | None = None,
    asks: bool = True,
) -> Step:
    """One beat. `start` is where play went on after a jump the player itself reports; without it, where the last beat was.

    `playing`: media played since the last beat. `visible`: the page could be seen while it played. `asks`: False where
    a replay under other numbers knows which questions were really asked. Raises TooSoon.
    """
    gap = at - state.at
    if gap < rule.min_gap:
        raise TooSoon(rule.min_gap - gap)
    failed = Step(state)
    if state.check and at > state.check.until:
        failed = _fail(rule, state, "check_missed")
        state = failed.state
    state = _new_day(rule, state, at)
    position = _within(lesson, position)
    begin = state.position if start is None else _within(lesson, start)
    if lesson.reading:
        begin, position = _page_time(lesson, state, gap)
    refusal = _refusal(rule, lesson, state, gap, begin, position, playing=playing, visible=visible)
    if failed.posts:
        refusal = "check_missed"
    if refusal:
        step = _no_credit(rule, lesson, state, at, begin, position, refusal)
    else:
        step = _credit(rule, lesson, state, at, begin, position, jumped=begin != state.position)
    state = _ask(rule, lesson, step.state, at) if asks else step.state
    if state is step.state and not failed.reason:
        return step
    return replace(
        step,
        state=state,
        posts=failed.posts + step.posts,
        back_to=failed.back_to if failed.back_to is not None else step.back_to,
        closes_lesson=failed.closes_lesson,
    )


def _within(lesson: Lesson, position: int) -> int:
    position = max(0, min(position, lesson.length))
    return lesson.length if lesson.length - position <= END_SLACK else position


def _page_time(lesson: Lesson, state: State, gap: int) -> tuple[int, int]:
    """A page has no play head: its time goes on from the first unread moment, as fast as the clock."""
    unread = ranges.without([(0, lesson.length)], state.covered)
    begin = unread[0][0] if unread else lesson.length
    return begin, min(lesson.length, begin + gap)


def _refusal(
    rule: Rule,
    lesson: Lesson,
    state: State,
    gap: int,
    begin: int,
    position: int,
    *,
    playing: bool,
    visible: bool,
) -> str:
    moved = position - begin
    tests = (
        ("gap", gap > rule.max_gap),
        ("check_pending", state.check is not None),
        ("hidden", not visible),
        ("paused", not playing),
        ("past_mark", lesson.no_skip and not lesson.reading and begin > state.high_water + rule.seek_slack),
        ("seek", moved < 0 or moved > 2 * gap + rule.seek_slack),
    )
    return next((reason for reason, holds in tests if holds), "")


def _new_day(rule: Rule, state: State, at: int) -> State:
    """A beat that crosses midnight belongs to the day in which it arrives."""
    if at < state.day_ends:
        return state
    return replace(state, day_ends=day_end(at), day_left=rule.daily_cap, going=False, spare=0)


def _no_credit(
    rule: Rule, lesson: Lesson, state: State, at: int, begin: int, position: int, reason: str
) -> Step:
    """Time passes and earns nothing. Only what moved is written down as refused: a paused player lost nothing."""
    gap, moved = at - state.at, position - begin
    if moved > 0 and reason not in ("check_pending", "check_missed"):
        media = ((begin, position),) if moved <= 2 * gap + rule.seek_slack else ()
        state = _note(state, Post(state.at, at, media, min(moved, gap), reason))
    go_back = state.high_water if reason == "past_mark" else None
    unseen = reason in ("hidden", "check_pending", "check_missed")
    spare = 0 if unseen else min(rule.seek_slack, gap)
    after = replace(state, at=at, position=position, going=False, spare=spare)
    return Step(after, reason=reason, back_to=go_back)


def _credit(
    rule: Rule, lesson: Lesson, state: State, at: int, begin: int, position: int, *, jumped: bool
) -> Step:
    gap = at - state.at
    grows = state.going and not jumped and bool(state.held)
    spare = state.spare if grows or not state.going else 0
    budget = gap + spare
    reach_back = max(0, begin - rule.seek_slack) if grows else begin
    fresh = ranges.without([(reach_back, position)], state.covered)
    allowed = min(budget, state.day_left)
    media = ranges.first(fresh, allowed)
    credit = ranges.total(media)
    wall_from = state.at - spare
    held = state.held
    if credit:
        last = held[-1] if grows else Stretch(wall_from, at, ())
        grown = Stretch(last.wall_from, at, ranges.merged(last.media + media))
        held = (*held[:-1], grown) if grows else (*held, grown)
    after = replace(
        state,
        at=at,
        position=position,
        high_water=max(state.high_water, position),
        covered=ranges.merged(state.covered + media),
        held=held,
        going=bool(credit),
        spare=min(rule.beat, budget - credit) if credit else min(rule.seek_slack, gap),
        day_left=state.day_left - credit,
    )
    return _explain_rest(after, Step(after, credit), gap, begin, position, fresh, budget, since=state.at)


def _explain_rest(
    state: State, step: Step, gap: int, begin: int, position: int, fresh: Ranges, budget: int, *, since: int
) -> Step:
    """Why less counted than was played: seen before, faster than the clock, or the day is full."""
    moved, left = position - begin, ranges.without(fresh, state.covered)
    repeated = moved - sum(end - max(start, begin) for start, end in fresh if end > begin)
    reason = ""
    if left and min(budget, ranges.total(fresh)) > step.credit:
        reason = "daily_cap"
    elif left and moved > gap * FAST:
        reason = "fast"
    elif repeated > 0:
        reason, left = "repeat", ()
    if not reason:
        return step
    lost = repeated if reason == "repeat" else ranges.total(left)
    state = _note(state, Post(since, state.at, left, min(lost, gap), reason))
    return replace(step, state=state, reason=reason)


def _note(state: State, post: Post) -> State:
    """Refusals of one reason are gathered until the next row is due, so that a ledger stays readable."""
    same = next((r for r in state.refused if r.reason == post.reason), None)
    if same:
        post = Post(
            same.wall_from,
            post.wall_to,
            ranges.merged(same.media + post.media),
            same.credit + post.credit,
            post.reason,
        )
    others = tuple(r for r in state.refused if r.reason != post.reason)
    return replace(state, refused=(*others, post))


# -- presence checks ------------------------------------------------------------------------------------------------


def _ask(rule: Rule, lesson: Lesson, state: State, at: int) -> State:
    return ask(rule, state, at) if due(rule, lesson, state) else state


def due(rule: Rule, lesson: Lesson, state: State) -> bool:
    """A check is due at the drawn threshold, and at the end of the lesson: the closing question."""
    held = state.provisional
    if state.check or held <= 0:
        return False
    if state.position >= lesson.length or ranges.is_whole(state.covered, lesson.length):
        return True
    return held >= rule.check_min and held >= threshold(rule, state)


def quiet_until(rule: Rule, lesson: Lesson, state: State) -> int:
    """Until when (not included) film that only plays on brings nothing that has to be said or written at once.

    That is: no question, no end of the lesson, no full day. What is told until then may be counted later, and comes to
    the same; `state.at` where nothing may wait.
    """
    if state.check or lesson.reading:
        return state.at
    unseen = ranges.total(ranges.without([(0, lesson.length)], state.covered))
    # No sequence of beats credits more than the time that passed and what was spare before.
    left = min(threshold(rule, state) - state.provisional, unseen, state.day_left) - state.spare
    return min(state.day_ends, state.at + max(0, left))


def ask(rule: Rule, state: State, at: int) -> State:
    check = Check(state.checks + 1, at, at + rule.check_answer)
    return replace(state, check=check, checks=check.number, going=False)


def more_time(rule: Rule, state: State, *, at: int) -> State:
    """The learner asks for more time to answer; granted MORE_TIME times while the check is open."""
    check = state.check
    if check is None or at > check.until or check.extended >= MORE_TIME:
        return state
    return replace(
        state, check=replace(check, until=check.until + rule.check_answer, extended=check.extended + 1)
    )


def answer(rule: Rule, state: State, *, at: int, right: bool) -> Step:
    """The open check is answered. The clock starts anew: the time spent on a question is neither paid nor charged."""
    if state.check is None:
        raise ValueError("no check is open")
    if at > state.check.until:
        step = _fail(rule, state, "check_missed")
    elif right:
        step = _confirm(state)
    else:
        step = _fail(rule, state, "check_failed")
    # The film went on for a moment before the player heard of the question; that much of the pause may be used.
    spare = max(0, min(rule.seek_slack, at - state.check.since))
    return replace(step, state=replace(step.state, at=max(at, state.at), going=False, spare=spare))


def _confirm(state: State) -> Step:
    posts = tuple(Post(s.wall_from, s.wall_to, s.media, s.credit) for s in state.held)
    return Step(replace(state, held=(), refused=(), check=None), posts=posts + state.refused)


def _fail(rule: Rule, state: State, reason: str) -> Step:
    """Only the time since the last pass is void, and it can be watched again."""
    lost = ranges.merged(piece for stretch in state.held for piece in stretch.media)
    posts = tuple(Post(s.wall_from, s.wall_to, s.media, s.credit, reason) for s in state.held)
    failures = state.failures + 1
    after = replace(
        state,
        held=(),
        refused=(),
        check=None,
        failures=failures,
        covered=ranges.without(state.covered, lost),
        day_left=state.day_left + sum(s.credit for s in state.held if s.wall_to > state.day_ends - DAY),
    )
    return Step(
        after,
        reason=reason,
        back_to=lost[0][0] if lost else None,
        posts=posts + state.refused,
        closes_lesson=failures >= rule.check_failures,
    )


def ended(state: State) -> Step:
    """The session ends: refusals are written, provisional credit stays held for the closing question.

    An unanswered check is put back, so that leaving does not draw another question.
    """
    checks = state.checks - (state.check is not None)
    after = replace(state, refused=(), check=None, checks=checks, going=False, spare=0)
    return Step(after, posts=state.refused)


def lapsed(held: tuple[Stretch, ...]) -> tuple[Post, ...]:
    """Nobody answered the closing question in time: what was held is refused."""
    return tuple(Post(s.wall_from, s.wall_to, s.media, s.credit, "unconfirmed") for s in held)


def without(state: State, media: Ranges) -> State:
    """Media that the ledger could not take can be earned again."""
    return replace(state, covered=ranges.without(state.covered, media)) if media else state


def asked(rule: Rule, lesson: Lesson, state: State) -> State:
    """At the opening: what was held from an earlier session may be waiting for its question already."""
    return _ask(rule, lesson, state, state.at)
