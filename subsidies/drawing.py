"""A draw that anybody can make again from its seed."""

import hashlib
from typing import Final

OUT_OF: Final = 10_000


def drawn(seed: str, what: str, number: str) -> int:
    """The claim's place in a draw, from 0 to 9,999: SHA-256 over "seed|what|number" in UTF-8, as an integer, mod 10,000."""
    return int(hashlib.sha256(f"{seed}|{what}|{number}".encode()).hexdigest(), 16) % OUT_OF
