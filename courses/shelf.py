"""The published catalogue as columns of numbers: what is chosen, counted and put in order without a database.

A course has a slot. A word's hits are slots with a rank, a filter is a mask over slots, a facet's counts are one
`bincount`. At 20,000 courses all of it takes a fraction of a millisecond, at 2,000,000 tens. A shelf never changes:
`changed` makes the next one, so that a reader in another thread keeps what he has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

FIELDS = (
    ("id", ">i8"),
    ("changed_in", ">i8"),
    ("published", ">i8"),
    ("alphabet", ">i8"),
    ("hours", ">i4"),
    ("occupation", ">i4"),
    ("provider", ">i4"),
    ("province", ">i4"),
    ("level", ">i4"),
    ("delivery", ">i4"),
    ("subsidised", ">i4"),
    ("price", ">i4"),
    ("group", ">i4"),
    ("listed", ">i4"),
)
"""The rows a shelf is made of, as PostgreSQL writes them in binary."""
ROW = np.dtype([part for name, kind in FIELDS for part in ((f"{name}_length", ">i4"), (name, kind))])
_NARROW = {
    "province": "u1",
    "level": "u1",
    "delivery": "u1",
    "subsidised": "u1",
    "price": "u1",
    "listed": "u1",
}
_KEPT = {name: _NARROW.get(name, kind[1:]) for name, kind in FIELDS}
BANDS = (0, 400, 800, 1200)
"""Where the bands of hours begin, in tenths of an hour."""
HALF = 13
GROUPS = 2 * HALF
"""So many key groups a course's number can hold, one bit each."""
_BITS = ((np.arange(2**HALF)[:, None] >> np.arange(HALF)) & 1).astype(float)
_STEP = 65_536
KEPT_BYTES = 32 * 2**20
"""What the answers of one shelf may take."""


@dataclass(frozen=True)
class Hits:
    """Where one word is found: rank 1 in the title, 2 elsewhere, 0 nowhere; right as of revision `number`."""

    number: int
    ranks: np.ndarray

    @property
    def size(self) -> int:
        return self.ranks.nbytes


@dataclass(frozen=True)
class Found:
    """`counts[facet][code]` leaves out the facet's own choice; `without[facet]` is the total then."""

    total: int
    unfiltered: int
    mask: np.ndarray
    counts: Mapping[str, np.ndarray]
    without: Mapping[str, int]


@dataclass
class Shelf:
    number: int
    columns: Mapping[str, np.ndarray]
    slot_of: np.ndarray
    orders: dict[str, np.ndarray] = field(default_factory=dict)
    answers: dict[object, Found] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "Shelf":
        columns = {name: np.empty(0, kind) for name, kind in {**_KEPT, "hours_band": "u1"}.items()}
        return cls(-1, columns, np.empty(0, "i4"))

    def __len__(self) -> int:
        return len(self.columns["id"])

    @property
    def live(self) -> np.ndarray:
        return self.columns["listed"] == 1

    def changed(self, number: int, rows: np.ndarray) -> "Shelf":
        """The shelf of revision `number`, in which these rows (of dtype ROW) have changed or are new."""
        ids = rows["id"].astype("i8")
        slot_of = self._room_for(int(ids.max(initial=-1)) + 1)
        new = ids[slot_of[ids] < 0]
        slot_of[new] = np.arange(len(self), len(self) + len(new))
        slots = slot_of[ids]
        columns = {}
        for name, before in self.columns.items():
            column = np.concatenate([before, np.zeros(len(new), before.dtype)])
            column[slots] = self._values(name, rows)
            columns[name] = column
        return Shelf(number, columns, slot_of)

    def _room_for(self, size: int) -> np.ndarray:
        more = max(0, size - len(self.slot_of))
        return np.concatenate([self.slot_of, np.full(more, -1, "i4")])

    @staticmethod
    def _values(name: str, rows: np.ndarray) -> np.ndarray:
        if name == "hours_band":
            return np.searchsorted(BANDS, rows["hours"], side="right") - 1
        return rows[name] // 10_000 if name == "province" else rows[name]

    # -- words

    def hits(self, number: int, ids: Iterable[np.ndarray], before: Hits | None = None) -> Hits:
        """A word's hits: `ids` of each rank in turn, all of them or, with `before`, those of what has changed since."""
        ranks = np.zeros(len(self), "u1")
        if before is not None:
            ranks[: len(before.ranks)] = before.ranks
            ranks[self.columns["changed_in"] > before.number] = 0
        for rank, found in enumerate(ids, 1):
            known = found[found < len(self.slot_of)]
            slots = self.slot_of[known]
            ranks[slots[slots >= 0]] = rank
        return Hits(number, ranks)

    # -- choosing and counting

    def find(self, words: Mapping[str, Hits], chosen: Mapping[str, tuple[int, ...]]) -> Found:
        """Courses with every word and, facet by facet, one of the chosen codes."""
        key = (tuple(sorted(words)), tuple(sorted(chosen.items())))
        if (kept := self.answers.get(key)) is None:
            kept = self._find(words.values(), chosen)
            while len(self.answers) * max(1, len(self)) > KEPT_BYTES:
                self.answers.pop(next(iter(self.answers)), None)
            self.answers[key] = kept
        return kept

    def _find(self, words: Iterable[Hits], chosen: Mapping[str, tuple[int, ...]]) -> Found:
        base = self.live
        for word in words:
            base &= word.ranks > 0
        filters = {facet: self._one_of(facet, codes) for facet, codes in chosen.items()}
        mask = base.copy()
        for one in filters.values():
            mask &= one
        here = np.flatnonzero(mask)
        counts, without = {}, {}
        for facet in FACETS:
            slots = here
            if facet in filters:
                others = base.copy()
                for name, one in filters.items():
                    if name != facet:
                        others &= one
                slots = np.flatnonzero(others)
                without[facet] = len(slots)
            counts[facet] = self._count(facet, slots)
        return Found(len(here), int(np.count_nonzero(base)), mask, counts, without)

    def _one_of(self, facet: str, codes: tuple[int, ...]) -> np.ndarray:
        column = self.columns[FACETS[facet]]
        if facet == "group":
            return (column & sum(1 << code for code in codes)) != 0
        known = np.zeros(max([int(column.max(initial=0)), *codes]) + 1, bool)
        known[list(codes)] = True
        return known[column]

    def _count(self, facet: str, slots: np.ndarray) -> np.ndarray:
        values = self.columns[FACETS[facet]][slots]
        if facet != "group":
            return np.bincount(values)
        halves = (values & (2**HALF - 1), values >> HALF)
        sums = [
            np.bincount(half, minlength=2**HALF) @ _BITS for half in halves
        ]  # whole numbers, far below 2**53
        return np.concatenate(sums).astype("i8")

    # -- order

    def order(self, sort: str) -> np.ndarray:
        if sort not in self.orders:
            c = self.columns
            last = (-c["id"], -c["published"])
            keys = {
                "newest": last,
                "short": (*last, c["hours"]),
                "long": (*last, -c["hours"]),
                "title": (*last, c["alphabet"]),
            }[sort]
            self.orders[sort] = np.lexsort(keys)
        return self.orders[sort]

    def page(self, found: Found, sort: str, words: Iterable[Hits], start: int, stop: int) -> list[int]:
        """Ids of the courses from `start` to before `stop`. By relevance: most words in the title first, then newest."""
        ranked = list(words) if sort == "relevance" else []
        order = self.order("newest" if sort == "relevance" else sort)
        if not ranked:
            slots = self._walk(order, found.mask, stop)[start:]
        else:
            slots = order[found.mask[order]]
            score = np.zeros(len(slots), "u1")
            for word in ranked:
                score += word.ranks[slots]
            slots = slots[np.argsort(score, kind="stable")[start:stop]]
        return self.columns["id"][slots].tolist()

    @staticmethod
    def _walk(order: np.ndarray, mask: np.ndarray, stop: int) -> np.ndarray:
        """The first `stop` slots of the order that are in the mask; looks no further than it must."""
        parts, have = [], 0
        for part in _steps(order):
            kept = part[mask[part]][: stop - have]
            parts.append(kept)
            have += len(kept)
            if have >= stop:
                break
        return np.concatenate(parts) if parts else order[:0]


FACETS = {
    "occupation": "occupation",
    "level": "level",
    "province": "province",
    "hours": "hours_band",
    "delivery": "delivery",
    "group": "group",
    "provider": "provider",
    "subsidised": "subsidised",
    "price": "price",
}
"""Facet → the column it chooses by."""


def _steps(order: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(order), _STEP):
        yield order[start : start + _STEP]
