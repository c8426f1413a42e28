"""A signature at the end of a paper: PAdES baseline B-B (ETSI EN 319 142-1), as any reader of PDF shows it. Pure.

The paper stays byte for byte as it was drawn. Behind it comes an incremental update (ISO 32000-1, 7.5.6): the catalogue and the
page once more, with a signature field that nobody sees, the signature itself, and the table of these four objects.

A library that reads and rewrites a PDF takes 20 to 80 ms for this; the four objects are known, so this takes one. The library
judges it in the tests.
"""

import datetime as dt
import hashlib
import re
from typing import Final, NamedTuple, Protocol

from portal import clock

CONTENTS: Final = b"/Contents<"


class Signed(Protocol):
    """What a signature tells of its signer."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """X.509 certificates as DER, the signer's own first."""

    @property
    def issuer(self) -> bytes:
        """The name of who issued the signer's certificate, as DER."""

    @property
    def serial(self) -> int:
        """The number of the signer's certificate with its issuer."""

    @property
    def algorithm(self) -> str:
        """`ecdsa` or `rsa` (PKCS #1 v1.5), both with SHA-256."""


class Signer(Signed, Protocol):
    """Who signs: a key that stays where it is, and the certificates that say whose it is."""

    @property
    def longest(self) -> int:
        """The most bytes that a signature takes."""

    def sign(self, data: bytes) -> bytes:
        """Raises OSError where the key cannot be reached."""


class NotOurPaper(ValueError):  # noqa: N818 - it says what the bytes are
    """The bytes are no page as `paper.draw` makes it, so no signature can be put behind it."""


def signed(pdf: bytes, signer: Signer, *, at: dt.datetime, reason: str) -> bytes:
    """The paper with its signature. Raises NotOurPaper, and what the signer raises.

    With a signer that gives the same signature for the same bytes (RSA; ECDSA by RFC 6979, which devices seldom follow), the result
    is the same each time.
    """
    table = _table(pdf)
    catalogue, page = _objects(pdf, table)
    room = len(cms_of(signer, attributes_of(signer, bytes(32)), bytes(signer.longest)))
    signature, field = table.size, table.size + 1
    objects = {
        table.root: catalogue + b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % field,
        table.page: page + b"/Annots[%d 0 R]" % field,
        signature: b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s/Reason%s/ByteRange[%s]%s%s>"
        % (_date(at), _text(reason), b" " * _RANGE, CONTENTS, b"0" * 2 * room),
        field: b"/Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU%s/F 132/Rect[-1 -1 -1 -1]/P %d 0 R/V %d 0 R"
        % (_text("签名 Signature"), table.page, signature),
    }
    whole = _appended(pdf, table, objects)
    start = whole.index(CONTENTS, len(pdf)) + len(CONTENTS) - 1
    end = start + 2 * room + 2
    ranged = b"[0 %d %d %d]" % (start, end, len(whole) - end)
    place = whole.index(b"[" + b" " * _RANGE, len(pdf))
    whole = whole[:place] + ranged.ljust(_RANGE + 2) + whole[place + _RANGE + 2 :]
    digest = hashlib.sha256(whole[:start])
    digest.update(whole[end:])
    attributes = attributes_of(signer, digest.digest())
    cms = cms_of(signer, attributes, signer.sign(signed_part(attributes)))
    return whole[: start + 1] + cms.hex().encode().ljust(2 * room, b"0") + whole[end - 1 :]


# -- the file -------------------------------------------------------------------------------------------------------

_RANGE = 40
_TRAILER = re.compile(
    rb"trailer\n<</Size (\d+)/Root (\d+) 0 R(/Info \d+ 0 R)/ID\[(\([^()]+\))\([^()]+\)\]>>\nstartxref\n(\d+)\n%%EOF\s*\Z"
)
_ENTRY = 20
"""Bytes of a line of the table."""


class _Table(NamedTuple):
    size: int
    root: int
    page: int
    info: bytes
    first_id: bytes
    start: int
    lines: int


def _table(pdf: bytes) -> _Table:
    found = _TRAILER.search(pdf, max(0, len(pdf) - 1_000))
    if not found:
        raise NotOurPaper("no trailer of typst")
    size, root, info, first_id, start = found.groups()
    size, root, start = int(size), int(root), int(start)
    head = b"xref\n0 %d\n" % size
    if not pdf.startswith(head, start):
        raise NotOurPaper("no table where the trailer says")
    table = _Table(size, root, 0, info, first_id, start, start + len(head))
    pages = _number(rb"/Pages (\d+) 0 R", _dictionary(pdf, table, root))
    return table._replace(page=_number(rb"/Kids ?\[(\d+) 0 R\]", _dictionary(pdf, table, pages)))


def _objects(pdf: bytes, table: _Table) -> tuple[bytes, bytes]:
    catalogue, page = _dictionary(pdf, table, table.root), _dictionary(pdf, table, table.page)
    if b"/AcroForm" in catalogue or b"/Annots" in page:
        raise NotOurPaper("a form or notes are on it already")
    return catalogue, page


def _number(pattern: bytes, dictionary: bytes) -> int:
    found = re.search(pattern, dictionary)
    if not found:
        raise NotOurPaper("not one page")
    return int(found[1])


def _dictionary(pdf: bytes, table: _Table, number: int) -> bytes:
    """What stands between the outer brackets of an object."""
    line = table.lines + _ENTRY * number
    offset = int(pdf[line : line + 10])
    head = b"%d 0 obj\n<<" % number
    end = pdf.find(b">>\nendobj", offset)
    if not pdf.startswith(head, offset) or end < 0:
        raise NotOurPaper("an object is not where the table says")
    return pdf[offset + len(head) : end]


def _appended(pdf: bytes, table: _Table, objects: dict[int, bytes]) -> bytes:
    parts, lines, at = [pdf], [], len(pdf)
    for number, inside in sorted(objects.items()):
        part = b"\n%d 0 obj\n<<%s>>\nendobj" % (number, inside)
        lines.append(b"%d 1\n%010d 00000 n\r\n" % (number, at + 1))
        parts.append(part)
        at += len(part)
    name = hashlib.sha256(pdf).hexdigest()[:32].encode()
    trailer = b"trailer\n<</Size %d/Root %d 0 R%s/ID[%s<%s>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        table.size + 2,
        table.root,
        table.info,
        table.first_id,
        name,
        table.start,
        at + 1,
    )
    return b"".join([*parts, b"\nxref\n0 1\n0000000000 65535 f\r\n", *lines, trailer])


def _text(words: str) -> bytes:
    """A text string of PDF: UTF-16 with its mark, in hexadecimal."""
    return b"<" + (b"\xfe\xff" + words.encode("utf-16-be")).hex().encode() + b">"


def _date(at: dt.datetime) -> bytes:
    return at.astimezone(clock.SHANGHAI).strftime("(D:%Y%m%d%H%M%S+08'00')").encode()


# -- the signature: CMS (RFC 5652) with the attributes of CAdES (ETSI EN 319 122-1) ------------------------------------


def _der(tag: int, *parts: bytes) -> bytes:
    inside = b"".join(parts)
    size = len(inside)
    if size < 0x80:  # noqa: PLR2004 -- the short form of a length
        return bytes([tag, size]) + inside
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + inside


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray([40 * first + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        out += bytes(reversed(digits))
    return _der(0x06, bytes(out))


_SEQUENCE, _SET, _OCTETS = 0x30, 0x31, 0x04
_DATA, _SIGNED_DATA = _oid("1.2.840.113549.1.7.1"), _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE, _MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.3"), _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SHA256 = _der(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
_ALGORITHMS: Final = {
    "ecdsa": _der(_SEQUENCE, _oid("1.2.840.10045.4.3.2")),
    "rsa": _der(_SEQUENCE, _oid("1.2.840.113549.1.1.11"), b"\x05\x00"),
}


def attributes_of(signer: Signed, digest: bytes) -> bytes:
    """What is really signed: that it is data, its digest, and by which certificate."""
    own = _der(_SEQUENCE, _der(_OCTETS, hashlib.sha256(signer.chain[0]).digest()))
    told = (
        (_CONTENT_TYPE, _DATA),
        (_MESSAGE_DIGEST, _der(_OCTETS, digest)),
        (_SIGNING_CERTIFICATE_V2, _der(_SEQUENCE, _der(_SEQUENCE, own))),
    )
    return b"".join(sorted(_der(_SEQUENCE, kind, _der(_SET, value)) for kind, value in told))


def signed_part(attributes: bytes) -> bytes:
    """What the key is given: the attributes as a set (RFC 5652, 5.4)."""
    return _der(_SET, attributes)


def cms_of(signer: Signed, attributes: bytes, signature: bytes) -> bytes:
    signed_by = _der(
        _SEQUENCE,
        _integer(1),
        _der(_SEQUENCE, signer.issuer, _integer(signer.serial)),
        _SHA256,
        _der(0xA0, attributes),
        _ALGORITHMS[signer.algorithm],
        _der(_OCTETS, signature),
    )
    data = _der(
        _SEQUENCE,
        _integer(1),
        _der(_SET, _SHA256),
        _der(_SEQUENCE, _DATA),
        _der(0xA0, *signer.chain),
        _der(_SET, signed_by),
    )
    return _der(_SEQUENCE, _SIGNED_DATA, _der(0xA0, data))
