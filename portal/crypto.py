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
from collections.abc import Iterable, Sequence
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))  # RFC 2104


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
    return seal_many([plaintext], table=table, column=column, rows=[row])[0]


def seal_many(plaintexts: Sequence[str], *, table: str, column: str, rows: Iterable[object]) -> list[bytes]:
    """The cells of one column in many rows."""
    ring = _ring(settings.SEALING_KEYS)
    key_id = next(iter(ring))
    encrypt = ring[key_id].encrypt
    begin, _row, end = _bound_to(table, column, "\0", key_id).partition(b"\0")
    noise = os.urandom(_NONCE_BYTES * len(plaintexts))
    nonces = [noise[n : n + _NONCE_BYTES] for n in range(0, len(noise), _NONCE_BYTES)]
    return [
        key_id + nonce + encrypt(nonce, text.encode(), begin + str(row).encode() + end)
        for nonce, text, row in zip(nonces, plaintexts, rows, strict=True)
    ]


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


@cache
def _index_hashes(secret: str, purpose: str) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """The two halves of HMAC-SHA-256 with the key taken in; each value goes into copies of them."""
    key = _index_key(secret, purpose).ljust(hashlib.sha256().block_size, b"\0")
    return hashlib.sha256(key.translate(_INNER)), hashlib.sha256(key.translate(_OUTER))


def blind_index(value: str, *, purpose: str) -> bytes:
    """32 bytes that are equal for equal values (NFKC, upper case, no spaces) of one purpose, and say nothing else."""
    return blind_indexes([value], purpose=purpose)[0]


def blind_indexes(values: Iterable[str], *, purpose: str) -> list[bytes]:
    inner, outer = _index_hashes(settings.INDEX_KEY, purpose)
    found = []
    for value in values:
        first, second = inner.copy(), outer.copy()
        first.update("".join(unicodedata.normalize("NFKC", value).upper().split()).encode())
        second.update(first.digest())
        found.append(second.digest())
    return found
