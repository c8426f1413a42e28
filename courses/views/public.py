from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from courses import selectors
from courses.selectors.asked import Params
from courses.selectors.stock import Stock, stock
from courses.views import drawn
from portal import clock, kept

FRAGMENT = "HX-Request"
WIDE_OPEN = frozenset({"occupation", "level", "hours", "delivery"})
"""Facets that stand open beside the list without being asked."""


@require_safe
@vary_on_headers(FRAGMENT)
def catalogue(request: HttpRequest) -> HttpResponse:
    """The whole page, or for htmx the part of it that a search changes."""
    goods, params = stock(), Params.read(request.GET)
    if FRAGMENT in request.headers:
        answer = render(request, "courses/_found.html", _found(goods, params))
        address = request.path + params.canonical
        shown = request.headers.get("HX-Current-URL", "")
        # the same search again is no new step of the way back
        answer["HX-Push-Url"] = "false" if shown == request.build_absolute_uri(address) else address
        return answer
    if not goods.is_shared:
        return render(request, "courses/catalogue.html", _found(goods, params))
    return kept.page(
        request, goods.state, lambda: render(request, "courses/catalogue.html", _found(goods, params))
    )


def _found(goods: Stock, params: Params) -> dict[str, object]:
    results = selectors.search(params, goods)
    facets = {facet.name: facet for facet in results.facets}
    return {
        "results": results,
        "page": results.page,
        "subsidised": facets["subsidised"],
        "facets": [
            (facet, drawn.choices(facet), facet.is_chosen or facet.name in WIDE_OPEN)
            for facet in results.facets
            if facet.values and facet.name != "subsidised"
        ],
        "cards": [drawn.card(course) for course in results.page.object_list],
        "canonical": results.params.canonical,
    }


@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    found = selectors.course_visible_to(request.user, code.upper())
    return render(request, "courses/course.html", selectors.course_page(found, at=clock.now()))
