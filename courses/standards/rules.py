"""The rules a standard may hold. The set is closed: a misspelt rule would silently let a course pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Sense(StrEnum):
    """Which way is stricter."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MEASURE = "measure"
    """Neither: it says how something is measured."""


class Unit(StrEnum):
    HOURS = "hours"
    """Class hours (学时); kept as tenths."""
    PERCENT = "percent"
    SECONDS = "seconds"
    MINUTES = "minutes"
    QUESTIONS = "questions"
    ATTEMPTS = "attempts"
    CHARACTERS = "characters"
    """Characters read in a minute."""
    YES = "yes"
    """1 where it is demanded."""


class Freedom(StrEnum):
    """What the nation lets a province do with a rule."""

    FLOOR = "floor"
    """Raise it."""
    CEILING = "ceiling"
    """Lower it."""
    FIXED = "fixed"
    """Nothing."""
    OPEN = "open"
    """Set it as it likes: the nation's value holds where the province says nothing."""


@dataclass(frozen=True, slots=True)
class RuleType:
    """A value lies between `low` and `high`, in the unit it is kept in. `default` holds where no standard says it."""

    sense: Sense
    unit: Unit
    low: int
    high: int
    default: int | None = None

    @property
    def freedoms(self) -> tuple[Freedom, ...]:
        side = {Sense.AT_LEAST: (Freedom.FLOOR,), Sense.AT_MOST: (Freedom.CEILING,), Sense.MEASURE: ()}
        return (*side[self.sense], Freedom.FIXED, Freedom.OPEN)

    def stricter(self, one: int, other: int) -> int:
        """Not for a measure, which has no stricter side."""
        return max(one, other) if self.sense == Sense.AT_LEAST else min(one, other)

    def holds(self, actual: int, needed: int) -> bool:
        return actual >= needed if self.sense == Sense.AT_LEAST else actual <= needed


_AT_LEAST, _AT_MOST, _MEASURE = Sense.AT_LEAST, Sense.AT_MOST, Sense.MEASURE
_MOST_HOURS = 20_000
RULES: Mapping[str, RuleType] = MappingProxyType(
    {
        "class_hour_seconds": RuleType(_MEASURE, Unit.SECONDS, 10, 7_200, default=2_700),
        "reading_pace": RuleType(_MEASURE, Unit.CHARACTERS, 50, 10_000, default=300),
        "min_hours": RuleType(_AT_LEAST, Unit.HOURS, 1, _MOST_HOURS),
        "max_hours": RuleType(_AT_MOST, Unit.HOURS, 1, _MOST_HOURS),
        "theory_min": RuleType(_AT_LEAST, Unit.PERCENT, 0, 100),
        "practice_min": RuleType(_AT_LEAST, Unit.PERCENT, 0, 100),
        "online_max": RuleType(_AT_MOST, Unit.PERCENT, 0, 100),
        "lesson_max_seconds": RuleType(_AT_MOST, Unit.SECONDS, 10, 86_400),
        "workshop_captions": RuleType(_AT_LEAST, Unit.YES, 0, 1),
        "bank_min": RuleType(_AT_LEAST, Unit.QUESTIONS, 1, 10_000),
        "exam_questions": RuleType(_AT_LEAST, Unit.QUESTIONS, 1, 200),
        "exam_pass_mark": RuleType(_AT_LEAST, Unit.PERCENT, 1, 100),
        "exam_minutes": RuleType(_AT_LEAST, Unit.MINUTES, 1, 300),
        "exam_attempts": RuleType(_AT_MOST, Unit.ATTEMPTS, 1, 20),
    }
)
"""In the order in which pages name them. A class hour of 45 minutes and 300 characters a minute are the defaults."""

MODULES = ("law", "safety", "fire", "ethics", "health", "environment", "quality", "skills")
"""Modules that every standard may name without naming them in words."""
MODULE = "module:"
_MODULE_TYPE = RuleType(_AT_LEAST, Unit.HOURS, 1, _MOST_HOURS)


def type_of(key: str) -> RuleType:
    """The type of a rule, or of a mandatory module (`module:law`). Raises KeyError for any other key."""
    return _MODULE_TYPE if key.startswith(MODULE) else RULES[key]


@dataclass(frozen=True, slots=True)
class Bound:
    """The value of a rule. What only `warns` does not block; `freedom` is the nation's word to its provinces."""

    value: int
    freedom: Freedom = Freedom.FIXED
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Standard:
    """`bounds` by the name of the rule; a mandatory module is `module:` and its code. `names`: code → (zh, en)."""

    bounds: Mapping[str, Bound] = field(default_factory=dict)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def value(self, key: str) -> int | None:
        """The value of a rule, else its default, else None."""
        bound = self.bounds.get(key)
        return bound.value if bound else type_of(key).default

    @property
    def modules(self) -> dict[str, Bound]:
        return {k.removeprefix(MODULE): bound for k, bound in self.bounds.items() if k.startswith(MODULE)}
