"""The random look: which providers and which of their claims, so that anybody can draw again from the seed."""

from collections.abc import Iterable, Mapping, Sequence

from subsidies.drawing import place


def _share(count: int, percent: int) -> int:
    return -(-count * percent // 100)


def looked_at(
    seed: str, claims: Mapping[str, Sequence[str]], *, providers: int, files: int, fewest: int, most: int
) -> list[str]:
    """Claim numbers, sorted: those with the smallest places. `claims` is provider → its claims; `providers` and `files` are percentages, rounded up."""
    ranked = sorted(claims, key=lambda name: place(seed, "provider", name))
    found: list[str] = []
    for name in ranked[: _share(len(ranked), providers)]:
        of_provider = sorted(claims[name], key=lambda number: place(seed, "claim", number))
        found += of_provider[: min(max(_share(len(of_provider), files), fewest), most)]
    return sorted(found)


def by_provider(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(claim number, provider) rows as `looked_at` takes them."""
    found: dict[str, list[str]] = {}
    for number, provider in rows:
        found.setdefault(provider, []).append(number)
    return found
