"""The form of an evidence pack: a ZIP with a manifest of its files, and an overview whose signature names the manifest's digest.

So the one signature covers the whole pack. Pure: no database, no clock, no settings.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

FORMAT: Final = "zhixun/evidence/1"
MANIFEST: Final = "manifest.json"
OVERVIEW: Final = "overview.pdf"
LEDGER: Final = "ledger.json"
NUMBERS: Final = "masked"
"""Of resident IDs, cards and phones only the masked forms are in a pack: an auditor who needs one looks at it at the desk, with a
reason and a trace."""


class Packed(NamedTuple):
    """A file of the pack as the manifest has it."""

    name: str
    size: int
    sha256: str


def packed(name: str, content: bytes) -> Packed:
    return Packed(name, len(content), hashlib.sha256(content).hexdigest())


def as_json(data: Any) -> bytes:
    """Readable, in one order: the same data make the same bytes."""
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def manifest_of(files: Iterable[Packed], about: Mapping[str, Any]) -> bytes:
    """`about`: uid, claim, who asked, why, when it was made."""
    told = [{"name": one.name, "bytes": one.size, "sha256": one.sha256} for one in files]
    return as_json({"format": FORMAT, "personal_numbers": NUMBERS, **about, "files": told})


def words_signed(uid: str, manifest_sha256: str) -> str:
    """What the overview is signed as: it binds the manifest, and with it every file."""
    return f"证据包 Evidence pack {uid} manifest SHA-256 {manifest_sha256}"
