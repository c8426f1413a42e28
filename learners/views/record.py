from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learners.selectors import mine
from learners.selectors.record import NAMES
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import signed_in


@require_safe
@signed_in
def record(request: HttpRequest) -> HttpResponse:
    """The learning record as a page to read and print; its twin is `/api/learn/record/`."""
    page = {
        "identity": people.identity_of(request.user),
        "rows": mine.courses_of(request.user, at=clock.now()),
        "names": NAMES,
        "at": clock.now(),
    }
    return render(request, "learners/record.html", page)
