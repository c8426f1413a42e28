"""One file brought in: read once, cut at line ends, worked on by several processes; what was done stays done.

A chunk is one transaction with its note in `ArrivalChunk`, so a run that was killed goes on after its last chunk, two runs of
one file share the work, and a file that was brought in adds nothing.
"""

import contextlib
import csv
import gzip
import hashlib
import os
import traceback
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import numpy as np
from django.db import transaction

from portal.accounts import bringing
from portal.accounts.bringing import Job, Told
from portal.accounts.models import ArrivalFile
from portal.audit.services import record
from portal.workers import WorkerEnded, shared

CHUNK_BYTES = 1 << 20
KINDS = {
    ArrivalFile.Told.PEOPLE: "portal.accounts.arrivals",
    ArrivalFile.Told.ENROLMENTS: "learners.services.earlier",
}
HEAD = ("line", "code", "reason", "name", "resident_id", "phone")
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"

Chunk = tuple[int, int, bytes]
"""Its number, the line of the file it begins with, its bytes."""


class UnusableFile(Exception):  # noqa: N818 - says what the file is
    """The file cannot be read at all; nothing was brought in."""


class WorkFailed(Exception):  # noqa: N818 - says what happened
    """A chunk was not brought in; those before were, and the same command goes on with the rest."""


@dataclass(frozen=True)
class Outcome:
    accepted: int
    refused: int
    was_done: bool = False


def digest_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        with gzip.open(file) if packed else contextlib.nullcontext(file) as plain:
            yield plain


def columns_of(path: Path, kind: str) -> tuple[str, ...]:
    """The names in the first line. Raises UnusableFile."""
    with _readable(path) as file:
        line = file.readline(_BLOCK)
    told = import_module(kind)
    try:
        names = tuple(name.strip().lower() for name in next(csv.reader([line.decode("utf-8-sig")]), ()))
    except (UnicodeDecodeError, csv.Error):
        raise UnusableFile("The first line is not UTF-8 text. Save the file as CSV in UTF-8.") from None
    if missing := sorted(told.NEEDED - set(names)):
        raise UnusableFile(f"The first line lacks: {', '.join(missing)}.")
    if len(set(names)) != len(names):
        raise UnusableFile("The first line names a column twice.")
    return names


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[BinaryIO]:
    """Raises UnusableFile for what is no file, or is damaged."""
    try:
        with _opened(path) as file:
            yield file
    except (OSError, EOFError) as broken:
        raise UnusableFile(f"The file cannot be read: {type(broken).__name__}.") from None


def chunks(path: Path, size: int) -> Iterator[Chunk]:
    """The file after its first line, always cut at the same line ends. Raises UnusableFile."""
    with _readable(path) as file:
        file.readline()
        number, line, rest = 0, 2, b""
        while block := file.read(size):
            cut = block.rfind(b"\n") + 1
            if not cut:
                rest += block
                continue
            data, rest = rest + block[:cut], block[cut:]
            yield number, line, data
            number, line = number + 1, line + data.count(b"\n")
        if rest:
            yield number, line, rest


def work_safely(job: Job, number: int, line: int, data: bytes) -> Told | str | None:
    """A failure is told without its message, which could quote a row."""
    try:
        return bringing.work(job, number, line, data)
    except Exception as failed:  # noqa: BLE001 - whatever it is, it is told
        where = "".join(traceback.format_tb(failed.__traceback__)[-2:])
        return f"{type(failed).__name__} from line {line} on\n{where}"


def _worked(job: Job, todo: Iterable[Chunk], workers: int) -> Iterator[Told]:
    """Raises WorkFailed, and UnusableFile where the file turns out damaged."""
    try:
        for told in shared(f"{__name__}.{work_safely.__name__}", job, todo, workers=workers):
            if isinstance(told, str):
                raise WorkFailed(f"{told}Run the same command again: it goes on.")
            if told is not None:
                yield told
    except WorkerEnded:
        raise WorkFailed("A worker process ended early. Run the same command again: it goes on.") from None


def check(path: Path, job: Job, *, refused_to: Path, workers: int, size: int = CHUNK_BYTES) -> Outcome:
    """What would be refused; nothing is brought in. Raises UnusableFile, WorkFailed."""
    job = replace(job, file_id=None)
    told = list(_worked(job, chunks(path, size), workers))
    refusals = [refusal for part in told for refusal in part.refusals] + _twice_in(told)
    refusals = sorted({row[0]: row for row in reversed(refusals)}.values())
    _write(refused_to, refusals)
    rows = sum(part.accepted + len(part.refusals) for part in told)
    return Outcome(rows - len(refusals), len(refusals))


def _twice_in(told: list[Told]) -> list[list[object]]:
    """What stands in two chunks. In one chunk it is found there."""
    refusals = []
    told = [part for part in told if part.lines]
    lines = np.concatenate([np.array(part.lines) for part in told]) if told else np.array([])
    order = np.argsort(lines, kind="stable")
    for n in range(len(told[0].keys) if told else 0):
        code, sentence, _some = told[0].keys[n]
        keys = np.frombuffer(b"".join(part.keys[n][2] for part in told), np.uint64)[order]
        _values, first = np.unique(keys, return_index=True)
        again = np.setdiff1d(np.arange(len(keys)), first, assume_unique=True)
        refusals += [[line, code, sentence, "", "", ""] for line in lines[order][again].tolist()]
    return refusals


def bring_in(path: Path, job: Job, *, refused_to: Path, workers: int, size: int = CHUNK_BYTES) -> Outcome:
    """Bring in what was not brought in before, and write down what is refused. Raises UnusableFile, WorkFailed."""
    told = next(told for told, kind in KINDS.items() if kind == job.kind)
    file, _new = ArrivalFile.objects.get_or_create(
        province_id=job.province,
        told=told,
        digest=digest_of(path),
        defaults={"chunk_bytes": size, "begun_at": job.at},
    )
    if file.finished_at is not None:
        return _outcome(file, was_done=True)
    done = set(file.chunks.values_list("number", flat=True))
    todo = (chunk for chunk in chunks(path, file.chunk_bytes) if chunk[0] not in done)
    for _told in _worked(replace(job, file_id=file.pk), todo, workers):
        pass
    return _finish(file, job, refused_to)


@transaction.atomic
def _finish(file: ArrivalFile, job: Job, refused_to: Path) -> Outcome:
    """The second of two runs at once finds it done."""
    file = ArrivalFile.objects.select_for_update().get(pk=file.pk)
    if file.finished_at is not None:
        return _outcome(file, was_done=True)
    _write(refused_to, (row for chunk in file.chunks.iterator() for row in chunk.refusals))
    outcome = _outcome(file)
    file.chunks.update(refusals=[])
    file.finished_at = job.at
    file.save(update_fields=["finished_at"])
    record(
        by=None,
        action="arrivals.brought_in",
        thing=file,
        at=job.at,
        detail={
            "told": file.told,
            "sha256": bytes(file.digest).hex(),
            "accepted": outcome.accepted,
            "refused": outcome.refused,
        },
    )
    return outcome


def _outcome(file: ArrivalFile, *, was_done: bool = False) -> Outcome:
    counts = list(file.chunks.values_list("accepted", "refused"))
    return Outcome(sum(a for a, _r in counts), sum(r for _a, r in counts), was_done)


def _write(path: Path, refusals: Collection | Iterator) -> None:
    """Whole or not at all, for the owner's eyes: masked values are personal, too."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.touch(0o600)
    with part.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEAD)
        out.writerows(
            [line, code, sentence, *map(_harmless, values)] for line, code, sentence, *values in refusals
        )
    part.replace(path)


def _harmless(value: str) -> str:
    """What a spreadsheet would take for a formula is text."""
    return f"'{value}" if value[:1] in "=+-@" and value else value
