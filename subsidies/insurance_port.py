"""The insurance port: does the social insurance say that an organisation has insured these people on a day?

The systems of the provinces differ, so none is imitated here: a deployer names an adapter, or puts a gateway in front of
theirs that speaks what `Http` speaks. `Unconnected` says openly that there is none; then evidence is asked for instead.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from django.conf import settings

from portal import clock, outside

YES, NO, UNKNOWN = "yes", "no", "unknown"
RESULTS: Final = (YES, NO, UNKNOWN)
_MOST_BYTES = 2_000_000


class InsuranceSilent(outside.Silent):
    """No answer of the social insurance that can be used."""


@dataclass(frozen=True)
class Answer:
    """`result` is one of RESULTS; `as_of` the day of the register's data, None where it knows nothing."""

    result: str
    as_of: dt.date | None = None


class Port(Protocol):
    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        """One answer for each resident ID, in their order. `timeout` in seconds. Raises InsuranceSilent."""


class Unconnected:
    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        raise InsuranceSilent("unconnected")


class Http:
    """Posts `{"employer", "people", "on"}` as JSON to INSURANCE_CHECK_URL with a bearer token.

    The answer is JSON: a list with `result` (one of RESULTS) and `as_of` (a day or null) for each of the people.
    """

    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        asked = {"employer": uscc, "people": list(numbers), "on": clock.today(at).isoformat()}
        url, token = settings.INSURANCE_CHECK_URL, settings.INSURANCE_CHECK_TOKEN
        body = outside.post(url, token, asked, timeout=timeout, silent=InsuranceSilent, most=_MOST_BYTES)
        return read(body, len(numbers))


def read(body: bytes, count: int) -> list[Answer]:
    """Answers as `Http` expects them, one for each question. Raises InsuranceSilent for anything else, whatever it is."""
    try:
        told: Any = json.loads(body) if len(body) <= _MOST_BYTES else None
        found = [
            Answer(
                {name: name for name in RESULTS}[one["result"]],
                dt.date.fromisoformat(one["as_of"]) if one.get("as_of") else None,
            )
            for one in told
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InsuranceSilent("unreadable") from None
    if len(found) != count:
        raise InsuranceSilent("unreadable")
    return found


class Recorder(outside.Scripted):
    """For the demo and the tests: `says` by resident ID, else yes. A further word of the script is `garble`.

    `asked` are how many people each question was about.
    """

    says: ClassVar[dict[str, str]] = {}
    script: ClassVar[list[str]] = []
    asked: ClassVar[list[Any]] = []
    between: ClassVar[list[Callable[[], None]]] = []
    silent = InsuranceSilent

    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        if Recorder.next_word(len(numbers), timeout=timeout) == "garble":
            return read(b'[{"result": "maybe"}]', len(numbers))
        said = [Recorder.says.get(number, YES) for number in numbers]
        return [Answer(one, None if one == UNKNOWN else clock.today(at)) for one in said]

    @classmethod
    def forget(cls) -> None:
        """As new, for the next test."""
        for kept in (cls.says, cls.script, cls.asked, cls.between):
            kept.clear()
        cls.delay = 0.0


def ask(uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
    """Ask the port of the settings; whatever keeps it from answering makes all of them unknown."""
    port: Port = outside.adapter(settings.INSURANCE_CHECK)
    try:
        return outside.guarded(lambda: port.ask(uscc, numbers, at=at, timeout=timeout), InsuranceSilent)
    except InsuranceSilent:
        return [Answer(UNKNOWN)] * len(numbers)
