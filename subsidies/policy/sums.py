"""How a line's sum is reckoned: exact, in fen, from one or more facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

from subsidies.policy import kinds, words
from subsidies.policy.facts import FactError, Reader, as_word, shown
from subsidies.policy.kinds import Kind, Typed, as_count, at_least_one
from subsidies.policy.shape import NOTES, Narrows, Shape, key
from subsidies.policy.words import Words, decimal

_NOTED: dict[str, Any] = {name: {} for name in NOTES}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An exact amount in fen and the reckoning behind it."""

    fen: Fraction
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Shape):
    """`rows` are what people read of it: what is counted, and how much money for it."""

    type: ClassVar[str] = ""
    label: ClassVar[Words] = Words("", "")

    def reckon(self, facts: Reader) -> Reckoned | None:
        """None where `facts.missing` says what is not known."""
        raise NotImplementedError

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Sum):
    """By one fact. A value that the table does not name gives nothing."""

    type: ClassVar[str] = "table"
    label: ClassVar[Words] = Words("按表", "By a table")
    about: ClassVar[Words | None] = Words(
        "按一项事实查表；表中没有的值不发。",
        "By one fact. A value that the table does not name gives nothing.",
    )
    by: str = key(kinds.PATH, "按", "By")
    fen: Mapping[str, int] = key(kinds.TABLE, "标准", "Amounts", narrows=Narrows.DOWN)

    def reckon(self, facts: Reader) -> Reckoned | None:
        value = facts.fact(self.by)
        if value is None:
            return None
        fen = self.fen.get(str(value), 0)
        return Reckoned(Fraction(fen), str(fen))

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        return [
            (words.value(self.by, int(code) if code.isascii() and code.isdigit() else code), words.money(fen))
            for code, fen in sorted(self.fen.items(), reverse=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat(Sum):
    """One sum."""

    type: ClassVar[str] = "flat"
    label: ClassVar[Words] = Words("定额", "One sum")
    about: ClassVar[Words | None] = Words(
        "每人一笔固定金额。",
        "One sum for each person.",
    )
    fen: int = key(kinds.FEN, "金额", "Amount", narrows=Narrows.DOWN)

    def reckon(self, facts: Reader) -> Reckoned | None:
        return Reckoned(Fraction(self.fen), str(self.fen))

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        return [(Words("每人", "Each person"), words.money(self.fen))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed(Sum):
    """The sum that a fact names, such as the price of a contract."""

    type: ClassVar[str] = "agreed"
    label: ClassVar[Words] = Words("按约定金额", "As agreed")
    about: ClassVar[Words | None] = Words(
        "按一项事实所载的金额，例如合同约定的每人价格。",
        "The sum that a fact names, such as the price for one person in a contract.",
    )
    fen_of: str = key(kinds.PATH, "金额取自", "The sum of")

    def reckon(self, facts: Reader) -> Reckoned | None:
        fen = facts.money(self.fen_of)
        return None if fen is None else Reckoned(fen, decimal(fen))

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        return [(Words("每人", "Each person"), words.fact(self.fen_of))]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerHour(Sum):
    """So much for each hour, parts of an hour too."""

    type: ClassVar[str] = "per_hour"
    label: ClassVar[Words] = Words("按学时", "By the hour")
    about: ClassVar[Words | None] = Words(
        "每学时若干元，不足一学时按比例计。",
        "So much for each hour, parts of an hour too.",
    )
    hours: str = key(kinds.PATH, "按", "For each of")
    fen: int = key(kinds.FEN, "每学时", "Each hour", narrows=Narrows.DOWN)

    def reckon(self, facts: Reader) -> Reckoned | None:
        hours = facts.amount(self.hours)
        return None if hours is None else Reckoned(hours * self.fen, f"{decimal(hours)} × {self.fen}")

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        return [(words.PER_HOUR, words.money(self.fen))]


def _as_parts(value: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, list | tuple) or not value:
        raise FactError(f"{shown(value)} is not a list of counts with their fen")
    for one in value:
        if not isinstance(one, Mapping) or set(one) - set(NOTES) != {"count", "fen"}:
            raise FactError(f"{shown(one)} must hold 'count' and 'fen', nothing else")
    return tuple((as_word(one["count"]), as_count(one["fen"])) for one in value)


_PARTS = Kind(
    _as_parts,
    {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {"count": kinds.WORD.schema, "fen": kinds.FEN.schema, **_NOTED},
            "required": ["count", "fen"],
            "additionalProperties": False,
        },
    },
    kinds.listed(lambda part: _each(words.fact(part[0]), part[1])),
    typed=Typed.PARTS,
)


def _each(counted: Words, fen: int) -> Words:
    money = words.money(fen)
    return Words(f"{counted.zh}每个 {money.zh}", f"{money.en} for each of {counted.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOf(Sum):
    """Several counts, each with its own price."""

    type: ClassVar[str] = "sum"
    label: ClassVar[Words] = Words("按多项计数", "By several counts")
    about: ClassVar[Words | None] = Words(
        "若干项计数，各有单价，相加。",
        "Several counts, each with its own price, added up.",
    )
    parts: tuple[tuple[str, int], ...] = key(_PARTS, "各项", "Counts")

    def reckon(self, facts: Reader) -> Reckoned | None:
        counts = [(facts.amount(path), fen) for path, fen in self.parts]
        if any(count is None for count, _ in counts):
            return None
        total = sum((count * fen for count, fen in counts if count is not None), Fraction(0))
        return Reckoned(
            total, " + ".join(f"{decimal(count)} × {fen}" for count, fen in counts if count is not None)
        )

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        return [(words.fact(path), words.money(fen)) for path, fen in self.parts]


@dataclass(frozen=True, slots=True)
class Step:
    """`fen` for each day up to the day `up_to`, which is the last of its step; None for all that follow."""

    up_to: int | None
    fen: int


def _as_steps(value: Any) -> tuple[Step, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise FactError(f"{shown(value)} is not a list of steps")
    for one in value:
        if not isinstance(one, Mapping) or not {"fen"} <= set(one) - set(NOTES) <= {"up_to", "fen"}:
            raise FactError(f"{shown(one)} must hold 'fen' and may hold 'up_to', nothing else")
    steps = tuple(
        Step(None if one.get("up_to") is None else at_least_one(one["up_to"]), as_count(one["fen"]))
        for one in value
    )
    if any(step.up_to is None for step in steps[:-1]):
        raise FactError("only the last step may have no 'up_to'")
    if any(later.up_to is not None and later.up_to <= (step.up_to or 0) for step, later in pairwise(steps)):
        raise FactError("each step must end after the one before it")
    return steps


def _step(step: Step) -> Words:
    money = words.money(step.fen)
    if step.up_to is None:
        return Words(f"以后每天 {money.zh}", f"each further day {money.en}")
    return Words(f"第 {step.up_to} 天以内每天 {money.zh}", f"up to day {step.up_to}, each {money.en}")


_STEPS = Kind(
    _as_steps,
    {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "properties": {
                "up_to": {"anyOf": [kinds.NUMBER.schema, {"type": "null"}]},
                "fen": kinds.FEN.schema,
                **_NOTED,
            },
            "required": ["fen"],
            "additionalProperties": False,
        },
    },
    kinds.listed(_step),
    typed=Typed.STEPS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerDaySteps(Sum):
    """Each day by the step in which it falls; days after the last step that ends give nothing."""

    type: ClassVar[str] = "per_day_steps"
    label: ClassVar[Words] = Words("按天分段", "By the day, in steps")
    about: ClassVar[Words | None] = Words(
        "按天分段计，每天按其所在的段；最后一段有终点的，之后的天数不发。",
        "Each day by the step in which it falls; days after a last step that ends give nothing.",
    )
    days: str = key(kinds.PATH, "按", "For each of")
    steps: tuple[Step, ...] = key(_STEPS, "分段", "Steps")

    def reckon(self, facts: Reader) -> Reckoned | None:
        days = facts.amount(self.days)
        if days is None:
            return None
        total, done, said = Fraction(0), Fraction(0), []
        for step in self.steps:
            here = (days if step.up_to is None else min(days, Fraction(step.up_to))) - done
            if here <= 0:
                break
            total, done = total + here * step.fen, done + here
            said.append(f"{decimal(here)} × {step.fen}")
        return Reckoned(total, " + ".join(said) or "0")

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        return [(_until(step), words.money(step.fen)) for step in self.steps]


def _until(step: Step) -> Words:
    if step.up_to is None:
        return Words("以后每天", "Each further day")
    return Words(f"第 {step.up_to} 天以内每天", f"Each day up to day {step.up_to}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Sum):
    """A share of a standard: standard × part / whole × percent. The share counts as one at most."""

    type: ClassVar[str] = "ratio"
    label: ClassVar[Words] = Words("按比例", "A share of a standard")
    about: ClassVar[Words | None] = Words(
        "标准 × 部分 ÷ 全部 × 百分比；比例最高按 1 计。",
        "Standard × part ÷ whole × percent; the share counts as one at most.",
    )
    fen: int = key(kinds.FEN, "标准", "Standard", narrows=Narrows.DOWN)
    part: str = key(kinds.PATH, "部分", "Part")
    whole: str = key(kinds.PATH, "全部", "Whole")
    percent: Fraction = key(kinds.PERCENT, "百分比", "Percent", default=Fraction(100), narrows=Narrows.DOWN)

    def reckon(self, facts: Reader) -> Reckoned | None:
        part, whole = facts.amount(self.part), facts.amount(self.whole)
        if part is None or whole is None:
            return None
        if whole == 0:
            # Nothing of nothing is no share: a mistake in the record.
            facts.missing.append(self.whole)
            return None
        share = min(part / whole, Fraction(1))
        said = f"{self.fen} × {decimal(min(part, whole))} / {decimal(whole)}"
        if self.percent != 100:  # noqa: PLR2004
            said += f" × {decimal(self.percent)}%"
        return Reckoned(self.fen * share * self.percent / 100, said)

    @property
    def rows(self) -> list[tuple[Words, Words]]:
        part, whole, money = words.fact(self.part), words.fact(self.whole), words.money(self.fen)
        percent = kinds.PERCENT.words(self.percent)
        return [
            (
                Words(
                    f"标准 × {part.zh} / {whole.zh} × {percent.zh}",
                    f"Standard × {part.en} / {whole.en} × {percent.en}",
                ),
                money,
            )
        ]

    def doubts(self) -> Iterator[Words]:
        if self.part == self.whole:
            yield Words("部分与全部是同一项", "takes a share of itself")


SUMS: Mapping[str, type[Sum]] = {
    one.type: one for one in (Table, Flat, Agreed, PerHour, PerDaySteps, SumOf, Ratio)
}
