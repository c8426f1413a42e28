"""Looking at a zip file from a stranger before a byte of it is unpacked.

Nothing of the archive's own words is believed for memory: the size of its list of files is checked before it is read, and
whoever reads a file counts what really comes.
"""

import re
import stat
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from courses.packages.refusals import BadPackage

MB = 1024 * 1024
MOST_BYTES = 200 * MB
MOST_UNPACKED = 500 * MB
MOST_OF_ONE = 150 * MB
MOST_FILES = 3_000
MOST_RATIO = 100
"""Text and pictures are packed 2 to 20 times; a file of zeros more than 1,000 times."""
RATIO_FROM = MB
LONGEST_PATH = 240
_LIST_BYTES = MOST_FILES * 600
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES = 22, 20
_TAIL = 65_536 + _END_BYTES + _LOCATOR_BYTES
_ENCRYPTED, _UTF8 = 0x1, 0x800
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_JUNK = re.compile(r"(^|/)(__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$", re.IGNORECASE)

TYPES = {
    **dict.fromkeys(("html", "htm"), "text/html"),
    "xhtml": "application/xhtml+xml",
    "css": "text/css",
    **dict.fromkeys(("js", "mjs"), "text/javascript"),
    "json": "application/json",
    **dict.fromkeys(("xml", "xsd", "dtd", "xsl"), "text/xml"),
    **dict.fromkeys(("txt", "md", "lrc", "srt", "csv", "map"), "text/plain"),
    "vtt": "text/vtt",
    "png": "image/png",
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    **dict.fromkeys(("ico", "cur"), "image/x-icon"),
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "wav": "audio/wav",
    **dict.fromkeys(("ogg", "oga"), "audio/ogg"),
    **dict.fromkeys(("mp4", "m4v"), "video/mp4"),
    "webm": "video/webm",
    "ogv": "video/ogg",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject",
    "wasm": "application/wasm",
    "pdf": "application/pdf",
}
"""What may lie in a package, and how it is served: by its ending and never by guessing. Nothing here runs on a server."""
PAGES = {"text/html", "application/xhtml+xml"}


@dataclass(frozen=True)
class Entry:
    """A file that is taken: its place in the archive, its path in one spelling, and the same without capitals."""

    info: zipfile.ZipInfo
    path: str
    folded: str


def ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower().lstrip(".")


def folded(path: str) -> str:
    """One spelling for names that a browser and an author's tool may spell differently."""
    return unicodedata.normalize("NFC", path).casefold()


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """Raises BadPackage. The caller closes it."""
    file.seek(0, 2)
    size = file.tell()
    if size > MOST_BYTES:
        raise BadPackage("too_large", f"{MOST_BYTES // MB} MB")
    _check_list(file, size)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as broken:
        raise BadPackage("not_a_zip") from broken


def _check_list(file: BinaryIO, size: int) -> None:
    """The list of files at the end of a zip is read into memory whole, so its length is looked at first."""
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    last = tail[-_END_BYTES:]
    plain = len(last) == _END_BYTES and last.startswith(_END) and last.endswith(b"\0\0")
    place = len(tail) - _END_BYTES if plain else tail.rfind(_END)
    record = tail[place : place + _END_BYTES]
    if place < 0 or len(record) < _END_BYTES:
        raise BadPackage("not_a_zip")
    count = int.from_bytes(record[10:12], "little")
    bytes_of_list = int.from_bytes(record[12:16], "little")
    large = tail[max(0, place - _LOCATOR_BYTES) : place].startswith(_END64)
    if large or count > 2 * MOST_FILES or bytes_of_list > 2 * _LIST_BYTES:
        raise BadPackage("too_many_files", MOST_FILES)


def look(archive: zipfile.ZipFile, *, packed_bytes: int) -> list[Entry]:
    """The files to take, in the archive's order. Raises BadPackage for the first thing that is wrong."""
    entries: dict[str, Entry] = {}
    total = packed = 0
    for info in archive.infolist():
        path = _path(info)
        _check_kind(info, path)
        packed += info.compress_size
        if path.endswith("/") or _JUNK.search(path):
            continue
        _check_size(info, path)
        total += info.file_size
        if total > MOST_UNPACKED:
            raise BadPackage("too_large_unpacked", f"{MOST_UNPACKED // MB} MB")
        if ending(path) not in TYPES:
            raise BadPackage("type", path)
        entry = Entry(info, path, folded(path))
        if entry.folded in entries:
            raise BadPackage("twice", path)
        entries[entry.folded] = entry
        if len(entries) > MOST_FILES:
            raise BadPackage("too_many_files", MOST_FILES)
    if packed > packed_bytes:
        raise BadPackage("overlapping")
    return list(entries.values())


def _path(info: zipfile.ZipInfo) -> str:
    name = unicodedata.normalize("NFC", _decoded(info))
    parts = name.removesuffix("/").split("/")
    if "\\" in name:
        raise BadPackage("backslash", _quoted(name))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        raise BadPackage("path_outside", _quoted(name))
    if (
        "" in parts
        or "." in parts
        or len(name) > LONGEST_PATH
        or any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name)
    ):
        raise BadPackage("bad_name", _quoted(name))
    return name


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name as its author wrote it. Without the UTF-8 mark, tools in China write GBK and others UTF-8.

    `orig_filename` is the name before Python cut it at a zero byte.
    """
    if info.flag_bits & _UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadPackage("bad_name", _quoted(info.orig_filename))


def _quoted(name: str) -> str:
    """Safe to show and to keep."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name[:100])


def _check_kind(info: zipfile.ZipInfo, path: str) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BadPackage("link", path)
    if info.flag_bits & _ENCRYPTED:
        raise BadPackage("encrypted")
    if info.compress_type not in _METHODS:
        raise BadPackage("method", path)


def _check_size(info: zipfile.ZipInfo, path: str) -> None:
    if info.file_size > MOST_OF_ONE:
        raise BadPackage("file_too_large", path)
    if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * info.compress_size:
        raise BadPackage("packed_too_tightly", path)
