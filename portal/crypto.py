"""Personal numbers at rest: sealed with AES-256-GCM, found again by a keyed blind index.

A sealed value is `key id (8 bytes) | nonce (12) | ciphertext and tag`. The associated data is
`table|column|row|key id`, so that a ciphertext copied to another row does not open there. Several keys may be
known at once; the first one seals. The index key is separate: who can search cannot read.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_KEY_ID_BYTES = 8
_NONCE_BYTES = 12


class Unreadable(Exception):  # noqa: N818 - says what the value is
    """A sealed value does not open: unknown key, changed bytes, or moved from another row."""


def _key_bytes(secret: str) -> bytes:
    try:
        raw = base64.b64decode(secret, validate=True)
    except ValueError:
        raw = b""
    return raw if len(raw) == 32 else hashlib.sha256(secret.encode()).digest()  # noqa: PLR2004 - AES-256


@cache
def _ring(keys: str) -> dict[bytes, AESGCM]:
    ring = {}
    for part in keys.split(","):
        name, _, secret = part.strip().partition(":")
        ring[name.encode().ljust(_KEY_ID_BYTES, b"\x00")[:_KEY_ID_BYTES]] = AESGCM(_key_bytes(secret))
    return ring


def _bound_to(table: str, column: str, row: object, key_id: bytes) -> bytes:
    return b"|".join([table.encode(), column.encode(), str(row).encode(), key_id])


def seal(plaintext: str, *, table: str, column: str, row: object) -> bytes:
    """Encrypt for one cell. `row` must be fixed before the first save: use a UUID made by us, not a serial."""
    ring = _ring(settings.SEALING_KEYS)
    key_id = next(iter(ring))
    nonce = os.urandom(_NONCE_BYTES)
    return (
        key_id
        + nonce
        + ring[key_id].encrypt(nonce, plaintext.encode(), _bound_to(table, column, row, key_id))
    )


def unseal(blob: bytes | memoryview, *, table: str, column: str, row: object) -> str:
    """The plaintext of a sealed cell. Raises Unreadable."""
    blob = bytes(blob)
    key_id, nonce = blob[:_KEY_ID_BYTES], blob[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES]
    cipher = _ring(settings.SEALING_KEYS).get(key_id)
    if cipher is None:
        raise Unreadable("sealed with a key that is not in SEALING_KEYS")
    try:
        body = blob[_KEY_ID_BYTES + _NONCE_BYTES :]
        return cipher.decrypt(nonce, body, _bound_to(table, column, row, key_id)).decode()
    except InvalidTag:
        raise Unreadable("changed, or moved from another row") from None


def sealed_with_current_key(blob: bytes | memoryview) -> bool:
    return bytes(blob)[:_KEY_ID_BYTES] == next(iter(_ring(settings.SEALING_KEYS)))


@cache
def _index_key(secret: str, purpose: str) -> bytes:
    return hmac.digest(_key_bytes(secret), b"blind index|" + purpose.encode(), "sha256")


def blind_index(value: str, *, purpose: str) -> bytes:
    """32 bytes that are equal for equal values (NFKC, upper case, no spaces) of one purpose, and say nothing else."""
    plain = "".join(unicodedata.normalize("NFKC", value).upper().split())
    return hmac.digest(_index_key(settings.INDEX_KEY, purpose), plain.encode(), "sha256")
