"""Who looks at a claim next: what the policy asks for, and a sample that anybody can draw again from its seed."""

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal import clock
from subsidies.drawing import OUT_OF, drawn
from subsidies.models import Claim, Decision, ReviewSample
from subsidies.policy.body import Review
from subsidies.selectors.fraud.findings import terms_on, weights_of
from subsidies.workflow.claims import YES_SEATS, Desk


@dataclass(frozen=True)
class Route:
    second: bool
    ministry: bool
    two_in_ministry: bool
    record: dict[str, Any]

    def step(self, desk: str, yeses: int) -> str:
        """The step after a yes at `desk`, with `yeses` people who have said it by now: "approve" where nobody is left."""
        if desk == Desk.FIRST:
            return "pass_to_second" if self.second else "pass_to_ministry"
        if desk == Desk.SECOND and (self.ministry or yeses < 2):  # noqa: PLR2004 - four eyes
            return "pass_to_ministry"
        if desk == Desk.MINISTRY and (self.two_in_ministry or yeses < 2):  # noqa: PLR2004 - four eyes
            return "pass_to_another"
        return "approve"


def _below(percent: int, weights: Sequence[tuple[int, int]]) -> int:
    """Places below this are drawn: the policy's percentage and the percent points of what the checks found."""
    return min(OUT_OF, (percent + sum(weight for _finding, weight in weights)) * 100)


def sample_of(claim: Claim, *, at: dt.datetime) -> ReviewSample:
    """The month's sample of the claim's province and programme, its seed made at random with the first claim."""
    month = clock.today(claim.submitted_at).replace(day=1)
    sample, _new = ReviewSample.objects.get_or_create(
        province_id=claim.province_id,
        programme=claim.programme,
        month=month,
        defaults={"seed": secrets.token_hex(32), "made_at": at},
    )
    return sample


def route(claim: Claim, fen: int, review: Review, *, at: dt.datetime) -> Route:
    """Who has to look at a claim of `fen` under a policy's review. Two people at least say yes, whatever the policy leaves out."""
    sampled = "sample" in (review.second, review.ministry)
    sample = sample_of(claim, at=at) if sampled else None
    weights = weights_of(claim, terms_on(clock.today(at))) if sampled else []
    below = _below(review.sample_percent, weights)
    draws: dict[str, int] = {}

    def asked(what: str, how: str) -> bool:
        if how == "sample" and sample is not None:
            draws[what] = drawn(sample.seed, what, claim.number)
            return draws[what] < below
        return how == "always"

    def reached(limit: int | None) -> bool:
        return limit is not None and fen >= limit

    two = reached(review.two_in_ministry_if_fen_at_least)
    ministry = asked("ministry", review.ministry) or reached(review.ministry_if_fen_at_least) or two
    second = asked("second", review.second) or not ministry
    record = {
        "second": second,
        "ministry": ministry,
        "two_in_ministry": two,
        "percent": review.sample_percent if sampled else None,
        "sample": sample.pk if sample else None,
        "weights": [list(weight) for weight in weights],
        "below": below if sampled else None,
        "draws": draws,
    }
    return Route(second, ministry, two, record)


def yeses(claim: Claim) -> int:
    """How many people have said yes to the claim as it stands."""
    return claim.seats.filter(seat__in=YES_SEATS, given_up_at=None).count()


def drawn_otherwise() -> Iterator[Decision]:
    """Decisions whose draws do not follow from the seed that they name, or whose way not from draws and weights (I8).

    In one stream, however many there are. The oldest name no weights: there were none.
    """
    seeds = dict(ReviewSample.objects.values_list("pk", "seed"))
    rows = (
        Decision.objects.exclude(routing={}).select_related("claim").defer("facts", "record").order_by("pk")
    )
    for decision in rows.iterator(chunk_size=2000):
        told = decision.routing
        seed, number = seeds.get(told["sample"], ""), decision.claim.number
        draws = told["draws"].items()
        below = _below(told["percent"] or 0, told.get("weights", []))
        if (
            any(drawn(seed, what, number) != place for what, place in draws)
            or any(place < below and not told[what] for what, place in draws)
            or told.get("below") not in (None, below)
        ):
            yield decision
