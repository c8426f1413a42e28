"""The random look: which providers and which of their claims, so that anybody can draw again from the seed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence


def place(seed: str, what: str, name: str) -> bytes:
    """Where something comes in a draw: SHA-256 over "seed|what|name" in UTF-8; the smallest are drawn."""
    return hashlib.sha256(f"{seed}|{what}|{name}".encode()).digest()


def _share(count: int, percent: int) -> int:
    return -(-count * percent // 100)


def drawn(
    seed: str, claims: Mapping[str, Sequence[str]], *, providers: int, files: int, fewest: int, most: int
) -> list[str]:
    """Claim numbers, sorted. `claims` is provider → its claims; `providers` and `files` are percentages, rounded up."""
    ranked = sorted(claims, key=lambda name: place(seed, "provider", name))
    found: list[str] = []
    for name in ranked[: _share(len(ranked), providers)]:
        of_provider = sorted(claims[name], key=lambda number: place(seed, "claim", number))
        found += of_provider[: min(max(_share(len(of_provider), files), fewest), most)]
    return sorted(found)


def by_provider(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(claim number, provider) rows as `drawn` takes them."""
    found: dict[str, list[str]] = {}
    for number, provider in rows:
        found.setdefault(provider, []).append(number)
    return found
