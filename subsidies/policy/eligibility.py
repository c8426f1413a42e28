"""Who may be paid: age, status, link to the province, hours, deadline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from subsidies.policy import kinds, words
from subsidies.policy.dates import age_on, birthday, months_after
from subsidies.policy.facts import Reader
from subsidies.policy.rules import BaseRule, Finding
from subsidies.policy.shape import Narrows, key
from subsidies.policy.words import Words, decimal, sentence

CLASS_HOUR_MINUTES = 45
"""学时: one class hour, see docs/counted-time.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBetween(BaseRule):
    """Old enough on one day, young enough on another. The limit may differ by sex."""

    type: ClassVar[str] = "age_between"
    label: ClassVar[Words] = Words("年龄", "Age")
    about: ClassVar[Words | None] = Words(
        "某一天已达到最小年龄，另一天未超过最大年龄；最大年龄可分男女。",
        "Old enough on one day, young enough on another; the limit may differ by sex.",
    )
    ONE_OF: ClassVar[tuple[str, ...]] = ("min", "max")
    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {"min": ("min_at",), "max": ("max_at",)}
    min: int | None = key(kinds.YEARS, "最小年龄", "Youngest age", default=None, narrows=Narrows.UP)
    min_at: str = key(kinds.DATED, "最小年龄计算日", "Youngest age on the", default="")
    max: int | Mapping[str, int] | None = key(
        kinds.AGE_LIMIT, "最大年龄", "Oldest age", default=None, narrows=Narrows.DOWN
    )
    max_at: str = key(kinds.DATED, "最大年龄计算日", "Oldest age on the", default="")
    birthday_inclusive: bool = key(kinds.FLAG, "满龄当天符合", "The birthday itself is within", default=True)

    def doubts(self) -> Iterator[Words]:
        limits = self.max.values() if isinstance(self.max, Mapping) else [self.max]
        if any(self.min is not None and limit is not None and limit < self.min for limit in limits):
            yield Words("最大年龄小于最小年龄，谁也不符合", "allows nobody: 'max' is below 'min'")

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
class NotInStatus(BaseRule):
    """On no excluded list, unless something else excuses it (a student who graduates this year)."""

    type: ClassVar[str] = "not_in_status"
    label: ClassVar[Words] = Words("排除人员", "Excluded people")
    about: ClassVar[Words | None] = Words(
        "不属于任何一类排除人员，除非另有情形可以例外（例如毕业年度的在校生）。",
        "On no excluded list, unless something else excuses it (a student who graduates this year).",
    )
    statuses: tuple[str, ...] = key(kinds.STATUSES, "排除的身份", "Excluded statuses", narrows=Narrows.MORE)
    unless: Mapping[str, tuple[str, ...]] = key(
        kinds.EXCUSES, "例外", "Unless", factory=dict, narrows=Narrows.FEWER
    )

    def doubts(self) -> Iterator[Words]:
        for status in self.unless:
            if status not in self.statuses:
                yield Words(
                    f"例外“{words.status(status).zh}”不在排除的身份之内",
                    f"excuses {status!r}, which it does not exclude",
                )

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
            who = kinds.STATUSES.words(barred)
            return self.failed(
                facts,
                ["STATUS_EXCLUDED"],
                Words(f"属于排除人员：{who.zh}。", f"Excluded by the policy: {who.en}."),
            )
        if in_doubt:
            return self.unknown(facts)
        return self.passed(facts, Words("没有查到排除情形。", "No excluded status is on record."))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(BaseRule):
    """One yes is enough."""

    type: ClassVar[str] = "any_of"
    label: ClassVar[Words] = Words("至少符合一项", "At least one of several facts")
    about: ClassVar[Words | None] = Words(
        "所列事实只要有一项为“是”即可。",
        "One yes among these facts is enough.",
    )
    facts: tuple[str, ...] = key(kinds.PATHS, "有一项即可", "One is enough", narrows=Narrows.FEWER)

    @property
    def title(self) -> Words:
        named = words.facts(self.facts)
        return Words(f"至少符合一项：{named.zh}", f"At least one of: {named.en}")

    def evaluate(self, facts: Reader) -> Finding:
        answers = {path: facts.flag(path) for path in self.facts}
        yes = [path for path, answer in answers.items() if answer is True]
        if yes:
            named = words.facts(yes)
            return self.passed(
                facts, Words(f"{named.zh}。有一项即可。", sentence(f"{named.en}; one is enough"))
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
class MinHours(BaseRule):
    """Enough counted hours (学时 of 45 minutes), in number and as a share of the course."""

    type: ClassVar[str] = "min_hours"
    label: ClassVar[Words] = Words("最低学时", "Least hours")
    about: ClassVar[Words | None] = Words(
        "有效学时（每学时 45 分钟）达到数量，或达到课程学时的一定比例。",
        "Enough counted hours of 45 minutes, in number or as a share of the course.",
    )
    ONE_OF: ClassVar[tuple[str, ...]] = ("min", "min_ratio")
    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {"min_ratio": ("of",)}
    hours: str = key(kinds.PATH, "哪些学时", "Which hours")
    of: str | None = key(kinds.PATH, "占哪些学时", "As a share of", default=None)
    min: Fraction | None = key(kinds.HOURS, "最低学时", "Least hours", default=None, narrows=Narrows.UP)
    min_ratio: Fraction | None = key(kinds.RATIO, "最低比例", "Least share", default=None, narrows=Narrows.UP)
    hour_minutes: int = key(kinds.COUNT, "一学时的分钟数", "Minutes of an hour", default=45)

    def doubts(self) -> Iterator[Words]:
        if self.hour_minutes != CLASS_HOUR_MINUTES:
            yield Words(
                f"一学时写成 {self.hour_minutes} 分钟，学时台账按 45 分钟计",
                f"has hours of {self.hour_minutes} minutes; the hours of the ledger are class hours of 45",
            )

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
class WithinMonths(BaseRule):
    """Claimed after the certificate and not later than so many months after it."""

    type: ClassVar[str] = "within_months"
    label: ClassVar[Words] = Words("期限", "Deadline")
    about: ClassVar[Words | None] = Words(
        "在取得证书之后、规定月数之内申领。",
        "Claimed after the certificate and not later than so many months after it.",
    )
    start: str = key(kinds.DATED, "起算日", "From", name="from")
    end: str = key(kinds.DATED, "截止事项", "To", name="to")
    months: int = key(kinds.MONTHS, "月数", "Months", narrows=Narrows.DOWN)
    anniversary_inclusive: bool = key(
        kinds.FLAG, "期满当天有效", "The last day itself is in time", default=True
    )

    @property
    def title(self) -> Words:
        start, end = words.fact(self.start), words.fact(self.end)
        return Words(
            f"{end.zh}在{start.zh}后 {self.months} 个月内",
            sentence(f"{end.en} within {self.months} months of the {start.en}", stop=""),
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
