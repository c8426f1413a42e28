"""National, provincial and city versions: a lower one may only be narrower than the one above it.

Each layer is a whole text of its own, so nobody has to put a policy together to read it. The upper one is the frame: each of its
rules, caps and terms must be in the lower one, the same or stricter; what a lower one pays must be foreseen above, at most as
much. A lower one may add rules, and may leave out money.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from subsidies.policy.amounts import Choice, LineRule
from subsidies.policy.body import Policy
from subsidies.policy.shape import Key, Narrows, Shape, keys_of
from subsidies.policy.words import Words


@dataclass(frozen=True, slots=True)
class Widening:
    """Where the lower version allows more than the upper one. None: it is not there."""

    place: Words
    upper: Words | None
    lower: Words | None


def widenings(upper: Policy, lower: Policy) -> list[Widening]:
    """What keeps `lower` from being published under `upper`; empty where it is nowhere wider."""
    return [
        *_of_rules(upper, lower),
        *_of_lines(upper, lower),
        *_of_uplifts(upper, lower),
        *_of_caps(upper, lower),
        *_of_piece(Words("取整", "Rounding"), upper.amount.rounding, lower.amount.rounding),
        *_of_piece(Words("公示", "Public notice"), upper.notice, lower.notice),
        *_of_piece(Words("审核", "Review"), upper.review, lower.review),
        *_of_keys(
            Words("版本", "Version"),
            [one for one in keys_of(Policy) if one.name in {"materials", "version_selector"}],
            upper,
            lower,
        ),
    ]


def _of_rules(upper: Policy, lower: Policy) -> Iterator[Widening]:
    mine = {rule.id: rule for rule in lower.rules}
    for rule in upper.rules:
        own = mine.get(rule.id)
        if own is None or own.type != rule.type:
            yield Widening(_named(rule.id), rule.heading, own.heading if own else None)
        else:
            yield from _of_piece(_named(rule.id), rule, own)


def _of_lines(upper: Policy, lower: Policy) -> Iterator[Widening]:
    """A frame without lines leaves the money to the layers below."""
    if not upper.amount.lines:
        return
    for line in lower.amount.lines:
        place = _named(line.item)
        foreseen = [one for one in upper.amount.lines if _same_line(one, line)]
        tried = [
            [
                *_of_keys(place, [one for one in keys_of(LineRule) if one.name == "cap_fen"], one, line),
                *_of_piece(place, one.condition, line.condition),
                *_of_piece(place, one.sum, line.sum),
            ]
            for one in foreseen
        ]
        if not tried:
            yield Widening(place, None, line.name)
        else:
            yield from min(tried, key=len)


def _same_line(upper: LineRule, lower: LineRule) -> bool:
    return (upper.fund, upper.item, upper.sum.type) == (lower.fund, lower.item, lower.sum.type)


def _of_uplifts(upper: Policy, lower: Policy) -> Iterator[Widening]:
    if not upper.amount.lines:
        return
    foreseen = {
        (block.of, block.stacking, choice.item): (block, choice)
        for block in upper.amount.uplifts
        for choice in block.choices
    }
    for block in lower.amount.uplifts:
        for choice in block.choices:
            place = _named(f"{block.of} {choice.item}")
            # All of them added is more than the highest of them.
            keys = [(block.of, block.stacking, choice.item)]
            keys += [(block.of, "sum", choice.item)] if block.stacking == "highest" else []
            above = next((foreseen[one] for one in keys if one in foreseen), None)
            if above is None:
                yield Widening(place, None, choice.name)
                continue
            percent = [one for one in keys_of(Choice) if one.name == "percent"]
            yield from _of_keys(place, percent, above[1], choice)
            yield from _of_piece(place, above[0].condition, block.condition)
            yield from _of_piece(place, above[1].condition, choice.condition)


def _of_caps(upper: Policy, lower: Policy) -> Iterator[Widening]:
    mine = {cap.id: cap for cap in lower.amount.caps}
    for cap in upper.amount.caps:
        own = mine.get(cap.id)
        if own is None:
            yield Widening(_named(cap.id), _named(cap.id), None)
        else:
            yield from _of_piece(_named(cap.id), cap, own)


def _named(code: str) -> Words:
    return Words(code, code)


def _of_piece(place: Words, upper: Shape, lower: Shape) -> Iterator[Widening]:
    yield from _of_keys(place, keys_of(type(upper)), upper, lower)


def _of_keys(place: Words, keys: Any, upper: object, lower: object) -> Iterator[Widening]:
    for one in keys:
        above, below = getattr(upper, one.attribute), getattr(lower, one.attribute)
        if not _is_within(one, above, below):
            said = Words(f"{place.zh}：{one.label.zh}", f"{place.en}: {one.label.en}")
            yield Widening(said, _said(one, above), _said(one, below))


def _said(key: Key, value: Any) -> Words | None:
    return None if value is None else key.kind.words(value)


def _is_within(key: Key, upper: Any, lower: Any) -> bool:
    """A value that the frame leaves open (None) may be set below; one that it sets may not be left open."""
    if upper is None:
        return key.narrows is not Narrows.NEVER or lower is None
    if lower is None:
        return False
    if isinstance(upper, Mapping) and isinstance(lower, Mapping):
        return _are_within(key.narrows, upper, lower)
    if isinstance(upper, Mapping):
        # One limit for all is within two limits where it is within each of them.
        return all(_COMPARED[key.narrows](limit, lower) for limit in upper.values())
    if isinstance(lower, Mapping):
        return all(_COMPARED[key.narrows](upper, limit) for limit in lower.values())
    if key.kind.rank:
        upper, lower = key.kind.rank(upper), key.kind.rank(lower)
    return _COMPARED[key.narrows](upper, lower)


def _are_within(narrows: Narrows, upper: Mapping[Any, Any], lower: Mapping[Any, Any]) -> bool:
    """By each entry. What the upper one does not name, the lower one may not give."""
    if narrows is Narrows.NEVER:
        return dict(upper) == dict(lower)
    return all(name in upper and _COMPARED[narrows](upper[name], below) for name, below in lower.items())


_COMPARED: Final[dict[Narrows, Callable[[Any, Any], bool]]] = {
    Narrows.UP: lambda upper, lower: lower >= upper,
    Narrows.DOWN: lambda upper, lower: lower <= upper,
    Narrows.MORE: lambda upper, lower: set(lower) >= set(upper),
    Narrows.FEWER: lambda upper, lower: set(lower) <= set(upper),
    # An empty list limits nothing.
    Narrows.WITHIN: lambda upper, lower: not upper or (bool(lower) and set(lower) <= set(upper)),
    Narrows.NEVER: lambda upper, lower: lower == upper,
}
