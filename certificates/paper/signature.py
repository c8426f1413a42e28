"""A signature at the end of a paper: PAdES baseline B-B, or B-LT with a time-stamp (ETSI EN 319 142-1). Pure.

Any reader of PDF shows it.

The paper stays byte for byte as it was drawn. Behind it comes an incremental update (ISO 32000-1, 7.5.6): the catalogue and the
first page once more, with a signature field that nobody sees, the signature itself, and the table of these four objects. With a
time-stamp come the certificates and lists of revoked ones by which it can still be judged when those certificates have ended
(a document security store, ISO 32000-2, 12.8.4.3). They stand before the signature and are signed with the rest, so that
nothing has to be added behind it.

A library that reads and rewrites a PDF takes 20 to 80 ms for this; the four objects are known, so this takes one. The library
judges it in the tests.
"""

import datetime as dt
import hashlib
import re
import zlib
from typing import Final, NamedTuple, Protocol

from certificates.paper.cms import Signed, attributes_of, cms_of, signed_part
from portal import clock

CONTENTS: Final = b"/Contents<"


class Signer(Signed, Protocol):
    """Who signs: a key that stays where it is, and the certificates that say whose it is."""

    @property
    def longest(self) -> int:
        """The most bytes that a signature takes."""

    def sign(self, data: bytes) -> bytes:
        """Raises OSError where the key cannot be reached."""


class Stamper(Protocol):
    """A time-stamp service (RFC 3161), and what is known by which its stamps and the signer's certificates are judged."""

    @property
    def longest(self) -> int:
        """The most bytes that a token takes."""

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """X.509 as DER: what vouches for signer and service, where neither signature nor token carries it."""

    @property
    def lists(self) -> tuple[bytes, ...]:
        """Lists of revoked certificates (X.509 CRL, DER) of all who vouch."""

    def stamp(self, data: bytes) -> bytes:
        """The token over these bytes. Raises OSError where there is none."""


class NotOurPaper(ValueError):  # noqa: N818 - it says what the bytes are
    """The bytes are no page as `paper.draw` makes it, so no signature can be put behind it."""


def signed(
    pdf: bytes, signer: Signer, *, at: dt.datetime, reason: str, stamper: Stamper | None = None
) -> bytes:
    """The paper with its signature. Raises NotOurPaper, and what signer and stamper raise.

    With a signer that gives the same signature for the same bytes (RSA; ECDSA by RFC 6979, which devices seldom follow) and
    without a time-stamp, the result is the same each time.
    """
    table = _table(pdf)
    catalogue, page = _objects(pdf, table)
    blank = bytes(stamper.longest) if stamper else b""
    room = len(cms_of(signer, attributes_of(signer, bytes(32)), bytes(signer.longest), blank))
    signature, field = table.size, table.size + 1
    store, streams = _store(stamper, field + 1)
    objects = {
        table.root: catalogue + b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>" % field + store,
        table.page: page + b"/Annots[%d 0 R]" % field,
        signature: b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s/Reason%s/ByteRange[%s]%s%s>"
        % (_date(at), _text(reason), b" " * _RANGE, CONTENTS, b"0" * 2 * room),
        field: b"/Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/TU%s/F 132/Rect[-1 -1 -1 -1]/P %d 0 R/V %d 0 R"
        % (_text("签名 Signature"), table.page, signature),
    }
    whole = _appended(pdf, table, {n: b"<<%s>>" % inside for n, inside in objects.items()} | streams)
    start = whole.index(CONTENTS, len(pdf)) + len(CONTENTS) - 1
    end = start + 2 * room + 2
    ranged = b"[0 %d %d %d]" % (start, end, len(whole) - end)
    place = whole.index(b"[" + b" " * _RANGE, len(pdf))
    whole = whole[:place] + ranged.ljust(_RANGE + 2) + whole[place + _RANGE + 2 :]
    digest = hashlib.sha256(whole[:start])
    digest.update(whole[end:])
    attributes = attributes_of(signer, digest.digest())
    value = signer.sign(signed_part(attributes))
    cms = cms_of(signer, attributes, value, stamper.stamp(value) if stamper else b"")
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
    return table._replace(page=_number(rb"/Kids ?\[(\d+) 0 R[\] ]", _dictionary(pdf, table, pages)))


def _objects(pdf: bytes, table: _Table) -> tuple[bytes, bytes]:
    catalogue, page = _dictionary(pdf, table, table.root), _dictionary(pdf, table, table.page)
    if any(word in catalogue for word in (b"/AcroForm", b"/Extensions", b"/DSS")) or b"/Annots" in page:
        raise NotOurPaper("a form, notes or a store are on it already")
    return catalogue, page


def _number(pattern: bytes, dictionary: bytes) -> int:
    found = re.search(pattern, dictionary)
    if not found:
        raise NotOurPaper("no page where the catalogue says")
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


def _store(stamper: Stamper | None, first: int) -> tuple[bytes, dict[int, bytes]]:
    """What the catalogue says of the security store, and the store's objects, numbered from `first` on."""
    if not stamper:
        return b"", {}
    told, streams = b"", {}
    for name, kept in ((b"Certs", stamper.certificates), (b"CRLs", stamper.lists)):
        numbers = range(first + len(streams), first + len(streams) + len(kept))
        for number, der in zip(numbers, kept, strict=True):
            packed = zlib.compress(der)
            streams[number] = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (
                len(packed),
                packed,
            )
        told += b"/%s[%s]" % (name, b" ".join(b"%d 0 R" % number for number in numbers))
    return b"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>/DSS<<%s>>" % told, streams


def _appended(pdf: bytes, table: _Table, objects: dict[int, bytes]) -> bytes:
    parts, lines, at = [pdf], [], len(pdf)
    for number, content in sorted(objects.items()):
        part = b"\n%d 0 obj\n%s\nendobj" % (number, content)
        lines.append(b"%d 1\n%010d 00000 n\r\n" % (number, at + 1))
        parts.append(part)
        at += len(part)
    name = hashlib.sha256(pdf).hexdigest()[:32].encode()
    trailer = b"trailer\n<</Size %d/Root %d 0 R%s/ID[%s<%s>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(objects) + 1,
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
