"""Requests that come by the thousand a second and need nothing that a page needs: no session, no messages, no frame.

Such a view answers before every other middleware. It has to know by itself who asks, with no CSRF token to stand on, and to send
every header that its answer needs; the reader's language is active when it is called.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.module_loading import import_string

View = Callable[..., HttpResponse]


def language_of(request: HttpRequest) -> str:
    """The language chosen on the site (cookie), else Chinese. A browser's own list is not asked: most say English by default."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class Shortcut:
    """Before all other middleware. `SHORTCUTS` in the settings says which addresses lead where: {pattern: dotted name of the view}.

    The same views stand in the URLs too, for `reverse` and for whoever reads there; looking an address up among all of those
    costs more than such a view does.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way = way_of(request.path_info)
        if way is None:
            return self.get_response(request)
        view, named = way
        translation.activate(language_of(request))
        return view(request, **named)


def way_of(path: str) -> tuple[View, dict[str, str]] | None:
    """The view that an address is a shortcut to, and what the address names; None for every other one."""
    for matches, view in _ways():
        if found := matches(path):
            return view, found.groupdict()
    return None


@cache
def _ways() -> list[tuple[Callable[[str], re.Match[str] | None], View]]:
    """Made with the first request: views can be loaded when everything else is."""
    return [
        (re.compile(pattern).fullmatch, import_string(name)) for pattern, name in settings.SHORTCUTS.items()
    ]


class Handler(WSGIHandler):
    """Django's own, but for shortcuts it leaves out what Django does around every request.

    That is: looking after connections that are to be closed, caches and lists of queries. A view with a shortcut takes up a
    lost connection by itself, and its answer needs no closing.
    """

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        if way_of(environ["PATH_INFO"]) is None:
            return super().__call__(environ, start_response)
        answer = self.get_response(WSGIRequest(environ))
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [answer.content]
