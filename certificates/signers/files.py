"""A key in a file of ours."""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from certificates.signers.certified import Certified


@dataclass(frozen=True)
class FileSigner(Certified):
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

    def sign(self, data: bytes) -> bytes:
        if self.algorithm == "rsa":
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
