"""What the home page shows: figures of the moment, occupations and groups as entry points, new courses."""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as people

FIGURES_KEY = "home:figures"
FIGURES_KEPT_S = 60
OCCUPATIONS_SHOWN = 12

# The road in four steps; its states are all "to do" for a visitor.
ROAD = (
    ("todo", _("Choose and enrol"), _("Register your name once, valid everywhere")),
    ("todo", _("Learn your hours"), _("Every second you watch is on record")),
    ("todo", _("Pass the exam"), _("The certificate follows by itself")),
    ("todo", _("Claim the subsidy"), _("Paid to your own bank card")),
)


@dataclass(frozen=True)
class Occupation:
    """An entry point of the home page: an occupation with courses, and the picture of one of them."""

    code: str
    name_zh: str
    name_en: str
    courses: int
    weave: str
    pictogram: str

    @property
    def name(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name_zh


def occupations() -> list[Occupation]:
    """The occupations with the most courses, those with a picture of their own first. Two statements."""
    published = courses.published_courses()
    counted = published.order_by().values_list("occupation__code").annotate(n=Count("id")).order_by("-n")
    counts = dict(counted[: 3 * OCCUPATIONS_SHOWN])
    samples = published.filter(occupation__code__in=counts).order_by("occupation__code", "-id")
    found = [
        Occupation(
            code=row.occupation.code,
            name_zh=row.occupation.name_zh,
            name_en=row.occupation.name_en,
            courses=counts[row.occupation.code],
            weave=row.cover.weave,
            pictogram=row.cover.pictogram,
        )
        for row in samples.distinct("occupation__code")
    ]
    found.sort(key=lambda occupation: (-occupation.courses, occupation.code))
    seen: set[str] = set()
    first = [o for o in found if not (o.pictogram in seen or seen.add(o.pictogram))]
    return (first + [o for o in found if o not in first])[:OCCUPATIONS_SHOWN]


@dataclass(frozen=True)
class Group:
    name: str | Promise
    text: str | Promise
    pictogram: str


GROUPS = (
    Group(_("Migrant workers"), _("Home again, away or nearby"), "hat"),
    Group(_("Unemployed people"), _("Learn first, then start anew"), "relay"),
    Group(_("Graduates of this year"), _("From the last year of study on"), "grad"),
    Group(_("Veterans"), _("A trade for civil life"), "medal"),
    Group(_("People lifted out of poverty"), _("In some provinces with a living allowance"), "farm"),
    Group(_("People with disabilities"), _("Captions, large type, screen readers"), "access"),
)


@dataclass(frozen=True)
class Figures:
    """Counts of this installation, never of the country. `at` is the moment they were taken."""

    provinces: int
    courses: int
    occupations: int
    learners: int
    entries: list[Occupation]
    at: dt.datetime


def figures(at: dt.datetime) -> Figures:
    """Counting millions takes long, so the counts are kept for FIGURES_KEPT_S seconds."""
    kept = cache.get(FIGURES_KEY)
    if kept is None:
        published = courses.published_courses().order_by()
        by_province = learners.status_counts_by_province().values()
        kept = Figures(
            provinces=len(people.provinces()),
            courses=published.count(),
            occupations=published.values("occupation__code").distinct().count(),
            learners=sum(row["learners"] for row in by_province),
            entries=occupations(),
            at=at,
        )
        cache.set(FIGURES_KEY, kept, FIGURES_KEPT_S)
    return kept


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page = {
        "figures": figures(clock.now()),
        "road": ROAD,
        "groups": GROUPS,
        "newest": courses.published_courses().order_by("-published_at", "-id")[:3],
    }
    return render(request, "portal/home.html", page)
