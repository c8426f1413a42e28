"""The numbers by which the checks look. They are data with a day from which they hold; these are the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken


@dataclass(frozen=True)
class Number:
    """A whole number between `low` and `high`; its title says the unit."""

    default: int
    low: int
    high: int
    title: Promise


NUMBERS: Final[dict[str, Number]] = {
    "hold_working_days": Number(10, 1, 60, _("Working days until a person has decided about a finding")),
    "weight_sample": Number(30, 0, 100, _("Percent points that a finding adds to the sample")),
    "weight_hold": Number(20, 0, 100, _("Percent points that a finding which holds adds to the sample")),
    "weight_confirmed": Number(50, 0, 100, _("Percent points that a confirmed finding adds to the sample")),
    "account_persons": Number(2, 2, 50, _("Persons with one bank account")),
    "account_days": Number(0, 0, 365, _("Days after a change of the account")),
    "takeover_hours": Number(
        72, 1, 720, _("Hours between a sign-in on a new device and a change of the account")
    ),
    "phone_persons": Number(3, 2, 50, _("Persons with one phone number")),
    "device_days": Number(90, 1, 180, _("Days of sign-ins looked at")),
    "device_persons": Number(6, 2, 500, _("Learners on one device")),
    "cadence_persons": Number(
        3, 2, 100, _("Learners who open one lesson in the same second from one network")
    ),
    "cadence_times": Number(2, 1, 100, _("How often they do so")),
    "study_hours_a_day": Number(12, 4, 24, _("Hours of counted study on one day")),
    "study_hours_of_day": Number(22, 6, 24, _("Hours of the day at which somebody studies")),
    "curve_pieces": Number(10, 3, 1000, _("Pieces of study that are the same in the same order")),
    "presence_checks": Number(10, 1, 1000, _("Presence checks, at least")),
    "presence_percent": Number(40, 1, 100, _("Failed presence checks in percent")),
    "hours_short_percent": Number(2, 0, 100, _("Hours fewer than claimed, in percent")),
    "burst_certificates": Number(50, 5, 100_000, _("Certificates of a week, at least")),
    "burst_times": Number(5, 2, 100, _("How many times a usual week")),
    "spike_claims": Number(50, 5, 100_000, _("Claims of a day for one course, at least")),
    "spike_times": Number(10, 2, 1000, _("How many times a usual day")),
    "exam_attempts": Number(30, 5, 100_000, _("Exams of a quarter, at least")),
    "exam_passed_percent": Number(99, 50, 100, _("Passed exams in percent")),
    "exam_equal_percent": Number(60, 10, 100, _("Exams with one and the same score, in percent")),
    "exam_minutes": Number(3, 1, 120, _("Minutes of the middle exam")),
    "roster_people": Number(10, 2, 10_000, _("People on a list, at least")),
    "roster_percent": Number(80, 10, 100, _("People who stand on another list, too, in percent")),
    "limit_claims": Number(20, 2, 100_000, _("Claims of a quarter, at least")),
    "limit_below_percent": Number(5, 1, 50, _("How far below a limit of review, in percent")),
    "limit_percent": Number(60, 1, 100, _("Claims just below a limit, in percent")),
    "officer_decisions": Number(20, 5, 100_000, _("Decisions of a week, at least")),
    "officer_seconds": Number(15, 1, 3600, _("Seconds between two decisions, the middle one")),
    "officer_night_percent": Number(50, 1, 100, _("Decisions between 22 and 6 o'clock, in percent")),
    "officer_provider_percent": Number(90, 10, 100, _("Decisions for one provider, in percent")),
    "pair_batches": Number(20, 2, 100_000, _("Batches of one maker and one checker, at least")),
    "pair_percent": Number(95, 10, 100, _("Batches of a maker with the same checker, in percent")),
    "look_provider_percent": Number(30, 1, 100, _("Providers that are drawn each month, in percent")),
    "look_claim_percent": Number(20, 1, 100, _("Claims of a drawn provider that are drawn, in percent")),
    "look_fewest": Number(2, 1, 1000, _("Claims of a drawn provider that are drawn, at least")),
    "look_most": Number(20, 1, 10_000, _("Claims of a drawn provider that are drawn, at most")),
    "group_size": Number(3, 2, 1000, _("Claims that hang together, at least, to be shown as a group")),
}


class BadNumber(RuleBroken):
    code = "bad_number"
    message = _("One of the numbers is unknown, or lies outside its bounds.")


@dataclass(frozen=True)
class Terms:
    """The numbers of one day. `row` is the id of what set them; None for the defaults."""

    row: int | None
    told: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.told.get(name, NUMBERS[name].default)


def clean(numbers: Mapping[str, Any]) -> dict[str, int]:
    """Those that differ from the defaults. Raises BadNumber."""
    for name, value in numbers.items():
        known = NUMBERS.get(name)
        if known is None or type(value) is not int or not known.low <= value <= known.high:
            raise BadNumber(name=name)
    return {name: value for name, value in numbers.items() if value != NUMBERS[name].default}
