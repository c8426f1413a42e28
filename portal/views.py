"""Pages that belong to no single app: home, the learner's desk, the national view, the component page."""

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock, showcase, welcome


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page = {
        "figures": welcome.figures(clock.now()),
        "road": welcome.ROAD,
        "occupations": welcome.OCCUPATIONS,
        "groups": welcome.GROUPS,
    }
    return render(request, "portal/home.html", page)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every component once. Not a page for the public, so production has none."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "portal/design.html", showcase.samples())


def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers. Redis is not asked: the site lives without it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": "ok"})
