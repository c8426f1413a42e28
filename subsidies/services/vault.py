"""Files with full names and account numbers, kept sealed: in pieces, so that a large one needs no more memory than a small one.

Each piece is bound to its file, its place and to whether it is the last: a piece that is missing, moved or cut off is noticed.
"""

import base64
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage

from portal import crypto

_PIECE = 1 << 18
_LENGTH = 4
_MOST_PIECE = 1 << 24


class Damaged(Exception):  # noqa: N818 - says what the file is
    """The stored file is gone, cut, changed, or another one's."""


@dataclass(frozen=True)
class Kept:
    name: str
    sha256: str


def _pieces(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of one size, and whether each is the last."""
    held = b""
    for part in content:
        held += part
        while len(held) > _PIECE:
            yield held[:_PIECE], False
            held = held[_PIECE:]
    yield held, True


def _bound(row: str, place: int, *, last: bool) -> dict[str, str]:
    return {"table": "subsidies_vault", "column": "piece", "row": f"{row}|{place}|{last}"}


def keep(name: str, row: str, content: Iterable[bytes]) -> Kept:
    """Seal and store under `name`, in place of what is there. `row` names what the file belongs to."""
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as sealed:
        for place, (piece, last) in enumerate(_pieces(content)):
            digest.update(piece)
            blob = crypto.seal(base64.b64encode(piece).decode(), **_bound(row, place, last=last))
            sealed.write(len(blob).to_bytes(_LENGTH) + blob)
        sealed.seek(0)
        if default_storage.exists(name):
            default_storage.delete(name)
        return Kept(default_storage.save(name, File(sealed)), digest.hexdigest())


def opened(name: str, row: str) -> bytes:
    """The plain content. Raises Damaged."""
    try:
        with default_storage.open(name) as stored:
            return b"".join(_unsealed(stored, row))
    except (OSError, crypto.Unreadable, ValueError) as broken:
        raise Damaged from broken


def _unsealed(stored: BinaryIO, row: str) -> Iterator[bytes]:
    place, head = 0, stored.read(_LENGTH)
    while head:
        length = int.from_bytes(head)
        blob = stored.read(length) if length <= _MOST_PIECE else b""
        head = stored.read(_LENGTH)
        text = crypto.unseal(blob, **_bound(row, place, last=not head))
        yield base64.b64decode(text)
        place += 1
    if not place:
        raise Damaged
