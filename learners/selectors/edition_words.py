"""The numbers of a counting edition in words: name, unit, bounds, and what each of them does."""

from dataclasses import dataclass
from fractions import Fraction

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learners.models import CountingEdition
from learners.selectors.editions import numbers_of

_SECOND = 1_000


@dataclass(frozen=True)
class Number:
    """`unit`: how many of what is stored make one of what is shown."""

    label: Promise
    does: Promise
    low: int | float
    high: int
    unit: int = 1

    def field(self) -> forms.Field:
        told = {"label": self.label, "help_text": self.does, "min_value": self.low, "max_value": self.high}
        if self.unit == 1:
            return forms.IntegerField(**told)
        return forms.DecimalField(**told, max_digits=8, decimal_places=3, step_size=None)

    def shown(self, stored: int) -> int | float:
        value = Fraction(stored, self.unit)
        return int(value) if value.denominator == 1 else round(float(value), 3)


NUMBERS = {
    "class_hour_seconds": Number(
        _("Length of a class hour, seconds"),
        _("So many counted seconds make one class hour. Rounded down once for each course."),
        1,
        7_200,
    ),
    "daily_cap_hours": Number(
        _("Class hours a day, at most"),
        _("Over all courses, by the day in Shanghai. What is more can be watched again tomorrow."),
        1,
        24,
    ),
    "quiz_share_percent": Number(
        _("Quizzes: share of a course, at most percent"),
        _("Time in quizzes counts up to this share of the course's hours."),
        0,
        100,
    ),
    "reading_characters_per_minute": Number(
        _("Reading: characters a minute"),
        _("A page counts at most as long as its text takes to read at this pace."),
        50,
        2_000,
    ),
    "beat_ms": Number(
        _("The player reports every … seconds"),
        _("A lost report costs at most so much."),
        1,
        120,
        _SECOND,
    ),
    "min_gap_ms": Number(
        _("Reports sooner than … seconds are turned away"),
        _("Nothing is lost by it: the next report tells the same."),
        0.1,
        60,
        _SECOND,
    ),
    "max_gap_ms": Number(
        _("After a silence of more than … seconds nothing counts"),
        _("Too short a time costs learners with a weak network."),
        2,
        600,
        _SECOND,
    ),
    "seek_slack_ms": Number(
        _("Slack for jumps, seconds"),
        _("Further forward than twice the clock and this is a jump, and earns nothing."),
        0,
        10,
        _SECOND,
    ),
    "silent_after_seconds": Number(
        _("A session closes after a silence of … seconds"),
        _("What it held waits for its question."),
        30,
        7_200,
    ),
    "check_min_ms": Number(
        _("A question comes after … seconds, at the earliest"),
        _("The server draws the moment between the two."),
        1,
        7_200,
        _SECOND,
    ),
    "check_max_ms": Number(
        _("A question comes after … seconds, at the latest"),
        _("A wrong or missed answer voids about so much at most."),
        1,
        7_200,
        _SECOND,
    ),
    "check_answer_seconds": Number(
        _("Seconds to answer"),
        _("At least 60; twice as much for large type, and it can be extended three times."),
        60,
        600,
    ),
    "check_failures": Number(
        _("Failed questions that shut a lesson"),
        _("A person opens it again, with a reason."),
        1,
        20,
    ),
    "confirm_within_hours": Number(
        _("Hours that the closing question waits"),
        _("After that, what was not confirmed does not count."),
        1,
        720,
    ),
}


@dataclass(frozen=True)
class Shown:
    label: Promise
    does: Promise
    value: int | float
    before: int | float | None

    @property
    def differs(self) -> bool:
        return self.before is not None and self.before != self.value


def numbers_shown(edition: CountingEdition, beside: CountingEdition | None) -> list[Shown]:
    was = numbers_of(beside) if beside else {}
    return [
        Shown(n.label, n.does, n.shown(value), n.shown(was[name]) if beside else None)
        for name, value in numbers_of(edition).items()
        for n in [NUMBERS[name]]
    ]
