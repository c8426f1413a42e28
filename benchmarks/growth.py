"""How a cost grows with the data: the slope of its logarithm over the logarithm of the size."""

import math
import statistics
from collections.abc import Sequence

from benchmarks.rounds import Figures

FACTORS = (1, 4, 16)
"""The sizes at which a cost is taken, as parts of the largest."""


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Least squares. 0 is no growth, 1 is linear."""
    xs, ys = [math.log(size) for size in sizes], [math.log(cost) for cost in costs]
    return round(statistics.linear_regression(xs, ys).slope, 3)


def cost(rounds: list[Figures]) -> float:
    """CPU milliseconds of one request, server and database: what grows, whatever else the machine does meanwhile."""
    return max(statistics.median(figures.cpu for figures in rounds), 0.001)


def grown(name: str, sizes: Sequence[int], costs: Sequence[float]) -> dict[str, object]:
    return {
        "name": name,
        "sizes": list(sizes),
        "costs": [round(c, 3) for c in costs],
        "exponent": exponent(sizes, costs),
    }
