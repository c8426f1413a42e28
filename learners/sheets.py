"""An assessor's paper as plain values: what a form said, what is still missing, and what it comes to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from learners.agreement import TOP_LEVEL, Paper, score

LONGEST = 1000
"""Characters of a comment."""
_MOMENT = re.compile(r"(?:(\d{1,3})[:：])?(\d{1,5})")


@dataclass(frozen=True)
class Mark:
    """A criterion's level at a moment of the film (seconds)."""

    level: int | None = None
    second: int | None = None
    comment: str = ""

    @property
    def is_whole(self) -> bool:
        return self.level is not None and self.second is not None and bool(self.comment)


@dataclass(frozen=True)
class Ruling:
    """Whether a safety rule was broken, and where."""

    breached: bool | None = None
    second: int | None = None
    comment: str = ""

    @property
    def is_whole(self) -> bool:
        return self.breached is False or (
            self.breached is True and self.second is not None and bool(self.comment)
        )


@dataclass(frozen=True)
class Sheet:
    marks: Mapping[int, Mark]
    rules: Mapping[int, Ruling]
    advice: str = ""

    @property
    def missing(self) -> int:
        """How many rows are not whole yet."""
        return sum(not row.is_whole for row in (*self.marks.values(), *self.rules.values()))

    @property
    def done(self) -> int:
        return len(self.marks) + len(self.rules) - self.missing

    def paper(self, weights: Mapping[int, int], failing: frozenset[int]) -> Paper:
        """Of a sheet without anything missing."""
        levels = {number: mark.level for number, mark in self.marks.items()}
        broken = {number for number, ruling in self.rules.items() if ruling.breached}
        return Paper(score(levels, weights), frozenset(broken & failing))

    def stored(self) -> dict[str, object]:
        return {
            "marks": {str(n): vars(mark) for n, mark in self.marks.items()},
            "rules": {str(n): vars(ruling) for n, ruling in self.rules.items()},
            "advice": self.advice,
        }


def _of(kind: type, row: object) -> object:
    return kind(**row) if isinstance(row, dict) else kind()


def sheet_of(stored: Mapping, *, criteria: Iterable[int], rules: Iterable[int]) -> Sheet:
    """What is stored, with an empty row for each criterion and rule that is not marked yet."""
    marks, ruled = stored.get("marks", {}), stored.get("rules", {})
    return Sheet(
        {n: _of(Mark, marks.get(str(n))) for n in criteria},
        {n: _of(Ruling, ruled.get(str(n))) for n in rules},
        stored.get("advice", ""),
    )


def _level(text: str) -> int | None:
    return int(text) if len(text) == 1 and text in "0123"[: TOP_LEVEL + 1] else None


def moment_of(text: str) -> int | None:
    """Seconds of `1:05`, `65`; None where it is neither. Digits and colons of a Chinese keyboard are plain ones."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    minutes, seconds = found.groups()
    return int(minutes or 0) * 60 + int(seconds)


def typed_sheet(
    data: Mapping[str, str], *, criteria: Iterable[int], rules: Iterable[int], most_seconds: int
) -> tuple[Sheet, set[str]]:
    """A form's fields (`level-1`, `at-1`, `why-1`; `broken-1`, `broken-at-1`, `broken-why-1`; `advice`), and the names of
    those whose moment cannot be read or lies outside the film.
    """
    bad: set[str] = set()

    def second(name: str) -> int | None:
        typed = data.get(name, "").strip()
        found = moment_of(typed)
        if typed and (found is None or found > most_seconds):
            bad.add(name)
            return None
        return found

    def comment(name: str) -> str:
        return data.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST]

    marks = {
        n: Mark(_level(data.get(f"level-{n}", "")), second(f"at-{n}"), comment(f"why-{n}")) for n in criteria
    }
    said = {"yes": True, "no": False}
    ruled = {
        n: Ruling(said.get(data.get(f"broken-{n}", "")), second(f"broken-at-{n}"), comment(f"broken-why-{n}"))
        for n in rules
    }
    return Sheet(marks, ruled, comment("advice")), bad
