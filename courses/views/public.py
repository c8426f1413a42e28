from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import selectors
from portal import clock


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    results = selectors.search(request.GET, clock.now())
    return render(request, "courses/catalogue.html", {"results": results, "page": results.page})


@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    found = selectors.course_visible_to(request.user, code.upper())
    return render(request, "courses/course.html", selectors.course_page(found, at=clock.now()))
