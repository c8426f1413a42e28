"""Films sent in parts: the tus 1.0.0 protocol (core, creation, termination, expiration), for their author alone.

https://tus.io/protocols/resumable-upload: bytes are only ever added where the row says the film stands.
"""

import base64
import binascii
import uuid
from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses.film_forms import FilmForm
from courses.models import Film
from courses.selectors import films as selectors
from courses.selectors.authoring import AUTHORS
from courses.services import films, sending
from courses.services.sending import StoreRefused, TooLarge, WrongOffset
from courses.tasks import make_films
from courses.workflow import FilmState
from portal import clock
from portal.api import NeedsRole
from portal.moves import IllegalMove
from portal.rules import RuleBroken

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
_STATUS = {
    WrongOffset: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    StoreRefused: HTTPStatus.SERVICE_UNAVAILABLE,
    IllegalMove: HTTPStatus.GONE,
}
_LONGEST_NUMBER = 15
_LONGEST_METADATA = 16_000


def _refused(status: HTTPStatus, code: str, detail: str = "", **headers: str) -> HttpResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status, headers=headers)


def tus(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The version on every answer; another version of the protocol is refused; a broken rule has its own status."""

    @wraps(view)
    def spoken(request: Request, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "OPTIONS":
            answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
            answer["Tus-Version"], answer["Tus-Extension"] = VERSION, EXTENSIONS
            answer["Tus-Max-Size"] = str(settings.FILM_MOST_BYTES)
        elif request.headers.get("Tus-Resumable") != VERSION:
            answer = _refused(HTTPStatus.PRECONDITION_FAILED, "tus_version", **{"Tus-Version": VERSION})
        else:
            try:
                answer = view(request, *args, **kwargs)
            except RuleBroken as broken:
                status = _STATUS.get(type(broken), HTTPStatus.UNPROCESSABLE_ENTITY)
                answer = _refused(status, broken.code, str(broken))
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    return spoken


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and its value in base64. What cannot be read is left out."""
    said = {}
    for pair in header[:_LONGEST_METADATA].split(","):
        key, _space, coded = pair.strip().partition(" ")
        try:
            said[key] = base64.b64decode(coded, validate=True).decode("utf-8").replace("\x00", "")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return said


@extend_schema(exclude=True)
@api_view(["POST", "OPTIONS"])
@permission_classes([NeedsRole(*AUTHORS)])
@tus
def begin(request: Request) -> HttpResponse:
    """Say what will be sent; the answer's Location is where to."""
    size = _number(request.headers.get("Upload-Length", ""))
    if size is None:
        return _refused(HTTPStatus.BAD_REQUEST, "upload_length")
    said = metadata(request.headers.get("Upload-Metadata", ""))
    course, _version, lesson = selectors.lesson_to_film(
        request.user, said.get("course", ""), said.get("lesson", "")
    )
    form = FilmForm(said, course=course, lesson=lesson, sent_apart=True)
    if not form.is_valid():
        sentences = [f"{form[name].label}: {' '.join(words)}" for name, words in form.errors.items()]
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(sentences))
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
        return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(wrong.messages))
    answer = HttpResponse(status=HTTPStatus.CREATED)
    answer["Location"] = reverse("api-film", args=[film.pk])
    return _standing(answer, film)


def _standing(answer: HttpResponse, film: Film) -> HttpResponse:
    answer["Upload-Offset"], answer["Upload-Length"] = str(film.received), str(film.size)
    if film.state == FilmState.RECEIVING:
        answer["Upload-Expires"] = format_datetime(film.due_at, usegmt=False)
    return answer


@extend_schema(exclude=True)
@api_view(["HEAD", "PATCH", "DELETE", "OPTIONS"])
@permission_classes([NeedsRole(*AUTHORS)])
@tus
def send(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Where a film stands (HEAD), its next bytes (PATCH), or that it is given up (DELETE)."""
    film = selectors.film_to_send(request.user, uid)
    if request.method == "DELETE":
        films.cancel_film(film, by=request.user, at=clock.now())
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if film.state in {FilmState.CANCELLED, FilmState.REMOVED}:
        return _refused(HTTPStatus.GONE, "film_gone", str(IllegalMove.message))
    if request.method == "HEAD":
        return _standing(HttpResponse(), film)
    return _patch(request, film)


def _patch(request: Request, film: Film) -> HttpResponse:
    if request.content_type != "application/offset+octet-stream":
        return _refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type")
    start = _number(request.headers.get("Upload-Offset", ""))
    if start is None:
        return _refused(HTTPStatus.BAD_REQUEST, "upload_offset")
    length = _number(request.headers.get("Content-Length") or "0") or 0
    if start != film.received:
        raise WrongOffset(received=film.received)
    if length:
        # read from the request itself: nothing in between keeps the body
        film = sending.receive(
            film,
            start=start,
            source=request,
            length=length,
            by=request.user,
            at=clock.now(),
        )
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
