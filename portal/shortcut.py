"""Requests that come by the thousand a second and need nothing that a page needs: no session, no messages, no frame.

Such a view answers before every other middleware. It has to know by itself who asks, with no CSRF token to stand on, and to send
every header that its answer needs; the reader's language is active when it is called.
"""

import re
from collections.abc import Callable
from functools import cache

from django.conf import settings
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
        self.ways = [(re.compile(pattern).fullmatch, name) for pattern, name in settings.SHORTCUTS.items()]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for matches, name in self.ways:
            if found := matches(request.path_info):
                translation.activate(language_of(request))
                return _view(name)(request, **found.groupdict())
        return self.get_response(request)


@cache
def _view(name: str) -> View:
    return import_string(name)
