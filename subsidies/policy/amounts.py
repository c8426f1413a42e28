"""How much: lines of money, each with the sum that gives it, uplifts and caps.

Money is integer fen; on the way it is a Fraction. A line of nothing is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Final

from subsidies.policy import kinds, words
from subsidies.policy.conditions import Condition
from subsidies.policy.facts import Facts, Reader, every, plain
from subsidies.policy.rules import Finding, Result
from subsidies.policy.shape import Narrows, Shape, key
from subsidies.policy.sums import Sum
from subsidies.policy.words import Words, decimal

HALF: Final = Fraction(1, 2)
_MODES: Final[Mapping[str, Callable[[Fraction], int]]] = {
    "half_up": lambda value: (value + HALF).__floor__(),
    "half_down": lambda value: (value - HALF).__ceil__(),
    "half_even": round,
    "down": lambda value: value.__floor__(),
    "up": lambda value: value.__ceil__(),
}
UNITS: Final = {"fen": 1, "jiao": 10, "yuan": 100}

UNIT = kinds.choice_of(
    {"fen": Words("分", "the fen"), "jiao": Words("角", "ten fen"), "yuan": Words("元", "the yuan")}
)
MODE = kinds.choice_of(
    {
        "half_up": Words("四舍五入", "to the nearest, a half upwards"),
        "half_down": Words("五舍六入", "to the nearest, a half downwards"),
        "half_even": Words("四舍六入五成双", "to the nearest, a half to the even one"),
        "down": Words("舍去", "downwards"),
        "up": Words("进位", "upwards"),
    }
)
WHEN = kinds.choice_of({"per_line": Words("每项分别取整", "each line by itself")})
STACKING = kinds.choice_of(
    {"highest": Words("只取最高一项", "only the highest"), "sum": Words("逐项相加", "each of them")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding(Shape):
    """To which unit and which way, each line by itself."""

    unit: str = key(UNIT, "取整到", "To", default="fen")
    mode: str = key(MODE, "取整方式", "Which way", default="half_up")
    when: str = key(WHEN, "取整时点", "When", default="per_line")

    def fen(self, value: Fraction) -> int:
        """A whole number of units; in fen."""
        unit = UNITS[self.unit]
        return _MODES[self.mode](value / unit) * unit


@dataclass(frozen=True, slots=True)
class Line:
    fund: str
    item: str
    fen: int
    formula: str
    title: Words

    def record(self) -> dict[str, Any]:
        return {
            "fund": self.fund,
            "item": self.item,
            "fen": self.fen,
            "formula": self.formula,
            "title_zh": self.title.zh,
            "title_en": self.title.en,
        }

    def capped(self, fen: int) -> "Line":
        return Line(self.fund, self.item, fen, f"{self.formula} → {fen}", self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRule(Shape):
    """`title` is the policy's own name of the item, where it has one."""

    fund: str = key(kinds.WORD, "资金", "Fund")
    item: str = key(kinds.WORD, "项目", "Item")
    title: Mapping[str, str] = key(kinds.TITLE, "名称", "Name", factory=dict)
    cap_fen: int | None = key(kinds.FEN, "上限", "Cap", default=None, narrows=Narrows.DOWN)
    condition: Condition
    sum: Sum

    @property
    def name(self) -> Words:
        return words.titled(self.title) if self.title else words.item(self.item)

    def line(self, facts: Reader, rounding: Rounding) -> Line | None:
        """The line; None where it is absent, or where `facts.missing` says what is not known."""
        holds = self.condition.holds(facts)
        if holds is False:
            return None
        open_questions = list(facts.missing)
        reckoned = self.sum.reckon(facts)
        facts.missing[:] = [*open_questions, *(path for path in facts.missing if path not in open_questions)]
        if reckoned is not None and (reckoned.fen == 0 or self.cap_fen == 0):
            facts.missing[:] = []
            return None
        if reckoned is None or holds is None:
            return None
        fen = rounding.fen(reckoned.fen)
        formula = reckoned.formula if reckoned.formula == str(fen) else f"{reckoned.formula} = {fen}"
        line = Line(self.fund, self.item, fen, formula, self.name)
        if self.cap_fen is not None and fen > self.cap_fen:
            line = line.capped(self.cap_fen)
        return line if line.fen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Shape):
    item: str = key(kinds.WORD, "项目", "Item")
    title: Mapping[str, str] = key(kinds.TITLE, "名称", "Name", factory=dict)
    percent: Fraction = key(kinds.PERCENT, "上浮", "Uplift", narrows=Narrows.DOWN)
    condition: Condition

    @property
    def name(self) -> Words:
        return words.titled(self.title) if self.title else words.item(self.item)

    def line(self, base: Line, rounding: Rounding) -> Line | None:
        fen = rounding.fen(base.fen * self.percent / 100)
        formula = f"{base.fen} × {decimal(self.percent)}% = {fen}"
        return Line(base.fund, self.item, fen, formula, self.name) if fen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplifts(Shape):
    """Percentages of the lines of one item."""

    of: str = key(kinds.WORD, "上浮哪项", "Of which item")
    stacking: str = key(STACKING, "叠加方式", "Together")
    condition: Condition
    choices: tuple[Choice, ...]

    def lines(self, base: Line, facts: Facts, rounding: Rounding) -> tuple[list[Line], list[Finding]]:
        chosen: list[Choice] = []
        asked: list[tuple[Choice, Finding]] = []
        for choice in self.choices:
            reader = Reader(facts)
            holds = self.condition.holds(reader)
            if holds is False:
                continue
            first = list(reader.missing)
            own = choice.condition.holds(reader)
            if own is False or choice.percent == 0:
                continue
            reader.missing[:] = [*first, *reader.missing]
            if every([holds, own]) is None:
                asked.append((choice, question(choice.item, choice.name, reader)))
            else:
                chosen.append(choice)
        if self.stacking == "highest" and chosen:
            # `max` keeps the first of equals, so that a tie is settled by the order of the policy's text.
            chosen = [max(chosen, key=lambda one: one.percent)]
            asked = [(one, finding) for one, finding in asked if one.percent > chosen[0].percent]
        lines = [line for choice in chosen if (line := choice.line(base, rounding))]
        return lines, [finding for _, finding in asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Shape):
    """No more than `fen`, or a fact's sum (`fen_of`), together, of one fund or of all, what was paid already counted in.

    What is too much is taken from the last line first, so that the base is cut last.
    """

    ONE_OF: ClassVar[tuple[str, ...]] = ("fen", "fen_of")
    id: str
    ref: str = ""
    fen: int | None = key(kinds.FEN, "上限", "No more than", default=None, narrows=Narrows.DOWN)
    fen_of: str | None = key(kinds.PATH, "上限取自", "No more than the sum of", default=None)
    fund: str | None = key(kinds.WORD, "限资金", "Of the fund", default=None)
    used: str | None = key(kinds.PATH, "已用", "Counting what was", default=None)

    def cut(self, lines: list[Line], facts: Reader) -> list[Line]:
        """The lines that are left; all of them where `facts.missing` says what is not known."""
        mine = [line for line in lines if self.fund in {None, line.fund}]
        if not mine:
            return lines
        used = facts.money(self.used) if self.used else Fraction(0)
        agreed = facts.money(self.fen_of) if self.fen_of else None
        if used is None or (self.fen_of and agreed is None):
            return lines
        most = min(limit for limit in (self.fen, agreed) if limit is not None)
        surplus = sum(line.fen for line in mine) - max(0, int(most) - used.__ceil__())
        kept: list[Line] = []
        for line in reversed(lines):
            less = min(line.fen, max(0, surplus)) if line in mine else 0
            surplus -= less
            kept += [line.capped(line.fen - less) if less else line] if line.fen > less else []
        return kept[::-1]

    def doubts(self) -> Iterator[Words]:
        if self.fen == 0:
            yield Words("上限为 0，什么也不发", "allows nothing: 'fen' is 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountRule:
    lines: tuple[LineRule, ...]
    uplifts: tuple[Uplifts, ...] = ()
    caps: tuple[Cap, ...] = ()
    rounding: Rounding = Rounding()

    def evaluate(self, facts: Facts) -> tuple[list[Line], list[Finding]]:
        """The lines, and a finding for each line that cannot be told yet."""
        lines: list[Line] = []
        questions: list[Finding] = []
        for rule in self.lines:
            reader = Reader(facts)
            line = rule.line(reader, self.rounding)
            lines += [line] if line else []
            questions += [question(rule.item, rule.name, reader)] if reader.missing else []
        more: list[Line] = []
        for uplifts in self.uplifts:
            base = [line for line in lines if line.item == uplifts.of]
            if base:
                whole = Line(base[0].fund, base[0].item, sum(line.fen for line in base), "", base[0].title)
                found, asked = uplifts.lines(whole, facts, self.rounding)
                more, questions = [*more, *found], [*questions, *asked]
        lines += more
        for cap in self.caps:
            reader = Reader(facts)
            lines = cap.cut(lines, reader)
            questions += [question(cap.id, Words(cap.id, cap.id), reader)] if reader.missing else []
        return lines, questions


def question(item: str, title: Words, reader: Reader) -> Finding:
    return Finding(
        id=item,
        type="line",
        result=Result.UNKNOWN,
        title=title,
        message=words.unknown(reader.missing),
        codes=(f"{item}_UNKNOWN",),
        value="?",
        inputs=dict(plain(reader.inputs)),
        missing=tuple(reader.missing),
    )
