"""What somebody asks the catalogue: words, choices, an order, a page, read from an address and written into one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import grams

PER_PAGE = 20
_MOST_VALUES = 20
_LONGEST_VALUE = 40
_LONGEST_PAGE = 6
FACETS = {
    "subsidised": _("Subsidy"),
    "occupation": _("Occupation"),
    "level": _("Skill level"),
    "province": _("Province"),
    "hours": _("Class hours"),
    "delivery": _("How it is taught"),
    "group": _("Made for"),
    "price": _("Price"),
    "provider": _("Provider"),
}
SORTS = {
    "relevance": pgettext_lazy("sort", "Best match"),
    "newest": pgettext_lazy("sort", "Newest first"),
    "short": pgettext_lazy("sort", "Fewest hours first"),
    "long": pgettext_lazy("sort", "Most hours first"),
    "title": pgettext_lazy("sort", "Title, by pinyin"),
}


@dataclass(frozen=True)
class Params:
    """What was asked, as far as it makes sense; anything else in the address is left aside.

    Best match is the order of a search with words, newest first of one without; an address does not say so.

    The same search has one address, whatever order it was typed in. `as_typed`: take the words as they are, even
    if they look like a typing error.
    """

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    as_typed: bool = False
    cut: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> "Params":
        text = " ".join(query.get("q", "").replace("\x00", "").split())
        raw = {facet: query.getlist(facet) for facet in FACETS}
        raw["occupation"] = raw["occupation"] + query.getlist("major")
        chosen = {facet: kept for facet, values in raw.items() if (kept := _values(values))}
        if "occupation" in chosen:
            chosen["occupation"] = _narrowest(chosen["occupation"])
        page, sort = query.get("page", ""), query.get("sort", "")
        number = page.isascii() and page.isdigit() and len(page) <= _LONGEST_PAGE
        return cls(
            q=text[: grams.LONGEST_QUERY],
            chosen=chosen,
            sort=sort if sort in SORTS and sort not in {"relevance", "newest" if not text else ""} else "",
            page=max(1, int(page)) if number else 1,
            as_typed=query.get("as") == "typed",
            cut=len(text) > grams.LONGEST_QUERY or len(set(grams.tokens(text))) > grams.MOST_WORDS,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The address of this search without its page, always in the same order."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(facet, value) for facet in FACETS for value in self.chosen.get(facet, ())]
        pairs += [("as", "typed")] if self.as_typed else []
        return pairs + ([("sort", self.sort)] if self.sort else [])

    @property
    def order(self) -> str:
        return self.sort or ("relevance" if self.q else "newest")

    def address(self) -> str:
        return "?" + urlencode(self.pairs())

    @property
    def canonical(self) -> str:
        """The one address of this page of this search; empty for the whole catalogue."""
        pairs = self.pairs() + ([("page", str(self.page))] if self.page > 1 else [])
        return "?" + urlencode(pairs) if pairs else ""

    def without(self, facet: str, value: str = "") -> "Params":
        """The first page without this choice, or without any of the facet."""
        rest = {
            name: tuple(v for v in vs if name != facet or (value and v != value))
            for name, vs in self.chosen.items()
        }
        return replace(self, chosen={name: values for name, values in rest.items() if values}, page=1)

    def first(self, **other: object) -> "Params":
        """The first page of a search that differs in this."""
        return replace(self, page=1, **other)


def _values(raw: Iterable[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(v for v in raw if v and len(v) <= _LONGEST_VALUE and v.isprintable())
    return tuple(sorted(list(kept)[:_MOST_VALUES]))


def _narrowest(codes: tuple[str, ...]) -> tuple[str, ...]:
    """In the tree of occupations the choice of a branch gives way to a choice on that branch."""
    return tuple(one for one in codes if not any(other.startswith(f"{one}-") for other in codes))
