"""What is held against a version before it is handed in and again before it is published: its cases, and the other layers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from subsidies.models import PolicyCase, PolicyVersion
from subsidies.models.policies import in_english
from subsidies.policy import APPROVE, REJECT, Policy, evaluate, read_policy
from subsidies.policy.body import NATION
from subsidies.policy.layers import Widening, widenings
from subsidies.policy.words import Words
from subsidies.selectors.policies import as_rules

FEWEST_CASES: Final = 3


# -- worked cases ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """One case under the version. `because`: ids of the rules that were the reason."""

    case: PolicyCase
    record: dict[str, Any]
    because: tuple[str, ...]

    @property
    def outcome(self) -> str:
        return self.record["outcome"]

    @property
    def amount_fen(self) -> int:
        return self.record["amount_fen"]

    @property
    def other_reason(self) -> bool:
        return bool(self.case.because) and set(self.case.because) != set(self.because)

    @property
    def holds(self) -> bool:
        told = (self.case.outcome, self.case.amount_fen)
        return (self.outcome, self.amount_fen) == told and not self.other_reason


def reasons_of(record: dict[str, Any]) -> tuple[str, ...]:
    """Ids of the rules that explain an outcome: the failed ones of a refusal, the open ones of a question."""
    if record["outcome"] == APPROVE:
        return ()
    wanted = "FAIL" if record["outcome"] == REJECT else "UNKNOWN"
    return tuple(dict.fromkeys(rule["id"] for rule in record["rules"] if rule["result"] == wanted))


def run_case(policy: Policy, case: PolicyCase) -> Ran:
    record = evaluate([policy], case.facts)
    return Ran(case, record, reasons_of(record))


def run_cases(version: PolicyVersion) -> list[Ran]:
    """By the days of the text itself: a case keeps its outcome when the version is ended later."""
    policy = read_policy(version.body)
    return [run_case(policy, case) for case in version.cases.all()]


# -- layers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wider:
    """A pair of versions in which the lower one allows more than the upper."""

    upper: PolicyVersion
    lower: PolicyVersion
    found: tuple[Widening, ...]

    @property
    def sentences(self) -> list[str]:
        return [said(one) for one in self.found]


def said(one: Widening) -> str:
    """In the reader's language."""
    told = {
        "place": _worded(one.place),
        "upper": _worded(one.upper) if one.upper else _("not there"),
        "lower": _worded(one.lower) if one.lower else _("not there"),
    }
    return _("%(place)s: above “%(upper)s”, here “%(lower)s”") % told


def _worded(words: Words) -> str:
    return words.en if in_english() else words.zh


def _regions_above(version: PolicyVersion) -> list[str]:
    if version.region == NATION:
        return []
    return [NATION] if version.region == version.province_id else [NATION, version.province_id]


def frames_of(version: PolicyVersion) -> list[PolicyVersion]:
    """The published versions of the layers above that apply on some of its days."""
    rows = PolicyVersion.objects.published().filter(programme=version.programme_id)
    rows = rows.filter(region__in=_regions_above(version), valid__overlap=version.valid)
    return list(rows.select_related("province").order_by("region", "version"))


def framed_by(version: PolicyVersion) -> list[PolicyVersion]:
    """The published versions of the layers below that apply on some of its days."""
    rows = PolicyVersion.objects.published().filter(programme=version.programme_id)
    rows = rows.filter(valid__overlap=version.valid).exclude(region=version.region)
    if version.region != NATION:
        rows = rows.filter(province=version.province_id).exclude(region=version.province_id)
        if version.region != version.province_id:
            return []
    return list(rows.select_related("province").order_by("region", "version"))


def wider_than_above(version: PolicyVersion) -> list[Wider]:
    own = read_policy(version.body)
    pairs = ((upper, version, as_rules(upper), own) for upper in frames_of(version))
    return _wider(pairs)


def wider_below(version: PolicyVersion) -> list[Wider]:
    """What is published below and would be wider than this version."""
    own = read_policy(version.body)
    return _wider((version, lower, own, as_rules(lower)) for lower in framed_by(version))


def _wider(pairs: Iterable[tuple[PolicyVersion, PolicyVersion, Policy, Policy]]) -> list[Wider]:
    found = (Wider(upper, lower, tuple(widenings(over, under))) for upper, lower, over, under in pairs)
    return [one for one in found if one.found]


@dataclass(frozen=True)
class Checks:
    """All of it at once, for the page and for the services."""

    cases: tuple[Ran, ...]
    above: tuple[Wider, ...]
    below: tuple[Wider, ...]
    overlaps: tuple[PolicyVersion, ...]

    @property
    def failing(self) -> list[Ran]:
        return [one for one in self.cases if not one.holds]

    @property
    def too_few(self) -> bool:
        return len(self.cases) < FEWEST_CASES

    @property
    def good(self) -> bool:
        return not (self.too_few or self.failing or self.above or self.below or self.overlaps)


def checks_of(version: PolicyVersion) -> Checks:
    same = PolicyVersion.objects.published().of(version.region, version.programme_id)
    return Checks(
        tuple(run_cases(version)),
        tuple(wider_than_above(version)),
        tuple(wider_below(version)),
        tuple(same.filter(valid__overlap=version.valid).exclude(pk=version.pk)),
    )
