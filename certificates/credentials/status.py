"""Which certificates no longer count, as a Bitstring Status List (W3C Recommendation, May 2025).

A list holds the certificates of one province and year in the order of their numbers, 131,072 to a list, which is the
least the standard allows: whoever asks for a list does not say of which certificate.
"""

import datetime as dt
import gzip
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

from certificates.credentials.issuer import Issuer

LIST_LENGTH: Final = 131_072
GOOD_FOR: Final = dt.timedelta(hours=6)
"""How long a list is good from the beginning of its hour: so long may an old one deceive whoever is shown it."""
ASK_AGAIN: Final = dt.timedelta(seconds=60)
"""After so long a verifier, or a cache on the way, asks anew."""


def place_of(number: int) -> tuple[int, int]:
    """The list, from 0, and the bit in it, from 0, of the certificate with this number, from 1."""
    return divmod(number - 1, LIST_LENGTH)


def status_entry(issuer: Issuer, *, year: int, number: int) -> dict:
    """`credentialStatus` of one certificate."""
    number_of_list, bit = place_of(number)
    address = issuer.status_address(year, number_of_list)
    return {
        "id": f"{address}#{bit}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(bit),
        "statusListCredential": address,
    }


def status_list(issuer: Issuer, *, year: int, number: int, bits: Iterable[int], at: dt.datetime) -> dict:
    """The list with these bits set, as a credential. Within one hour the same bits make the same document.

    Raises ValueError for a bit that is not in a list.
    """
    begins = at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    ends = begins + GOOD_FOR
    address = issuer.status_address(year, number)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "validUntil": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": ASK_AGAIN // dt.timedelta(milliseconds=1),
            "encodedList": encoded(bits),
        },
        "iss": issuer.did,
        "jti": address,
        "nbf": int(begins.timestamp()),
        "exp": int(ends.timestamp()),
    }


def encoded(bits: Iterable[int]) -> str:
    """GZIP in multibase base64url; bit 0 is the leftmost of the first byte."""
    line = bytearray(LIST_LENGTH // 8)
    for bit in bits:
        if not 0 <= bit < LIST_LENGTH:
            raise ValueError(f"{bit} is not in a list")
        line[bit // 8] |= 0x80 >> bit % 8
    packed = gzip.compress(
        line, compresslevel=4, mtime=0
    )  # level 9 takes forty times as long for a fifth less
    return "u" + urlsafe_b64encode(packed).rstrip(b"=").decode()
