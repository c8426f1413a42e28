"""The signature itself: CMS (RFC 5652) with the attributes of CAdES (ETSI EN 319 122-1), as DER. Pure."""

import hashlib
from typing import Final, Protocol


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
_TIME_STAMP = _oid("1.2.840.113549.1.9.16.2.14")
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


def answer_of(stamp: bytes) -> bytes:
    """The answer (TimeStampResp, granted) that a service gave with this token, for libraries that judge whole answers."""
    return _der(_SEQUENCE, _der(_SEQUENCE, _integer(0)), stamp)


def signed_part(attributes: bytes) -> bytes:
    """What the key is given: the attributes as a set (RFC 5652, 5.4)."""
    return _der(_SET, attributes)


def cms_of(signer: Signed, attributes: bytes, signature: bytes, stamp: bytes = b"") -> bytes:
    """`stamp` is the token of a time-stamp service over the signature (RFC 3161, CAdES-T); without one there is none."""
    told = [_der(0xA1, _der(_SEQUENCE, _TIME_STAMP, _der(_SET, stamp)))] if stamp else []
    signed_by = _der(
        _SEQUENCE,
        _integer(1),
        _der(_SEQUENCE, signer.issuer, _integer(signer.serial)),
        _SHA256,
        _der(0xA0, attributes),
        _ALGORITHMS[signer.algorithm],
        _der(_OCTETS, signature),
        *told,
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
