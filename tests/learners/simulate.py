"""Viewers and cheats against the pure rule: who watches how, and what it earns."""

import random
from dataclasses import dataclass, field

from learners import counting, ranges
from learners.states import Lesson, Rule, State

START = 1_773_626_400_000
"""16 March 2026, 10:00 in Shanghai."""
FORTY_FIVE = 45 * 60_000


@dataclass
class Run:
    """One session told event by event; keeps the events, so that they can be run again."""

    lesson: Lesson
    rule: Rule = field(default_factory=Rule)
    seed: str = "seed"
    answers: object = None
    now: int = START

    def __post_init__(self):
        self.first = self.state = counting.opened(self.rule, at=self.now, position=0, seed=self.seed)
        self.events, self.posts, self.closed = [], [], False
        self.steps = []
        self.answers = self.answers or (lambda: True)

    def _take(self, step):
        self.state = step.state
        self.posts += step.posts
        self.steps.append(step)
        self.closed = self.closed or step.closes_lesson
        return step

    def beat(self, gap, position, *, playing=True, visible=True, start=None):
        """Raises TooSoon like the rule."""
        event = {
            "at": self.now + gap,
            "position": position,
            "playing": playing,
            "visible": visible,
            "start": start,
        }
        step = counting.beat(self.rule, self.lesson, self.state, **event)
        self.now += gap
        self.events.append(("beat", event))
        return self._take(step)

    def answer(self, right, wait=5_000):
        self.now += wait
        event = {"at": self.now, "right": right}
        self.events.append(("answer", event))
        return self._take(counting.answer(self.rule, self.state, **event))

    def watch(
        self, *, rate=1.0, beat=15_000, lost=0.0, jitter=0, until=None, begin=0, dice=None, visible=True
    ):
        """Play from `begin`; a lost beat is told again with the next. Answers checks with `answers()`."""
        dice = dice or random.Random(7)  # noqa: S311
        position, pending, late = begin, 0, 0
        until = self.lesson.length if until is None else until
        while position < until and not self.closed:
            position = min(until, position + round(beat * rate))
            pending += beat
            if dice.random() < lost and position < until:
                continue
            delay = dice.randint(0, jitter) if jitter else 0
            self.beat(max(self.rule.min_gap, pending + delay - late), position, visible=visible)
            pending, late = 0, delay
            if self.state.check:
                self.answer(self.answers())
                late = 0
        return self

    @property
    def counted(self):
        return sum(post.credit for post in self.posts if not post.reason)

    @property
    def share(self):
        return self.counted / self.lesson.length


def again(run: Run) -> list:
    """The rows for the ledger when the stored events are run once more from the stored first state."""
    state, posts = State.from_json(run.first.to_json()), []
    for kind, event in run.events:
        if kind == "beat":
            step = counting.beat(run.rule, run.lesson, state, **event)
        else:
            step = counting.answer(run.rule, state, **event)
        state = State.from_json(step.state.to_json())
        posts += step.posts
    return posts


def unique_media(run: Run) -> int:
    return ranges.total(ranges.merged(piece for post in run.posts if not post.reason for piece in post.media))
