"""What a contract asks: a share between the two that it names, and fewer than it has places for."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from subsidies.policy import kinds, words
from subsidies.policy.facts import Reader
from subsidies.policy.rules import BaseRule, Finding
from subsidies.policy.shape import key
from subsidies.policy.words import Words, decimal, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareBetween(BaseRule):
    """A part of a whole, in percent, between two facts that are percentages, both included."""

    type: ClassVar[str] = "share_between"
    label: ClassVar[Words] = Words("约定比例", "Agreed share")
    about: ClassVar[Words | None] = Words(
        "部分占全部的百分比，不低于也不高于两项事实所载的百分比，例如合同约定的线上学时比例。",
        "A part of a whole, in percent, between two facts such as the online shares of a contract, both included.",
    )
    part: str = key(kinds.PATH, "部分", "Part")
    whole: str = key(kinds.PATH, "全部", "Whole")
    least: str = key(kinds.PATH, "最低比例取自", "At least the percent of")
    most: str = key(kinds.PATH, "最高比例取自", "At most the percent of")

    @property
    def title(self) -> Words:
        part, whole = words.fact(self.part), words.fact(self.whole)
        least, most = words.fact(self.least), words.fact(self.most)
        return Words(
            f"{part.zh}占{whole.zh}的比例不低于{least.zh}、不高于{most.zh}",
            sentence(f"{part.en} / {whole.en}: from the {least.en} to the {most.en}", stop=""),
        )

    def evaluate(self, facts: Reader) -> Finding:
        part, whole = facts.amount(self.part), facts.amount(self.whole)
        least, most = facts.amount(self.least), facts.amount(self.most)
        if whole == 0:
            # Nothing of nothing is no share: a mistake in the record.
            facts.missing.append(self.whole)
        if part is None or not whole:
            return self.unknown(facts)
        value = f"{decimal(part)} / {decimal(whole)}"
        if least is not None and part * 100 < least * whole:
            return self.failed(facts, ["SHARE_TOO_LOW"], _compared(value, "低于", "below", least), value)
        if most is not None and part * 100 > most * whole:
            return self.failed(facts, ["SHARE_TOO_HIGH"], _compared(value, "高于", "above", most), value)
        if least is None or most is None:
            return self.unknown(facts)
        return self.passed(
            facts,
            Words(
                f"{value}，在 {decimal(least)}% 至 {decimal(most)}% 之间。",
                f"{value}: between {decimal(least)}% and {decimal(most)}%.",
            ),
            value,
        )


def _compared(value: str, zh: str, en: str, percent: Fraction) -> Words:
    return Words(f"{value}，{zh} {decimal(percent)}%。", f"{value}: {en} {decimal(percent)}%.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FewerThan(BaseRule):
    """What is counted is below a limit that is a fact: there is a place left."""

    type: ClassVar[str] = "fewer_than"
    label: ClassVar[Words] = Words("约定人数", "Agreed number")
    about: ClassVar[Words | None] = Words(
        "一项计数低于另一项事实所载的上限，例如合同约定的人数。",
        "A count is below the limit that a fact names, such as the people of a contract.",
    )
    counted: str = key(kinds.PATH, "计数", "What is counted")
    limit: str = key(kinds.PATH, "上限取自", "Below")

    @property
    def title(self) -> Words:
        counted, limit = words.fact(self.counted), words.fact(self.limit)
        return Words(f"{counted.zh}低于{limit.zh}", sentence(f"{counted.en}: fewer than {limit.en}", stop=""))

    def evaluate(self, facts: Reader) -> Finding:
        counted, limit = facts.amount(self.counted), facts.amount(self.limit)
        if counted is None or limit is None:
            return self.unknown(facts)
        value = f"{decimal(counted)} / {decimal(limit)}"
        if counted >= limit:
            return self.failed(
                facts, ["LIMIT_REACHED"], Words(f"{value}，已满。", f"{value}: no place is left."), value
            )
        return self.passed(facts, Words(f"{value}，尚有名额。", f"{value}: places are left."), value)
