"""What holds under every policy, whoever wrote it: the enrolment itself counts for the subsidy.

It was settled on the first day of the enrolment, from the course, its standard and the licence of its provider. Facts that
say nothing of it are those of times when nothing was settled: then nothing is asked.
"""

from dataclasses import dataclass
from typing import ClassVar

from subsidies.policy import words
from subsidies.policy.facts import Facts, Reader, as_word
from subsidies.policy.rules import BaseRule, Finding
from subsidies.policy.words import Words

CODE = "ENROLMENT_NOT_COUNTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCounts(BaseRule):
    """The enrolment counted on its first day."""

    type: ClassVar[str] = "enrolment_counts"

    @property
    def title(self) -> Words:
        return Words("报名计入补贴", "Enrolment counts for the subsidy")

    def applies(self, known: Facts) -> bool:
        return known.value("enrolment.counts") is not None

    def evaluate(self, facts: Reader) -> Finding:
        counts = facts.flag("enrolment.counts")
        if counts is None:
            return self.unknown(facts)
        if counts:
            return self.passed(
                facts, Words("报名那天，这门课程计入补贴。", "The course counted on the day of enrolment.")
            )
        reason = facts.facts.read("enrolment.reason", as_word) or ""
        why = words.STANDINGS.get(
            reason, Words("报名那天，这门课程不计入补贴", "The course did not count on the day of enrolment")
        )
        return self.failed(facts, [CODE], Words(f"{why.zh}。", f"{why.en}."))


PRECONDITIONS = (EnrolmentCounts(id="ENROLMENT"),)
