"""Whether a file is a paper that a key of ours has signed, as it was signed. Pure.

Nothing that a stranger sends is interpreted. What `signature.signed` writes has one form: a file holds it, byte for byte, or
it does not. The signature is taken out, everything around it is made again from what is known (the digest of the file, the
certificate), and both must be equal. So there is nothing to be led astray in: no objects, no references, no compressed
streams, no address to be fetched. A library of PDF judges the same files in the tests.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import rfc3161_client
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.paper import cms
from portal import clock

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class Seal(StrEnum):
    """What became of the signature on a file."""

    INTACT = "intact"
    """Signed by us, and not a byte was changed since."""
    ADDED = "added"
    """Signed by us, but something was added behind that may show other words."""
    ALTERED = "altered"
    """It carries a signature of ours that does not fit what it says."""
    FOREIGN = "foreign"
    """Signed, but by somebody else, whatever name they give themselves."""
    UNSIGNED = "unsigned"
    ENCRYPTED = "encrypted"
    NO_PDF = "no_pdf"


_BEST_FIRST: Final = (Seal.INTACT, Seal.ADDED, Seal.ALTERED, Seal.FOREIGN)


@dataclass(frozen=True)
class Proof:
    """`reason` and the rest are what was signed, and empty unless the seal is intact or added to.

    `claimed` is the reason as the file gives it, which proves nothing.
    """

    seal: Seal
    reason: str = ""
    signed_by: str = ""
    signed_at: dt.datetime | None = None
    claimed: str = ""
    stamp: "Stamp | None" = None


@dataclass(frozen=True)
class Stamp:
    """When a signature was there at the latest, by the word of a time-stamp service (RFC 3161), and its certificate."""

    at: dt.datetime
    by: x509.Certificate

    @property
    def name(self) -> str:
        return _name(self.by)


Chain = Sequence[x509.Certificate]
"""The certificate of a key, and behind it those that vouch for it, as its signatures carry them."""


def examined(pdf: bytes, chains: Iterable[Chain], authorities: Chain = ()) -> Proof:
    """`chains` are those of the keys that sign or have signed, `authorities` those who vouch for time-stamp services.

    A stamp that does not fit makes a file altered; where no authorities are known, stamps are let be and not told of.

    Where no more than a key's own certificate is known, what a file carries behind that is let be: it is not signed either.
    """
    if b"%PDF-" not in pdf[:_HEAD]:
        return Proof(Seal.NO_PDF)
    known = {chain[0].public_bytes(Encoding.DER): chain for chain in chains}
    proofs = [_judged(pdf, found, known, authorities) for found in _forms(pdf)]
    if proofs:
        return min(proofs, key=lambda proof: _BEST_FIRST.index(proof.seal))
    if b"/Encrypt" in pdf:
        return Proof(Seal.ENCRYPTED)
    if b"/ByteRange" not in pdf:
        return Proof(Seal.UNSIGNED)
    lower = pdf.lower()
    ours = any(own.hex().encode() in lower for own in known)
    return Proof(Seal.ALTERED if ours else Seal.FOREIGN)


_HEAD = 1_024
"""Readers look for the mark of a PDF so far (ISO 32000-1, annex H)."""

_MOST_FORMS = 8
"""More signatures of our form than anybody would put on one page."""

_FORM = re.compile(
    rb"/Type/Sig/Filter/Adobe\.PPKLite/SubFilter/ETSI\.CAdES\.detached"
    rb"/M\(D:(?P<at>\d{14})\+08'00'\)/Reason<feff(?P<reason>(?:[0-9a-f]{4}){1,500})>"
    rb"/ByteRange\[0 (?P<start>\d{1,9}) (?P<end>\d{1,9}) (?P<rest>\d{1,9})\] {0,60}"
    rb"/Contents<(?P<cms>(?:[0-9a-f]{2}){1,20000})>"
)


def _forms(pdf: bytes) -> Iterator[re.Match[bytes]]:
    for count, found in enumerate(_FORM.finditer(pdf)):
        if count == _MOST_FORMS:
            return
        yield found


def _judged(pdf: bytes, found: re.Match[bytes], known: dict[bytes, Chain], authorities: Chain) -> Proof:
    reason = bytes.fromhex(found["reason"].decode()).decode("utf-16-be", "replace")
    start, end = found.start("cms") - 1, found.end("cms") + 1
    until = int(found["end"]) + int(found["rest"])
    try:
        carried = _Cms.read(bytes.fromhex(found["cms"].decode()))
    except ValueError:
        return Proof(Seal.FOREIGN, claimed=reason)
    chain = known.get(carried.own)
    if chain is None:
        return Proof(Seal.FOREIGN, claimed=reason)
    if (int(found["start"]), int(found["end"])) != (start, end) or not end <= until <= len(pdf):
        return Proof(Seal.ALTERED, claimed=reason)
    digest = hashlib.sha256(pdf[:start])
    digest.update(pdf[end:until])
    if not carried.fits(chain, digest.digest()):
        return Proof(Seal.ALTERED, claimed=reason)
    try:
        stamp = (
            stamp_of(carried.stamp, carried.signature, authorities) if carried.stamp and authorities else None
        )
    except ValueError:
        return Proof(Seal.ALTERED, claimed=reason)
    return Proof(
        Seal.INTACT if until == len(pdf) else Seal.ADDED,
        reason=reason,
        signed_by=_name(chain[0]),
        signed_at=dt.datetime.strptime(found["at"].decode(), "%Y%m%d%H%M%S").replace(tzinfo=clock.SHANGHAI),
        claimed=reason,
        stamp=stamp,
    )


def stamp_of(token: bytes, data: bytes, authorities: Chain) -> Stamp:
    """What a time-stamp token says of these bytes. Raises ValueError where it is about others, or not by who is believed."""
    verifier = rfc3161_client.VerifierBuilder(roots=list(authorities)).build()
    try:
        answer = rfc3161_client.decode_timestamp_response(cms.answer_of(token))
        verifier.verify_message(answer, data)
        (signed_by,) = answer.signed_data.signer_infos
        carried = [x509.load_der_x509_certificate(der) for der in answer.signed_data.certificates]
        own = (signed_by.issuer, signed_by.serial_number)
        (by,) = [one for one in carried if (one.issuer, one.serial_number) == own]
    except rfc3161_client.VerificationError as broken:
        raise ValueError(str(broken)) from broken
    return Stamp(answer.tst_info.gen_time, by)


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


# -- the signature --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cms:
    """`whole` as it stands in the file, the certificates in it, the first of them, the signature itself, and the token of a
    time-stamp over it, if there is one.
    """

    whole: bytes
    certificates: bytes
    own: bytes
    signature: bytes
    stamp: bytes

    @classmethod
    def read(cls, padded: bytes) -> "_Cms":
        """Where the parts of a CMS of our form lie. Raises ValueError for another form."""
        whole, rest = _first(padded)
        if rest.strip(b"\0"):
            raise ValueError("something stands behind the signature")
        _type, wrapped = _inside(whole, 2)
        (data,) = _inside(wrapped, 1)
        *_head, certificates, signers = _inside(data, 5)
        (signer,) = _inside(signers, 1)
        *_head, signed, unsigned = [*_inside(signer, 6, 7), b""][:7]
        inside = _content(certificates)
        return cls(whole, inside, _first(inside)[0], _content(signed), _token(unsigned))

    def fits(self, chain: Chain, digest: bytes) -> bool:
        """Whether the whole is what the key of the chain makes of this digest."""
        certificate, *others = chain
        key = certificate.public_key()
        if not isinstance(key, PublicKey):
            return False
        behind = b"".join(other.public_bytes(Encoding.DER) for other in others)
        behind = behind or self.certificates[len(self.own) :]
        known = _Known(
            chain=(self.own, behind),
            issuer=certificate.issuer.public_bytes(),
            serial=certificate.serial_number,
            algorithm="rsa" if isinstance(key, rsa.RSAPublicKey) else "ecdsa",
        )
        attributes = cms.attributes_of(known, digest)
        if cms.cms_of(known, attributes, self.signature, self.stamp) != self.whole:
            return False
        return _is_signed(key, self.signature, cms.signed_part(attributes))


@dataclass(frozen=True)
class _Known:
    """What a signature tells of its signer."""

    chain: tuple[bytes, ...]
    issuer: bytes
    serial: int
    algorithm: str


def _is_signed(key: PublicKey, signed: bytes, data: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signed, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signed, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _first(der: bytes) -> tuple[bytes, bytes]:
    """The first element and what follows it. Raises ValueError."""
    start, size = _measured(der)
    if len(der) < start + size:
        raise ValueError("cut short")
    return der[: start + size], der[start + size :]


def _measured(der: bytes) -> tuple[int, int]:
    """Where the content of the first element begins, and its length (X.690, 8.1.3). Raises ValueError."""
    if len(der) < 2:  # noqa: PLR2004 - a tag and a length
        raise ValueError("no element")
    length = der[1]
    if length < 0x80:  # noqa: PLR2004 - the short form
        return 2, length
    count = length & 0x7F
    if not 1 <= count <= 3 or len(der) < 2 + count:  # noqa: PLR2004 - nothing here has 16 megabytes
        raise ValueError("no length of ours")
    return 2 + count, int.from_bytes(der[2 : 2 + count])


def _content(element: bytes) -> bytes:
    start, size = _measured(element)
    return element[start : start + size]


def _token(unsigned: bytes) -> bytes:
    """The time-stamp among the attributes that are not signed; empty where there are none. Raises ValueError."""
    if not unsigned:
        return b""
    (attribute,) = _inside(unsigned, 1)
    _kind, values = _inside(attribute, 2)
    return _inside(values, 1)[0]


def _inside(element: bytes, *counts: int) -> list[bytes]:
    """The elements inside one, which has so many of them. Raises ValueError."""
    rest, found = _content(element), []
    while rest and len(found) <= max(counts):
        one, rest = _first(rest)
        found.append(one)
    if len(found) not in counts:
        raise ValueError("not of our form")
    return found
