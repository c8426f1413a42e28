"""Files of a former platform, brought in chunk by chunk: each chunk is checked and written in one transaction.

What stands in a chunk is decided by its `Kind`: people (portal.accounts.arrivals) or their earlier enrolments (learners).
No personal number leaves this process but sealed: what is refused is noted by line, reason and masked values.
"""

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

import psycopg2
import psycopg2.errors
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from portal import numbers
from portal.accounts.models import ArrivalChunk
from portal.rules import RuleBroken

TRIES = 20
_AGAIN = (psycopg2.errors.UniqueViolation, psycopg2.errors.DeadlockDetected)
_MASKED: dict[str, Callable[[str], str]] = {}
_LOCAL = 11

Columns = dict[str, Sequence[str]]
Refused = dict[int, RuleBroken]
"""Why, by position in the chunk."""


class BadRow(RuleBroken):
    code = "row_form"
    message = _("This line does not have as many fields as the first line of the file.")


class NotUtf8(RuleBroken):
    code = "not_utf8"
    message = _("This line is not UTF-8. Save the file as UTF-8.")


@dataclass(frozen=True)
class Job:
    """What every chunk of a file is told. `file_id` is None where the file is only checked."""

    kind: str
    """Dotted path of the `Kind`."""
    columns: tuple[str, ...]
    province: str
    at: dt.datetime
    on: dt.date
    file_id: int | None = None


class Kind(Protocol):
    """A module that says what stands in a file."""

    NEEDED: frozenset[str]
    """Columns without which a file cannot be read."""
    KNOWN: frozenset[str]

    def read(self, columns: Columns, job: Job) -> tuple[Any, list[int], Refused]:
        """The rows that may be brought in, their positions, and why others may not. Asks no database."""

    def known(self, rows: Any, job: Job) -> dict[int, RuleBroken]:
        """Which of the rows, by place among them, cannot be brought in beside what the database holds."""

    def write(self, rows: Any, kept: list[int], job: Job) -> None:
        """Bring in the kept ones. A row that came in between breaks a unique index: then the chunk begins again."""

    def keys(self, rows: Any) -> list[tuple[RuleBroken, bytes]]:
        """What must be once in a file, eight bytes for each row, and what is said of the second."""


@dataclass
class Told:
    """What became of a chunk. `refusals`: line, code, sentence, masked name, masked resident ID, masked phone."""

    accepted: int = 0
    refusals: list[list[object]] = field(default_factory=list)
    keys: list[tuple[str, str, bytes]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def fields_of(data: bytes, width: int) -> tuple[list[list[str]], list[int], Refused]:
    """The fields of each line, the line's place, and which lines have no such fields. Empty lines are passed over.

    A field may stand in quotes; it may not hold a line break.
    """
    refused: Refused = {}
    lines = _lines(data, refused)
    rows, places = [], []
    for place, line in enumerate(lines):
        row = line.split(",") if '"' not in line else _quoted(line)
        if len(row) == width:
            rows.append(row)
            places.append(place)
        elif line and place not in refused:
            refused[place] = BadRow()
    return rows, places, refused


def _lines(data: bytes, refused: Refused) -> list[str]:
    data = data.removesuffix(b"\n")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [_decoded(line, place, refused) for place, line in enumerate(data.split(b"\n"))]
    return [line.rstrip("\r") for line in text.split("\n")] if "\r" in text else text.split("\n")


def _decoded(line: bytes, place: int, refused: Refused) -> str:
    try:
        return line.decode().rstrip("\r")
    except UnicodeDecodeError:
        refused[place] = NotUtf8()
        return ""


def _quoted(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return []


def _mask_phone(text: str) -> str:
    return numbers.mask_phone(text) if len(text) >= _LOCAL else "*" * len(text)


_MASKED |= {"name": numbers.mask_name, "resident_id": numbers.mask_number, "phone": _mask_phone}


def masked(columns: Columns, place: int) -> list[str]:
    """Name, resident ID and phone of a refused row, so that it is found again by whoever has the file."""
    values = (mask(columns[name][place]) if name in columns else "" for name, mask in _MASKED.items())
    return ["".join(c if c.isprintable() else "*" for c in value) for value in values]


def work(job: Job, number: int, first_line: int, data: bytes) -> Told | None:
    """Bring in one chunk, or only check it. None where that was done before."""
    kind: Kind = import_module(job.kind)
    rows, places, unreadable = fields_of(data, len(job.columns))
    columns = dict(
        zip(job.columns, zip(*rows, strict=True) if rows else [()] * len(job.columns), strict=True)
    )
    read, kept, refused = kind.read(columns, job)

    def refusal(place: int, why: RuleBroken) -> list[object]:
        return [first_line + places[place], why.code, str(why), *masked(columns, place)]

    refusals = [[first_line + place, why.code, str(why), "", "", ""] for place, why in unreadable.items()]
    refusals += [refusal(place, why) for place, why in refused.items()]

    def checked() -> tuple[Told, Refused]:
        known = kind.known(read, job)
        more = [refusal(kept[place], why) for place, why in known.items()]
        return Told(len(kept) - len(known), sorted(refusals + more)), known

    def brought_in() -> Told | None:
        if not _begin(job, number):
            return None
        told, known = checked()
        kind.write(read, [n for n in range(len(kept)) if n not in known], job)
        _note(job, number, told)
        return told

    if job.file_id is not None:
        return _as_often_as_needed(brought_in)
    with transaction.atomic():
        told, _known = checked()
    told.keys = [(why.code, str(why), keys) for why, keys in kind.keys(read)]
    told.lines = [first_line + places[place] for place in kept]
    return told


def _as_often_as_needed(act: Callable[[], Told | None]) -> Told | None:
    """In one transaction. Another chunk may bring in the same person at this moment: then the next try knows them."""
    for _try in range(TRIES - 1):
        try:
            with transaction.atomic():
                return act()
        except (DatabaseError, psycopg2.Error) as broken:
            if not isinstance(broken.__cause__ or broken, _AGAIN):
                raise
    with transaction.atomic():
        return act()


def _begin(job: Job, number: int) -> bool:
    """Whether nobody did this chunk before. Waits for whoever does it now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_arrivalchunk (file_id, number, accepted, refused, refusals) VALUES (%s, %s, 0, 0, '[]')"
            " ON CONFLICT DO NOTHING",
            [job.file_id, number],
        )
        return cursor.rowcount == 1


def _note(job: Job, number: int, told: Told) -> None:
    ArrivalChunk.objects.filter(file_id=job.file_id, number=number).update(
        accepted=told.accepted, refused=len(told.refusals), refusals=told.refusals
    )
