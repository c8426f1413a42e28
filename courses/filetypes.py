"""What a file is by its first bytes, whatever it is called."""

HEAD = 4096
"""Bytes to look at."""

_SIGNS = (
    (0, b"\x1a\x45\xdf\xa3", "film"),  # Matroska, WebM
    (0, b"FLV\x01", "film"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "film"),  # ASF, WMV
    (0, b"\x00\x00\x01\xba", "film"),  # MPEG programme stream
    (0, b"\x00\x00\x01\xb3", "film"),
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"\x89PNG\r\n\x1a\n", "picture"),
    (0, b"GIF8", "picture"),
    (0, b"BM", "picture"),
    (0, b"II*\x00", "picture"),
    (0, b"MM\x00*", "picture"),
    (0, b"%PDF", "document"),
    (0, b"PK\x03\x04", "archive"),
    (0, b"Rar!", "archive"),
    (0, b"7z\xbc\xaf", "archive"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"ID3", "sound"),
    (0, b"OggS", "film"),
    (0, b"fLaC", "sound"),
    (0, b"#EXTM3U", "playlist"),
)
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"avif", b"msf1")
_SOUND_BRANDS = (b"M4A ", b"M4B ")
_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip")
_TS_PACKET, _TS_SYNC = 188, 0x47


def kind_of(head: bytes) -> str:
    """One of film, sound, picture, page, playlist, document, archive, program, empty, unknown."""
    if not head:
        return "empty"
    for place, sign, kind in _SIGNS:
        if head[place : place + len(sign)] == sign:
            return kind
    return _box(head) or _riff(head) or _stream(head) or _text(head) or "unknown"


def _box(head: bytes) -> str:
    """ISO base media (MP4, MOV, 3GP, HEIC) and the older QuickTime without a brand."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _PICTURE_BRANDS:
            return "picture"
        return "sound" if brand in _SOUND_BRANDS else "film"
    return "film" if head[4:8] in _BOXES else ""


def _riff(head: bytes) -> str:
    if head[:4] != b"RIFF":
        return ""
    return {b"AVI ": "film", b"WAVE": "sound", b"WEBP": "picture"}.get(head[8:12], "")


def _stream(head: bytes) -> str:
    """MPEG transport stream: the sync byte again and again."""
    packets = head[: _TS_PACKET * 4 : _TS_PACKET]
    return "film" if len(packets) > 1 and set(packets) == {_TS_SYNC} else ""


def _text(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return (
        "page" if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<head", b"<script")) else ""
    )
