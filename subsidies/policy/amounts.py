"""How much: lines of money, each with the sum that gives it.

Money is integer fen; on the way it is a Fraction. Each line is rounded by itself. A line of nothing is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from subsidies.policy import words
from subsidies.policy.facts import Facts, Reader, every, plain
from subsidies.policy.rules import Finding, Result, decimal


@dataclass(frozen=True, slots=True)
class Rounding:
    """To which unit, and which way a half goes. Half up is the only mode that a policy has asked for so far."""

    unit_fen: int = 1

    def fen(self, value: Fraction) -> int:
        """The nearest unit, a half upwards; in fen."""
        units = (value / self.unit_fen + Fraction(1, 2)).__floor__()
        return units * self.unit_fen


@dataclass(frozen=True, slots=True)
class Line:
    fund: str
    item: str
    fen: int
    formula: str

    def record(self) -> dict[str, Any]:
        named = words.item(self.item)
        return {
            "fund": self.fund,
            "item": self.item,
            "fen": self.fen,
            "formula": self.formula,
            "title_zh": named.zh,
            "title_en": named.en,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a line is there. All parts must hold; a part that surely does not hold settles it."""

    when: Mapping[str, Any] = field(default_factory=dict)
    when_any_group: tuple[str, ...] = ()
    when_fact: str | None = None
    unless_fact: str | None = None
    levels: tuple[int, ...] = ()

    def holds(self, facts: Reader) -> bool | None:
        missing: list[str] = []
        answers: list[bool | None] = []
        for path, answer in self._parts(facts):
            if answer is False:
                facts.missing[:] = []
                return False
            if answer is None:
                missing.append(path)
            answers.append(answer)
        facts.missing[:] = missing
        return every(answers)

    def _parts(self, facts: Reader) -> Any:
        for path, wanted in self.when.items():
            value = facts.fact(path)
            yield (
                path,
                None
                if value is None
                else (value == wanted and isinstance(value, bool) == isinstance(wanted, bool)),
            )
        if self.levels:
            level = facts.fact("certificate.level")
            yield "certificate.level", None if level is None else level in self.levels
        if self.when_any_group:
            groups = facts.words("person.groups")
            yield "person.groups", None if groups is None else bool(groups & set(self.when_any_group))
        if self.when_fact:
            yield self.when_fact, facts.flag(self.when_fact)
        if self.unless_fact:
            excluded = facts.flag(self.unless_fact)
            yield self.unless_fact, None if excluded is None else not excluded


@dataclass(frozen=True, slots=True)
class Sum:
    """An exact amount in fen and the reckoning behind it."""

    fen: Fraction
    formula: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    by: str
    fen: Mapping[str, int]

    def reckon(self, facts: Reader) -> Sum | None:
        value = facts.fact(self.by)
        if value is None:
            return None
        fen = self.fen.get(str(value), 0)
        return Sum(Fraction(fen), str(fen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    fen: int

    def reckon(self, facts: Reader) -> Sum | None:
        return Sum(Fraction(self.fen), str(self.fen))


@dataclass(frozen=True, slots=True, kw_only=True)
class PerHour:
    hours: str
    fen: int

    def reckon(self, facts: Reader) -> Sum | None:
        hours = facts.amount(self.hours)
        return None if hours is None else Sum(hours * self.fen, f"{decimal(hours)} × {self.fen}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOf:
    parts: tuple[tuple[str, int], ...]

    def reckon(self, facts: Reader) -> Sum | None:
        counts = [(facts.amount(path), fen) for path, fen in self.parts]
        if any(count is None for count, _ in counts):
            return None
        total = sum((count * fen for count, fen in counts if count is not None), Fraction(0))
        return Sum(
            total, " + ".join(f"{decimal(count)} × {fen}" for count, fen in counts if count is not None)
        )


Amount = Table | Flat | PerHour | SumOf


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRule:
    fund: str
    item: str
    condition: Condition
    amount: Amount
    cap_fen: int | None = None

    def line(self, facts: Reader, rounding: Rounding) -> Line | None:
        """The line; None where it is absent, or where `facts.missing` says what is not known."""
        holds = self.condition.holds(facts)
        if holds is False:
            return None
        open_questions = list(facts.missing)
        reckoned = self.amount.reckon(facts)
        facts.missing[:] = [*open_questions, *(path for path in facts.missing if path not in open_questions)]
        if reckoned is not None and (reckoned.fen == 0 or self.cap_fen == 0):
            facts.missing[:] = []
            return None
        if reckoned is None or holds is None:
            return None
        fen = rounding.fen(reckoned.fen)
        formula = reckoned.formula if reckoned.formula == str(fen) else f"{reckoned.formula} = {fen}"
        if self.cap_fen is not None and fen > self.cap_fen:
            fen, formula = self.cap_fen, f"{formula} → {self.cap_fen}"
        return Line(self.fund, self.item, fen, formula) if fen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    item: str
    percent: Fraction
    condition: Condition

    def line(self, base: Line, rounding: Rounding) -> Line | None:
        fen = rounding.fen(base.fen * self.percent / 100)
        return (
            Line(base.fund, self.item, fen, f"{base.fen} × {decimal(self.percent)}% = {fen}") if fen else None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplifts:
    of: str
    condition: Condition
    stacking: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountRule:
    lines: tuple[LineRule, ...]
    uplifts: Uplifts | None
    rounding: Rounding

    def evaluate(self, facts: Facts) -> tuple[list[Line], list[Finding]]:
        """The lines, and a finding for each line that cannot be told yet."""
        lines: list[Line] = []
        questions: list[Finding] = []
        for rule in self.lines:
            reader = Reader(facts)
            line = rule.line(reader, self.rounding)
            lines += [line] if line else []
            questions += [question(rule.item, reader)] if reader.missing else []
        if self.uplifts:
            base = [line for line in lines if line.item == self.uplifts.of]
            if base:
                whole = Line(base[0].fund, base[0].item, sum(line.fen for line in base), "")
                more, asked = self._uplifts(self.uplifts, whole, facts)
                lines, questions = [*lines, *more], [*questions, *asked]
        return lines, questions

    def _uplifts(self, uplifts: Uplifts, base: Line, facts: Facts) -> tuple[list[Line], list[Finding]]:
        chosen: list[Choice] = []
        asked: list[tuple[Choice, Finding]] = []
        for choice in uplifts.choices:
            reader = Reader(facts)
            holds = uplifts.condition.holds(reader)
            if holds is False:
                continue
            first = list(reader.missing)
            own = choice.condition.holds(reader)
            if own is False or choice.percent == 0:
                continue
            reader.missing[:] = [*first, *reader.missing]
            if every([holds, own]) is None:
                asked.append((choice, question(choice.item, reader)))
            else:
                chosen.append(choice)
        if uplifts.stacking == "highest" and chosen:
            # `max` keeps the first of equals, so that a tie is settled by the order of the policy's text.
            chosen = [max(chosen, key=lambda one: one.percent)]
            asked = [(one, finding) for one, finding in asked if one.percent > chosen[0].percent]
        lines = [line for choice in chosen if (line := choice.line(base, self.rounding))]
        return lines, [finding for _, finding in asked]


def question(item: str, reader: Reader) -> Finding:
    return Finding(
        id=item,
        type="line",
        result=Result.UNKNOWN,
        title=words.item(item),
        message=words.unknown(reader.missing),
        codes=(f"{item}_UNKNOWN",),
        value="?",
        inputs=dict(plain(reader.inputs)),
        missing=tuple(reader.missing),
    )
