"""The port to registers outside: insurance, pension, civil register, payroll, school register, lists of groups, enterprises.

None of them has an interface for machines that we could confirm, so none is imitated: a deployer names an adapter, or puts
a gateway in front that speaks what `Http` speaks. Every question has three answers: yes, no, not known.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Protocol

from django.conf import settings

from portal import clock, outside

SAYS: Final = ("yes", "no", "unknown")
REGISTERS: Final[dict[str, str]] = {
    "ui_skill_paid": "insurance",
    "insured_elsewhere": "insurance",
    "contributions_paid": "insurance",
    "pensioner": "pension",
    "dead": "civil",
    "imprisoned": "civil",
    "abroad": "civil",
    "civil_servant": "payroll",
    "student": "school",
    "status_not_confirmed": "lists",
    "dormant": "enterprise",
}
"""Question → who is asked. Those of the register of enterprises are about the provider, all others about the claimant."""
_LONGEST: Final = 64


class OutsideSilent(outside.Silent):
    """No answer of the register that can be used."""


@dataclass(frozen=True)
class About:
    """Whom a question is about: number and name of a person, or the credit code of a body; and the day it is asked of."""

    number: str
    name: str
    on: dt.date


@dataclass(frozen=True)
class Answer:
    """`says` is one of SAYS; `as_of` the day of the register's data; `reference` its own name for the answer."""

    says: str
    as_of: dt.date
    reference: str = ""


class Port(Protocol):
    def ask(self, question: str, about: About, *, at: dt.datetime, timeout: float) -> Answer:
        """`timeout` in seconds. Raises OutsideSilent."""


class Unconnected:
    def ask(self, question: str, about: About, *, at: dt.datetime, timeout: float) -> Answer:
        raise OutsideSilent("unconnected")


class Http:
    """Posts `{"register", "question", "number", "name", "on"}` as JSON to OUTSIDE_REGISTERS_URL with a bearer token.

    The answer is JSON: `says` (yes, no, unknown), `as_of` (a day), `reference`.
    """

    def ask(self, question: str, about: About, *, at: dt.datetime, timeout: float) -> Answer:
        told = {
            "register": REGISTERS[question],
            "question": question,
            "number": about.number,
            "name": about.name,
            "on": about.on.isoformat(),
        }
        url, token = settings.OUTSIDE_REGISTERS_URL, settings.OUTSIDE_REGISTERS_TOKEN
        return read(outside.post(url, token, told, timeout=timeout, silent=OutsideSilent))


def read(body: bytes) -> Answer:
    """An answer as `Http` expects it. Raises OutsideSilent for anything that is none, whatever it is."""
    try:
        told: Any = json.loads(body) if len(body) <= outside.MOST_BYTES else None
        says = {name: name for name in SAYS}[told["says"]]
        reference = told.get("reference", "").replace("\x00", "")[:_LONGEST]
        return Answer(says, dt.date.fromisoformat(told["as_of"]), reference)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise OutsideSilent("unreadable") from None


class Recorder(outside.Scripted):
    """For the demo and the tests: `says` by question and name, else no.

    Further words of the script: `stale` (old data), `garble`, or one of SAYS.
    """

    says: ClassVar[dict[tuple[str, str], str]] = {}
    script: ClassVar[list[str]] = []
    asked: ClassVar[list[str]] = []
    between: ClassVar[list[Callable[[], None]]] = []
    silent = OutsideSilent

    def ask(self, question: str, about: About, *, at: dt.datetime, timeout: float) -> Answer:
        how = Recorder.next_word(question, timeout=timeout)
        if how == "garble":
            return read(b'{"says": "perhaps"}')
        says = how if how in SAYS else Recorder.says.get((question, about.name), "no")
        answer = Answer(says, clock.today(at), f"O-{len(Recorder.asked)}")
        return replace(answer, as_of=answer.as_of - dt.timedelta(days=120)) if how == "stale" else answer

    @classmethod
    def forget(cls) -> None:
        """As new, for the next test."""
        for kept in (cls.says, cls.script, cls.asked, cls.between):
            kept.clear()
        cls.delay = 0.0


def ask(question: str, about: About, *, at: dt.datetime, timeout: float) -> Answer:
    """Ask the port of the settings. Raises OutsideSilent, whatever its adapter raises."""
    port: Port = outside.adapter(settings.OUTSIDE_REGISTERS)
    return outside.guarded(lambda: port.ask(question, about, at=at, timeout=timeout), OutsideSilent)
