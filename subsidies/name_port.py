"""The name port: does the bank say that an account is in use and belongs to a name?

Banks and the clearing houses offer it under names of their own, so none is imitated here: a deployer names an adapter, or
puts a gateway in front of theirs that speaks what `Http` speaks. `Unconnected` says openly that there is none; then a
province's profile says whether it pays without (docs/production.md).
"""

import datetime as dt
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Final, Protocol

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils.module_loading import import_string

from portal import clock

RESULTS: Final = ("match", "no_match", "closed", "function_off", "unknown")
_MOST_BYTES = 100_000
_LONGEST = 64


class BankSilent(Exception):  # noqa: N818 - says what the bank is
    """No answer that can be used. `trouble` is a word for the evidence, without anything of the question."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble[:40]


@dataclass(frozen=True)
class Answer:
    """`result` is one of RESULTS; `as_of` the day of the bank's data; `reference` its own name for the answer."""

    result: str
    as_of: dt.date
    reference: str = ""


class Port(Protocol):
    def ask(self, number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
        """`timeout` in seconds. Raises BankSilent."""


class Unconnected:
    def ask(self, number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
        raise BankSilent("unconnected")


class Http:
    """Posts `{"account", "bank", "name"}` as JSON to NAME_CHECK_URL with a bearer token.

    The answer is JSON: `result` (one of RESULTS), `as_of` (a day), `reference`.
    """

    def ask(self, number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
        request = urllib.request.Request(  # noqa: S310 - the address is the deployer's setting
            settings.NAME_CHECK_URL,
            data=json.dumps({"account": number, "bank": bank, "name": name}).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.NAME_CHECK_TOKEN}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310 - see above
                return read(response.read(_MOST_BYTES + 1))
        except TimeoutError:
            raise BankSilent("timeout") from None
        except urllib.error.HTTPError as refused:
            raise BankSilent(f"http_{refused.code}") from None
        except (urllib.error.URLError, OSError):
            raise BankSilent("unreachable") from None


def read(body: bytes) -> Answer:
    """An answer as `Http` expects it. Raises BankSilent for anything that is none, whatever it is."""
    try:
        told: Any = json.loads(body) if len(body) <= _MOST_BYTES else None
        result = {name: name for name in RESULTS}[told["result"]]
        reference = told.get("reference", "").replace("\x00", "")[:_LONGEST]
        return Answer(result, dt.date.fromisoformat(told["as_of"]), reference)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BankSilent("unreadable") from None


class Recorder:
    """For the demo and the tests: `says` by name, else a match.

    `script` says how the next questions go, one word each: `answer`, `fail`, `time out`, `stale`, `garble`, or a result.
    `between` is called while a question is under way: what happens in the meantime. `delay` is in seconds.
    """

    says: ClassVar[dict[str, str]] = {}
    script: ClassVar[list[str]] = []
    asked: ClassVar[list[str]] = []
    between: ClassVar[list[Callable[[], None]]] = []
    delay: ClassVar[float] = 0.0

    def ask(self, number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
        Recorder.asked.append(name)
        for act in list(Recorder.between):
            act()
        if Recorder.delay:
            time.sleep(min(Recorder.delay, timeout))
        how = Recorder.script.pop(0) if Recorder.script else "answer"
        if how == "time out" or Recorder.delay > timeout:
            raise BankSilent("timeout")
        if how == "fail":
            raise BankSilent("unreachable")
        if how == "garble":
            return read(b'{"result": "maybe"}')
        result = how if how in RESULTS else Recorder.says.get(name, "match")
        answer = Answer(result, clock.today(at), f"N-{len(Recorder.asked)}")
        return replace(answer, as_of=answer.as_of - dt.timedelta(days=90)) if how == "stale" else answer

    @classmethod
    def forget(cls) -> None:
        """As new, for the next test."""
        for kept in (cls.says, cls.script, cls.asked, cls.between):
            kept.clear()
        cls.delay = 0.0


@cache
def _adapter(path: str) -> Port:
    return import_string(path)()


def ask(number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
    """Ask the port of the settings. Raises BankSilent, whatever its adapter raises."""
    try:
        return _adapter(settings.NAME_CHECK).ask(number, bank, name, at=at, timeout=timeout)
    except (BankSilent, SoftTimeLimitExceeded):
        raise
    except Exception as broken:  # noqa: BLE001 - an adapter is somebody else's code, and its words may hold the question
        raise BankSilent(f"broken:{type(broken).__name__}") from None
