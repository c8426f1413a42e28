"""Footage of a lesson sent in parts, for its author alone; and where the films of a lesson stand."""

import uuid
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses.forms.films import FilmForm
from courses.models import Film
from courses.selectors import films as selectors
from courses.selectors.authoring import AUTHORS
from courses.services import films, sending
from courses.tasks import make_films
from courses.workflow import FilmState
from portal import clock, tus
from portal.api import NeedsRole


@extend_schema(exclude=True)
@api_view(["POST", "OPTIONS"])
@permission_classes([NeedsRole(*AUTHORS)])
@tus.spoken
def begin(request: Request) -> HttpResponse:
    """Say what will be sent; the answer's Location is where to."""
    told = tus.begun(request)
    if isinstance(told, HttpResponse):
        return told
    size, said = told
    course, _version, lesson = selectors.lesson_to_film(
        request.user, said.get("course", ""), said.get("lesson", "")
    )
    form = FilmForm(said, course=course, lesson=lesson, sent_apart=True)
    if not form.is_valid():
        sentences = [f"{form[name].label}: {' '.join(words)}" for name, words in form.errors.items()]
        return tus.refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(sentences))
    try:
        film = sending.begin_film(
            course,
            lesson_key=lesson.key,
            name=said.get("filename") or "film",
            fingerprint=said.get("fingerprint", ""),
            size=size,
            by=request.user,
            at=clock.now(),
            **form.words,
        )
    except ValidationError as wrong:
        return tus.refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(wrong.messages))
    answer = HttpResponse(status=HTTPStatus.CREATED)
    answer["Location"] = reverse("api-film", args=[film.pk])
    return _standing(answer, film)


def _standing(answer: HttpResponse, film: Film) -> HttpResponse:
    ends_at = film.due_at if film.state == FilmState.RECEIVING else None
    return tus.standing(answer, received=film.received, size=film.size, ends_at=ends_at)


@extend_schema(exclude=True)
@api_view(["HEAD", "PATCH", "DELETE", "OPTIONS"])
@permission_classes([NeedsRole(*AUTHORS)])
@tus.spoken
def send(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Where a film stands (HEAD), its next bytes (PATCH), or that it is given up (DELETE)."""
    film = selectors.film_to_send(request.user, uid)
    if request.method == "DELETE":
        films.cancel_film(film, by=request.user, at=clock.now())
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if film.state in {FilmState.CANCELLED, FilmState.REMOVED}:
        return tus.gone()
    if request.method == "HEAD":
        return _standing(HttpResponse(), film)
    return _patch(request, film)


def _patch(request: Request, film: Film) -> HttpResponse:
    told = tus.next_bytes(request)
    if isinstance(told, HttpResponse):
        return told
    # read from the request itself: nothing in between keeps the body
    film = sending.receive_next(film, *told, source=request, by=request.user, at=clock.now())
    if film.state == FilmState.RECEIVED:
        make_films.delay_on_commit()
    return _standing(HttpResponse(status=HTTPStatus.NO_CONTENT), film)


@extend_schema(responses=OpenApiTypes.OBJECT, operation_id="course_lesson_films")
@api_view(["GET"])
@permission_classes([NeedsRole(*AUTHORS)])
def of_lesson(request: Request, code: str, key: str) -> Response:
    """The films of a lesson: those in place, and those on their way with how far they are."""
    course, version, lesson = selectors.lesson_to_film(request.user, code, key)
    page = selectors.films_page(course, version, lesson, user=request.user, at=clock.now())
    return Response(
        {
            "films": [
                {
                    "position": angle.video.position,
                    "angle": angle.video.angle,
                    "milliseconds": angle.video.milliseconds,
                    "captions": [language for language, there in angle.captions if there],
                }
                for angle in page["angles"]
            ],
            "waiting": [
                {
                    "id": str(row.film.pk),
                    "name": row.film.name,
                    "state": row.film.state,
                    "received": row.film.received,
                    "size": row.film.size,
                    "percent": row.film.percent,
                    "trouble": row.film.trouble,
                    "detail": row.trouble,
                    "may_retry": row.film.may_retry,
                }
                for row in page["waiting"]
            ],
        }
    )
