"""Who issues: a province, named by a `did:web` below the portal's own address."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from certificates.credentials import jose


@dataclass(frozen=True, slots=True)
class Issuer:
    """`site` is the portal's address without a slash behind it; `province` the six digits of GB/T 2260."""

    site: str
    province: str
    name: str = ""

    @property
    def did(self) -> str:
        """As did:web has it: the port's colon is escaped, a slash is written as a colon."""
        address = urlsplit(self.site)
        path = [quote(part, safe="") for part in address.path.split("/") if part]
        return ":".join(["did:web", quote(address.netloc, safe=""), *path, "issuers", self.province])

    def kid(self, key: jose.PublicKey) -> str:
        """The name of one of its keys: RFC 7638, so that a key has the same name for ever."""
        return f"{self.did}#{jose.thumbprint(key)}"

    def status_address(self, year: int, number: int) -> str:
        return f"{self.site}/issuers/{self.province}/status/{year}/{number}"


def did_document(issuer: Issuer, keys: Iterable[jose.PublicKey]) -> dict:
    """DID Core 1.0. The key that signs now comes first; earlier ones follow, so that what they signed stays good."""
    named = {issuer.kid(key): jose.jwk(key) for key in keys}
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": issuer.did,
        "verificationMethod": [
            {"id": kid, "type": "JsonWebKey", "controller": issuer.did, "publicKeyJwk": jwk}
            for kid, jwk in named.items()
        ],
        "assertionMethod": list(named),
    }
