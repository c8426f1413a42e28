"""The catalogue's search: words, facets whose counts hold while filtering, bounded pages. Two statements in all.

A facet's counts leave out that facet's own choice, so each figure says what ticking the value would give.
Pages end at MOST_PAGES: a deep OFFSET costs hundreds of times the first page, and nobody reads on there.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQueryField
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, StrIndex
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import grams
from courses.models import Course, Lesson, Occupation
from courses.models.catalogue import LEVEL_NAMES, spoken
from courses.selectors.catalogue import published_courses
from portal.accounts import selectors as accounts
from portal.accounts.models import Organisation

PER_PAGE = 20
MOST_PAGES = 50
_MOST_VALUES = 20
_LONGEST_VALUE = 24

LEVELS = {str(level): name for level, name in LEVEL_NAMES.items()} | {
    "special": Course.CertificateKind.SPECIAL.label,
    "completion": Course.CertificateKind.COMPLETION.label,
}
FACETS = {
    "major": _("Field of work"),
    "occupation": _("Occupation"),
    "level": _("Skill level"),
    "province": _("Province"),
    "delivery": _("How it is taught"),
    "provider": _("Provider"),
}
_SHOWN = {"major": 8, "occupation": 10, "level": 8, "province": 31, "delivery": 6, "provider": 10}
SORTS = {
    "relevance": pgettext_lazy("sort", "Best match"),
    "newest": pgettext_lazy("sort", "Newest first"),
    "short": pgettext_lazy("sort", "Fewest hours first"),
    "long": pgettext_lazy("sort", "Most hours first"),
}
_ORDERS = {
    "newest": ("-published_at", "-id"),
    "short": ("hours_tenths", "-id"),
    "long": ("-hours_tenths", "-id"),
}
_COLUMNS = {
    "major": "major",
    "occupation": "occupation",
    "level": "level",
    "province": "province",
    "delivery": "delivery",
    "provider": "provider",
}
_FIELDS = {
    "major": "occupation__major_code__in",
    "occupation": "occupation__code__in",
    "province": "province_id__in",
    "delivery": "delivery__in",
}
_HITS = """
WITH hit AS MATERIALIZED (
    SELECT o.major_code AS major, o.code AS occupation, c.province_id AS province, c.delivery AS delivery,
           c.organisation_id::text AS provider, COALESCE(c.level::text, c.certificate_kind) AS level
    FROM courses_course c JOIN courses_occupation o ON o.id = c.occupation_id
    WHERE c.state = 'published'{words}
)
SELECT 'total' AS facet, '' AS value, '' AS zh, '' AS en, count(*) AS n FROM hit WHERE {chosen}
UNION ALL SELECT 'unfiltered', '', '', '', count(*) FROM hit
"""
_NAMES = {
    "major": "(SELECT DISTINCT ON (major_code) major_code AS k, major_zh AS zh, major_en AS en FROM courses_occupation)",
    "occupation": "(SELECT DISTINCT ON (code) code AS k, name_zh AS zh, name_en AS en FROM courses_occupation)",
    "province": "(SELECT code AS k, name_zh AS zh, name_en AS en FROM accounts_province)",
    "provider": "(SELECT id::text AS k, name_zh AS zh, name_en AS en FROM accounts_organisation)",
}
_FACET = """
UNION ALL (
    SELECT '{facet}', f.k, {names}, f.n FROM (
        SELECT {column} AS k, count(*) AS n FROM hit WHERE {others} GROUP BY {column}
        ORDER BY {column} = ANY(%s) DESC, n DESC, {column} LIMIT {shown}
    ) f {join}
)
"""


@dataclass(frozen=True)
class Params:
    """What was asked, as far as it makes sense; anything else in the address is left aside."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    cut: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> "Params":
        text = " ".join(query.get("q", "").replace("\x00", "").split())
        chosen = {facet: values for facet in FACETS if (values := _values(query.getlist(facet)))}
        page = query.get("page", "")
        sort = query.get("sort", "")
        return cls(
            q=text[: grams.LONGEST_QUERY],
            chosen=chosen,
            sort=sort if sort in SORTS else "",
            page=min(int(page), MOST_PAGES) if page.isascii() and page.isdigit() and len(page) < 5 else 1,  # noqa: PLR2004
            cut=len(text) > grams.LONGEST_QUERY,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The address of this search without its page, always in the same order."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(facet, value) for facet in FACETS for value in self.chosen.get(facet, ())]
        return pairs + ([("sort", self.sort)] if self.sort else [])

    def address(self) -> str:
        return "?" + urlencode(self.pairs())

    def without(self, facet: str, value: str) -> "Params":
        rest = {name: tuple(v for v in vs if (name, v) != (facet, value)) for name, vs in self.chosen.items()}
        return replace(self, chosen={name: values for name, values in rest.items() if values}, page=1)


def _values(raw: Iterable[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(v for v in raw if v and len(v) <= _LONGEST_VALUE and v.isprintable())
    return tuple(list(kept)[:_MOST_VALUES])


@dataclass(frozen=True)
class FacetValue:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    values: list[FacetValue]

    @property
    def is_chosen(self) -> bool:
        return any(value.chosen for value in self.values)


@dataclass(frozen=True)
class Chip:
    label: str
    address: str


@dataclass(frozen=True)
class SortLink:
    name: str
    label: str
    address: str
    current: bool


@dataclass(frozen=True)
class Results:
    params: Params
    total: int
    unfiltered: int
    page: Page
    facets: list[Facet]
    sort_links: list[SortLink]

    @property
    def chips(self) -> list[Chip]:
        """What is chosen, each with the address of the search without it."""
        return [
            Chip(value.label, self.params.without(facet.name, value.value).address())
            for facet in self.facets
            for value in facet.values
            if value.chosen
        ]

    @property
    def cleared(self) -> str:
        """The address of the same words without any filter."""
        return Params(q=self.params.q, sort=self.params.sort).address()

    @property
    def is_bounded(self) -> bool:
        return self.total > PER_PAGE * MOST_PAGES


def matching(text: str, rows: QuerySet[Course] | None = None) -> QuerySet[Course]:
    """Published courses in which every token of the text is found."""
    rows = published_courses() if rows is None else rows
    asked = grams.query(text)
    if asked.tsquery:
        rows = rows.filter(
            Func(
                F("search"),
                Cast(Value(asked.tsquery), SearchQueryField()),
                template="(%(expressions)s)",
                arg_joiner=" @@ ",
                output_field=BooleanField(),
            )
        )
    elif text.strip():
        return rows.none()
    for run in asked.runs:
        rows = rows.filter(haystack__contains=run)
    return rows


def _chosen(params: Params) -> Q:
    asked = Q()
    for facet, values in params.chosen.items():
        if facet in _FIELDS:
            asked &= Q(**{_FIELDS[facet]: values})
        elif facet == "provider":
            asked &= Q(
                organisation_id__in=[int(v) for v in values if v.isascii() and v.isdigit()][:_MOST_VALUES]
            )
        else:
            levels = [int(v) for v in values if v in LEVELS and v.isdigit()]
            asked &= Q(level__in=levels) | Q(
                certificate_kind__in=[v for v in values if v in LEVELS], level=None
            )
    return asked


def _rows(params: Params) -> QuerySet[Course]:
    lessons = (
        Lesson.objects.filter(version_id=OuterRef("current_version_id"))
        .order_by()
        .values("version_id")
        .annotate(n=Count("id"))
        .values("n")
    )
    rows = (
        matching(params.q)
        .filter(_chosen(params))
        .annotate(lesson_count=Coalesce(Subquery(lessons), 0))
        .defer("haystack", "search", "summary_zh", "summary_en")
    )
    first = next(grams.tokens(params.q), None)
    if params.sort in _ORDERS:
        return rows.order_by(*_ORDERS[params.sort])
    if first is not None:
        return rows.order_by(StrIndex("haystack", Value(first[1])), *_ORDERS["newest"])
    return rows.order_by(*_ORDERS["newest"])


def _condition(params: Params, leave_out: str = "") -> tuple[str, list[object]]:
    parts, values = ["TRUE"], []
    for facet, chosen in params.chosen.items():
        if facet != leave_out:
            parts.append(f"{_COLUMNS[facet]} = ANY(%s)")
            values.append(list(chosen))
    return " AND ".join(parts), values


def _counts(params: Params) -> Iterator[tuple[str, str, str, str, int]]:
    """(facet, value, Chinese name, English name, count) and the two totals, in one statement."""
    asked = grams.query(params.q)
    words, values = "", []
    if asked.tsquery:
        words, values = " AND c.search @@ %s::tsquery", [asked.tsquery]
    elif params.q:
        words = " AND FALSE"
    for run in asked.runs:
        words += " AND c.haystack LIKE %s"
        values.append(f"%{run}%")
    chosen, more = _condition(params)
    sql = _HITS.format(words=words, chosen=chosen)
    values += more
    for facet, column in _COLUMNS.items():
        others, more = _condition(params, facet)
        names = _NAMES.get(facet)
        sql += _FACET.format(
            facet=facet,
            column=column,
            others=others,
            shown=_SHOWN[facet],
            names="x.zh, x.en" if names else "'', ''",
            join=f"JOIN {names} x ON x.k = f.k" if names else "",
        )
        values += [*more, list(params.chosen.get(facet, ()))]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()


def _label(facet: str, value: str, zh: str, en: str) -> str:
    if facet == "level":
        return str(LEVELS.get(value, value))
    if facet == "delivery":
        return str(dict(Course.Delivery.choices).get(value, value))
    return spoken(zh, en)


def _name_of(facet: str, value: str) -> str:
    """The name of a chosen value without hits, which the counts therefore do not name; empty for nonsense."""
    if facet == "level":
        return str(LEVELS.get(value, ""))
    if facet == "delivery":
        return str(dict(Course.Delivery.choices).get(value, ""))
    if facet == "province":
        return next((p.name for p in accounts.provinces() if p.code == value), "")
    if facet == "provider":
        known = value.isascii() and value.isdigit()
        found = Organisation.objects.filter(pk=int(value)).first() if known else None
        return found.name if found else ""
    row = Occupation.objects.filter(**{"code" if facet == "occupation" else "major_code": value}).first()
    return (row.name if facet == "occupation" else row.major_name) if row else ""


def _in_order(facet: str, values: list[FacetValue]) -> list[FacetValue]:
    """Levels and provinces have an order of their own; the rest comes most frequent first."""
    if facet == "level":
        order = list(LEVELS)
        return sorted(values, key=lambda v: order.index(v.value) if v.value in order else len(order))
    if facet in {"province", "major"}:
        return sorted(values, key=lambda v: v.value)
    return sorted(values, key=lambda v: (not v.chosen, -v.count, v.value))


def search(params: Params | QueryDict, at: dt.datetime | None = None) -> Results:
    """One page of published courses, the facets around it and the totals."""
    asked = params if isinstance(params, Params) else Params.read(params)
    found: dict[str, list[FacetValue]] = {facet: [] for facet in FACETS}
    totals = {"total": 0, "unfiltered": 0}
    for facet, value, zh, en, n in _counts(asked):
        if facet in totals:
            totals[facet] = n
        else:
            chosen = value in asked.chosen.get(facet, ())
            found[facet].append(FacetValue(value, _label(facet, value, zh, en), n, chosen))
    for facet, values in asked.chosen.items():
        listed = {value.value for value in found[facet]}
        found[facet] += [
            FacetValue(value, name, 0, chosen=True)
            for value in values[:5]
            if value not in listed and (name := _name_of(facet, value))
        ]
    paginator = Paginator(range(min(totals["total"], PER_PAGE * MOST_PAGES)), PER_PAGE)
    page = paginator.get_page(asked.page)
    start = (page.number - 1) * PER_PAGE
    page.object_list = list(_rows(asked)[start : start + PER_PAGE]) if totals["total"] else []
    return Results(
        params=asked,
        total=totals["total"],
        unfiltered=totals["unfiltered"],
        page=page,
        facets=[Facet(name, str(label), _in_order(name, found[name])) for name, label in FACETS.items()],
        sort_links=_sort_links(asked),
    )


def _sort_links(params: Params) -> list[SortLink]:
    """The orders that make sense, the one in use marked. Best match needs words to match."""
    standing = params.sort or ("relevance" if params.q else "newest")
    return [
        SortLink(name, str(label), replace(params, sort=name, page=1).address(), name == standing)
        for name, label in SORTS.items()
        if params.q or name != "relevance"
    ]
