"""The catalogue's search: words, facets whose counts hold while filtering, any page at the cost of the first.

Everything is counted, always exactly, on this process's shelf (courses/shelf.py), as of the newest revision of the catalogue.
PostgreSQL is asked for the revision, for words that are new to the process and for the courses of the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQueryField
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.functions import Cast
from django.http import QueryDict

from courses import grams
from courses.models import Course
from courses.selectors.asked import PER_PAGE, SORTS, Params
from courses.selectors.catalogue import published_courses
from courses.selectors.facets import Facet, codes, facets_of, name_of
from courses.selectors.spelling import corrected
from courses.selectors.stock import Stock, stock
from courses.shelf import Found, Hits


@dataclass(frozen=True)
class Chip:
    """Something chosen: its name, the address of the search without it, and how many courses that finds."""

    label: str
    address: str
    total: int = 0


@dataclass(frozen=True)
class Sort:
    """`value` is what an address says: nothing for the order that a search has by itself."""

    value: str
    label: str
    current: bool


@dataclass(frozen=True)
class Results:
    """`asked` are the words as typed, where other ones were searched for instead."""

    params: Params
    total: int
    unfiltered: int
    page: Page
    facets: list[Facet]
    chips: list[Chip]
    asked: str = ""
    words: list[Chip] = field(default_factory=list)
    """Where nothing is found: each word, the search without it, and what that finds."""

    @property
    def cleared(self) -> str:
        """The address of the same words without any filter."""
        return Params(q=self.params.q, sort=self.params.sort).address()

    @property
    def typed(self) -> str:
        """The address of the search for the words as they were typed."""
        return self.params.first(q=self.asked, as_typed=True).address()

    @property
    def sorts(self) -> list[Sort]:
        """The orders that make sense, the one in use marked. Best match needs words to match."""
        by_itself = self.params.first(sort="").order
        return [
            Sort("" if name == by_itself else name, str(label), name == self.params.order)
            for name, label in SORTS.items()
            if self.params.q or name != "relevance"
        ]


def search(params: Params | QueryDict, goods: Stock | None = None) -> Results:
    """One page of published courses, the facets around it and the totals."""
    asked = params if isinstance(params, Params) else Params.read(params)
    goods = goods or stock()
    hits = _hits(goods, asked.q)
    found, typed = _find(goods, asked, hits), ""
    if (
        not found.unfiltered
        and asked.q
        and not asked.as_typed
        and (better := corrected(goods, asked.q, hits))
    ):
        typed, asked = asked.q, asked.first(q=better)
        hits = _hits(goods, better)
        found = _find(goods, asked, hits)
    return Results(
        params=asked,
        total=found.total,
        unfiltered=found.unfiltered,
        page=_page(goods, asked, found, hits),
        facets=facets_of(goods, asked, found),
        chips=_chips(goods, asked, found),
        asked=typed,
        words=[] if found.total else _fewer_words(goods, asked, hits),
    )


def _hits(goods: Stock, text: str) -> Mapping[str, Hits]:
    return goods.hits(grams.words(text))


def _find(goods: Stock, asked: Params, hits: Mapping[str, Hits]) -> Found:
    if asked.q and not hits:  # signs alone
        hits = {"": goods.shelf.hits(goods.shelf.number, ())}
    return goods.shelf.find(hits, codes(goods, asked))


def _page(goods: Stock, asked: Params, found: Found, hits: Mapping[str, Hits]) -> Page:
    page = Paginator(range(found.total), PER_PAGE).get_page(asked.page)
    start = (page.number - 1) * PER_PAGE
    ids = goods.shelf.page(found, asked.order, hits.values(), start, start + PER_PAGE) if found.total else []
    page.object_list = goods.courses(ids)
    return page


def _chips(goods: Stock, asked: Params, found: Found) -> list[Chip]:
    """What is chosen; the total is that without the whole facet."""
    return [
        Chip(name, asked.without(facet, value).address(), found.without.get(facet, 0))
        for facet, values in asked.chosen.items()
        for value in values
        if (name := name_of(goods, facet, value))
    ]


def _fewer_words(goods: Stock, asked: Params, hits: Mapping[str, Hits]) -> list[Chip]:
    chips = []
    for word in hits if len(hits) > 1 else ():
        rest = {text: one for text, one in hits.items() if text != word}
        left = asked.first(q=" ".join(rest))
        if total := goods.shelf.find(rest, codes(goods, left)).total:
            chips.append(Chip(word, left.address(), total))
    return chips


def matching(text: str, rows: QuerySet[Course] | None = None) -> QuerySet[Course]:
    """Published courses in which every token of the text is found, asked of the database alone."""
    rows = published_courses() if rows is None else rows
    asked = grams.words(text)
    if not asked and text.strip():
        return rows.none()
    for word in asked:
        rows = rows.filter(
            Func(
                F("search"),
                Cast(Value(word.tsquery), SearchQueryField()),
                template="(%(expressions)s)",
                arg_joiner=" @@ ",
                output_field=BooleanField(),
            ),
            haystack__contains=word.run,
        )
    return rows
