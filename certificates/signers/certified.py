"""What every signer is: certificates, and a key behind them that signs wherever it lies."""

import datetime as dt
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class KeyNotValid(RuleBroken):
    """Nothing is signed with a key whose certificate has ended or not begun: readers would show it as wrong."""

    code = "signing_key_not_valid"
    message = _("The certificate of the signing key is not valid at this time.")


class KeyUnreadable(RuleBroken):
    """The file is missing, or is no key of ours; the device is away, or will not have our PIN."""

    code = "signing_key_unreadable"
    message = _("The signing key cannot be read.")


class Certified:
    """A signer as `paper.signature` and `credentials.jose` want it, but for `sign`."""

    certificates: tuple[x509.Certificate, ...]
    """The signer's own first, then those that vouch for it."""

    def reach(self) -> None:
        """Raises OSError where the key cannot be reached now, ValueError where it is not to be had with these settings."""

    def sign(self, data: bytes) -> bytes:
        """RSA PKCS #1 v1.5 or ECDSA (DER) over P-256, both with SHA-256. Raises what `reach` raises."""
        raise NotImplementedError

    def must_be_valid(self, at: dt.datetime) -> None:
        """Raises KeyNotValid."""
        own = self.certificates[0]
        if not own.not_valid_before_utc <= at <= own.not_valid_after_utc:
            raise KeyNotValid

    @cached_property
    def public_key(self) -> PublicKey:
        return self.certificates[0].public_key()

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
        return "rsa" if isinstance(self.public_key, rsa.RSAPublicKey) else "ecdsa"

    @property
    def longest(self) -> int:
        size = (self.public_key.key_size + 7) // 8
        return size if self.algorithm == "rsa" else 2 * size + 9
