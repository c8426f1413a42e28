"""The register port: what the national query service says of a certificate that somebody else issued.

The service (技能人才评价证书全国联网查询) answers people in a browser. No interface for machines is published that we could
confirm, so none is imitated here: a deployer who has one names an adapter of their own, or puts a gateway in front of it
that speaks what `Http` speaks. `Unconnected` says openly that there is none; the office then decides by the papers.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Protocol

from django.conf import settings

from portal import clock, outside

_LONGEST = 200
_LEVELS = range(1, 6)


class RegisterSilent(outside.Silent):
    """No answer of the register that can be used."""


@dataclass(frozen=True)
class Facts:
    """What the register has under a number. `holder_matches`: name and ID number are those that were asked with."""

    holder_matches: bool
    kind: str  # "level" | "special" | "" for anything else
    level: int | None
    occupation_name: str
    occupation_code: str
    issuer: str
    issued_on: dt.date
    revoked: bool = False


@dataclass(frozen=True)
class Answer:
    """`facts` is None where the register does not know the number. `as_of` is the day of its data.

    `reference` is its own name for the answer; `sha256` covers the answer as it came.
    """

    answered_at: dt.datetime
    as_of: dt.date
    facts: Facts | None
    reference: str = ""
    sha256: bytes = b""


class Register(Protocol):
    def ask(self, number: str, name: str, resident_number: str, *, at: dt.datetime, timeout: float) -> Answer:
        """`timeout` in seconds. Raises RegisterSilent."""


class Unconnected:
    """No register: whatever is registered waits for two people of the office."""

    def ask(self, number: str, name: str, resident_number: str, *, at: dt.datetime, timeout: float) -> Answer:
        raise RegisterSilent("unconnected")


class Http:
    """Posts `{"number", "name", "resident_number"}` as JSON to CERTIFICATE_REGISTER_URL with a bearer token.

    The answer is JSON: `answered_at`, `as_of`, `reference`, `found`, and where found `holder_matches`, `kind`
    (level, special), `level` (5 to 1 or null), `occupation_name`, `occupation_code` (may be empty), `issuer`, `issued_on`,
    `revoked`. Times are ISO 8601 with their offset. See docs/external-certificates.md.
    """

    def ask(self, number: str, name: str, resident_number: str, *, at: dt.datetime, timeout: float) -> Answer:
        question = {"number": number, "name": name, "resident_number": resident_number}
        body = outside.post(
            settings.CERTIFICATE_REGISTER_URL,
            settings.CERTIFICATE_REGISTER_TOKEN,
            question,
            timeout=timeout,
            silent=RegisterSilent,
        )
        return read(body)


def read(body: bytes) -> Answer:
    """An answer as `Http` expects it. Raises RegisterSilent for anything that is none, whatever it is."""
    if len(body) > outside.MOST_BYTES:
        raise RegisterSilent("unreadable")
    try:
        told = json.loads(body)
        facts = _facts(told) if _is(told["found"], bool) else None
        return Answer(
            answered_at=_moment(told["answered_at"]),
            as_of=dt.date.fromisoformat(told["as_of"]),
            facts=facts,
            reference=_words(told.get("reference", "")),
            sha256=hashlib.sha256(body).digest(),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise RegisterSilent("unreadable") from None


def _facts(told: dict[str, Any]) -> Facts:
    level = told["level"]
    if level is not None and _is(level, int) not in _LEVELS:
        raise ValueError
    return Facts(
        holder_matches=_is(told["holder_matches"], bool),
        kind=_words(told["kind"]),
        level=level,
        occupation_name=_words(told["occupation_name"]),
        occupation_code=_words(told.get("occupation_code", "")),
        issuer=_words(told["issuer"]),
        issued_on=dt.date.fromisoformat(told["issued_on"]),
        revoked=_is(told["revoked"], bool),
    )


def _is(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


def _words(text: Any) -> str:
    """One line that the database can keep."""
    return " ".join(_is(text, str).replace("\x00", "").encode("utf-8", "ignore").decode().split())[:_LONGEST]


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


@dataclass(frozen=True)
class Entry:
    """A certificate in the recorded register. `holder` is the name it belongs to; empty: whoever asks. `issued_on` None: today."""

    kind: str
    level: int | None
    occupation_name: str
    issued_on: dt.date | None
    holder: str = ""
    occupation_code: str = ""
    issuer: str = "示例职业技能等级认定机构"
    revoked: bool = False


class Recorder(outside.Scripted):
    """For the demo and the tests: answers from `entries`, by number; what is not there is not found.

    Further words of the script: `repeat` (the last answer once more), `stale` (old data), `deny` (not found, whatever is
    there), `garble`. After it, `always`.
    """

    entries: ClassVar[dict[str, Entry]] = {}
    script: ClassVar[list[str]] = []
    always: ClassVar[str] = "answer"
    asked: ClassVar[list[str]] = []
    last: ClassVar[list[Answer]] = []
    between: ClassVar[list[Callable[[], None]]] = []
    silent = RegisterSilent

    def ask(self, number: str, name: str, resident_number: str, *, at: dt.datetime, timeout: float) -> Answer:
        how = Recorder.next_word(number, timeout=timeout)
        if how == "garble":
            return read(b'{"found": "yes"}')
        if how == "repeat" and Recorder.last:
            return Recorder.last[-1]
        answer = self._answer(number if how != "deny" else "", name, at=at)
        if how == "stale":
            answer = replace(answer, as_of=answer.as_of - dt.timedelta(days=90))
        Recorder.last.append(answer)
        return answer

    def _answer(self, number: str, name: str, *, at: dt.datetime) -> Answer:
        entry = Recorder.entries.get(number) or _demo_entries().get(number)
        facts = entry and Facts(
            holder_matches=entry.holder in {"", name},
            kind=entry.kind,
            level=entry.level,
            occupation_name=entry.occupation_name,
            occupation_code=entry.occupation_code,
            issuer=entry.issuer,
            issued_on=entry.issued_on or clock.today(at),
            revoked=entry.revoked,
        )
        said = hashlib.sha256(repr((facts, at)).encode()).digest()
        return Answer(at, clock.today(at), facts, reference=f"R-{len(Recorder.asked)}", sha256=said)

    @classmethod
    def forget(cls) -> None:
        """As new, for the next test."""
        for kept in (cls.entries, cls.script, cls.asked, cls.last, cls.between):
            kept.clear()
        cls.always, cls.delay = "answer", 0.0


@cache
def _demo_entries() -> dict[str, Entry]:
    """What the demo's register knows: certificates/data/demo_register.json."""
    if not settings.DEMO:
        return {}
    path = settings.BASE_DIR / "certificates" / "data" / "demo_register.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {
        number: Entry(**row | {"issued_on": row["issued_on"] and dt.date.fromisoformat(row["issued_on"])})
        for number, row in rows.items()
    }


def ask(number: str, name: str, resident_number: str, *, at: dt.datetime, timeout: float) -> Answer:
    """Ask the register of the settings. Raises RegisterSilent, whatever its adapter raises."""
    register: Register = outside.adapter(settings.CERTIFICATE_REGISTER)
    return outside.guarded(
        lambda: register.ask(number, name, resident_number, at=at, timeout=timeout), RegisterSilent
    )
