"""Reasons against a claim: the rules that it does not meet, and standard ones, each with the clause it rests on (I16)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from subsidies.policy.words import Words
from subsidies.workflow.claims import Act

MET: Final = "PASS"


@dataclass(frozen=True)
class Standard:
    """A reason that no rule of a policy names. `ref` is the part of the policy it rests on."""

    said: Words
    ref: Words
    acts: frozenset[str]


_BACK = frozenset({Act.SENT_BACK})
_AGAINST = frozenset({Act.PROPOSED, Act.REJECTED, Act.STRUCK, Act.UPHELD})
_MATERIALS = Words("政策“材料”部分", "the policy's part “Documents”")
_CONDITIONS = Words("政策“申领条件”部分", "the policy's part “Conditions”")
_FREQUENCY = Words("政策“次数限制”部分", "the policy's part “How often”")
_DECLARATION = Words("申领人承诺", "the claimant's declaration")
_NOTICE = Words("政策“公示”部分", "the policy's part “Public notice”")

STANDARD: Final[dict[str, Standard]] = {
    "MATERIAL_MISSING": Standard(Words("材料不全", "A document is missing"), _MATERIALS, _BACK | _AGAINST),
    "MATERIAL_UNCLEAR": Standard(Words("材料看不清", "A document cannot be read"), _MATERIALS, _BACK),
    "EVIDENCE_NEEDED": Standard(
        Words("所述情况需要证明", "What is stated needs evidence"), _CONDITIONS, _BACK
    ),
    "STATED_WRONGLY": Standard(
        Words("所述情况与记录不符", "What is stated differs from the records"),
        _DECLARATION,
        _BACK | _AGAINST,
    ),
    "ACCOUNT_UNFIT": Standard(
        Words("收款账户不能用于发放", "The bank account cannot be paid to"), _MATERIALS, _BACK
    ),
    "TRAINING_NOT_BELIEVED": Standard(
        Words("学习记录不足以采信", "The learning record cannot be relied on"), _CONDITIONS, _AGAINST
    ),
    "CERTIFICATE_FALLEN": Standard(
        Words("证书已失效", "The certificate is no longer valid"), _CONDITIONS, _AGAINST
    ),
    "PAID_ELSEWHERE": Standard(
        Words("同一培训已另行享受补贴", "Another subsidy was paid for the same training"),
        _FREQUENCY,
        _AGAINST,
    ),
    "OBJECTION": Standard(Words("公示异议成立", "An objection was upheld"), _NOTICE, frozenset({Act.STRUCK})),
}


def of_rules(record: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """The rules of an explanation record that are not met or not yet known, as reasons."""
    return [
        {
            "code": rule["id"],
            "ref": rule["ref"] or rule["id"],
            "zh": rule["message_zh"] or rule["title_zh"],
            "en": rule["message_en"] or rule["title_en"],
        }
        for rule in (record or {}).get("rules", [])
        if rule["result"] != MET
    ]


def standard_for(act: Act) -> dict[str, Standard]:
    return {code: one for code, one in STANDARD.items() if act in one.acts}


def chosen(act: Act, codes: Iterable[str], record: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """The reasons behind `codes`, without a code all rules that are not met. Raises KeyError for a code that is neither."""
    ruled = of_rules(record)
    codes = list(dict.fromkeys(codes))
    if not codes:
        return ruled
    known = {one["code"]: one for one in ruled}
    known |= {
        code: {"code": code, "ref": one.ref.zh, "zh": one.said.zh, "en": one.said.en}
        for code, one in standard_for(act).items()
        if code not in known
    }
    return [known[code] for code in codes]
