"""Hash chains: each entry's digest covers its content and the digest before it, so that history cannot be edited unseen."""

import hashlib
import json
from collections.abc import Mapping

START = b"\x00" * 32


def digest(previous: bytes, payload: Mapping[str, object]) -> bytes:
    """SHA-256 (32 bytes) over the previous digest and the payload as canonical JSON (sorted keys, UTF-8)."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(previous + text.encode()).digest()
