"""When a line or an uplift is there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from subsidies.policy import kinds
from subsidies.policy.facts import Reader, every
from subsidies.policy.shape import Narrows, Shape, key, told_of
from subsidies.policy.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Shape):
    """All parts must hold; a part that surely does not hold settles it."""

    when: Mapping[str, Any] = key(kinds.CONDITIONS, "当", "When", factory=dict)
    when_any_group: tuple[str, ...] = key(
        kinds.GROUPS, "限人群", "Only for", default=(), narrows=Narrows.WITHIN
    )
    when_fact: str | None = key(kinds.PATH, "须符合", "If", default=None)
    unless_fact: str | None = key(kinds.PATH, "除非", "Unless", default=None)
    levels: tuple[int, ...] = key(kinds.LEVELS, "限等级", "Only for", default=(), narrows=Narrows.WITHIN)

    def holds(self, facts: Reader) -> bool | None:
        missing: list[str] = []
        answers: list[bool | None] = []
        for path, answer in self._parts(facts):
            if answer is False:
                facts.missing[:] = []
                return False
            if answer is None:
                missing.append(path)
            answers.append(answer)
        facts.missing[:] = missing
        return every(answers)

    def _parts(self, facts: Reader) -> Iterator[tuple[str, bool | None]]:
        for path, wanted in self.when.items():
            value = facts.fact(path)
            same = value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
            yield path, None if value is None else same
        if self.levels:
            level = facts.fact("certificate.level")
            yield "certificate.level", None if level is None else level in self.levels
        if self.when_any_group:
            groups = facts.words("person.groups")
            yield "person.groups", None if groups is None else bool(groups & set(self.when_any_group))
        if self.when_fact:
            yield self.when_fact, facts.flag(self.when_fact)
        if self.unless_fact:
            excluded = facts.flag(self.unless_fact)
            yield self.unless_fact, None if excluded is None else not excluded

    @property
    def words(self) -> Words | None:
        """None where it always holds."""
        zh, en = [], []
        for one, value in told_of(self):
            said = one.kind.words(value)
            zh.append(said.zh if one.name == "when" else f"{one.label.zh}{said.zh}")
            en.append(f"{one.label.en.lower()} {said.en}")
        return Words("；".join(zh), "; ".join(en)) if zh else None
