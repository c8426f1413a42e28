"""The language of an answer to strangers, who are given no cookie: as the address says (`?lang=en`), else as everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils import translation

_KNOWN = {"en": "en", "zh": "zh-hans", "zh-cn": "zh-hans", "zh-hans": "zh-hans"}


def asked_for(request: HttpRequest) -> str:
    """The language that the address names; empty where it names none that is known."""
    return _KNOWN.get(request.GET.get("lang", "").lower(), "")


@contextmanager
def spoken(request: HttpRequest) -> Iterator[str]:
    with translation.override(asked_for(request) or translation.get_language()):
        yield translation.get_language()
