"""The closed set of rules that decide whether somebody may be paid.

Each rule answers PASS, FAIL or UNKNOWN. It passes only when every fact it names is known, and fails only when the known facts
are enough to be sure: a missing fact becomes a request for evidence, never a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from subsidies.policy import words
from subsidies.policy.dates import age_on, birthday, months_after
from subsidies.policy.facts import Entry, Reader, as_entries, every
from subsidies.policy.words import Words


class Result(StrEnum):
    PASS = "PASS"  # noqa: S105 - a verdict, not a secret
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: its result, the codes of its reasons, and the sentence for people."""

    id: str
    type: str
    result: Result
    title: Words
    message: Words
    codes: tuple[str, ...] = ()
    value: str = ""
    ref: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": self.type,
            "result": self.result.value,
            "codes": list(self.codes),
            "inputs": dict(self.inputs),
            "missing": list(self.missing),
            "value": self.value,
            "title_zh": self.title.zh,
            "title_en": self.title.en,
            "message_zh": self.message.zh,
            "message_en": self.message.en,
            "ref": self.ref,
        }


class Rule(Protocol):
    id: str

    def evaluate(self, facts: Reader) -> Finding: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    type: ClassVar[str] = ""
    id: str
    ref: str = ""

    @property
    def title(self) -> Words:
        raise NotImplementedError

    def passed(self, facts: Reader, message: Words, value: str = "") -> Finding:
        return self._found(facts, Result.PASS, message, value=value)

    def failed(self, facts: Reader, codes: list[str], message: Words, value: str = "") -> Finding:
        return self._found(facts, Result.FAIL, message, codes=tuple(codes), value=value)

    def unknown(self, facts: Reader, code: str = "", missing: list[str] | None = None) -> Finding:
        paths = facts.missing if missing is None else missing
        return self._found(
            facts,
            Result.UNKNOWN,
            words.unknown(paths),
            codes=(code or f"{self.id}_UNKNOWN",),
            value="?",
            missing=tuple(paths),
        )

    def _found(
        self,
        facts: Reader,
        result: Result,
        message: Words,
        *,
        codes: tuple[str, ...] = (),
        value: str = "",
        missing: tuple[str, ...] = (),
    ) -> Finding:
        return Finding(
            id=self.id,
            type=self.type,
            result=result,
            title=self.title,
            message=message,
            codes=codes,
            value=value,
            ref=self.ref,
            inputs=dict(facts.inputs),
            missing=missing,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBetween(_Rule):
    """Old enough on one day, young enough on another. The limit may differ by sex."""

    type: ClassVar[str] = "age_between"
    min: int | None
    min_at: str
    max: int | Mapping[str, int] | None
    max_at: str
    birthday_inclusive: bool = True

    @property
    def title(self) -> Words:
        if self.max is None:
            return Words(f"年满 {self.min} 周岁", f"At least {self.min} years old")
        if isinstance(self.max, Mapping):
            men, women = self.max["M"], self.max["F"]
            most = Words(f"男 {men} 周岁、女 {women} 周岁", f"{men} (men) or {women} (women)")
        else:
            most = Words(f"{self.max} 周岁", str(self.max))
        if self.min is None:
            return Words(f"不超过{most.zh}", f"At most {most.en} years old")
        return Words(f"年满 {self.min} 周岁，不超过{most.zh}", f"Aged {self.min} to {most.en}")

    def evaluate(self, facts: Reader) -> Finding:
        born = facts.date("person.born")
        codes: list[str] = []
        if self.min is not None:
            start = facts.date(self.min_at)
            if born and start and not self._old_enough(born, start):
                codes.append("AGE_UNDER")
        value = ""
        limit = None
        if self.max is not None:
            limits = set(self.max.values()) if isinstance(self.max, Mapping) else {self.max}
            if isinstance(self.max, Mapping):
                limit = self.max.get(facts.fact("person.sex") or "")
            else:
                limit = self.max
            end = facts.date(self.max_at)
            if born and end:
                value = str(age_on(born, end))
                if not self._young_enough(born, end, max(limits) if limit is None else limit):
                    codes.append("AGE_OVER")
        if codes:
            return self.failed(facts, codes, self._refusal(codes, born, limit), value)
        if facts.missing:
            return self.unknown(facts)
        return self.passed(
            facts,
            Words(f"{born} 出生，符合年龄要求。", f"Born {born}: within the ages the policy allows."),
            value,
        )

    def _old_enough(self, born: Any, day: Any) -> bool:
        turns = birthday(born, self.min or 0)
        return turns <= day if self.birthday_inclusive else turns < day

    def _young_enough(self, born: Any, day: Any, limit: int) -> bool:
        turns = birthday(born, limit)
        return day <= turns if self.birthday_inclusive else day < turns

    def _refusal(self, codes: list[str], born: Any, limit: int | None) -> Words:
        zh, en = [], []
        if "AGE_UNDER" in codes:
            zh.append(f"{born} 出生，{words.fact(self.min_at).zh}时未满 {self.min} 周岁")
            en.append(f"born {born}, under {self.min} on the {words.fact(self.min_at).en}")
        if "AGE_OVER" in codes:
            most = limit if limit is not None else max(self.max.values())  # type: ignore[union-attr]
            zh.append(f"{born} 出生，{words.fact(self.max_at).zh}时已超过 {most} 周岁")
            en.append(f"born {born}, past {most} on the {words.fact(self.max_at).en}")
        return Words("；".join(zh) + "。", sentence("; ".join(en)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInStatus(_Rule):
    """On no excluded list, unless something else excuses it (a student who graduates this year)."""

    type: ClassVar[str] = "not_in_status"
    statuses: tuple[str, ...]
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> Words:
        return Words("不属于排除人员", "Not on an excluded list")

    def evaluate(self, facts: Reader) -> Finding:
        held = facts.words("person.statuses")
        if held is None:
            return self.unknown(facts)
        listed = [status for status in self.statuses if status in held]
        # Groups matter, and are asked for, only where one of them could excuse a listed status.
        groups = (
            facts.words("person.groups") if any(self.unless.get(status) for status in listed) else frozenset()
        )
        excused = {
            status: bool(set(self.unless.get(status, ())) & (held | (groups or set()))) for status in listed
        }
        in_doubt = [one for one in listed if not excused[one] and self.unless.get(one) and groups is None]
        barred = [one for one in listed if not excused[one] and one not in in_doubt]
        if barred:
            zh = "、".join(words.STATUSES.get(one, Words(one, one)).zh for one in barred)
            en = ", ".join(words.STATUSES.get(one, Words(one, one)).en for one in barred)
            return self.failed(
                facts, ["STATUS_EXCLUDED"], Words(f"属于排除人员：{zh}。", f"Excluded by the policy: {en}.")
            )
        if in_doubt:
            return self.unknown(facts)
        return self.passed(facts, Words("没有查到排除情形。", "No excluded status is on record."))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(_Rule):
    """One yes is enough."""

    type: ClassVar[str] = "any_of"
    facts: tuple[str, ...]

    @property
    def title(self) -> Words:
        return Words("与本省有关联", "Linked to the province")

    def evaluate(self, facts: Reader) -> Finding:
        answers = {path: facts.flag(path) for path in self.facts}
        yes = [path for path, answer in answers.items() if answer is True]
        if yes:
            named = words.facts(yes)
            return self.passed(
                facts, Words(f"{named.zh}。有一项即可。", sentence(f"{named.en}; one link is enough"))
            )
        if None in answers.values():
            return self.unknown(
                facts, "LINK_UNKNOWN", [path for path, answer in answers.items() if answer is None]
            )
        named = words.facts(list(self.facts))
        return self.failed(
            facts, ["NO_LINK"], Words(f"以下各项都不符合：{named.zh}。", f"None of these holds: {named.en}.")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MinHours(_Rule):
    """Enough counted hours (学时 of 45 minutes), in number and as a share of the course."""

    type: ClassVar[str] = "min_hours"
    hours: str
    of: str | None
    min: Fraction | None
    min_ratio: Fraction | None

    @property
    def title(self) -> Words:
        zh, en = [], []
        if self.min is not None:
            zh.append(f"不少于 {decimal(self.min)} 学时")
            en.append(f"at least {decimal(self.min)} counted hours")
        if self.min_ratio is not None:
            zh.append(f"不少于课程的 {decimal(self.min_ratio * 100)}%")
            en.append(f"at least {decimal(self.min_ratio * 100)}% of the course")
        return Words("，".join(zh), sentence(", ".join(en), stop=""))

    def evaluate(self, facts: Reader) -> Finding:
        hours = facts.amount(self.hours)
        codes: list[str] = []
        if self.min is not None and hours is not None and hours < self.min:
            codes.append("HOURS_BELOW_MIN")
        whole = facts.amount(self.of) if self.min_ratio is not None and self.of else None
        if whole is not None and whole == 0:
            # A course of no hours is a mistake in the record, not a course that everybody has finished.
            facts.missing.append(self.of or "")
            whole = None
        if (
            self.min_ratio is not None
            and hours is not None
            and whole is not None
            and hours < self.min_ratio * whole
        ):
            codes.append("HOURS_RATIO")
        value = decimal(hours) if hours is not None else ""
        of = f" / {decimal(whole)}" if whole is not None else ""
        if codes:
            text = Words(f"有效学时 {value}{of}，未达到要求。", f"Counted hours {value}{of}: not enough.")
            return self.failed(facts, codes, text, value)
        if facts.missing:
            return self.unknown(facts)
        return self.passed(
            facts, Words(f"有效学时 {value}{of}，达到要求。", f"Counted hours {value}{of}: enough."), value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinMonths(_Rule):
    """Claimed after the certificate and not later than so many months after it."""

    type: ClassVar[str] = "within_months"
    start: str
    end: str
    months: int
    anniversary_inclusive: bool = True

    @property
    def title(self) -> Words:
        return Words(
            f"发证后 {self.months} 个月内申领", f"Claimed within {self.months} months of the certificate"
        )

    def evaluate(self, facts: Reader) -> Finding:
        start, end = facts.date(self.start), facts.date(self.end)
        if start is None or end is None:
            return self.unknown(facts)
        last = months_after(start, self.months)
        if end < start:
            text = Words(
                f"{end} 申领，早于发证日 {start}。", f"Claimed {end}, before the certificate of {start}."
            )
            return self.failed(facts, ["SUBMITTED_BEFORE_CERT"], text)
        if end > last or (end == last and not self.anniversary_inclusive):
            text = Words(f"最迟 {last} 申领，实际 {end}。", f"The last day was {last}; claimed {end}.")
            return self.failed(facts, ["DEADLINE_PASSED"], text)
        return self.passed(
            facts, Words(f"{end} 申领，最迟 {last}。", f"Claimed {end}; the last day is {last}.")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OncePer(_Rule):
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
class MaxPerYear(_Rule):
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
class NotWith(_Rule):
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


def decimal(value: Fraction) -> str:
    """The exact decimal of a fraction that was read from one."""
    places = next(n for n in range(20) if (value * 10**n).denominator == 1 or n == 19)  # noqa: PLR2004
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    whole = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{whole}" if value < 0 else whole


def sentence(text: str, stop: str = ".") -> str:
    return text[:1].upper() + text[1:] + stop
