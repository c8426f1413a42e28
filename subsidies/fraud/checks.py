"""What a check is, what it is given, and what it gives."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.functional import Promise

from subsidies.fraud.numbers import Terms


class When(Enum):
    """`SUBMIT` and `BATCH` look at claims on their way, `NIGHTLY` at those of late, the others at a time as a whole."""

    SUBMIT = "submit"
    BATCH = "batch"
    NIGHTLY = "nightly"
    HOURLY = "hourly"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Row(NamedTuple):
    """What the checks may know of a claim. Neither sex, nor age, nor key groups, nor where somebody comes from."""

    pk: int
    number: str
    claimant: int
    person: bytes
    serial: str
    kind: str
    occupation: str
    level: int | None
    course: str
    provider: int | None
    submitted_at: dt.datetime
    purpose: str
    organisation: int | None
    """Who is paid in place of the person."""


@dataclass
class Batch:
    """Some claims that are looked at together, at a moment, by numbers. `asked` is what one check keeps for the next."""

    rows: list[Row]
    at: dt.datetime
    terms: Terms
    asked: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def by_claimant(self) -> Mapping[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.claimant].append(row)
        return found

    @property
    def people(self) -> list[int]:
        return list(self.by_claimant)

    @cached_property
    def paid_people(self) -> list[int]:
        """Those to whose own account one of the claims is paid."""
        return list({row.claimant for row in self.rows if row.organisation is None})

    def once(self, name: str, ask: Callable[[], Any]) -> Any:
        """An answer that several checks need."""
        if name not in self.asked:
            self.asked[name] = ask()
        return self.asked[name]


@dataclass(frozen=True)
class Found:
    """What was seen: of a claim (its row), or of a provider, an officer or a province as a whole.

    `figures` fill the sentence of the check. `claims` are numbers of claims that belong to it, for whoever looks;
    `holds` the ids of the claims that are to be stopped with it, of a finding that is not about a single claim.
    """

    figures: Mapping[str, int | str]
    key: str = ""
    row: Row | None = None
    provider: int | None = None
    officer: int | None = None
    province: str = ""
    claims: tuple[str, ...] = ()
    holds: tuple[int, ...] = ()


OfClaims = Callable[[Batch], Iterable[Found]]
OfTime = Callable[[dt.datetime, Terms], Iterable[Found]]


@dataclass(frozen=True)
class Check:
    """`number` is the design's. `seen` is filled with the figures of a finding; `otherwise` is what else explains it.

    `of_claims` looks at a batch of claims, `of_time` at all of a time; a check has one of them.
    """

    code: str
    number: int
    action: str  # hold | sample | report
    when: frozenset[When]
    title: Promise
    seen: Promise
    otherwise: Promise
    of_claims: OfClaims | None = None
    of_time: OfTime | None = None
    version: int = 1


def of_people(
    batch: Batch, seen: Mapping[int, tuple[str, Mapping[str, Any]]], *, paid: bool = False
) -> Iterator[Found]:
    """A finding for each claim of each person seen; `seen` is person → key and figures. With `paid`, only what is paid to them."""
    for person, (key, figures) in seen.items():
        for row in batch.by_claimant.get(person, ()):
            if not paid or row.organisation is None:
                yield Found(figures, key=key, row=row)
