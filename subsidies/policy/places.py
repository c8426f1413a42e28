"""The pieces of a policy's text by their place, for whoever edits it piece by piece: read, put, move, take out.

A place is `scope`, `rounding`, `notice`, `review`, or a list with a number: `eligibility-0`, `lines-2`, `choices-0-1` (the second
choice of the first block of uplifts). `new` in place of the last number is one more at the end.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from subsidies.policy.amounts import Cap, Choice, LineRule, Rounding, Uplifts
from subsidies.policy.body import RULES, SCHEMA, Notice, Policy, Review
from subsidies.policy.conditions import Condition
from subsidies.policy.frequency import MaxPerYear, NotWith, OncePer
from subsidies.policy.shape import Key, Shape, keys_of
from subsidies.policy.sums import SUMS
from subsidies.policy.words import Words

NEW: Final = "new"
OFTEN: Final = {one.type for one in (OncePer, MaxPerYear, NotWith)}
TERMS: Final[Mapping[str, tuple[type[Shape], Words]]] = {
    "rounding": (Rounding, Words("取整", "Rounding")),
    "review": (Review, Words("审核", "Review")),
    "notice": (Notice, Words("公示", "Public notice")),
}
LISTS: Final[Mapping[str, Words]] = {
    "eligibility": Words("申领条件", "Who may be paid"),
    "frequency": Words("次数与重复", "How often"),
    "lines": Words("补贴标准", "How much"),
    "uplifts": Words("上浮", "Uplifts"),
    "choices": Words("上浮比例", "Percentages"),
    "caps": Words("封顶", "Caps"),
}
TYPES: Final[Mapping[str, Mapping[str, Words]]] = {
    "eligibility": {kind: rule.label for kind, rule in RULES.items() if kind not in OFTEN},
    "frequency": {kind: rule.label for kind, rule in RULES.items() if kind in OFTEN},
    "lines": {kind: sums.label for kind, sums in SUMS.items()},
}
"""Of which types there may be one more; the other lists have no types."""
NAMED: Final = frozenset({"eligibility", "frequency", "caps"})
"""Lists whose pieces have an id."""


class NoSuchPlace(LookupError):  # noqa: N818 - says what is missing
    pass


@dataclass(frozen=True)
class Spot:
    """A piece with what may stand in it. `engine` is how the engine names its place."""

    place: str
    part: str
    engine: str
    shapes: tuple[type[Shape], ...]
    piece: Mapping[str, Any]
    title: Words
    type: str = ""
    is_new: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(
            one for shape in self.shapes for one in keys_of(shape) if one.name not in {"region", "programme"}
        )

    @property
    def is_named(self) -> bool:
        return self.part in NAMED


def opened(body: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which every list is there, and the blocks of uplifts are one."""
    found = copy.deepcopy(dict(body))
    for name in ("eligibility", "frequency"):
        found[name] = list(found.get(name) or [])
    amount = found["amount"] = dict(found.get("amount") or {})
    uplifts = amount.get("uplifts")
    amount["lines"] = list(amount.get("lines") or [])
    amount["uplifts"] = list(uplifts) if isinstance(uplifts, list | tuple) else [uplifts] if uplifts else []
    amount["caps"] = list(amount.get("caps") or [])
    return found


def spot(body: Mapping[str, Any], place: str, *, kind: str = "") -> Spot:
    """What stands at a place; `kind` is the type of a new piece. Raises NoSuchPlace."""
    text = opened(body)
    if place == "scope":
        return Spot(place, place, "policy", (Policy,), text, Words("适用范围", "Where and when it applies"))
    if place in TERMS:
        shape, title = TERMS[place]
        return Spot(place, place, f"policy.{place}", (shape,), text.get(place) or {}, title)
    part, listed, number, engine = _list(text, place)
    if number is None:
        if part in TYPES and kind not in TYPES[part]:
            raise NoSuchPlace(place)
        piece: dict[str, Any] = {"type": kind} if kind else {}
        number, is_new = len(listed), True
    else:
        piece, is_new = dict(listed[number]), False
    type_ = str(piece.get("type", ""))
    shapes, title = _shapes(part, type_)
    return Spot(place, part, f"{engine}[{number}]", shapes, piece, title, type_, is_new)


def _shapes(part: str, kind: str) -> tuple[tuple[type[Shape], ...], Words]:
    if part in {"eligibility", "frequency"}:
        return (RULES[kind],), RULES[kind].label
    if part == "lines":
        return (LineRule, SUMS[kind], Condition), SUMS[kind].label
    return {"uplifts": (Uplifts, Condition), "choices": (Choice, Condition), "caps": (Cap,)}[part], LISTS[
        part
    ]


def _list(text: dict[str, Any], place: str) -> tuple[str, list[Any], int | None, str]:
    """Name of the list, the list itself, the number in it (None: one more), and how the engine names the list."""
    part, *numbers = place.split("-")
    try:
        if part in {"eligibility", "frequency"}:
            listed, engine = text[part], f"policy.{part}"
        elif part in {"lines", "uplifts", "caps"}:
            listed, engine = text["amount"][part], f"policy.amount.{part}"
        elif part == "choices":
            block = _number(numbers.pop(0), text["amount"]["uplifts"])
            listed = text["amount"]["uplifts"][block].setdefault("choices", [])
            engine = f"policy.amount.uplifts[{block}].choices"
        else:
            raise NoSuchPlace(place)
        (last,) = numbers
    except (IndexError, ValueError) as broken:
        raise NoSuchPlace(place) from broken
    return part, listed, None if last == NEW else _number(last, listed), engine


def _number(text: str, listed: list[Any]) -> int:
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(listed):  # noqa: PLR2004
        return int(text)
    raise NoSuchPlace(text)


def put(body: Mapping[str, Any], place: str, piece: Mapping[str, Any]) -> dict[str, Any]:
    """The text with another piece at a place, or with one more. Raises NoSuchPlace."""
    text = opened(body)
    if place == "scope":
        return opened(piece)
    if place in TERMS:
        return {**text, place: dict(piece)}
    part, listed, number, _engine = _list(text, place)
    if part == "uplifts":
        piece = {"choices": [], **piece}
    if number is None:
        listed.append(dict(piece))
    else:
        listed[number] = dict(piece)
    return text


def moved(body: Mapping[str, Any], place: str, by: int) -> dict[str, Any]:
    """The text with a piece so many places further down. Raises NoSuchPlace."""
    text = opened(body)
    _part, listed, number, _engine = _list(text, place)
    if number is None or not 0 <= number + by < len(listed):
        raise NoSuchPlace(place)
    listed.insert(number + by, listed.pop(number))
    return text


def without(body: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Raises NoSuchPlace."""
    text = opened(body)
    _part, listed, number, _engine = _list(text, place)
    if number is None:
        raise NoSuchPlace(place)
    listed.pop(number)
    return text


def blank(region: str, programme: str, version: int, first_day: str) -> dict[str, Any]:
    """A text that can be read and that pays nothing worth while: a beginning."""
    return {
        "schema": SCHEMA,
        "region": region,
        "programme": programme,
        "version": version,
        "valid": [first_day, None],
        "version_selector": "certificate.issued_on",
        "eligibility": [],
        "frequency": [],
        "amount": {"lines": [{"type": "flat", "fund": "SKILL", "item": "BASE", "fen": 0}]},
        "rounding": {"unit": "fen", "mode": "half_up", "when": "per_line"},
        "notice": {"working_days": 5, "objection_working_days": 5, "mask": "name_1_id_4"},
        "review": {},
    }
