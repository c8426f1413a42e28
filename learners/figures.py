"""What graded exams say of a question: pure, from sums that can be added to and taken from.

The discrimination is the point-biserial correlation of one question with the rest of the exam, corrected by leaving the
question itself out: S. Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28 (1963). Under
0.20 a question tells little apart (R. L. Ebel, D. A. Frisbie, Essentials of Educational Measurement, 5th ed. 1991,
ch. 13); an option that fewer than one in twenty choose is no real choice (T. M. Haladyna, S. M. Downing, How many options
is enough, Educational and Psychological Measurement 53 (1993)).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import sqrt
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHOLE: Final = 1000
"""All other questions of the exam answered rightly."""
ENOUGH: Final = 30
"""Attempts below which a figure says nothing yet."""
NEARLY_NOBODY, NEARLY_EVERYONE = 0.2, 0.95
TELLS_APART, REAL_CHOICE, MANY = 0.2, 0.05, 0.2


@dataclass(frozen=True)
class Sums:
    """Of all attempts that drew the question. `rest` are the thousandths of the other questions answered rightly."""

    drawn: int = 0
    right: int = 0
    blank: int = 0
    rest: int = 0
    rest_squared: int = 0
    right_rest: int = 0

    @classmethod
    def of(cls, question_id: int, asked: Sequence[int], right_ids: Iterable[int], *, blank: bool) -> "Sums":
        """What one attempt says."""
        right = frozenset(right_ids)
        fits = int(question_id in right)
        others = len(asked) - 1
        rest = WHOLE * (len(right) - fits) // others if others else 0
        return cls(1, fits, int(blank), rest, rest * rest, fits * rest)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(Sums)))


def difficulty(sums: Sums) -> float | None:
    """The share that was right, from 0 to 1; None of nobody."""
    return sums.right / sums.drawn if sums.drawn else None


def discrimination(sums: Sums) -> float | None:
    """From -1 to 1. None where all were right, none was, or the rest of the exam was the same for all."""
    n = sums.drawn
    spread = (n * sums.right - sums.right**2) * (n * sums.rest_squared - sums.rest**2)
    if spread <= 0:
        return None
    return (n * sums.right_rest - sums.right * sums.rest) / sqrt(spread)


def shares(answers: Mapping[str, int], keys: Iterable[str]) -> dict[str, float]:
    """How many of those who answered chose each option. `answers` count whole answers, their keys divided by spaces."""
    total = sum(answers.values())
    chosen = {key: sum(n for told, n in answers.items() if key in told.split()) for key in keys}
    return {key: n / total if total else 0.0 for key, n in chosen.items()}


HINTS: Final[dict[str, str | Promise]] = {
    "few": _("Too few attempts to say anything yet."),
    "wrong": _("Nearly everyone gets this wrong: look at the key."),
    "other_option": _("Another option is chosen more often than the right one: look at the key."),
    "backwards": _("Those who do well in the rest get this wrong: look at the key and the wording."),
    "blank": _("Many leave it blank: is it clear what to do?"),
    "easy": _("Nearly everyone gets this right: it tells nothing apart."),
    "flat": _("It hardly tells those who know from those who do not."),
    "no_choice": _("An option that hardly anybody takes is no real choice."),
}
"""The worst first."""


def hints(sums: Sums, chosen: Mapping[str, float], right: Iterable[str]) -> list[str]:
    """Which of HINTS hold, the worst first. `chosen` are shares of options where options are ticked, `right` their keys."""
    if sums.drawn < ENOUGH:
        return ["few"]
    share, apart, right = difficulty(sums), discrimination(sums), frozenset(right)
    least = min((chosen[key] for key in right if key in chosen), default=1.0)
    wrong = [n for key, n in chosen.items() if key not in right]
    found = {
        "wrong": share <= NEARLY_NOBODY,
        "other_option": max(wrong, default=0.0) > least,
        "backwards": apart is not None and apart < 0,
        "blank": sums.blank / sums.drawn >= MANY,
        "easy": share >= NEARLY_EVERYONE,
        "flat": apart is not None and 0 <= apart < TELLS_APART and NEARLY_NOBODY < share < NEARLY_EVERYONE,
        "no_choice": share < NEARLY_EVERYONE and min(wrong, default=1.0) < REAL_CHOICE,
    }
    return [name for name in HINTS if found.get(name)]
