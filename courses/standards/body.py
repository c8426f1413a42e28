"""A standard as it is written (JSON), read into rules.

    {"schema": "standard/1",
     "rules": {"min_hours": {"value": "88", "province": "floor"}, "lesson_max_seconds": {"value": 2700, "warns": true}},
     "modules": [{"code": "law", "hours": "4", "province": "floor"},
                 {"code": "co2", "hours": "12", "zh": "CO₂ 气体保护焊", "en": "CO₂ gas-shielded welding"}]}

Hours are class hours to a tenth, as text or a whole number. Only a standard of the nation says what a `province` may do.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from courses.standards.rules import MODULE, MODULES, RULES, Bound, Freedom, RuleType, Standard, Unit, type_of

SCHEMA = "standard/1"
_HOURS = re.compile(r"[0-9]{1,4}(\.[0-9])?")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_QUOTED = 40
_WHOLE_COURSE = 100


CONTRADICTIONS = {
    "hours_cross": "min_hours is more than max_hours: no course could meet both.",
    "modules_exceed": "The modules need more hours than max_hours allows.",
    "shares_exceed": "theory_min and practice_min are more than the whole course together.",
}
"""Why no course could ever meet a standard."""


class StandardError(ValueError):
    """The standard cannot be used as it is written. The message is a sentence in English that names the place.

    `contradiction` is a key of CONTRADICTIONS where the rules are read well but cannot be met together.
    """

    def __init__(self, message: str, contradiction: str = "") -> None:
        super().__init__(message)
        self.contradiction = contradiction


def read_standard(body: Any, *, national: bool) -> Standard:
    """Raises StandardError."""
    top = _object("standard", body)
    _only("standard", top, "schema", "rules", "modules")
    if top.get("schema") != SCHEMA:
        raise StandardError(f"standard.schema must be {SCHEMA!r}, not {_shown(top.get('schema'))}.")
    bounds: dict[str, Bound] = {}
    rules = _object("standard.rules", top.get("rules", {}))
    for key in rules:
        if key not in RULES:
            known = ", ".join(RULES)
            raise StandardError(f"standard.rules has the unknown rule {_shown(key)}; known are {known}.")
    for key in RULES:  # the order of pages; PostgreSQL keeps none
        if key in rules:
            bounds[key] = _bound(f"standard.rules.{key}", key, rules[key], "value", national=national)
    names: dict[str, tuple[str, str]] = {}
    for code, place, said in _modules(top.get("modules", [])):
        if MODULE + code in bounds:
            raise StandardError(f"{place}.code: the module {code!r} is there twice.")
        bounds[MODULE + code] = _bound(place, MODULE + code, said, "hours", national=national)
        names |= _name(place, code, said)
    standard = Standard(bounds, names)
    for code in contradictions(standard):
        raise StandardError(CONTRADICTIONS[code], code)
    return standard


def fingerprint(body: Any) -> str:
    """SHA-256 of the canonical JSON of a body."""
    text = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def contradictions(standard: Standard) -> Iterator[str]:
    """Keys of CONTRADICTIONS that hold for the standard."""
    low, high = standard.value("min_hours"), standard.value("max_hours")
    if low is not None and high is not None and low > high:
        yield "hours_cross"
    if high is not None and sum(bound.value for bound in standard.modules.values()) > high:
        yield "modules_exceed"
    if (standard.value("theory_min") or 0) + (standard.value("practice_min") or 0) > _WHOLE_COURSE:
        yield "shares_exceed"


def _modules(listed: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    if not isinstance(listed, list):
        raise StandardError("standard.modules must be a list.")
    for number, one in enumerate(listed):
        place = f"standard.modules[{number}]"
        said = _object(place, one)
        code = said.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise StandardError(
                f"{place}.code must be small letters, digits and hyphens, not {_shown(code)}."
            )
        yield code, place, said


def _name(place: str, code: str, said: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    if code in MODULES:
        return {}
    zh, en = said.get("zh"), said.get("en", "")
    if not isinstance(zh, str) or not zh.strip() or not isinstance(en, str) or "\x00" in zh + en:
        raise StandardError(
            f"{place} names the module {code!r}, which needs a name: 'zh', and 'en' if there is one."
        )
    return {code: (zh.strip()[:80], en.strip()[:120])}


def _bound(place: str, key: str, said: Any, value: str, *, national: bool) -> Bound:
    said = _object(place, said)
    module = ("code", "zh", "en") if key.startswith(MODULE) else ()
    _only(place, said, value, "province", "warns", *module)
    kind = type_of(key)
    warns = said.get("warns", False)
    if not isinstance(warns, bool):
        raise StandardError(f"{place}.warns must be true or false, not {_shown(warns)}.")
    freedom = Freedom.FIXED
    if national:
        freedom = _freedom(f"{place}.province", kind, said.get("province"))
    elif "province" in said:
        raise StandardError(f"{place}.province: only a standard of the nation says what a province may do.")
    return Bound(_value(f"{place}.{value}", kind, said.get(value)), freedom, warns)


def _freedom(place: str, kind: RuleType, said: Any) -> Freedom:
    if said not in kind.freedoms:
        known = ", ".join(kind.freedoms)
        raise StandardError(f"{place} must be one of {known}, not {_shown(said)}.")
    return Freedom(said)


def _value(place: str, kind: RuleType, said: Any) -> int:
    number = None
    if kind.unit == Unit.YES:
        number = int(said) if isinstance(said, bool) else None
    elif kind.unit == Unit.HOURS:
        number = _tenths(said)
    elif isinstance(said, int) and not isinstance(said, bool):
        number = said
    if number is None:
        raise StandardError(
            f"{place} must be {_EXPECTED.get(kind.unit, 'a whole number')}, not {_shown(said)}."
        )
    if not kind.low <= number <= kind.high:
        low, high = (_plain(kind, limit) for limit in (kind.low, kind.high))
        raise StandardError(f"{place} must lie between {low} and {high}, not {_plain(kind, number)}.")
    return number


_EXPECTED = {Unit.YES: "true or false", Unit.HOURS: "class hours such as '88' or '4.5'"}


def _tenths(said: Any) -> int | None:
    text = str(said) if isinstance(said, int) and not isinstance(said, bool) else said
    if not isinstance(text, str) or not _HOURS.fullmatch(text):
        return None
    whole, _point, tenth = text.partition(".")
    return int(whole) * 10 + int(tenth or 0)


def _plain(kind: RuleType, number: int) -> str:
    return f"{number / 10:g}" if kind.unit == Unit.HOURS else str(number)


def _object(place: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise StandardError(f"{place} must be an object, not {_shown(value)}.")
    return value


def _only(place: str, said: Mapping[str, Any], *keys: str) -> None:
    for key in said:
        if key not in keys:
            raise StandardError(f"{place} has the unknown key {_shown(key)}.")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
