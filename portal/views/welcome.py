"""What the home page shows: figures of the moment, occupations and groups as entry points, new courses."""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as people

FIGURES_KEY = "home:figures"
FIGURES_KEPT_S = 60

# The road in four steps; its states are all "to do" for a visitor.
ROAD = (
    ("todo", _("Choose and enrol"), _("Register your name once, valid everywhere")),
    ("todo", _("Learn your hours"), _("Every second you watch is on record")),
    ("todo", _("Pass the exam"), _("The certificate follows by itself")),
    ("todo", _("Claim the subsidy"), _("Paid to your own bank card")),
)


@dataclass(frozen=True)
class Occupation:
    """An entry point of the home page: its name is also the search it starts."""

    name: str | Promise
    pictogram: str
    weave: str


OCCUPATIONS = (
    Occupation(_("Welder"), "welder", "make"),
    Occupation(_("Elderly care worker"), "eldercare", "care"),
    Occupation(_("Forklift driver"), "forklift", "move"),
    Occupation(_("Electrician"), "electric", "make"),
    Occupation(_("Infant care worker"), "infant", "care"),
    Occupation(_("Chinese-style cook"), "chef", "trade"),
    Occupation(_("Bricklayer"), "mason", "build"),
    Occupation(_("CNC lathe operator"), "cnc", "make"),
    Occupation(_("E-commerce specialist"), "ecommerce", "trade"),
    Occupation(_("Car mechanic"), "auto", "move"),
    Occupation(_("Rattan weaver"), "weave", "build"),
    Occupation(_("Housekeeper"), "domestic", "care"),
)


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
            at=at,
        )
        cache.set(FIGURES_KEY, kept, FIGURES_KEPT_S)
    return kept


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page = {
        "figures": figures(clock.now()),
        "road": ROAD,
        "occupations": OCCUPATIONS,
        "groups": GROUPS,
        "newest": courses.published_courses().order_by("-published_at", "-id")[:3],
    }
    return render(request, "portal/home.html", page)
