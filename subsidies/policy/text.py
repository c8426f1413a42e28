"""A version as people read it, in both languages, and what changed between two versions.

Whatever decides is in it: every key that differs from its default, of every piece.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from subsidies.policy import words
from subsidies.policy.amounts import STACKING, Cap, LineRule, Uplifts
from subsidies.policy.body import Policy
from subsidies.policy.conditions import Condition
from subsidies.policy.frequency import MaxPerYear, NotWith, OncePer
from subsidies.policy.rules import BaseRule
from subsidies.policy.shape import Shape, keys_of, told_of
from subsidies.policy.words import Words

Rows = tuple[tuple[Words, Words], ...]
OPEN = Words("不限", "open")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule, line or term. `key` tells it from the others of its section, in every version."""

    key: str
    title: Words
    rows: Rows
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: Words
    entries: tuple[Entry, ...]


def sections(policy: Policy) -> list[Section]:
    """The version from its first to its last sentence; sections that say nothing are left out."""
    often = (OncePer, MaxPerYear, NotWith)
    found = [
        Section(Words("适用范围", "Where and when it applies"), (_scope(policy),)),
        Section(
            Words("申领条件", "Who may be paid"),
            tuple(_rule(rule) for rule in policy.rules if not isinstance(rule, often)),
        ),
        Section(
            Words("次数与重复", "How often"),
            tuple(_rule(rule) for rule in policy.rules if isinstance(rule, often)),
        ),
        Section(Words("补贴标准", "How much"), tuple(_lines(policy.amount.lines))),
        Section(
            Words("上浮", "Uplifts"),
            tuple(entry for uplifts in policy.amount.uplifts for entry in _uplifts(uplifts)),
        ),
        Section(Words("封顶", "Caps"), tuple(_cap(cap) for cap in policy.amount.caps)),
        Section(
            Words("办理", "How it is handled"),
            (
                _terms("rounding", Words("取整", "Rounding"), policy.amount.rounding),
                _terms("review", Words("审核", "Review"), policy.review),
                _terms("notice", Words("公示", "Public notice"), policy.notice),
                Entry("materials", Words("材料", "Documents"), _materials(policy)),
            ),
        ),
    ]
    return [one for one in found if one.entries]


def outline(policy: Policy, first: int) -> dict[str, list[Entry]]:
    """The pieces in the order of the text's lists; the first so many rules are those of `eligibility`. Of `choices-n` those of
    the n-th block of uplifts.
    """
    rules = [_rule(rule) for rule in policy.rules]
    blocks = {
        f"choices-{number}": list(_uplifts(block)) for number, block in enumerate(policy.amount.uplifts)
    }
    return {
        "eligibility": rules[:first],
        "frequency": rules[first:],
        "lines": list(_lines(policy.amount.lines)),
        "uplifts": [
            Entry(
                block.of,
                words.item(block.of),
                (*_when(block.condition), (Words("叠加方式", "Together"), STACKING.words(block.stacking))),
            )
            for block in policy.amount.uplifts
        ],
        **blocks,
        "caps": [_cap(cap) for cap in policy.amount.caps],
    }


def _scope(policy: Policy) -> Entry:
    first, last = (Words(str(day), str(day)) if day else OPEN for day in (policy.first_day, policy.last_day))
    rows = (
        (Words("文号", "Document"), Words(policy.doc_no, policy.doc_no)),
        (
            Words("按哪天确定版本", "The version is that of the"),
            words.fact(policy.version_selector),
        ),
        (Words("自", "From"), first),
        (Words("至", "To"), last),
    )
    return Entry("scope", words.titled(policy.title), rows)


def _told(piece: Shape) -> Rows:
    return tuple((one.label, one.kind.words(value)) for one, value in told_of(piece))


def _rule(rule: BaseRule) -> Entry:
    return Entry(rule.id, rule.heading, _told(rule), rule.ref)


def _when(*conditions: Condition) -> Rows:
    said = [condition.words for condition in conditions if condition.words]
    return tuple((Words("条件", "Condition"), one) for one in said)


def _lines(lines: Iterable[LineRule]) -> Iterator[Entry]:
    for number, line in enumerate(lines, 1):
        cap = ((Words("上限", "Cap"), words.money(line.cap_fen)),) if line.cap_fen is not None else ()
        fund = ((Words("资金", "Fund"), words.fund(line.fund)),)
        yield Entry(f"{number}:{line.item}", line.name, (*_when(line.condition), *line.sum.rows, *cap, *fund))


def _uplifts(uplifts: Uplifts) -> Iterator[Entry]:
    together = ((Words("叠加方式", "Together"), STACKING.words(uplifts.stacking)),)
    for choice in uplifts.choices:
        percent = f"{words.decimal(choice.percent)}%"
        yield Entry(
            f"{uplifts.of}:{choice.item}",
            choice.name,
            (
                (Words("上浮", "Uplift"), Words(percent, percent)),
                (Words("基数", "Of"), words.item(uplifts.of)),
                *_when(uplifts.condition, choice.condition),
                *together,
            ),
        )


def _cap(cap: Cap) -> Entry:
    return Entry(cap.id, Words("封顶", "Cap"), _told(cap), cap.ref)


def _terms(name: str, title: Words, piece: Shape) -> Entry:
    """What is usual, too: of these, the usual decides as well."""
    values = [(one, getattr(piece, one.attribute)) for one in keys_of(type(piece))]
    return Entry(
        name, title, tuple((one.label, one.kind.words(value)) for one, value in values if value is not None)
    )


def _materials(policy: Policy) -> Rows:
    return tuple(
        (Words(f"第 {number} 项", f"No. {number}"), words.material(code))
        for number, code in enumerate(policy.materials, 1)
    )


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` in words; one of them is None where the row, or all of the entry, is new or gone."""

    section: Words
    entry: Words
    row: Words
    before: Words | None
    after: Words | None

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def difference(old: Policy, new: Policy) -> list[Change]:
    """Row by row, in the order of the new version, what is gone at the end."""
    before, after = _flat(old), _flat(new)
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Change(*_names(key, before, after), _value(before, key), _value(after, key))
        for key in keys
        if _value(before, key) != _value(after, key)
    ]


_Key = tuple[str, str, str]
_Flat = dict[_Key, tuple[Words, Words, Words, Words]]


def _flat(policy: Policy) -> _Flat:
    found: _Flat = {}
    for section in sections(policy):
        for entry in section.entries:
            for number, (label, value) in enumerate(entry.rows or ((entry.title, entry.title),)):
                key = (section.title.en, entry.key, label.en)
                if key in found:
                    key = (section.title.en, entry.key, f"{label.en} {number}")
                found[key] = (section.title, entry.title, label, value)
    return found


def _names(key: _Key, before: _Flat, after: _Flat) -> tuple[Words, Words, Words]:
    return (after.get(key) or before[key])[:3]


def _value(flat: _Flat, key: _Key) -> Words | None:
    return flat[key][3] if key in flat else None
