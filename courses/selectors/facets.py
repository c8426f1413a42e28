"""The facets beside a search: their values with counts, in words and in an order that people expect."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from courses.models.catalogue import LEVEL_NAMES
from courses.selectors.asked import FACETS, Params
from courses.selectors.stock import DELIVERIES, GROUP_CODES, Stock
from courses.shelf import Found
from portal import groups
from portal.numbers import whole

LEVELS: dict[str, str | Promise] = {
    **{str(level): name for level, name in LEVEL_NAMES.items()},
    "special": Course.CertificateKind.SPECIAL.label,
    "completion": Course.CertificateKind.COMPLETION.label,
}
_LEVEL_CODES = {**{str(level): level for level in LEVEL_NAMES}, "special": 6, "completion": 7}
HOURS: dict[str, str | Promise] = {
    "0-40": _("Under 40 class hours"),
    "40-80": _("40 to 79 class hours"),
    "80-120": _("80 to 119 class hours"),
    "120-": _("120 class hours and more"),
}
YES_NO = {"subsidised": {"yes": _("With subsidy")}, "price": {"free": _("Free of charge")}}
_MOST = 10


class FacetValue(NamedTuple):
    """`depth` is 1 and 2 for a minor group and an occupation in the tree, 0 elsewhere."""

    value: str
    label: str
    count: int
    chosen: bool
    depth: int = 0
    open: bool = False


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    values: list[FacetValue]

    @property
    def is_chosen(self) -> bool:
        return any(value.chosen for value in self.values)


def codes(stock: Stock, params: Params) -> dict[str, tuple[int, ...]]:
    """What is chosen, as the shelf has it. A facet of which only nonsense is chosen finds nothing."""
    return {facet: tuple(_codes_of(stock, facet, values)) for facet, values in params.chosen.items()}


def _codes_of(stock: Stock, facet: str, values: tuple[str, ...]) -> Iterable[int]:
    if facet == "occupation":
        return stock.tree.ids_under(values)
    if facet == "provider":
        return [pk for pk in map(whole, values) if pk in stock.providers]
    if facet == "province":
        return [int(v) // 10_000 for v in values if v in stock.provinces]
    return [_KNOWN[facet][value] for value in values if value in _KNOWN[facet]]


_KNOWN: dict[str, Mapping[str, int]] = {
    "level": _LEVEL_CODES,
    "hours": {name: number for number, name in enumerate(HOURS)},
    "delivery": {name: number for number, name in enumerate(DELIVERIES, 1)},
    "group": {code: number for number, code in enumerate(GROUP_CODES)},
    "subsidised": {"yes": 1},
    "price": {"free": 1},
}
_NAMES: dict[str, Mapping[str, str | Promise]] = {
    "level": LEVELS,
    "hours": HOURS,
    "delivery": dict(Course.Delivery.choices),
    **YES_NO,
}


@cache
def _labels(_language: str) -> dict[str, dict[str, str]]:
    """Of the facets with values of their own, in the language that is spoken now."""
    told = {facet: {value: str(label) for value, label in names.items()} for facet, names in _NAMES.items()}
    return told | {
        "group": {code: groups.name_of(code) for code in GROUP_CODES},
        "": {f: str(n) for f, n in FACETS.items()},
    }


def _language() -> str:
    return get_language() or ""


def _english() -> int:
    return int(_language().startswith("en"))


def _said(names: tuple[str, str], english: int) -> str:
    return names[english] or names[0]


def name_of(stock: Stock, facet: str, value: str) -> str:
    """In the reader's language; empty for nonsense."""
    if facet in _KNOWN:
        return _labels(_language())[facet].get(value, "")
    if facet == "provider":
        known = stock.providers.get(whole(value))
    else:
        known = (stock.tree.names if facet == "occupation" else stock.provinces).get(value)
    return _said(known, _english()) if known else ""


def facets_of(stock: Stock, params: Params, found: Found) -> list[Facet]:
    """Every facet with its values: those that have courses, and those that are chosen."""
    return [
        Facet(name, label, _values_of(stock, name, found.counts[name], params.chosen.get(name, ())))
        for name, label in _labels(_language())[""].items()
    ]


def _values_of(stock: Stock, facet: str, counts: np.ndarray, chosen: tuple[str, ...]) -> list[FacetValue]:
    if facet == "occupation":
        return list(_tree(stock, counts, chosen))
    if facet == "provider":
        return list(_most_frequent(stock, counts, chosen))
    numbers = counts.tolist()
    if facet == "province":
        english = _english()
        rows = ((code, int(code) // 10_000, _said(names, english)) for code, names in stock.provinces.items())
    else:
        labels = _labels(_language())[facet]
        rows = ((value, code, labels[value]) for value, code in _KNOWN[facet].items())
    return [
        FacetValue(value, label, numbers[code] if code < len(numbers) else 0, value in chosen)
        for value, code, label in rows
        if value in chosen or (code < len(numbers) and numbers[code])
    ]


def _most_frequent(stock: Stock, counts: np.ndarray, chosen: tuple[str, ...]) -> Iterator[FacetValue]:
    """Those chosen, then the most frequent."""
    english = _english()
    mine = [pk for pk in map(whole, chosen) if pk in stock.providers]
    often = np.argsort(-counts, kind="stable")[: _MOST + len(mine)].tolist()
    rest = [key for key in often if counts[key] and key in stock.providers and key not in mine][:_MOST]
    for key in [*mine, *rest]:
        n = int(counts[key]) if key < len(counts) else 0
        yield FacetValue(str(key), _said(stock.providers[key], english), n, key in mine)


class _Grown:
    """The tree of occupations with the counts of one search.

    Major groups; under an open one its minor groups, under an open one of these its occupations. Open is what is chosen,
    lies above it, or stands alone.
    """

    def __init__(self, stock: Stock, counts: np.ndarray, chosen: tuple[str, ...]) -> None:
        tree = stock.tree
        room = np.zeros(max(len(counts), int(tree.ids.max(initial=0)) + 1), "i8")
        room[: len(counts)] = counts
        leaves = room[tree.ids].tolist()
        minors = [sum(leaves[n] for n in below) for below in tree.minors.below]
        majors = [sum(minors[n] for n in below) for below in tree.majors.below]
        self.levels = ((tree.majors.codes, majors), (tree.minors.codes, minors), (tree.codes, leaves))
        self.below = (tree.majors.below, tree.minors.below)
        self.names, self.chosen, self.english = tree.names, chosen, _english()

    def values(self, numbers: Iterable[int], depth: int = 0) -> Iterator[FacetValue]:
        codes, sums = self.levels[depth]
        kept = [n for n in numbers if sums[n] or self._opens(codes[n])]
        if depth:
            kept.sort(key=lambda n: -sums[n])
            kept = [n for place, n in enumerate(kept) if place < _MOST or self._opens(codes[n])]
        for n in kept:
            code, is_open = codes[n], depth < len(self.below) and (len(kept) == 1 or self._opens(codes[n]))
            name = _said(self.names[code], self.english)
            yield FacetValue(code, name, sums[n], code in self.chosen, depth, is_open)
            if is_open:
                yield from self.values(self.below[depth][n], depth + 1)

    def _opens(self, code: str) -> bool:
        return any(value == code or value.startswith(f"{code}-") for value in self.chosen)


def _tree(stock: Stock, counts: np.ndarray, chosen: tuple[str, ...]) -> Iterator[FacetValue]:
    return _Grown(stock, counts, chosen).values(range(len(stock.tree.majors.codes)))
