"""A certificate as a file that machines check: Open Badges 3.0 on W3C Verifiable Credentials 2.0, secured as VC-JWT.

Facts in, documents out. Pure: no database, no clock, no settings. What anybody needs to check a credential is public:

- the issuer's keys, in the DID document of its `did:web` (one for each province),
- the status list of its year, in which the bit of a certificate that no longer counts is set.
"""

from certificates.credentials.badge import BadgeFacts, Exam, badge
from certificates.credentials.issuer import Issuer, did_document
from certificates.credentials.jose import Altered, NotACredential, Refused, UnknownKey, opened, secured
from certificates.credentials.status import ASK_AGAIN, LIST_LENGTH, place_of, status_list

__all__ = [
    "ASK_AGAIN",
    "LIST_LENGTH",
    "Altered",
    "BadgeFacts",
    "Exam",
    "Issuer",
    "NotACredential",
    "Refused",
    "UnknownKey",
    "badge",
    "did_document",
    "opened",
    "place_of",
    "secured",
    "status_list",
]
