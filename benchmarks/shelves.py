"""A shelf (courses/shelf.py) of made-up courses: what choosing, counting and ordering cost, whatever a database does."""

from collections.abc import Callable
from itertools import cycle

import numpy as np

from courses.shelf import ROW, Hits, Shelf

_SHARES = (0.9, 0.55, 0.05, 0.0005)
"""Of the courses, how many have a word."""


def made_up(size: int) -> Shelf:
    chance = np.random.default_rng(size)
    rows = np.zeros(size, ROW)
    rows["id"] = np.arange(1, size + 1)
    rows["published"] = chance.permutation(size)
    rows["alphabet"] = chance.integers(0, 2**60, size)
    rows["hours"] = chance.integers(10, 140, size) * 10
    for name, most in (("occupation", 283), ("provider", 500), ("level", 7), ("delivery", 4)):
        rows[name] = chance.integers(1, most + 1, size)
    rows["province"] = chance.integers(11, 66, size) * 10_000
    rows["subsidised"] = rows["price"] = chance.integers(0, 2, size)
    rows["group"] = 1 << chance.integers(0, 26, size)
    rows["listed"] = 1
    return Shelf.empty().changed(1, rows)


def asking(size: int) -> Callable[[], object]:
    """One search after another, of frequent and rare words, with and without filters; no answer is kept."""
    shelf, chance = made_up(size), np.random.default_rng(1)
    words = [
        Hits(1, (chance.random(size) < share) * chance.integers(1, 3, size).astype("u1")) for share in _SHARES
    ]
    filters = ({}, {"level": (5,)}, {"province": (52,), "subsidised": (1,)})
    asked = cycle([(word, chosen) for word in words for chosen in filters])

    def once() -> None:
        word, chosen = next(asked)
        shelf.answers.clear()
        found = shelf.find({"word": word}, chosen)
        shelf.page(found, "relevance", [word], 0, 20)

    once()
    return once
