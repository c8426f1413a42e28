"""The insurance port: does the social insurance say that an organisation has insured these people on a day?

The systems of the provinces differ, so none is imitated here: a deployer names an adapter, or puts a gateway in front of
theirs that speaks what `Http` speaks. `Unconnected` says openly that there is none; then evidence is asked for instead.
"""

import datetime as dt
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final, Protocol

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils.module_loading import import_string

from portal import clock

YES, NO, UNKNOWN = "yes", "no", "unknown"
RESULTS: Final = (YES, NO, UNKNOWN)
_MOST_BYTES = 2_000_000


class RegisterSilent(Exception):  # noqa: N818 - says what the register is
    """No answer that can be used. `trouble` is a word for the evidence, without anything of the question."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble[:40]


@dataclass(frozen=True)
class Answer:
    """`result` is one of RESULTS; `as_of` the day of the register's data, None where it knows nothing."""

    result: str
    as_of: dt.date | None = None


class Port(Protocol):
    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        """One answer for each resident ID, in their order. `timeout` in seconds. Raises RegisterSilent."""


class Unconnected:
    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        raise RegisterSilent("unconnected")


class Http:
    """Posts `{"employer", "people", "on"}` as JSON to INSURANCE_CHECK_URL with a bearer token.

    The answer is JSON: a list with `result` (one of RESULTS) and `as_of` (a day or null) for each of the people.
    """

    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        asked = {"employer": uscc, "people": list(numbers), "on": clock.today(at).isoformat()}
        request = urllib.request.Request(  # noqa: S310 - the address is the deployer's setting
            settings.INSURANCE_CHECK_URL,
            data=json.dumps(asked).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.INSURANCE_CHECK_TOKEN}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310 - see above
                return read(response.read(_MOST_BYTES + 1), len(numbers))
        except TimeoutError:
            raise RegisterSilent("timeout") from None
        except urllib.error.HTTPError as refused:
            raise RegisterSilent(f"http_{refused.code}") from None
        except (urllib.error.URLError, OSError):
            raise RegisterSilent("unreachable") from None


def read(body: bytes, count: int) -> list[Answer]:
    """Answers as `Http` expects them, one for each question. Raises RegisterSilent for anything else, whatever it is."""
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
        raise RegisterSilent("unreadable") from None
    if len(found) != count:
        raise RegisterSilent("unreadable")
    return found


class Recorder:
    """For the demo and the tests: `says` by resident ID, else yes. `script` says how the next questions go, one word each:
    `answer`, `fail`, `time out`, `garble`. `asked` counts the people of each question.
    """

    says: ClassVar[dict[str, str]] = {}
    script: ClassVar[list[str]] = []
    asked: ClassVar[list[int]] = []

    def ask(self, uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
        Recorder.asked.append(len(numbers))
        how = Recorder.script.pop(0) if Recorder.script else "answer"
        if how == "time out":
            raise RegisterSilent("timeout")
        if how == "fail":
            raise RegisterSilent("unreachable")
        if how == "garble":
            return read(b'[{"result": "maybe"}]', len(numbers))
        said = [Recorder.says.get(number, YES) for number in numbers]
        return [Answer(one, None if one == UNKNOWN else clock.today(at)) for one in said]

    @classmethod
    def forget(cls) -> None:
        """As new, for the next test."""
        for kept in (cls.says, cls.script, cls.asked):
            kept.clear()


@cache
def _adapter(path: str) -> Port:
    return import_string(path)()


def ask(uscc: str, numbers: Sequence[str], *, at: dt.datetime, timeout: float) -> list[Answer]:
    """Ask the port of the settings; whatever keeps it from answering makes all of them unknown."""
    try:
        return _adapter(settings.INSURANCE_CHECK).ask(uscc, numbers, at=at, timeout=timeout)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # noqa: BLE001 - an adapter is somebody else's code; what it did not say is not known
        return [Answer(UNKNOWN)] * len(numbers)
