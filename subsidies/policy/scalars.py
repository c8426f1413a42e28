"""The single values of a policy's text. Each raises FactError with the beginning of a sentence."""

from collections.abc import Mapping
from typing import Any

from subsidies.policy.facts import FactError, as_level, as_word, as_words, shown

DATED = {"training.started_on", "certificate.issued_on", "claim.submitted_on"}


def as_count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        return value
    raise FactError(f"{shown(value)} is not a whole number")


def as_object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise FactError(f"{shown(value)} is not an object")


def as_title(value: Any) -> dict[str, str]:
    return {str(key): as_word(one) for key, one in as_object(value).items()}


def as_ref(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else as_word(value)


def as_codes(value: Any) -> tuple[str, ...]:
    as_words(value)
    if not value:
        raise FactError("an empty list decides nothing")
    return tuple(one.strip() for one in value)


def as_states(value: Any) -> frozenset[str]:
    return frozenset(one.upper() for one in as_words(value))


def as_key(value: Any) -> tuple[str, ...]:
    """Of what there may be one. The person is always part of it, named or not."""
    names = tuple(one for one in as_codes(value) if one != "person")
    if not names or not set(names) <= {"occupation", "level"}:
        raise FactError(f"{shown(value)} may hold only 'person', 'occupation' and 'level'")
    return names


def as_dated(value: Any) -> str:
    if as_word(value) in DATED:
        return value.strip()
    raise FactError(f"{shown(value)} is none of the dates {', '.join(sorted(DATED))}")


def as_levels(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise FactError(f"{shown(value)} is not a list of levels")
    return tuple(as_level(one) for one in value)


def as_table(value: Any) -> dict[str, int]:
    return {str(key): as_count(one) for key, one in as_object(value).items()}


def as_age_limit(value: Any) -> int | dict[str, int]:
    if isinstance(value, Mapping):
        if set(value) != {"M", "F"}:
            raise FactError(f"{shown(value)} must name a limit for M and one for F")
        return {sex: as_count(limit) for sex, limit in value.items()}
    return as_count(value)
