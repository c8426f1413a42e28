"""Reading facts that may be missing, null or nonsense.

A fact that cannot be read is not known: it never counts for or against a person. Nonsense is kept as a *problem* with a
sentence, so that whoever sent it can mend it; it is never guessed at and never stops the other claims of a file.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
KINDS = frozenset({"level", "special", "completion"})
LEVELS = frozenset({1, 2, 3, 4, 5})
SEXES = frozenset({"M", "F"})
ABSENT = object()
QUOTED = 40
ISO_LENGTH = len("2020-06-09")


class FactError(ValueError):
    """One fact cannot be read. The message is a sentence in English."""


def as_date(value: Any) -> date:
    """An ISO date between 1900 and 2999."""
    text = value.strip() if isinstance(value, str) else ""
    day = _day(text) if len(text) == ISO_LENGTH else None
    if day is None:
        raise FactError(f"{shown(value)} is not a date such as 2020-06-09")
    return day


@lru_cache(maxsize=20_000)
def _day(text: str) -> date | None:
    """Kept, as the days of many claims are the same few thousand."""
    try:
        day = date.fromisoformat(text) if DATE.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def as_amount(value: Any) -> Fraction:
    """Hours (学时 of 45 minutes) or days: a decimal string or number, not negative, exact."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise FactError(f"{shown(value)} is not a decimal number such as 39.5")
    # The pattern is tried before Fraction sees the text: Fraction("1e999999999") would fill the memory.
    text = str(value).strip() if not isinstance(value, int) or abs(value) < 10**9 else "too long"
    if not AMOUNT.fullmatch(text):
        raise FactError(f"{shown(value)} is not a decimal number such as 39.5")
    return _fraction(text)


_fraction = lru_cache(maxsize=20_000)(Fraction)
MOST_FEN = 10**15


def as_money(value: Any) -> Fraction:
    """Fen, as an integer below ten trillion yuan, or as `as_amount` reads it: sums outgrow hours."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_FEN:
        return Fraction(value)
    return as_amount(value)


def as_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise FactError(f"{shown(value)} is neither true nor false")


def as_level(value: Any) -> int:
    """5 (初级) to 1 (高级技师); the text "4" is taken as 4."""
    if isinstance(value, str) and value.strip() in {"1", "2", "3", "4", "5"}:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value in LEVELS:
        return value
    raise FactError(f"{shown(value)} is not a level from 5 to 1")


def as_word(value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise FactError(f"{shown(value)} is not a code or a word")


def one_of(allowed: frozenset[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        word = as_word(value)
        if word in allowed:
            return word
        raise FactError(f"{shown(value)} is none of {', '.join(sorted(allowed))}")

    return read


def as_words(value: Any) -> frozenset[str]:
    if isinstance(value, (list, tuple, frozenset, set)):  # a union of types takes five times as long
        return frozenset([as_word(one) for one in value])
    raise FactError(f"{shown(value)} is not a list of codes")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the history or of another scheme. None means not known."""

    scheme: str | None
    kind: str | None
    occupation: str | None
    level: int | None
    state: str | None
    submitted_on: date | None


def as_entries(value: Any) -> tuple[Entry, ...]:
    if not isinstance(value, (list, tuple)):
        raise FactError(f"{shown(value)} is not a list of records")
    return tuple([as_entry(one) for one in value])


def as_entry(value: Any) -> Entry:
    if isinstance(value, str):
        value = {"scheme": value}
    if not isinstance(value, Mapping):
        raise FactError(f"{shown(value)} is not a record")
    state = soft(as_word, value.get("state"))
    return Entry(
        scheme=soft(as_word, value.get("scheme")),
        kind=soft(one_of(KINDS), value.get("certificate_kind")),
        occupation=soft(as_word, value.get("occupation")),
        level=soft(as_level, value.get("level")),
        state=state.upper() if state else None,
        submitted_on=soft(as_date, value.get("submitted_on")),
    )


def soft(read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except FactError:
        return None


def shown(value: Any) -> str:
    """A short quotation of what was sent, safe to print."""
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a very large number"
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


_UNTOLD: Mapping[str, Any] = {}
_AS_THEY_ARE = frozenset({str, bool, int, type(None)})
_steps = lru_cache(maxsize=2_000)(lambda path: path.split("."))
"""The parts of a path. Paths are those that policies name."""


@dataclass
class Facts:
    """The facts of one claim, and which of them were asked for."""

    raw: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def value(self, path: str) -> Any:
        here: Any = self.raw
        for step in _steps(path):
            if here is None or here is ABSENT:
                return None
            if type(here) is not dict and not isinstance(
                here, Mapping
            ):  # the first is far cheaper, and nearly always so
                self.problems[path] = f"{path}: {shown(here)} is not an object with named facts."
                return None
            here = here.get(step, ABSENT)
        return None if here is ABSENT else here

    def read(self, path: str, how: Callable[[Any], Any]) -> Any:
        """The fact, or None when it is missing, null or cannot be read."""
        value = self.value(path)
        self.asked[path] = value
        if value is None:
            return None
        try:
            return how(value)
        except FactError as problem:
            self.problems[path] = f"{path}: {problem}."
            return None

    def listed(self) -> list[dict[str, Any]]:
        """Every fact that was asked for, with where it came from, for the explanation record."""
        asked, sources = self.asked, self.sources
        rows = []
        for path in sorted(asked):
            value, told = asked[path], sources.get(path) or _UNTOLD
            get = told.get
            rows.append(
                {
                    "name": path,
                    "value": value if type(value) in _AS_THEY_ARE else plain(value),
                    "source": get("source"),
                    "as_of": get("as_of"),
                    "evidence_id": get("evidence_id"),
                    "declared": bool(get("declared")),
                }
            )
        return rows


@dataclass
class Reader:
    """One rule's look at the facts: remembers what it read and what was not there."""

    facts: Facts
    inputs: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def read(self, path: str, how: Callable[[Any], Any]) -> Any:
        value = self.facts.read(path, how)
        self.inputs[path] = plain(self.facts.asked[path])
        if value is None and path not in self.missing:
            self.missing.append(path)
        return value

    def date(self, path: str) -> date | None:
        return self.read(path, as_date)

    def amount(self, path: str) -> Fraction | None:
        return self.read(path, as_amount)

    def money(self, path: str) -> Fraction | None:
        return self.read(path, as_money)

    def flag(self, path: str) -> bool | None:
        return self.read(path, as_flag)

    def words(self, path: str) -> frozenset[str] | None:
        return self.read(path, as_words)

    def entries(self, path: str) -> tuple[Entry, ...] | None:
        return self.read(path, as_entries)

    def fact(self, path: str) -> Any:
        """A fact by its name, read as what that name stands for."""
        return self.read(path, TYPES.get(path, as_scalar))


def as_scalar(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value
    raise FactError(f"{shown(value)} is not one plain value")


TYPES: dict[str, Callable[[Any], Any]] = {
    "person.sex": one_of(SEXES),
    "certificate.kind": one_of(KINDS),
    "certificate.occupation": as_word,
    "certificate.level": as_level,
}


def plain(value: Any) -> Any:
    """The value as JSON can hold it exactly."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(one) for one in value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def every(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued AND: one No is enough; without a No, one unknown makes it unknown."""
    known = True
    for one in answers:
        if one is False:
            return False
        known = known and one is not None
    return True if known else None
