"""Pages that are the same for every visitor, kept in the process that drew them.

A key names all that a page depends on, so nothing is ever thrown away because something changed: the new key is not there
yet, and what was not asked for lately falls out when room is needed.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

ROOM = 24 * 2**20
_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]+(?=")')


class Pages:
    """Pages as they were drawn, cut where each reader's CSRF token goes; `ROOM` bytes of them."""

    def __init__(self) -> None:
        self.taken = 0
        self.parts: OrderedDict[Hashable, list[bytes]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Hashable) -> list[bytes] | None:
        with self.lock:
            if key in self.parts:
                self.parts.move_to_end(key)
            return self.parts.get(key)

    def put(self, key: Hashable, parts: list[bytes]) -> None:
        with self.lock:
            self._drop(key)
            self.parts[key] = parts
            self.taken += sum(map(len, parts))
            while self.taken > ROOM:
                self._drop(next(iter(self.parts)))

    def _drop(self, key: Hashable) -> None:
        self.taken -= sum(map(len, self.parts.pop(key, ())))


_pages = Pages()


def is_unknown(request: HttpRequest) -> bool:
    """A visitor about whom nothing is known but language and size of type: he gets the page that every visitor gets."""
    known = {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
    return request.method == "GET" and not known


def page(request: HttpRequest, state: Hashable, draw: Callable[[], HttpResponse]) -> HttpResponse:
    """The page of this address as it was drawn for another visitor while `state` was the same; else drawn now.

    Forms get their own CSRF token each time. Only for pages that show nothing but what address, language, size of type
    and `state` decide.
    """
    if not is_unknown(request):
        return draw()
    key = (request.get_full_path(), get_language(), request.COOKIES.get("reading", "")[:10], state)
    parts = _pages.get(key)
    if parts is None:
        parts = _TOKEN.split(draw().content)
        _pages.put(key, parts)
    return HttpResponse(get_token(request).encode().join(parts))
