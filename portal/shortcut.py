"""Requests that come by the thousand a second and need nothing that a page needs: no session, no messages, no frame.

What answers them is asked before every middleware, with what the web server knows of the request (`environ`, PEP 3333), and
gives an `Answer`. It has to know by itself who asks, with no CSRF token to stand on, and to send every header that its answer
needs; the reader's language is active when it is called.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.utils import translation
from django.utils.module_loading import import_string

Environ = Mapping[str, object]


class Answer(NamedTuple):
    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes


Way = Callable[..., Answer]


def language_of(cookies: Mapping[str, str]) -> str:
    """The language chosen on the site, else Chinese. A browser's own list is not asked: most say English by default."""
    chosen = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if any(chosen == code for code, _name in settings.LANGUAGES) else settings.LANGUAGE_CODE


def body_of(environ: Environ, most: int) -> bytes | None:
    """The body; None where it is longer than `most` bytes."""
    length = environ.get("CONTENT_LENGTH") or "0"
    length = int(length) if length.isdecimal() else 0
    return environ["wsgi.input"].read(length) if length <= most else None


class Shortcut:
    """Before all other middleware. `SHORTCUTS` in the settings says which addresses lead where: {pattern: dotted name}.

    The same addresses stand among the URLs too, by `view`, for `reverse` and for whoever reads there; looking an address up
    among all of those costs more than such an answer does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = way_of(request.path_info)
        return view(found[0])(request, **found[1]) if found else self.get_response(request)


def view(way: Way) -> Callable[..., HttpResponse]:
    """The same as a view of Django's."""

    def seen(request: WSGIRequest, **named: str) -> HttpResponse:
        status, headers, body = _answer(way, request.environ, named)
        return HttpResponse(body, status=status, headers=dict(headers))

    return seen


def way_of(path: str) -> tuple[Way, dict[str, str]] | None:
    """What an address is a shortcut to, and what the address names; None for every other one."""
    for matches, way in _ways():
        if found := matches(path):
            return way, found.groupdict()
    return None


@cache
def _ways() -> list[tuple[Callable[[str], re.Match[str] | None], Way]]:
    """Made with the first request: they can be loaded when everything else is."""
    return [
        (re.compile(pattern).fullmatch, import_string(name)) for pattern, name in settings.SHORTCUTS.items()
    ]


def _answer(way: Way, environ: Environ, named: Mapping[str, str]) -> Answer:
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    translation.activate(language_of(cookies))
    return way(environ, cookies, **named)


class Handler(WSGIHandler):
    """Django's own, but for shortcuts it leaves out what Django does around every request.

    That is: a request and a response, looking after connections that are to be closed, caches and lists of queries. A
    shortcut takes up a lost connection by itself.
    """

    def __call__(self, environ: dict[str, object], start_response: Callable) -> Iterable[bytes]:
        found = way_of(environ["PATH_INFO"])
        if found is None:
            return super().__call__(environ, start_response)
        try:
            status, headers, body = _answer(found[0], environ, found[1])
        except Exception as failed:  # noqa: BLE001 - Django says it in the log and on a page, as for any view
            page = response_for_exception(WSGIRequest(environ), failed)
            status, headers, body = HTTPStatus(page.status_code), tuple(page.items()), page.content
        start_response(f"{status.value} {status.phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]
