"""Who signs the papers and digital credentials: a port behind `CERTIFICATE_SIGNER`.

`file://` names a file with key and certificates (PKCS #12), `pkcs11:` a key in a device. The demo makes its own file, named as a
sample in every field.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from cryptography import x509
from django.conf import settings
from django.core.cache import caches

from certificates import timestamps
from certificates.paper import signature
from certificates.signers.certified import Certified, KeyNotValid, KeyUnreadable, PublicKey
from certificates.signers.files import FileSigner
from certificates.signers.place import SCHEME
from certificates.signers.sample import SAMPLE_NAME, certificate_of, make_sample
from portal.rules import RuleBroken

__all__ = [
    "SAMPLE_NAME",
    "Certified",
    "FileSigner",
    "KeyNotValid",
    "KeyUnreadable",
    "certificate_of",
    "chains",
    "known_trouble",
    "make_sample",
    "public_keys",
    "readable",
    "ready",
    "repeatable",
    "signed",
    "signed_for",
    "signer",
    "trouble",
    "trouble_with_stamps",
    "while_readable",
]

log = logging.getLogger(__name__)


@cache
def signer() -> Certified:
    """As the settings name it, read once by each process. Outside production a sample is made where there is none. A device is
    not asked yet.

    Raises OSError, ValueError.
    """
    password = settings.CERTIFICATE_SIGNER_PASSWORD
    if settings.CERTIFICATE_SIGNER.startswith(SCHEME):
        from certificates.signers.devices import DeviceSigner  # noqa: PLC0415 - 0.1 s that others need not wait

        return DeviceSigner.named(
            settings.CERTIFICATE_SIGNER, password, Path(settings.CERTIFICATE_SIGNER_CHAIN)
        )
    address = urlsplit(settings.CERTIFICATE_SIGNER)
    if address.scheme != "file":
        raise ValueError("CERTIFICATE_SIGNER must begin with file:// or pkcs11:. See docs/production.md.")
    path = Path(unquote(address.path))
    if not settings.PRODUCTION and not path.exists():
        make_sample(path, password)
    return FileSigner.read(path, password)


def chains() -> tuple[tuple[x509.Certificate, ...], ...]:
    """The certificates of the key that signs now with those that vouch for it, and behind it those of earlier years, which
    the settings name a folder of.

    What those have signed stays good for as long as they lie there, and can be checked while a device is away. Raises
    KeyUnreadable.
    """
    with while_readable("CERTIFICATE_SIGNER"):
        now = signer().certificates
    with while_readable("CERTIFICATE_SIGNERS_EARLIER"):
        return (now, *_earlier())


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
    """The paper of a certificate with the portal's signature. Raises what `signed_for` does."""
    return signed_for(pdf, at=at, reason=f"职业培训证书 Certificate {serial}")


def signed_for(pdf: bytes, *, at: dt.datetime, reason: str) -> bytes:
    """A paper with the portal's signature, and with a time-stamp where a service is set. `reason` is signed with it.

    Raises KeyNotValid, timestamps.KeyRevoked, OSError (also: device, service or list is away), ValueError.
    """
    by = signer()
    by.must_be_valid(at)
    stamper = timestamps.stamper(by.certificates, at=at)
    return signature.signed(pdf, by, at=at, reason=reason, stamper=stamper)


def repeatable(at: dt.datetime) -> bool:
    """Whether a paper signed then can be signed as of then once more: a time-stamp is always of now."""
    return not settings.CERTIFICATE_TIMESTAMPS and not trouble(at)


@contextmanager
def while_readable(setting: str = "CERTIFICATE_SIGNER") -> Iterator[None]:
    """For what needs a key inside. Raises KeyUnreadable where it cannot be had; the log says why, without the setting's value."""
    try:
        yield
    except (OSError, ValueError) as broken:
        log.warning("The key of %s cannot be used: %s", setting, broken)
        raise KeyUnreadable from broken


def readable() -> Certified:
    """The signer with its key at hand, whether it may sign or not. Raises KeyUnreadable."""
    with while_readable():
        found = signer()
        found.reach()
        return found


def ready(at: dt.datetime) -> Certified:
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
