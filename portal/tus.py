"""Files sent in parts: the tus 1.0.0 protocol (core, creation, termination, expiration), whatever the file belongs to.

https://tus.io/protocols/resumable-upload: bytes are only ever added where the row says the file stands.
"""

import base64
import binascii
import datetime as dt
from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.moves import IllegalMove
from portal.numbers import whole
from portal.rules import RuleBroken

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
_STATUS = {
    "wrong_offset": HTTPStatus.CONFLICT,
    "film_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "store_refused": HTTPStatus.SERVICE_UNAVAILABLE,
    IllegalMove.code: HTTPStatus.GONE,
}
_LONGEST_METADATA = 16_000


def refused(status: HTTPStatus, code: str, detail: str = "", **headers: str) -> HttpResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status, headers=headers)


def gone() -> HttpResponse:
    return refused(HTTPStatus.GONE, "film_gone", str(IllegalMove.message))


def spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The version on every answer; another version of the protocol is refused; a broken rule has its own status."""

    @wraps(view)
    def speaks(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "OPTIONS":
            answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
            answer["Tus-Version"], answer["Tus-Extension"] = VERSION, EXTENSIONS
            answer["Tus-Max-Size"] = str(settings.FILM_MOST_BYTES)
        elif request.headers.get("Tus-Resumable") != VERSION:
            answer = refused(HTTPStatus.PRECONDITION_FAILED, "tus_version", **{"Tus-Version": VERSION})
        else:
            try:
                answer = view(request, *args, **kwargs)
            except RuleBroken as broken:
                status = _STATUS.get(broken.code, HTTPStatus.UNPROCESSABLE_ENTITY)
                answer = refused(status, broken.code, str(broken))
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    return speaks


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


def begun(request: HttpRequest) -> tuple[int, dict[str, str]] | HttpResponse:
    """The size of what will be sent, in bytes, and what is said of it."""
    size = whole(request.headers.get("Upload-Length", ""))
    if size is None:
        return refused(HTTPStatus.BAD_REQUEST, "upload_length")
    return size, metadata(request.headers.get("Upload-Metadata", ""))


def standing(
    answer: HttpResponse, *, received: int, size: int, ends_at: dt.datetime | None = None
) -> HttpResponse:
    """Where the file stands, and until when it is waited for."""
    answer["Upload-Offset"], answer["Upload-Length"] = str(received), str(size)
    if ends_at is not None:
        answer["Upload-Expires"] = format_datetime(ends_at, usegmt=False)
    return answer


def next_bytes(request: HttpRequest) -> tuple[int, int] | HttpResponse:
    """Where the bytes of a PATCH begin, and how many they are."""
    if request.content_type != "application/offset+octet-stream":
        return refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type")
    start = whole(request.headers.get("Upload-Offset", ""))
    if start is None:
        return refused(HTTPStatus.BAD_REQUEST, "upload_offset")
    return start, whole(request.headers.get("Content-Length") or "0") or 0
