"""Sets of half-open ranges of whole milliseconds: sorted, disjoint, never touching."""

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def merged(pieces: Iterable[Range]) -> Ranges:
    whole = [piece for piece in pieces if piece[0] < piece[1]]
    if len(whole) <= 1:
        return tuple(whole)
    whole.sort()
    out: list[Range] = []
    for start, end in whole:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def without(ranges: Iterable[Range], taken: Iterable[Range]) -> Ranges:
    """What of `ranges` lies outside `taken`; `taken` need not be merged."""
    left = merged(ranges)
    for start, end in merged(taken):
        if any(a < end and start < b for a, b in left):
            pieces = [piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b))]
            left = tuple([piece for piece in pieces if piece[0] < piece[1]])
    return left


def is_whole(ranges: Ranges, length: int) -> bool:
    """Whether merged `ranges` hold everything from 0 to `length`."""
    return length <= 0 or any(start <= 0 and end >= length for start, end in ranges)


def first(ranges: Iterable[Range], length: int) -> Ranges:
    """The first `length` milliseconds of the ranges, in order."""
    out: list[Range] = []
    for start, end in ranges:
        if length <= 0:
            break
        out.append((start, min(end, start + length)))
        length -= end - start
    return tuple(out)


def last(ranges: Iterable[Range], length: int) -> Ranges:
    """The last `length` milliseconds of the ranges, in order."""
    whole = merged(ranges)
    return without(whole, first(whole, max(0, total(whole) - length)))


def total(ranges: Iterable[Range]) -> int:
    return sum(end - start for start, end in ranges)


def from_json(pairs: Iterable[Iterable[int]]) -> Ranges:
    return tuple((int(a), int(b)) for a, b in pairs)
