"""What two papers on the same work come to, and how far two assessors agree. Plain numbers; shares are exact fractions.

Cohen's kappa: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
(1960) 37-46; weighted: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968) 213-220, with the squared
distance of levels as weight of a disagreement.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

TOP_LEVEL = 3
FEW = 30
"""Below so many pairs a kappa says little: one paper more or less moves it by tenths."""
BOUND = 15
"""Percentage points by which two papers may differ and still agree."""


def score(levels: Mapping[int, int], weights: Mapping[int, int]) -> int:
    """Percent of what the rubric gives at most, cut, never rounded up. Both by the criterion's number."""
    reached = sum(weights[number] * level for number, level in levels.items())
    return 100 * reached // (TOP_LEVEL * sum(weights.values()))


@dataclass(frozen=True)
class Paper:
    """One assessor's word: percent, and the numbers of the failing safety rules that were seen broken."""

    score: int
    breaches: frozenset[int] = frozenset()

    def passes(self, pass_mark: int) -> bool:
        return self.score >= pass_mark and not self.breaches


@dataclass(frozen=True)
class Decision:
    passed: bool
    score: int
    safety_failed: bool


def decided(first: Paper, second: Paper, *, pass_mark: int, bound: int = BOUND) -> Decision | None:
    """What two papers decide; None where a third assessor is needed.

    A breach that both saw fails. Else both must pass, or both must fall short of the mark, within `bound` points.
    """
    average = (first.score + second.score) // 2
    if first.breaches & second.breaches:
        return Decision(passed=False, score=average, safety_failed=True)
    if abs(first.score - second.score) > bound:
        return None
    if first.passes(pass_mark) and second.passes(pass_mark):
        return Decision(passed=True, score=average, safety_failed=False)
    if max(first.score, second.score) < pass_mark:
        return Decision(passed=False, score=average, safety_failed=False)
    return None


def by_third(third: Paper, *, pass_mark: int) -> Decision:
    """The third paper decides alone."""
    return Decision(third.passes(pass_mark), third.score, bool(third.breaches))


Pair = tuple[Hashable, Hashable]


def _unequal(one: Hashable, other: Hashable) -> Fraction:
    return Fraction(one != other)


def squared(one: int, other: int) -> Fraction:
    """The weight of a disagreement between two levels."""
    return Fraction((one - other) ** 2)


def kappa(
    pairs: Sequence[Pair], *, distance: Callable[[Hashable, Hashable], Fraction] = _unequal
) -> Fraction | None:
    """1 minus observed over expected disagreement. None without pairs, and where chance leaves nothing to disagree on.

    Each pair is what the first and what the second assessor said of one thing.
    """
    n = len(pairs)
    if not n:
        return None
    observed = sum((distance(one, other) for one, other in pairs), Fraction(0)) / n
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(
        (
            distance(one, other) * count * times
            for one, count in first.items()
            for other, times in second.items()
        ),
        Fraction(0),
    ) / (n * n)
    return 1 - observed / expected if expected else None


@dataclass(frozen=True)
class Agreement:
    """How two assessors, or all who assessed one task, agree: `n` films, `marks` levels given to the same criteria."""

    n: int
    same: int
    verdict: Fraction | None
    marks: int
    level: Fraction | None

    @property
    def is_small(self) -> bool:
        return self.n < FEW


def agreement(verdicts: Iterable[tuple[bool, bool]], levels: Iterable[tuple[int, int]]) -> Agreement:
    said, marked = list(verdicts), list(levels)
    return Agreement(
        n=len(said),
        same=sum(one == other for one, other in said),
        verdict=kappa(said),
        marks=len(marked),
        level=kappa(marked, distance=squared),
    )
