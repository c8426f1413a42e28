"""Draws that anybody can make again from their seed."""

import hashlib
from typing import Final

OUT_OF: Final = 10_000


def place(seed: str, what: str, name: str) -> bytes:
    """Where something comes in a draw: SHA-256 over "seed|what|name" in UTF-8."""
    return hashlib.sha256(f"{seed}|{what}|{name}".encode()).digest()


def drawn(seed: str, what: str, number: str) -> int:
    """The claim's place in a draw, from 0 to 9,999: its `place` as an integer, most significant byte first, mod 10,000."""
    return int.from_bytes(place(seed, what, number), "big") % OUT_OF
