"""What a proof is made of: a check is one statement that gives a row for each breach, and the sentence for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.functional import Promise


@dataclass(frozen=True)
class Check:
    """`sentence` holds a `{}` for each column of `query`. `code` is kept with what was found: never use it anew."""

    invariant: str
    code: str
    sentence: Promise
    query: str


@dataclass(frozen=True)
class Breach:
    """One thing that does not hold: the invariant of the design, the check that found it, and its values."""

    invariant: str
    code: str
    words: Promise
    values: tuple[object, ...]

    @property
    def sentence(self) -> str:
        return str(self.words).format(*self.values)

    def __str__(self) -> str:
        return f"{self.invariant}: {self.sentence}"


def ask(checks: Sequence[Check]) -> Iterator[Breach]:
    """Every breach that these checks find."""
    with connection.cursor() as cursor:
        for check in checks:
            cursor.execute(check.query)
            for row in cursor.fetchall():
                yield Breach(check.invariant, check.code, check.sentence, tuple(row))
