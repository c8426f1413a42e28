"""Securing and opening documents as "Securing Verifiable Credentials using JOSE and COSE" (W3C, 2025) has it.

Signing goes through the signer of the papers, whose key may be in a device. Opening what a stranger hands in is left to
joserfc; only the two algorithms our keys have are allowed.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

TYPE: Final = "vc+jwt"
LONGEST: Final = 65_536
"""Characters of a token that anybody may hand in. Ours have some six thousand."""
_COORDINATE = 32  # bytes of r and of s over P-256, RFC 7518 section 3.4


class Signer(Protocol):
    """As `signers.Certified`: RSA PKCS #1 v1.5 or ECDSA (DER) over P-256, both with SHA-256."""

    @property
    def algorithm(self) -> str: ...

    @property
    def public_key(self) -> PublicKey: ...

    def sign(self, data: bytes) -> bytes: ...


class Refused(Exception):  # noqa: N818 - says what happened, as RuleBroken does
    """A token that proves nothing."""


class NotACredential(Refused):
    """It is no VC-JWT at all."""


class UnknownKey(Refused):
    """Signed with a key that is not ours, or is no longer."""


class Altered(Refused):
    """The signature does not fit the text."""


def secured(document: dict, *, by: Signer, kid: str) -> str:
    """A compact JWS whose payload is the document. The same document and key give the same text, but for ECDSA in a device.

    Raises what the signer raises.
    """
    header = {"alg": "RS256" if by.algorithm == "rsa" else "ES256", "typ": TYPE, "cty": "vc", "kid": kid}
    text = f"{_base64url(_json(header))}.{_base64url(_json(document))}"
    signature = by.sign(text.encode())
    if by.algorithm != "rsa":
        signature = b"".join(number.to_bytes(_COORDINATE) for number in decode_dss_signature(signature))
    return f"{text}.{_base64url(signature)}"


def opened(token: str, keys: Mapping[str, PublicKey]) -> dict:
    """The document in a token, if one of the keys, by its `kid`, has signed it.

    Raises NotACredential, UnknownKey, Altered.
    """
    if len(token) > LONGEST:
        raise NotACredential("longer than any credential of ours")
    try:
        read = jws.extract_compact(token.strip().encode(), registry=_ALLOWED)
        header, document = read.headers(), json.loads(read.payload)
    except (JoseError, ValueError, RecursionError) as broken:
        raise NotACredential(str(broken)) from broken
    if not isinstance(document, dict) or header.get("typ") != TYPE:
        raise NotACredential("not of type vc+jwt")
    key = keys.get(str(header.get("kid")))
    if key is None:
        raise UnknownKey(str(header.get("kid")))
    try:
        fits = jws.validate_compact(read, _imported(key), registry=_ALLOWED)
    except (JoseError, ValueError) as broken:
        raise NotACredential(str(broken)) from broken
    if not fits:
        raise Altered
    if document.get("iss") != read.headers()["kid"].partition("#")[0]:
        raise NotACredential("its issuer is not whose key signed it")
    return document


def jwk(key: PublicKey) -> dict:
    """RFC 7517, only what is public."""
    return _imported(key).as_dict(private=False)


def thumbprint(key: PublicKey) -> str:
    """RFC 7638."""
    return _imported(key).thumbprint()


def _imported(key: PublicKey) -> ECKey | RSAKey:
    return (RSAKey if isinstance(key, rsa.RSAPublicKey) else ECKey).import_key(key)


_ALLOWED = jws.JWSRegistry(algorithms=["ES256", "RS256"])


def _json(document: dict) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
