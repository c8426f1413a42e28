"""A time-stamp for each signature, and what it is judged by when the certificates have ended: PAdES B-LT.

A port behind `CERTIFICATE_TIMESTAMPS`, the address of a service that speaks RFC 3161 over HTTP. Lists of revoked certificates
come from where the certificates themselves say (RFC 5280, 4.2.1.13). While either is silent no paper is signed: a paper that
claims less than its province has set is not made in silence.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

import rfc3161_client
import urllib3
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from certificates.paper.proof import Chain, stamp_of
from portal.rules import RuleBroken

log = logging.getLogger(__name__)

SECONDS: Final = 5.0
"""So long a service or a list is waited for."""

KEPT: Final = dt.timedelta(hours=1)
"""So long a list and a service's own certificate are taken from memory, if the list says nothing shorter."""

_MOST_BYTES: Final = 1_000_000
_SPARE: Final = 64
"""Bytes by which one token may be longer than another: its number, its time, an ECDSA signature."""


class Silent(OSError):  # noqa: N818 - says what the other side is
    """Service or list gave no answer that can be used. It says what is wrong, nothing of a paper."""


class KeyRevoked(RuleBroken):
    """Whoever vouches for the signing key has taken it back."""

    code = "signing_key_revoked"
    message = _("The certificate of the signing key was revoked.")


class NoStamp(RuleBroken):
    """For the desk, where a service is named and gives nothing."""

    code = "no_time_stamp"
    message = _("The time-stamp service, or a list of revoked certificates, gives no usable answer.")


@dataclass(frozen=True)
class Service:
    """`authorities` are those who vouch for the service's certificate, up to one that vouches for itself."""

    address: str
    authorities: tuple[x509.Certificate, ...]

    def stamp(self, data: bytes) -> tuple[bytes, x509.Certificate]:
        """The token over the SHA-256 of these bytes, checked, and the service's own certificate. Raises Silent."""
        asked = (
            rfc3161_client.TimestampRequestBuilder()
            .data(data)
            .hash_algorithm(rfc3161_client.HashAlgorithm.SHA256)
            .build()
        )
        said = _http(
            "POST",
            self.address,
            body=asked.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
        )
        try:
            answer = rfc3161_client.decode_timestamp_response(said)
            token, nonce = answer.time_stamp_token(), answer.tst_info.nonce
            stamp = stamp_of(token, data, self.authorities)
        except ValueError as broken:
            raise Silent(f"{self.address} gave no usable time-stamp: {broken}") from broken
        if nonce != asked.nonce:
            raise Silent(f"{self.address} gave the time-stamp of another question.")
        return token, stamp.by


@cache
def service() -> Service | None:
    """As the settings name it; None where none is. Raises OSError, ValueError (no address, no certificates)."""
    if not settings.CERTIFICATE_TIMESTAMPS:
        return None
    if urlsplit(settings.CERTIFICATE_TIMESTAMPS).scheme not in {"http", "https"}:
        raise ValueError("CERTIFICATE_TIMESTAMPS must begin with http:// or https://.")
    if not authorities():
        raise ValueError("CERTIFICATE_TIMESTAMPS needs CERTIFICATE_TIMESTAMPS_CHAIN. See docs/production.md.")
    return Service(settings.CERTIFICATE_TIMESTAMPS, authorities())


@cache
def authorities() -> tuple[x509.Certificate, ...]:
    """Those whose time-stamps are believed. Raises OSError, ValueError."""
    path = settings.CERTIFICATE_TIMESTAMPS_CHAIN
    return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes())) if path else ()


# -- what a paper carries -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stamper:
    """See `certificates.paper.signature.Stamper`. Made for one signing certificate; good for `KEPT` at most."""

    service: Service
    own: x509.Certificate
    """The service's own certificate, as its tokens carry it."""
    longest: int
    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    until: dt.datetime

    def stamp(self, data: bytes) -> bytes:
        """Raises Silent, also where the service has another certificate than the paper has room and lists for."""
        token, own = self.service.stamp(data)
        if own != self.own or len(token) > self.longest:
            _made.clear()
            raise Silent(f"{self.service.address} has changed its certificate or its form.")
        return token


_made: dict[bytes, Stamper] = {}
_making = Lock()


def stamper(signed_by: Chain, *, at: dt.datetime) -> Stamper | None:
    """The one for papers signed with this chain; None where no service is set. Asks service and lists once in an hour.

    Raises KeyRevoked, Silent, OSError, ValueError.
    """
    asked = service()
    if asked is None:
        return None
    key = signed_by[0].public_bytes(Encoding.DER)
    with _making:
        known = _made.get(key)
        if known is None or not known.until - KEPT <= at < known.until:
            known = _made[key] = _stamper(asked, signed_by, at)
    return known


def _stamper(asked: Service, signed_by: Chain, at: dt.datetime) -> Stamper:
    token, own = asked.stamp(b"how long a token is, and who signs it")
    stamped_by = _up_from(own, asked.authorities)
    lists, until = {}, at + KEPT
    for chain in (tuple(signed_by), stamped_by):
        for certificate, authority in pairwise(chain):
            kept = _revoked(certificate, authority, at=at)
            if kept.get_revoked_certificate_by_serial_number(certificate.serial_number):
                if certificate in signed_by:
                    raise KeyRevoked
                raise Silent(f"The certificate of {asked.address} was revoked.")
            lists[kept.public_bytes(Encoding.DER)] = None
            until = min(until, kept.next_update_utc)
    vouching = tuple(certificate.public_bytes(Encoding.DER) for certificate in stamped_by[1:])
    return Stamper(asked, own, len(token) + _SPARE, vouching, tuple(lists), until)


def _up_from(own: x509.Certificate, authorities: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The service's certificate and those above it, each vouched for by the next."""
    chain = [own]
    while chain[-1].issuer != chain[-1].subject:
        above = [one for one in authorities if one.subject == chain[-1].issuer and one not in chain]
        if not above:
            break
        chain.append(above[0])
    return tuple(chain)


# -- lists of revoked certificates ------------------------------------------------------------------------------------


_lists: dict[str, x509.CertificateRevocationList] = {}


def _revoked(
    certificate: x509.Certificate, authority: x509.Certificate, *, at: dt.datetime
) -> x509.CertificateRevocationList:
    """The list on which the certificate would stand, signed by its authority and not out of date. Raises Silent."""
    addresses = _addresses(certificate)
    trouble = f"The certificate {certificate.serial_number:x} names no list of revoked ones."
    for address in addresses:
        try:
            _lists[address] = _fetched(address, authority, at)
        except Silent as silent:
            trouble = str(silent)
            log.warning("%s", trouble)
        known = _lists.get(address)
        if known is not None and known.next_update_utc > at:
            return known
    raise Silent(trouble)


def _addresses(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
    except x509.ExtensionNotFound:
        return []
    names = [name.value for point in points for name in point.full_name or ()]
    return [name for name in names if urlsplit(name).scheme in {"http", "https"}]


def _fetched(address: str, authority: x509.Certificate, at: dt.datetime) -> x509.CertificateRevocationList:
    der = _http("GET", address)
    try:
        found = x509.load_der_x509_crl(der)
        good = found.issuer == authority.subject and found.is_signature_valid(authority.public_key())
    except (ValueError, TypeError, InvalidSignature) as broken:
        raise Silent(f"{address} gave no list of revoked certificates.") from broken
    if not good:
        raise Silent(f"The list from {address} is not signed by who issued the certificate.")
    if found.next_update_utc is None or not found.last_update_utc <= at < found.next_update_utc:
        raise Silent(f"The list from {address} is not of today.")
    return found


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(timeout=SECONDS, retries=False)


def _http(method: str, address: str, **more: object) -> bytes:
    """Raises Silent."""
    try:
        answer = _pool().request(method, address, preload_content=False, **more)
        try:
            content = answer.read(_MOST_BYTES + 1)
        finally:
            answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as broken:
        raise Silent(f"{address} does not answer: {type(broken).__name__}") from broken
    if answer.status != 200 or len(content) > _MOST_BYTES:  # noqa: PLR2004 - HTTP's own
        raise Silent(f"{address} answers {answer.status} with {len(content)} bytes.")
    return content
