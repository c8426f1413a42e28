"""Who signs the papers: a port behind `CERTIFICATE_SIGNER`. A file with key and certificates (PKCS #12) in the demo and for tests.

The demo makes its own, named as a sample in every field; production names a file or, by another class here, a device.
"""

import datetime as dt
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from certificates import timestamps
from certificates.paper import signature
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class KeyNotValid(RuleBroken):
    """Nothing is signed with a key whose certificate has ended or not begun: readers would show it as wrong."""

    code = "signing_key_not_valid"
    message = _("The certificate of the signing key is not valid at this time.")


class KeyUnreadable(RuleBroken):
    """The file is missing, or is no key of ours."""

    code = "signing_key_unreadable"
    message = _("The signing key cannot be read.")


@dataclass(frozen=True)
class FileSigner:
    """RSA or ECDSA over P-256, from PKCS #12. ECDSA as RFC 6979 has it: the same bytes, the same signature."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificates: tuple[x509.Certificate, ...]

    @classmethod
    def read(cls, path: Path, password: str) -> "FileSigner":
        """Raises OSError, ValueError (not PKCS #12, wrong password, another kind of key)."""
        key, own, others = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
        if own is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError(f"{path} holds no key that signs papers, or no certificate for it")
        return cls(key, (own, *others))

    def must_be_valid(self, at: dt.datetime) -> None:
        """Raises KeyNotValid."""
        own = self.certificates[0]
        if not own.not_valid_before_utc <= at <= own.not_valid_after_utc:
            raise KeyNotValid

    @property
    def public_key(self) -> PublicKey:
        return self.key.public_key()

    @cached_property
    def chain(self) -> tuple[bytes, ...]:
        return tuple(certificate.public_bytes(Encoding.DER) for certificate in self.certificates)

    @cached_property
    def issuer(self) -> bytes:
        return self.certificates[0].issuer.public_bytes()

    @property
    def serial(self) -> int:
        return self.certificates[0].serial_number

    @property
    def algorithm(self) -> str:
        return "rsa" if isinstance(self.key, rsa.RSAPrivateKey) else "ecdsa"

    @property
    def longest(self) -> int:
        size = (self.key.key_size + 7) // 8
        return size if self.algorithm == "rsa" else 2 * size + 9

    def sign(self, data: bytes) -> bytes:
        if self.algorithm == "rsa":
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


@cache
def signer() -> FileSigner:
    """As the settings name it, read once by each process. Outside production a sample is made where there is none.

    Raises OSError, ValueError.
    """
    address = urlsplit(settings.CERTIFICATE_SIGNER)
    if address.scheme != "file":
        raise ValueError("CERTIFICATE_SIGNER must begin with file://. See docs/production.md.")
    path, password = Path(unquote(address.path)), settings.CERTIFICATE_SIGNER_PASSWORD
    if not settings.PRODUCTION and not path.exists():
        make_sample(path, password)
    return FileSigner.read(path, password)


def chains() -> tuple[tuple[x509.Certificate, ...], ...]:
    """The certificates of the key that signs now with those that vouch for it, and behind it those of earlier years, which
    the settings name a folder of.

    What those have signed stays good for as long as they lie there. Raises KeyUnreadable.
    """
    with _readable(settings.CERTIFICATE_SIGNERS_EARLIER):
        return (readable().certificates, *_earlier())


def public_keys() -> tuple[PublicKey, ...]:
    """Of the same certificates, in the same order. Raises KeyUnreadable."""
    return tuple(chain[0].public_key() for chain in chains())


@cache
def _earlier() -> tuple[tuple[x509.Certificate, ...], ...]:
    folder = settings.CERTIFICATE_SIGNERS_EARLIER
    kept = sorted(path for path in Path(folder).iterdir() if path.suffix == ".pem") if folder else []
    return tuple(_chain_in(path) for path in kept)


def _chain_in(path: Path) -> tuple[x509.Certificate, ...]:
    found = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    if not isinstance(found[0].public_key(), PublicKey):
        raise ValueError(f"{path} holds the certificate of a key that signs no papers")  # noqa: TRY004 - a setting
    return found


def signed(pdf: bytes, *, at: dt.datetime, serial: str) -> bytes:
    """The paper with the portal's signature, and with a time-stamp where a service is set.

    Raises KeyNotValid, timestamps.KeyRevoked, and what `signer` and `timestamps.stamper` raise.
    """
    by = signer()
    by.must_be_valid(at)
    stamper = timestamps.stamper(by.certificates, at=at)
    return signature.signed(pdf, by, at=at, reason=f"职业培训证书 Certificate {serial}", stamper=stamper)


def repeatable(at: dt.datetime) -> bool:
    """Whether a paper signed then can be signed as of then once more: a time-stamp is always of now."""
    return not settings.CERTIFICATE_TIMESTAMPS and not trouble(at)


@contextmanager
def _readable(place: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as broken:
        log.warning("%s cannot be read: %s", place, broken)
        raise KeyUnreadable from broken


def readable() -> FileSigner:
    """The signer, whether it may sign or not. Raises KeyUnreadable."""
    with _readable(settings.CERTIFICATE_SIGNER):
        return signer()


def ready(at: dt.datetime) -> FileSigner:
    """The signer, when it may sign. Raises KeyNotValid, KeyUnreadable."""
    found = readable()
    found.must_be_valid(at)
    return found


def trouble(at: dt.datetime) -> str:
    """Why nothing can be signed, in a sentence; empty where it can."""
    try:
        ready(at)
    except RuleBroken as broken:
        return str(broken)
    return ""


def trouble_with_stamps(at: dt.datetime) -> str:
    """Why no paper gets its time-stamp, in a sentence; empty where it does, or where none is set. The service is asked."""
    found = None
    try:
        timestamps.stamper(readable().certificates, at=at)
    except RuleBroken as broken:
        found = broken
    except (OSError, ValueError) as broken:
        log.warning("No time-stamp: %s", broken)
        found = timestamps.NoStamp()
    if settings.CERTIFICATE_TIMESTAMPS:
        caches["default"].set(_TROUBLE, found.code if found else "", 600)
    return str(found or "")


def known_trouble(at: dt.datetime) -> str:
    """What keeps papers from being made, as far as it is known without asking anybody: for a page."""
    if told := trouble(at):
        return told
    code = settings.CERTIFICATE_TIMESTAMPS and caches["default"].get(_TROUBLE)
    kinds = (timestamps.KeyRevoked, timestamps.NoStamp)
    return next((str(kind()) for kind in kinds if kind.code == code), "")


_TROUBLE: Final = "certificates.trouble_with_stamps"

SAMPLE_NAME: Final = "职业技能培训管理机构（样张 SAMPLE）"
_SAMPLE_LIFE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2050, 1, 1, tzinfo=dt.UTC)


def make_sample(
    path: Path,
    password: str,
    *,
    name: str = SAMPLE_NAME,
    life: tuple[dt.datetime, dt.datetime] = _SAMPLE_LIFE,
) -> None:
    """A key that says in its name that it proves nothing, with the certificate of a sample authority.

    Of two processes that make one at once, one is kept.
    """
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Zhixun 样本机构 sample authority", authority_key, None, authority_key, life)
    own = _certificate(name, key, authority, authority_key, life)
    sealed = BestAvailableEncryption(password.encode())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(pkcs12.serialize_key_and_certificates(None, key, own, [authority], sealed))
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate | None,
    signed_with: ec.EllipticCurvePrivateKey,
    life: tuple[dt.datetime, dt.datetime],
) -> x509.Certificate:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    is_authority = authority is None
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(life[0])
        .not_valid_after(life[1])
        .add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_with.public_key()), critical=False
        )
    )
    if not is_authority:
        made = made.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
    return made.sign(signed_with, hashes.SHA256())
