"""Stored files through short-lived signed addresses, in pieces where a player asks for pieces."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.core import signing
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import media as films
from courses import papers
from portal import clock

_PIECE = 64 * 1024
_LONGEST_LIST = 4_000_000
_PART = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class _Pieces:
    """`length` bytes of an open file from where it stands; the response closes it, read or not."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self.file, self.left = file, length
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (piece := self.file.read(min(_PIECE, self.left))):
            self.left -= len(piece)
            yield piece


def asked_part(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single-part Range header; None for the whole file (RFC 9110, 14.2).

    Raises ValueError for a part that lies outside the file. What cannot be read is left aside, as the standard says.
    """
    match = _PART.fullmatch(header.strip())
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise ValueError
        return max(size - int(last), 0), size - 1
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise ValueError
    return start, end


def _stored_elsewhere() -> bool:
    return not isinstance(default_storage, FileSystemStorage)


def in_pieces(request: HttpRequest, key: str) -> HttpResponse | StreamingHttpResponse:
    """The stored file, or the part of it that is asked for."""
    size = default_storage.size(key)
    try:
        part = asked_part(request.headers.get("Range", ""), size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part or (0, size - 1)
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        file = default_storage.open(key, "rb")
        file.seek(first)
        response = StreamingHttpResponse(_Pieces(file, last - first + 1))
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _list(request: HttpRequest, key: str) -> HttpResponse:
    """A list of an HLS ladder: what it names is signed for the very reader who may have the list."""
    if not default_storage.exists(key):
        raise Http404
    with default_storage.open(key, "rb") as file:
        text = file.read(_LONGEST_LIST).decode("utf-8", "replace")
    at = clock.now()
    try:
        signed = films.relisted(
            text, key, lambda name: films.signed_url(name, user_id=request.user.pk, at=at)
        )
    except signing.BadSignature as bad:
        raise Http404 from bad
    response = HttpResponse(signed, content_type=films.content_type(key))
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_safe
def media(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    try:
        key = films.opened(token, user_id=request.user.pk, at=clock.now())
    except signing.BadSignature as bad:
        raise Http404 from bad
    except films.LinkOver as over:
        return render(request, "courses/link_over.html", {"sentence": over.message}, status=410)
    if key.endswith(films.LIST):
        return _list(request, key)
    if _stored_elsewhere():
        return HttpResponseRedirect(default_storage.url(key))
    if not default_storage.exists(key):
        raise Http404
    response = in_pieces(request, key)
    response["Content-Type"] = films.content_type(key)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    if key.startswith(papers.FOLDER):
        response["Content-Disposition"] = "attachment"
    return response
