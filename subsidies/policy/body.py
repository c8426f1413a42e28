"""A policy as it is written (JSON), read into rules, and the JSON Schema of what can be read."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from subsidies.policy import agreed, eligibility, frequency, kinds, membership, words
from subsidies.policy.amounts import AmountRule, Cap, Choice, LineRule, Rounding, Uplifts
from subsidies.policy.conditions import Condition
from subsidies.policy.facts import FactError, as_date, as_word, plain, shown
from subsidies.policy.rules import BaseRule
from subsidies.policy.shape import (
    Narrows,
    Part,
    PolicyError,
    Shape,
    key,
    made,
    names_of,
    read,
    schema_of,
    values_of,
)
from subsidies.policy.sums import SUMS
from subsidies.policy.words import Words

SCHEMA: Final = "policy/1"
NATION: Final = "000000"
"""GB/T 2260 has no code for the whole country; provinces begin at 110000. Its version may leave the money to the provinces."""
RULES: Final[Mapping[str, type[BaseRule]]] = {
    one.type: one
    for one in (
        eligibility.AgeBetween,
        eligibility.NotInStatus,
        membership.InGroup,
        eligibility.AnyOf,
        membership.EmployedByPayee,
        eligibility.MinHours,
        agreed.ShareBetween,
        agreed.FewerThan,
        membership.ProviderListed,
        membership.CertificateValid,
        eligibility.WithinMonths,
        frequency.OncePer,
        frequency.MaxPerYear,
        frequency.NotWith,
    )
}
"""The closed set, in the order in which a policy's text usually has them."""

OFTEN: Final = {
    "never": Words("不需要", "never"),
    "sample": Words("抽查", "by a sample"),
    "always": Words("全部", "always"),
}
HOW_OFTEN: Final = replace(kinds.choice_of(OFTEN), rank=list(OFTEN).index)
MASKS: Final = {
    "name_1_id_4": Words(
        "姓名隐去中间的字，证件号留前四位和后两位",
        "the middle of the name hidden, of the number the first four and last two shown",
    ),
    "name_1_id_last_4": Words(
        "姓名隐去中间的字，证件号只留后四位",
        "the middle of the name hidden, of the number the last four shown",
    ),
    "name_1_id_0": Words("姓名隐去中间的字，不列证件号", "the middle of the name hidden, no number"),
    "surname_id_0": Words("只列姓氏，不列证件号", "the surname alone, no number"),
}
"""Each hides more than the one before: a lower layer may go on, not back."""
MASK: Final = replace(kinds.choice_of(MASKS), rank=list(MASKS).index)
"""What each shows is in `subsidies.masks`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Shape):
    """公示: how long, for objections too, and what of a person is hidden. In working days."""

    working_days: int = key(
        kinds.NUMBER, "公示工作日", "Working days of notice", default=5, narrows=Narrows.UP
    )
    objection_working_days: int = key(
        kinds.NUMBER, "异议处理工作日", "Working days to settle an objection", default=5, narrows=Narrows.DOWN
    )
    mask: str = key(MASK, "信息隐去", "Hidden", default="name_1_id_4", narrows=Narrows.UP)
    publish_payment: bool = key(
        kinds.FLAG, "发放后再次公示", "Published again once paid", default=False, narrows=Narrows.UP
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Shape):
    """Who looks at a claim beside the first reviewer, and within which time. Amounts in fen, the sample in percent."""

    second: str = key(HOW_OFTEN, "复审", "Second reviewer", default="always", narrows=Narrows.UP)
    ministry: str = key(HOW_OFTEN, "部级审核", "Ministry", default="always", narrows=Narrows.UP)
    sample_percent: int = key(
        kinds.COUNT, "抽查比例", "Percent of the sample", default=100, narrows=Narrows.UP
    )
    ministry_if_fen_at_least: int | None = key(
        kinds.FEN, "达到以下金额必须部级审核", "To the ministry from", default=None, narrows=Narrows.DOWN
    )
    two_in_ministry_if_fen_at_least: int | None = key(
        kinds.FEN,
        "达到以下金额须两名部级审核员",
        "Two of the ministry from",
        default=None,
        narrows=Narrows.DOWN,
    )
    desk_working_days: int = key(
        kinds.NUMBER, "每一环节办理工作日", "Working days of a desk", default=5, narrows=Narrows.DOWN
    )
    correction_working_days: int = key(
        kinds.NUMBER, "补正工作日", "Working days for a correction", default=15, narrows=Narrows.UP
    )
    appeal_days: int = key(kinds.NUMBER, "申请复核天数", "Days to appeal", default=60, narrows=Narrows.UP)
    """60 days are those of article 20 of the Administrative Reconsideration Law of 2023 (行政复议法)."""

    def doubts(self) -> Iterator[Words]:
        if self.sample_percent > 100:  # noqa: PLR2004
            yield Words("抽查比例超过 100%", "has a sample of more than 100 percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Shape):
    """One version. Days are those of the fact that `version_selector` names; the last one is included."""

    region: str = key(kinds.WORD, "地区", "Region")
    programme: str = key(kinds.WORD, "项目", "Programme")
    version: int = key(kinds.COUNT, "版本", "Version")
    doc_no: str = key(kinds.WORD, "文号", "Document", default="")
    title: Mapping[str, str] = key(kinds.TITLE, "名称", "Title", factory=dict)
    version_selector: str = key(kinds.DATED, "版本按哪天", "The version of the")
    materials: tuple[str, ...] = key(kinds.CODES, "材料", "Documents", default=(), narrows=Narrows.MORE)
    first_day: date | None
    last_day: date | None
    rules: tuple[BaseRule, ...]
    amount: AmountRule
    notice: Notice
    review: Review
    sha256: str = field(compare=False)

    def holds_on(self, day: date) -> bool:
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )


PIECES: Final = ("schema", "valid", "rounding", "eligibility", "frequency", "amount", "notice", "review")


def read_policy(body: Any) -> Policy:
    """One version of a policy. Raises PolicyError with a sentence that names the place."""
    top = Part.of("policy", body)
    if top.get("schema", as_word) != SCHEMA:
        raise PolicyError(f"policy.schema must be {SCHEMA!r}, not {shown(body['schema'])}.")
    top.only(*names_of(Policy), *PIECES)
    first, last = _days(body.get("valid"))
    ruled = tuple(read_rule(part) for key in ("eligibility", "frequency") for part in top.parts(key))
    ids = [rule.id for rule in ruled]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise PolicyError(
            f"The rule id {twice[0]!r} is used twice.",
            place="policy.eligibility",
            said=Words(f"规则编号“{twice[0]}”用了两次", f"The rule id {twice[0]!r} is used twice"),
        )
    rounding = read(top.part("rounding"), Rounding) if top.has("rounding") else Rounding()
    amount = read_amount(top.part("amount"), rounding)
    if not amount.lines and top.get("region", as_word) != NATION:
        raise PolicyError(
            "policy.amount.lines: an empty list pays nobody.",
            place="policy.amount.lines",
            said=Words("至少要有一项补贴标准", "an empty list pays nobody"),
        )
    return Policy(
        **values_of(top, Policy),
        first_day=first,
        last_day=last,
        rules=ruled,
        amount=amount,
        notice=read(top.part("notice"), Notice) if top.has("notice") else Notice(),
        review=read(top.part("review"), Review) if top.has("review") else Review(),
        sha256=fingerprint(body),
    )


def _days(valid: Any) -> tuple[date | None, date | None]:
    if not isinstance(valid, list | tuple) or len(valid) != 2:  # noqa: PLR2004 - from, to
        raise PolicyError(
            "policy.valid must be a list of two dates, or null for an open end.", place="policy.valid"
        )
    try:
        first, last = (None if one is None else as_date(one) for one in valid)
    except FactError as problem:
        raise PolicyError(f"policy.valid: {problem}.", place="policy.valid") from None
    if first and last and last < first:
        raise PolicyError(
            f"policy.valid ends on {last}, before it starts on {first}.",
            place="policy.valid",
            said=Words("最后一天早于第一天", "The last day lies before the first"),
        )
    return first, last


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


def _one_of(part: Part, known: Mapping[str, Any], what: str) -> Any:
    kind = part.get("type", as_word)
    if kind not in known:
        raise PolicyError(
            f"{part.place} has the unknown {what} type {shown(kind)}; known are {', '.join(sorted(known))}.",
            place=f"{part.place}.type",
        )
    return known[kind]


def read_rule(part: Part) -> BaseRule:
    said = {name: part.get(f"message_{name}", as_word, default="") for name in ("zh", "en")}
    return read(
        part,
        _one_of(part, RULES, "rule"),
        id=part.get("id", as_word),
        ref=part.get("ref", kinds.as_ref, default=""),
        said=words.titled(said) if any(said.values()) else None,
    )


def read_amount(part: Part, rounding: Rounding) -> AmountRule:
    part.only("lines", "uplifts", "caps")
    lines = tuple(read_line(one) for one in part.parts("lines"))
    listed = isinstance(part.value.get("uplifts"), list | tuple)
    blocks = part.parts("uplifts") if listed else [part.part("uplifts")] if part.has("uplifts") else []
    uplifts = tuple(read_uplifts(one) for one in blocks)
    for one in uplifts:
        if one.of not in {line.item for line in lines}:
            raise PolicyError(
                f"policy.amount.uplifts lifts {one.of!r}, which is no line of the policy.",
                place="policy.amount.uplifts",
                said=Words(
                    f"上浮的项目“{one.of}”不在补贴标准之内",
                    f"The uplift lifts {one.of!r}, which is no line of the policy",
                ),
            )
    return AmountRule(
        lines=lines,
        uplifts=uplifts,
        caps=tuple(read_cap(one) for one in (part.parts("caps") if part.has("caps") else [])),
        rounding=rounding,
    )


def read_line(part: Part) -> LineRule:
    shape = _one_of(part, SUMS, "line")
    part.only(*names_of(LineRule, Condition, shape))
    return made(part, LineRule, condition=made(part, Condition), sum=made(part, shape))


def read_uplifts(part: Part) -> Uplifts:
    part.only(*names_of(Uplifts, Condition), "choices")
    choices = []
    for one in part.parts("choices"):
        one.only(*names_of(Choice, Condition))
        choices.append(made(one, Choice, condition=made(one, Condition)))
    return made(part, Uplifts, condition=made(part, Condition), choices=tuple(choices))


def read_cap(part: Part) -> Cap:
    return read(part, Cap, id=part.get("id", as_word), ref=part.get("ref", kinds.as_ref, default=""))


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one version. It accepts whatever `read_policy` accepts, and little more: what one piece says
    of another (days in order, an id used twice, an uplift of a line that is not there), only the reader sees.
    """
    rules = [schema_of(shape, type={"const": kind}, id=kinds.WORD.schema) for kind, shape in RULES.items()]
    lines = [schema_of(LineRule, Condition, shape, type={"const": kind}) for kind, shape in SUMS.items()]
    choices = {"type": "array", "items": schema_of(Choice, Condition)}
    uplifts = schema_of(Uplifts, Condition, choices=choices)
    several = {"type": "array", "items": uplifts}
    day = {"anyOf": [kinds.DAY.schema, {"type": "null"}]}
    amount = {
        "type": "object",
        "properties": {
            **schema_of()["properties"],
            "lines": {"type": "array", "items": {"anyOf": lines}},
            "uplifts": {"anyOf": [uplifts, several, {"type": "null"}]},
            "caps": {
                "anyOf": [{"type": "array", "items": schema_of(Cap, id=kinds.WORD.schema)}, {"type": "null"}]
            },
        },
        "required": ["lines"],
        "additionalProperties": False,
    }
    listed = {"type": "array", "items": {"anyOf": rules}}
    top = schema_of(
        Policy,
        schema={"const": SCHEMA},
        valid={"type": "array", "items": day, "minItems": 2, "maxItems": 2},
        eligibility=listed,
        frequency=listed,
        amount=amount,
    )
    for name, shape in (("rounding", Rounding), ("notice", Notice), ("review", Review)):
        top["properties"][name] = {"anyOf": [schema_of(shape), {"type": "null"}]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **top}
