"""How often: once for an occupation and level, so many a year, not with another scheme."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from subsidies.policy import kinds, words
from subsidies.policy.dates import months_after
from subsidies.policy.facts import Entry, Reader, as_entries, every
from subsidies.policy.rules import BaseRule, Finding
from subsidies.policy.shape import Narrows, key
from subsidies.policy.words import Words, sentence

KIND = kinds.choice_of(words.KINDS)
SCHEME = replace(kinds.WORD, words=words.scheme)
WINDOW = kinds.choice_of(
    {"calendar": Words("自然年", "calendar years"), "rolling": Words("前 12 个月", "the 12 months before")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OncePer(BaseRule):
    """Once for an occupation and level; a higher level (the smaller number) bars a lower one."""

    type: ClassVar[str] = "once_per"
    label: ClassVar[Words] = Words("只补一次", "Once only")
    about: ClassVar[Words | None] = Words(
        "同一职业、等级只补一次；可规定高等级补过后不再补低等级。",
        "Once for an occupation and level; a higher level may bar a lower one.",
    )
    each: tuple[str, ...] = key(kinds.KEY, "每个", "For each", name="key", narrows=Narrows.FEWER)
    certificate_kind: str | None = key(
        KIND, "只适用于证书类别", "Only for the kind of certificate", default=None
    )
    higher_blocks_lower: bool = key(
        kinds.FLAG, "高等级补过，低等级不再补", "A higher level bars a lower one", default=False
    )
    ignoring_states: frozenset[str] = key(
        kinds.STATES, "不计入的申领", "Claims that do not count", default=frozenset(), narrows=Narrows.FEWER
    )

    @property
    def title(self) -> Words:
        each = kinds.KEY.words(self.each)
        zh = "同一职业同一等级" if set(self.each) == {"occupation", "level"} else f"同一{each.zh}"
        return Words(f"{zh}只补一次", f"Once for each {each.en.replace(', ', ' and ')}")

    def doubts(self) -> Iterator[Words]:
        if self.higher_blocks_lower and "level" not in self.each:
            yield Words(
                "“每个”里没有等级，不能让高等级排除低等级", "bars lower levels without 'level' in its key"
            )

    def evaluate(self, facts: Reader) -> Finding:
        kind = facts.fact("certificate.kind")
        if self.certificate_kind and kind and kind != self.certificate_kind:
            return self.passed(
                facts, Words("本条只适用于技能等级证书。", "This rule is for skill level certificates only.")
            )
        own = {name: facts.fact(f"certificate.{name}") for name in self.each}
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
    label: ClassVar[Words] = Words("每年次数", "Claims a year")
    about: ClassVar[Words | None] = Words(
        "一年之内最多若干次，本次不计在内。",
        "At most so many claims a year, the new one not counted.",
    )
    n: int = key(kinds.COUNT, "每年最多次数", "At most", narrows=Narrows.DOWN)
    year_of: str = key(kinds.DATED, "按哪天所在年度", "The year of the")
    window: str = key(WINDOW, "年度", "Counted in", default="calendar")
    ignoring_states: frozenset[str] = key(
        kinds.STATES, "不计入的申领", "Claims that do not count", default=frozenset(), narrows=Narrows.FEWER
    )

    @property
    def title(self) -> Words:
        if self.window == "rolling":
            return Words(f"任意 12 个月内最多 {self.n} 次", f"At most {self.n} claims in any 12 months")
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
                    None if one.submitted_on is None else self._within(one.submitted_on, day),
                ]
            )
            for one in history
        ]
        sure, possible = counted.count(True), counted.count(None)
        value = f"{sure + 1} / {self.n}"
        if sure >= self.n:
            return self.failed(facts, ["ANNUAL_CAP"], self._refusal(sure, day), value)
        if sure + possible >= self.n:
            return self.unknown(facts, missing=["history"])
        text = Words(f"{day.year} 年的第 {sure + 1} 次申领。", f"Claim number {sure + 1} of {day.year}.")
        if self.window == "rolling":
            text = Words(f"12 个月内的第 {sure + 1} 次申领。", f"Claim number {sure + 1} within 12 months.")
        return self.passed(facts, text, value)

    def _within(self, earlier: date, day: date) -> bool:
        """A rolling year ends with the day itself and begins after the same day a year before."""
        if self.window == "rolling":
            return months_after(day, -12) < earlier <= day
        return earlier.year == day.year

    def _refusal(self, sure: int, day: date) -> Words:
        if self.window == "rolling":
            return Words(
                f"{day} 前 12 个月内已有 {sure} 次申领。",
                f"{sure} claims were already made in the 12 months before {day}.",
            )
        return Words(f"{day.year} 年已有 {sure} 次申领。", f"{sure} claims were already made in {day.year}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWith(BaseRule):
    """Not together with another scheme's subsidy for the same thing."""

    type: ClassVar[str] = "not_with"
    label: ClassVar[Words] = Words("不与其他补贴同享", "Not together with another subsidy")
    about: ClassVar[Words | None] = Words(
        "同一事项已享受其他补贴的，不再补。",
        "Not together with another scheme's subsidy for the same thing.",
    )
    scheme: str = key(SCHEME, "其他补贴", "Other subsidy")
    each: tuple[str, ...] = key(kinds.KEY, "同一", "For the same", name="key", narrows=Narrows.FEWER)
    ignoring_states: frozenset[str] = key(
        kinds.STATES, "不计入的记录", "Records that do not count", default=frozenset(), narrows=Narrows.FEWER
    )

    @property
    def title(self) -> Words:
        named = words.scheme(self.scheme)
        return Words(f"未领{named.zh}", f"Not paid by the {named.en}")

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
        for name in self.each:
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
