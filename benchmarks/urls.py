"""The portal, and pages that do nothing or one thing: what this machine gives through the same server and middleware."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok")


def signed_in(request: HttpRequest) -> HttpResponse:
    """Session and person are read, as for every page of somebody signed in."""
    return HttpResponse(str(request.user.pk))


@csrf_exempt
def update(request: HttpRequest, row: int) -> HttpResponse:
    """One row changed by its key and committed: the least that can be called stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bench_row SET n = n + 1, told = %s WHERE id = %s", [request.body.decode(), row]
        )
    return HttpResponse(b"ok")


urlpatterns = [
    path("bare/empty/", empty),
    path("bare/signed-in/", signed_in),
    path("bare/update/<int:row>/", update),
    path("", include("portal.urls")),
]
