"""The key of the demo and of tests: named as a sample in every field, with the certificate of a sample authority."""

import datetime as dt
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

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
    authority = certificate_of("Zhixun 样本机构 sample authority", authority_key, None, authority_key, life)
    own = certificate_of(name, key, authority, authority_key, life)
    sealed = BestAvailableEncryption(password.encode())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(pkcs12.serialize_key_and_certificates(None, key, own, [authority], sealed))
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def certificate_of(
    name: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
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
