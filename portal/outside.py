"""What the ports to services outside have in common: asking with a time limit, and silence as a word without the question."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, Final, TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.utils.module_loading import import_string

T = TypeVar("T")
MOST_BYTES: Final = 100_000
_LONGEST: Final = 40


class Silent(Exception):  # noqa: N818 - says what the other side is
    """No answer that can be used. `trouble` is a word for the evidence, without anything of the question."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble[:_LONGEST]


def post(
    url: str,
    token: str,
    question: Any,
    *,
    timeout: float,
    silent: type[Silent] = Silent,
    most: int = MOST_BYTES,
) -> bytes:
    """Post JSON with a bearer token; the answer as it came, `most` + 1 bytes of it at most. `timeout` in seconds.

    Raises `silent`.
    """
    request = urllib.request.Request(  # noqa: S310 - the address is the deployer's setting
        url,
        data=json.dumps(question).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310 - see above
            return response.read(most + 1)
    except TimeoutError:
        raise silent("timeout") from None
    except urllib.error.HTTPError as refused:
        raise silent(f"http_{refused.code}") from None
    except (urllib.error.URLError, OSError) as failed:
        late = isinstance(getattr(failed, "reason", None), TimeoutError)
        raise silent("timeout" if late else "unreachable") from None


@cache
def adapter(path: str) -> Any:
    """The port that a setting names."""
    return import_string(path)()


def guarded(ask: Callable[[], T], silent: type[Silent]) -> T:
    """What `ask` gives. Raises `silent`, whatever an adapter raises: it is somebody else's code, and its words may tell."""
    try:
        return ask()
    except (silent, SoftTimeLimitExceeded):
        raise
    except Exception as broken:  # noqa: BLE001 - see above
        raise silent(f"broken:{type(broken).__name__}") from None


class Scripted:
    """A port for the demo and the tests that goes by a `script`: one word for each of the next questions, then `always`.

    `fail` and `time out` are silence; what other words mean the port says itself. `between` is called while a question is
    under way, `delay` is in seconds, `asked` are the questions as far as they may be kept.
    """

    script: ClassVar[list[str]]
    asked: ClassVar[list[Any]]
    between: ClassVar[list[Callable[[], None]]]
    always: ClassVar[str] = "answer"
    delay: ClassVar[float] = 0.0
    silent: ClassVar[type[Silent]] = Silent

    @classmethod
    def next_word(cls, question: Any, *, timeout: float) -> str:
        """How this question goes. Raises `silent`."""
        cls.asked.append(question)
        for act in list(cls.between):
            act()
        if cls.delay:
            time.sleep(min(cls.delay, timeout))
        how = cls.script.pop(0) if cls.script else cls.always
        if how == "time out" or cls.delay > timeout:
            raise cls.silent("timeout")
        if how == "fail":
            raise cls.silent("unreachable")
        return how
