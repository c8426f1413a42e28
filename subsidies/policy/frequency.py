"""How often: once for an occupation and level, so many a year, not with another scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from subsidies.policy.facts import Entry, Reader, as_entries, every
from subsidies.policy.rules import BaseRule, Finding, sentence
from subsidies.policy.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class OncePer(BaseRule):
    """Once for an occupation and level; a higher level (the smaller number) bars a lower one."""

    type: ClassVar[str] = "once_per"
    key: tuple[str, ...]
    certificate_kind: str | None = None
    higher_blocks_lower: bool = False
    ignoring_states: frozenset[str] = frozenset()

    @property
    def title(self) -> Words:
        return Words("同一职业同一等级只补一次", "Once for each occupation and level")

    def evaluate(self, facts: Reader) -> Finding:
        kind = facts.fact("certificate.kind")
        if self.certificate_kind and kind and kind != self.certificate_kind:
            return self.passed(
                facts, Words("本条只适用于技能等级证书。", "This rule is for skill level certificates only.")
            )
        own = {name: facts.fact(f"certificate.{name}") for name in self.key}
        history = facts.entries("history")
        if history is None or kind is None or None in own.values():
            return self.unknown(facts)
        same = [every([self._counts(one), *self._equal(one, own)]) for one in history]
        higher = [self._higher(one, own) for one in history]
        codes = [
            code
            for code, answers in (("DUPLICATE_OCC_LEVEL", same), ("HIGHER_LEVEL_ALREADY_PAID", higher))
            if any(one is True for one in answers)
        ]
        if codes:
            text = {
                "DUPLICATE_OCC_LEVEL": Words(
                    "同一职业同一等级已有申领", "this occupation and level has been claimed before"
                ),
                "HIGHER_LEVEL_ALREADY_PAID": Words(
                    "同一职业已有更高等级的申领", "a higher level of this occupation has been claimed"
                ),
            }
            joined = Words(
                "；".join(text[code].zh for code in codes) + "。",
                sentence("; ".join(text[code].en for code in codes)),
            )
            return self.failed(facts, codes, joined)
        if None in same or None in higher:
            return self.unknown(facts, missing=["history"])
        return self.passed(
            facts,
            Words("没有查到相同或更高等级的申领。", "No claim for this or a higher level is on record."),
        )

    def _counts(self, one: Entry) -> bool | None:
        return every([live(one, self.ignoring_states), is_of(one.kind, self.certificate_kind)])

    def _equal(self, one: Entry, own: Mapping[str, Any]) -> list[bool | None]:
        return [same_as(getattr(one, name), wanted) for name, wanted in own.items()]

    def _higher(self, one: Entry, own: Mapping[str, Any]) -> bool | None:
        if not self.higher_blocks_lower or "level" not in own:
            return False
        rest = {name: wanted for name, wanted in own.items() if name != "level"}
        above = None if one.level is None else one.level < own["level"]
        return every([self._counts(one), above, *self._equal(one, rest)])


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPerYear(BaseRule):
    """At most so many claims in the calendar year of one date, the new one not counted."""

    type: ClassVar[str] = "max_per_year"
    n: int
    year_of: str
    ignoring_states: frozenset[str] = frozenset()

    @property
    def title(self) -> Words:
        return Words(f"每年最多 {self.n} 次", f"At most {self.n} claims a year")

    def evaluate(self, facts: Reader) -> Finding:
        day = facts.date(self.year_of)
        history = facts.entries("history")
        if day is None or history is None:
            return self.unknown(facts)
        counted = [
            every(
                [
                    live(one, self.ignoring_states),
                    None if one.submitted_on is None else one.submitted_on.year == day.year,
                ]
            )
            for one in history
        ]
        sure, possible = counted.count(True), counted.count(None)
        value = f"{sure + 1} / {self.n}"
        if sure >= self.n:
            text = Words(
                f"{day.year} 年已有 {sure} 次申领。", f"{sure} claims were already made in {day.year}."
            )
            return self.failed(facts, ["ANNUAL_CAP"], text, value)
        if sure + possible >= self.n:
            return self.unknown(facts, missing=["history"])
        text = Words(f"{day.year} 年的第 {sure + 1} 次申领。", f"Claim number {sure + 1} of {day.year}.")
        return self.passed(facts, text, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWith(BaseRule):
    """Not together with another scheme's subsidy for the same thing."""

    type: ClassVar[str] = "not_with"
    scheme: str
    key: tuple[str, ...]
    ignoring_states: frozenset[str] = frozenset()

    @property
    def title(self) -> Words:
        if self.scheme == "UI_SKILL":
            return Words("未领失业保险技能提升补贴", "Not paid by the unemployment insurance skill subsidy")
        return Words(f"未领其他补贴（{self.scheme}）", f"Not paid by another scheme ({self.scheme})")

    def evaluate(self, facts: Reader) -> Finding:
        # Read apart from the rule's own look: only a record of the other scheme makes these facts matter.
        schemes = facts.read("other_schemes", as_entries)
        if schemes is None:
            return self.unknown(facts)
        answers = [self._clashes(one, facts) for one in schemes]
        if any(one is True for one in answers):
            text = Words("同一事项已领取其他补贴。", "Another scheme has already paid for the same thing.")
            return self.failed(facts, ["MUTUAL_EXCLUSION"], text)
        if None in answers:
            return self.unknown(facts, missing=facts.missing or ["other_schemes"])
        return self.passed(facts, Words("没有查到重复领取。", "No payment for the same thing is on record."))

    def _clashes(self, one: Entry, facts: Reader) -> bool | None:
        named = same_as(one.scheme, self.scheme)
        gone = one.state is not None and one.state in self.ignoring_states
        if named is False or gone:
            return False
        answers = [named]
        for name in self.key:
            if name == "level" and facts.fact("certificate.kind") in {"special", "completion"}:
                # These certificates have no level, so a record with a level is about something else.
                answers.append(one.level is None)
            else:
                answers.append(same_as(getattr(one, name), facts.fact(f"certificate.{name}")))
        return every(answers)


def live(one: Entry, ignoring: frozenset[str]) -> bool | None:
    return None if one.state is None and ignoring else one.state not in ignoring


def is_of(kind: str | None, wanted: str | None) -> bool | None:
    return True if wanted is None else same_as(kind, wanted)


def same_as(value: Any, wanted: Any) -> bool | None:
    return None if value is None or wanted is None else value == wanted
