"""The name port: does the bank say that an account is in use and belongs to a name?

Banks and the clearing houses offer it under names of their own, so none is imitated here: a deployer names an adapter, or
puts a gateway in front of theirs that speaks what `Http` speaks. `Unconnected` says openly that there is none; then a
province's profile says whether it pays without (docs/production.md).
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Protocol

from django.conf import settings

from portal import clock, outside

RESULTS: Final = ("match", "no_match", "closed", "function_off", "unknown")
_LONGEST = 64


class BankSilent(outside.Silent):
    """No answer of the bank that can be used."""


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
        question = {"account": number, "bank": bank, "name": name}
        body = outside.post(
            settings.NAME_CHECK_URL, settings.NAME_CHECK_TOKEN, question, timeout=timeout, silent=BankSilent
        )
        return read(body)


def read(body: bytes) -> Answer:
    """An answer as `Http` expects it. Raises BankSilent for anything that is none, whatever it is."""
    try:
        told: Any = json.loads(body) if len(body) <= outside.MOST_BYTES else None
        result = {name: name for name in RESULTS}[told["result"]]
        reference = told.get("reference", "").replace("\x00", "")[:_LONGEST]
        return Answer(result, dt.date.fromisoformat(told["as_of"]), reference)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BankSilent("unreadable") from None


class Recorder(outside.Scripted):
    """For the demo and the tests: `says` by name, else a match.

    Further words of the script: `stale`, `garble`, or a result.
    """

    says: ClassVar[dict[str, str]] = {}
    script: ClassVar[list[str]] = []
    asked: ClassVar[list[str]] = []
    between: ClassVar[list[Callable[[], None]]] = []
    silent = BankSilent

    def ask(self, number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
        how = Recorder.next_word(name, timeout=timeout)
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


def ask(number: str, bank: str, name: str, *, at: dt.datetime, timeout: float) -> Answer:
    """Ask the port of the settings. Raises BankSilent, whatever its adapter raises."""
    port: Port = outside.adapter(settings.NAME_CHECK)
    return outside.guarded(lambda: port.ask(number, bank, name, at=at, timeout=timeout), BankSilent)
