"""Whether an evidence pack is what was made: every file, no other, and the signature. It needs no database and no network."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from certificates.paper.proof import Chain, Proof, Seal, examined
from portal import chain
from subsidies.pack import FORMAT, LEDGER, MANIFEST, OVERVIEW, words_signed

MOST_BYTES = 200 * 2**20
"""A file of a pack that says it unpacks to more is not read."""


def problems(file: BinaryIO, chains: Iterable[Chain]) -> list[str]:
    """A sentence in English for each thing that is wrong; none for a pack as it was made."""
    try:
        with zipfile.ZipFile(file) as pack:
            return list(_found(pack, tuple(chains)))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as broken:
        return [f"It cannot be read as a ZIP: {broken}"]


def _found(pack: zipfile.ZipFile, chains: tuple[Chain, ...]) -> Iterator[str]:
    names = pack.namelist()
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield f"{twice} is in it twice."
    if missing := [name for name in (MANIFEST, OVERVIEW) if name not in names]:
        yield f"{' and '.join(missing)}: missing."
        return
    contents: dict[str, bytes] = {}
    for info in pack.infolist():
        if info.file_size > MOST_BYTES:
            yield f"{info.filename} is too large to be read."
            return
        try:
            contents[info.filename] = pack.read(info)
        except (zipfile.BadZipFile, OSError) as broken:
            yield f"{info.filename} cannot be read: {broken}"
    if MANIFEST in contents and OVERVIEW in contents:
        yield from _checked(contents, chains)


def _checked(contents: dict[str, bytes], chains: tuple[Chain, ...]) -> Iterator[str]:
    try:
        manifest = json.loads(contents[MANIFEST])
        files = {one["name"]: (one["bytes"], one["sha256"]) for one in manifest["files"]}
        uid = manifest["uid"]
    except (ValueError, KeyError, TypeError):
        yield "The manifest cannot be read."
        return
    if manifest.get("format") != FORMAT:
        yield "The manifest is of another form."
    digest = hashlib.sha256(contents[MANIFEST]).hexdigest()
    yield from _sealed(examined(contents[OVERVIEW], chains), words_signed(uid, digest))
    for name, (size, sha256) in files.items():
        if name not in contents:
            yield f"{name} is missing."
        elif (len(contents[name]), hashlib.sha256(contents[name]).hexdigest()) != (size, sha256):
            yield f"{name} was changed."
    for name in sorted(set(contents) - set(files) - {MANIFEST, OVERVIEW}):
        yield f"{name} was added."
    if LEDGER in contents:
        yield from _ledger(contents[LEDGER])


def _sealed(proof: Proof, words: str) -> Iterator[str]:
    if proof.seal is not Seal.INTACT:
        yield {
            Seal.FOREIGN: "The overview is signed by a key that is not known here.",
            Seal.UNSIGNED: "The overview is not signed.",
            Seal.ADDED: "Something was added to the overview after it was signed.",
        }.get(proof.seal, "The overview was changed, or is none.")
    elif proof.reason != words:
        yield "The overview was signed for another manifest."


def _ledger(content: bytes) -> Iterator[str]:
    """Each entry of the ledger reckoned anew: the digest covers the entry, its postings and the digest before it."""
    try:
        entries: list[dict[str, Any]] = json.loads(content)["entries"]
        wrong = [
            entry["id"]
            for entry in entries
            if chain.digest(bytes.fromhex(entry["previous"]), entry["covered"]).hex() != entry["digest"]
        ]
    except (ValueError, KeyError, TypeError):
        yield f"{LEDGER} cannot be read."
        return
    if wrong:
        yield f"The digests of these entries of the ledger do not hold: {', '.join(map(str, wrong))}."
