"""What every rule answers, and with which words.

Each rule answers PASS, FAIL or UNKNOWN. It passes only when every fact it names is known, and fails only when the known facts
are enough to be sure: a missing fact becomes a request for evidence, never a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from subsidies.policy import words
from subsidies.policy.facts import Reader
from subsidies.policy.shape import Shape
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
class BaseRule(Shape):
    """`said` is the policy's own heading, where it has one; `title` is what the rule's values say."""

    type: ClassVar[str] = ""
    label: ClassVar[Words] = Words("", "")
    """What a rule of this type is about, for the list from which an editor chooses."""
    id: str
    ref: str = ""
    said: Words | None = None
    heading: Words = field(init=False, repr=False, compare=False)
    """Made once with the rule: a record needs it for every claim."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", self.said or self.title)

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
            title=self.heading,
            message=message,
            codes=codes,
            value=value,
            ref=self.ref,
            inputs=dict(facts.inputs),
            missing=missing,
        )
