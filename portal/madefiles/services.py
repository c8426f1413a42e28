"""Taking up, keeping and deleting a file that was asked for. The caller writes the audit, in the same transaction."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple, TypeVar

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from portal import moves
from portal.madefiles.models import MadeFile
from portal.madefiles.workflow import MOVES, State

LEASE: Final = dt.timedelta(minutes=10)
MOST_TRIES: Final = 4
_IN_MEMORY: Final = 2 * 1024 * 1024
Made = TypeVar("Made", bound=MadeFile)


class Kept(NamedTuple):
    """Where a file lies, its size in bytes, its digest (SHA-256, hexadecimal)."""

    key: str
    size: int
    sha256: str


def take_up(rows: QuerySet[Made], *, at: dt.datetime) -> Made | None:
    """The next one to make, leased to the caller; given up (`failed`) where it went wrong too often. None where nothing waits."""
    rows = rows.select_for_update(skip_locked=True, of=("self",))
    made = rows.filter(state=State.WAITING, due_at__lte=at).order_by("due_at").first()
    if made is None:
        return None
    if made.tries >= MOST_TRIES:
        made.state, made.due_at = moves.check(MOVES, "give up", made.state), None
    else:
        made.tries, made.due_at = made.tries + 1, at + LEASE
    made.save(update_fields=["state", "tries", "due_at"])
    return made


def tell(made: MadeFile, done: int) -> None:
    """So many parts are written."""
    type(made)._default_manager.filter(pk=made.pk, state=State.WAITING).update(done=done)  # noqa: SLF001 - Django's documented name


def keep(key: str, write: Callable[[BinaryIO], None]) -> Kept:
    """Write a file into the store. A worker killed on the way leaves at most a file that is written over."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        write(file)
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        default_storage.delete(key)
        key = default_storage.save(key, File(file, name=key))
    return Kept(key, size, digest)


def mark_ready(
    rows: QuerySet[Made], pk: int, kept: Kept, *, at: dt.datetime, days: dt.timedelta
) -> Made | None:
    """Say that the file is there, for so long. None where another worker was quicker: the file is the same one."""
    made = rows.select_for_update(of=("self",)).get(pk=pk)
    if made.state != State.WAITING:
        return None
    made.state = moves.check(MOVES, "make", made.state)
    made.file_key, made.file_bytes, made.sha256 = kept
    made.ready_at, made.expires_at, made.due_at, made.done = at, at + days, None, made.parts
    made.save()
    return made


def delete_one(rows: QuerySet[Made], *, at: dt.datetime) -> Made | None:
    """Delete the file of one of these that are ready, the one whose days end first. None where there is none."""
    rows = rows.select_for_update(skip_locked=True, of=("self",)).filter(state=State.READY)
    made = rows.order_by("expires_at").first()
    if made is None:
        return None
    default_storage.delete(made.file_key)
    made.state = moves.check(MOVES, "delete", made.state)
    made.file_key, made.deleted_at = "", at
    made.save(update_fields=["state", "file_key", "deleted_at"])
    return made
