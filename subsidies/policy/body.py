"""A policy as it is written (JSON), read into rules.

The set of rule types and of their keys is closed: a misspelt key would silently change who is paid, so it is refused.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from subsidies.policy import amounts, eligibility, frequency, rules
from subsidies.policy.amounts import AmountRule, Choice, Condition, LineRule, Rounding, Uplifts
from subsidies.policy.facts import (
    FactError,
    as_amount,
    as_date,
    as_flag,
    as_word,
    plain,
    shown,
)
from subsidies.policy.scalars import (
    as_age_limit,
    as_codes,
    as_count,
    as_dated,
    as_key,
    as_levels,
    as_object,
    as_ref,
    as_states,
    as_table,
    as_title,
)

SCHEMA = "policy/1"
NOTES = {"id", "type", "ref", "note", "message_zh", "message_en"}
CONDITION = {"when", "when_any_group", "when_fact", "unless_fact", "levels"}


class PolicyError(ValueError):
    """The policy cannot be used as it is written. The message is a sentence in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    region: str
    programme: str
    version: int
    doc_no: str
    title: Mapping[str, str]
    first_day: date | None
    last_day: date | None
    version_selector: str
    rules: tuple[rules.Rule, ...]
    amount: AmountRule
    notice_working_days: int
    sha256: str

    def holds_on(self, day: date) -> bool:
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the policy with its place, so that a refusal can name it."""

    place: str
    value: Mapping[str, Any]

    @classmethod
    def of(cls, place: str, value: Any) -> "Part":
        if not isinstance(value, Mapping):
            raise PolicyError(f"{place} must be an object, not {shown(value)}.")
        return cls(place, value)

    def only(self, *keys: str) -> None:
        for key in self.value:
            if key not in keys and key not in NOTES:
                raise PolicyError(f"{self.place} has the unknown key {shown(key)}.")

    def get(self, key: str, read: Callable[[Any], Any], *, default: Any = ...) -> Any:
        value = self.value.get(key)
        if value is None:
            if default is ...:
                raise PolicyError(f"{self.place} lacks {key!r}.")
            return default
        try:
            return read(value)
        except FactError as problem:
            raise PolicyError(f"{self.place}.{key}: {problem}.") from None

    def part(self, key: str) -> "Part":
        if self.value.get(key) is None:
            raise PolicyError(f"{self.place} lacks {key!r}.")
        return Part.of(f"{self.place}.{key}", self.value[key])

    def parts(self, key: str) -> list["Part"]:
        listed = self.value.get(key)
        if not isinstance(listed, list | tuple):
            raise PolicyError(f"{self.place}.{key} must be a list.")
        return [Part.of(f"{self.place}.{key}[{number}]", one) for number, one in enumerate(listed)]


def read_policy(body: Any) -> Policy:
    """One version of a policy. Raises PolicyError with a sentence that names the place."""
    top = Part.of("policy", body)
    if top.get("schema", as_word) != SCHEMA:
        raise PolicyError(f"policy.schema must be {SCHEMA!r}, not {shown(body['schema'])}.")
    valid = body.get("valid")
    if not isinstance(valid, list | tuple) or len(valid) != 2:  # noqa: PLR2004 - from, to
        raise PolicyError("policy.valid must be a list of two dates, or null for an open end.")
    first, last = (
        None if one is None else Part("policy", {"valid": one}).get("valid", as_date) for one in valid
    )
    if first and last and last < first:
        raise PolicyError(f"policy.valid ends on {last}, before it starts on {first}.")
    ruled = tuple(read_rule(part) for key in ("eligibility", "frequency") for part in top.parts(key))
    ids = [rule.id for rule in ruled]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise PolicyError(f"The rule id {twice[0]!r} is used twice.")
    notice = (
        Part("policy.notice", body.get("notice") or {})
        if isinstance(body.get("notice") or {}, Mapping)
        else top.part("notice")
    )
    return Policy(
        region=top.get("region", as_word),
        programme=top.get("programme", as_word),
        version=top.get("version", as_count),
        doc_no=top.get("doc_no", as_word, default=""),
        title=top.get("title", as_title, default={}),
        first_day=first,
        last_day=last,
        version_selector=top.get("version_selector", as_dated),
        rules=ruled,
        amount=read_amount(top.part("amount"), read_rounding(top)),
        notice_working_days=notice.get("working_days", as_count, default=5),
        sha256=fingerprint(body),
    )


def read_policies(document: Any) -> tuple[Policy, ...]:
    """One version or a list of versions whose days do not overlap."""
    bodies = document if isinstance(document, list) else [document]
    if not bodies:
        raise PolicyError("The policy holds no version.")
    policies = tuple(read_policy(body) for body in bodies)
    for number, one in enumerate(policies):
        for other in policies[number + 1 :]:
            if (one.region, one.programme) != (other.region, other.programme):
                raise PolicyError("The versions belong to different provinces or programmes.")
            if (one.first_day or date.min) <= (other.last_day or date.max) and (
                other.first_day or date.min
            ) <= (one.last_day or date.max):
                raise PolicyError(
                    f"Versions {one.version} and {other.version} are in force on the same days."
                )
            if one.version == other.version:
                raise PolicyError(f"Version {one.version} is there twice.")
    return policies


def fingerprint(body: Any) -> str:
    """SHA-256 of the canonical JSON of a body."""
    text = json.dumps(plain(body), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_rule(part: Part) -> rules.Rule:
    kind = part.get("type", as_word)
    reader = RULES.get(kind)
    if reader is None:
        raise PolicyError(
            f"{part.place} has the unknown rule type {shown(kind)}; known are {', '.join(sorted(RULES))}."
        )
    return reader(part, part.get("id", as_word), part.get("ref", as_ref, default=""))


def _age_between(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("min", "min_at", "max", "max_at", "birthday_inclusive")
    low, high = part.get("min", as_count, default=None), part.get("max", as_age_limit, default=None)
    if low is None and high is None:
        raise PolicyError(f"{part.place} needs 'min' or 'max'.")
    return eligibility.AgeBetween(
        id=name,
        ref=ref,
        min=low,
        min_at=part.get("min_at", as_dated) if low is not None else "training.started_on",
        max=high,
        max_at=part.get("max_at", as_dated) if high is not None else "certificate.issued_on",
        birthday_inclusive=part.get("birthday_inclusive", as_flag, default=True),
    )


def _not_in_status(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("statuses", "unless")
    unless = part.get("unless", as_object, default={})
    return eligibility.NotInStatus(
        id=name,
        ref=ref,
        statuses=part.get("statuses", as_codes),
        unless={status: Part(part.place, unless).get(status, as_codes) for status in unless},
    )


def _any_of(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("facts")
    return eligibility.AnyOf(id=name, ref=ref, facts=part.get("facts", as_codes))


def _min_hours(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("hours", "of", "min", "min_ratio", "hour_minutes")
    low, ratio = part.get("min", as_amount, default=None), part.get("min_ratio", as_amount, default=None)
    if low is None and ratio is None:
        raise PolicyError(f"{part.place} needs 'min' or 'min_ratio'.")
    return eligibility.MinHours(
        id=name,
        ref=ref,
        hours=part.get("hours", as_word),
        of=part.get("of", as_word) if ratio is not None else None,
        min=low,
        min_ratio=ratio,
    )


def _within_months(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("from", "to", "months", "anniversary_inclusive")
    return eligibility.WithinMonths(
        id=name,
        ref=ref,
        start=part.get("from", as_dated),
        end=part.get("to", as_dated),
        months=part.get("months", as_count),
        anniversary_inclusive=part.get("anniversary_inclusive", as_flag, default=True),
    )


def _once_per(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("certificate_kind", "key", "higher_blocks_lower", "ignoring_states")
    return frequency.OncePer(
        id=name,
        ref=ref,
        certificate_kind=part.get("certificate_kind", as_word, default=None),
        key=part.get("key", as_key),
        higher_blocks_lower=part.get("higher_blocks_lower", as_flag, default=False),
        ignoring_states=part.get("ignoring_states", as_states, default=frozenset()),
    )


def _max_per_year(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("n", "year_of", "ignoring_states")
    return frequency.MaxPerYear(
        id=name,
        ref=ref,
        n=part.get("n", as_count),
        year_of=part.get("year_of", as_dated),
        ignoring_states=part.get("ignoring_states", as_states, default=frozenset()),
    )


def _not_with(part: Part, name: str, ref: str) -> rules.Rule:
    part.only("scheme", "key", "ignoring_states")
    return frequency.NotWith(
        id=name,
        ref=ref,
        scheme=part.get("scheme", as_word),
        key=part.get("key", as_key),
        ignoring_states=part.get("ignoring_states", as_states, default=frozenset()),
    )


RULES: dict[str, Callable[[Part, str, str], rules.Rule]] = {
    "age_between": _age_between,
    "not_in_status": _not_in_status,
    "any_of": _any_of,
    "min_hours": _min_hours,
    "within_months": _within_months,
    "once_per": _once_per,
    "max_per_year": _max_per_year,
    "not_with": _not_with,
}


def read_rounding(top: Part) -> Rounding:
    if top.value.get("rounding") is None:
        return Rounding()
    part = top.part("rounding")
    part.only("unit", "mode", "when")
    units = {"fen": 1, "jiao": 10, "yuan": 100}
    unit = part.get("unit", as_word, default="fen")
    if unit not in units:
        raise PolicyError(f"policy.rounding.unit must be one of {', '.join(units)}, not {shown(unit)}.")
    if part.get("mode", as_word, default="half_up") != "half_up":
        raise PolicyError("policy.rounding.mode must be 'half_up'.")
    if part.get("when", as_word, default="per_line") != "per_line":
        raise PolicyError("policy.rounding.when must be 'per_line'.")
    return Rounding(units[unit])


def read_amount(part: Part, rounding: Rounding) -> AmountRule:
    part.only("lines", "uplifts")
    lines = tuple(read_line(one) for one in part.parts("lines"))
    uplifts = None if part.value.get("uplifts") is None else read_uplifts(part.part("uplifts"))
    if uplifts and uplifts.of not in {line.item for line in lines}:
        raise PolicyError(f"policy.amount.uplifts lifts {uplifts.of!r}, which is no line of the policy.")
    return AmountRule(lines=lines, uplifts=uplifts, rounding=rounding)


def read_line(part: Part) -> LineRule:
    kind = part.get("type", as_word)
    keys = {"table": ("by", "fen"), "flat": ("fen",), "per_hour": ("hours", "fen"), "sum": ("parts",)}
    if kind not in keys:
        raise PolicyError(
            f"{part.place} has the unknown line type {shown(kind)}; known are {', '.join(sorted(keys))}."
        )
    part.only("fund", "item", "cap_fen", *CONDITION, *keys[kind])
    return LineRule(
        fund=part.get("fund", as_word),
        item=part.get("item", as_word),
        condition=read_condition(part),
        amount=_read_sum(part, kind),
        cap_fen=part.get("cap_fen", as_count, default=None),
    )


def _read_sum(part: Part, kind: str) -> amounts.Amount:
    if kind == "table":
        return amounts.Table(by=part.get("by", as_word), fen=part.get("fen", as_table))
    if kind == "flat":
        return amounts.Flat(fen=part.get("fen", as_count))
    if kind == "per_hour":
        return amounts.PerHour(hours=part.get("hours", as_word), fen=part.get("fen", as_count))
    pieces = part.parts("parts")
    for one in pieces:
        one.only("count", "fen")
    return amounts.SumOf(parts=tuple((one.get("count", as_word), one.get("fen", as_count)) for one in pieces))


def read_condition(part: Part) -> Condition:
    return Condition(
        when=part.get("when", as_object, default={}),
        when_any_group=part.get("when_any_group", as_codes, default=()),
        when_fact=part.get("when_fact", as_word, default=None),
        unless_fact=part.get("unless_fact", as_word, default=None),
        levels=part.get("levels", as_levels, default=()),
    )


def read_uplifts(part: Part) -> Uplifts:
    part.only("of", "stacking", "choices", *CONDITION)
    stacking = part.get("stacking", as_word)
    if stacking not in {"highest", "sum"}:
        raise PolicyError(f"{part.place}.stacking must be 'highest' or 'sum', not {shown(stacking)}.")
    choices = []
    for one in part.parts("choices"):
        one.only("item", "percent", *CONDITION)
        item, percent = one.get("item", as_word), one.get("percent", as_amount)
        choices.append(Choice(item=item, percent=percent, condition=read_condition(one)))
    return Uplifts(
        of=part.get("of", as_word), condition=read_condition(part), stacking=stacking, choices=tuple(choices)
    )
