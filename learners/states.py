"""What counting works on: the rule's numbers, the lesson, a session's state, and what an event did to it.

All times are whole milliseconds; moments count from the Unix epoch.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

from learners import ranges
from learners.ranges import Ranges


class TooSoon(Exception):  # noqa: N818 - it is what happened
    """A beat before the smallest gap. Nothing changed; `wait` says how many ms are missing."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"{wait} ms too soon")


@dataclass(frozen=True)
class Rule:
    """The numbers of one edition that the counting of a session needs; milliseconds."""

    beat: int = 15_000
    min_gap: int = 7_500
    max_gap: int = 120_000
    seek_slack: int = 2_000
    check_min: int = 480_000
    check_max: int = 900_000
    check_answer: int = 60_000
    check_failures: int = 3
    daily_cap: int = 7 * 2_700_000


@dataclass(frozen=True)
class Lesson:
    """`length`: of the film, or the reading time of a page. `reading`: the page's time runs by itself while it is open."""

    length: int
    no_skip: bool = False
    reading: bool = False


@dataclass(frozen=True)
class Stretch:
    """Uninterrupted credit: the media it covers is never longer than the wall time it took."""

    wall_from: int
    wall_to: int
    media: Ranges

    @property
    def credit(self) -> int:
        return ranges.total(self.media)


@dataclass(frozen=True)
class Post:
    """A row for the ledger. A credit has no reason; a refusal always has one."""

    wall_from: int
    wall_to: int
    media: Ranges
    credit: int
    reason: str = ""


@dataclass(frozen=True)
class Check:
    number: int
    since: int
    until: int
    extended: int = 0


@dataclass(frozen=True)
class State:
    at: int
    position: int
    high_water: int
    day_ends: int
    day_left: int
    seed: str = ""
    covered: Ranges = ()
    """Media confirmed or provisional: it cannot be earned again."""
    held: tuple[Stretch, ...] = ()
    """Provisional credit, waiting for the next passed check."""
    going: bool = False
    """The last held stretch may still grow."""
    spare: int = 0
    """Wall time not yet credited that the next beat may use: it evens out early and late arrivals."""
    refused: tuple[Post, ...] = ()
    check: Check | None = None
    checks: int = 0
    failures: int = 0

    @property
    def provisional(self) -> int:
        return sum(stretch.credit for stretch in self.held)

    def to_json(self) -> dict[str, Any]:
        kept = dict(self.__dict__)
        kept["held"] = [h.__dict__ for h in self.held]
        kept["refused"] = [r.__dict__ for r in self.refused]
        kept["check"] = self.check.__dict__ if self.check else None
        return kept

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "State":
        """Names that this version does not know are left out."""
        kept = {name: value for name, value in data.items() if name in _STATE_FIELDS}
        kept["covered"] = ranges.from_json(kept["covered"])
        kept["held"] = tuple(
            Stretch(h["wall_from"], h["wall_to"], ranges.from_json(h["media"])) for h in kept["held"]
        )
        kept["refused"] = tuple(
            Post(r["wall_from"], r["wall_to"], ranges.from_json(r["media"]), r["credit"], r["reason"])
            for r in kept["refused"]
        )
        kept["check"] = Check(**kept["check"]) if kept["check"] else None
        return cls(**kept)


_STATE_FIELDS: Final = frozenset(f.name for f in fields(State))


@dataclass(frozen=True)
class Step:
    """What an event did: the next state, the ms credited (provisionally), why not more, and rows for the ledger."""

    state: State
    credit: int = 0
    reason: str = ""
    back_to: int | None = None
    posts: tuple[Post, ...] = ()
    closes_lesson: bool = False
