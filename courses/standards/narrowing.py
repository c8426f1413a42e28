"""What holds in a province: the nation's standard, narrowed by the province's.

Where both speak, the stricter holds, whatever was published first: a province's older standard never loosens a newer one
of the nation. Two rules are not a matter of strictness: the nation's `fixed` holds as it is, and `open` gives way.
"""

from dataclasses import dataclass

from courses.standards.rules import Bound, Freedom, Sense, Standard, type_of


@dataclass(frozen=True, slots=True)
class Loosening:
    """A rule of a province that the nation does not allow. `needed` is the nation's value, in the rule's unit."""

    rule: str
    freedom: Freedom
    needed: int
    asked: int


def _of_nation(national: Standard, key: str) -> Bound | None:
    """How something is measured is fixed at its default where the nation does not say it."""
    bound, kind = national.bounds.get(key), type_of(key)
    if bound is None and kind.sense == Sense.MEASURE and kind.default is not None:
        return Bound(kind.default)
    return bound


def _narrowed(key: str, above: Bound, below: Bound) -> Bound:
    if above.freedom == Freedom.OPEN:
        return Bound(below.value, above.freedom, below.warns)
    if above.freedom == Freedom.FIXED:
        return above
    value = type_of(key).stricter(above.value, below.value)
    return Bound(value, above.freedom, above.warns and below.warns)


def narrow(national: Standard, provincial: Standard) -> Standard:
    """The standard in force where both are: never milder than the nation's, except where that is marked open."""
    bounds = dict(national.bounds)
    for key, below in provincial.bounds.items():
        above = _of_nation(national, key)
        bounds[key] = below if above is None else _narrowed(key, above, below)
    return Standard(bounds, {**provincial.names, **national.names})


def loosenings(national: Standard, provincial: Standard) -> tuple[Loosening, ...]:
    """What a province asks that it may not. Empty for a standard that only narrows."""
    found = []
    for key, below in provincial.bounds.items():
        above = _of_nation(national, key)
        if above is None or above.freedom == Freedom.OPEN:
            continue
        if above.freedom == Freedom.FIXED:
            loosens = (below.value, below.warns) != (above.value, above.warns)
        else:
            milder = type_of(key).stricter(above.value, below.value) != below.value
            loosens = milder or (below.warns and not above.warns)
        if loosens:
            found.append(Loosening(key, above.freedom, above.value, below.value))
    return tuple(found)
