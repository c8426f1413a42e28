"""One decision as it is laid before people: taken from the stored record alone, so that every view says the same.

The claimant's page, the officer's page, the letter and the auditor's export are four views of it. What it says is frozen, in both
languages, whoever reads it and when; so its words do not pass through gettext.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from subsidies.policy import words
from subsidies.policy.words import Words

RESULTS: Final[dict[str, Words]] = {
    "PASS": Words("符合", "Met"),
    "FAIL": Words("不符合", "Not met"),
    "UNKNOWN": Words("待查明", "Not known"),
}
OUTCOMES: Final[dict[str, Words]] = {
    "APPROVE": Words("符合全部条件", "All conditions are met"),
    "REJECT": Words("不符合条件", "Conditions are not met"),
    "NEEDS_EVIDENCE": Words("尚有情况待查明", "Questions are still open"),
}


@dataclass(frozen=True, slots=True)
class RuleSaid:
    """`ref` is the clause of the policy; empty where it names none."""

    id: str
    result: str
    title: Words
    message: Words
    value: str
    ref: str


@dataclass(frozen=True, slots=True)
class LineSaid:
    """One part of the amount; integer fen, and how it was reckoned."""

    fund: str
    item: str
    title: Words
    formula: str
    fen: int


@dataclass(frozen=True, slots=True)
class Explained:
    """`policy` is what the record cites: doc_no, version, sha256 and so on; None where no version applied."""

    outcome: str
    amount_fen: int
    policy: Mapping[str, Any] | None
    engine: str
    evaluated_at: str
    rules: tuple[RuleSaid, ...]
    lines: tuple[LineSaid, ...]
    facts: tuple[Mapping[str, Any], ...]

    @property
    def failed(self) -> tuple[RuleSaid, ...]:
        """Those that are not met or not known."""
        return tuple(rule for rule in self.rules if rule.result != "PASS")


def explained(record: Mapping[str, Any], *, outcome: str, amount_fen: int) -> Explained:
    """`outcome` and `amount_fen` stand beside the record of a decision and are those of it (I8)."""
    return Explained(
        outcome=outcome,
        amount_fen=amount_fen,
        policy=record.get("policy"),
        engine=record.get("engine", ""),
        evaluated_at=record.get("evaluated_at") or "",
        rules=tuple(map(_rule, record.get("rules", ()))),
        lines=tuple(map(line_said, record.get("lines", ()))),
        facts=tuple(record.get("facts", ())),
    )


def _rule(rule: Mapping[str, Any]) -> RuleSaid:
    return RuleSaid(
        id=rule["id"],
        result=rule["result"],
        title=Words(rule["title_zh"], rule["title_en"]),
        message=Words(rule["message_zh"], rule["message_en"]),
        value=str(rule["value"]),
        ref=rule["ref"],
    )


def line_said(line: Mapping[str, Any]) -> LineSaid:
    """With the policy's own name of the item, else the common one."""
    common = words.item(line["item"])
    title = Words(line.get("title_zh") or common.zh, line.get("title_en") or common.en)
    return LineSaid(line["fund"], line["item"], title, line["formula"], line["fen"])


def fund_words(code: str) -> Words:
    return words.FUNDS.get(code, Words(code, code))


def result_words(result: str) -> Words:
    return RESULTS[result]


def reasons_said(reasons: Sequence[Mapping[str, str]]) -> list[tuple[str, Words, str]]:
    """Code, words and clause of each reason behind a no."""
    return [(one["code"], Words(one["zh"], one["en"]), one["ref"]) for one in reasons]
