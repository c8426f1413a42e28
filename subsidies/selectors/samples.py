"""The samples of reviews: whose seed may be seen, and every draw made again from it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from portal import clock
from portal.accounts.access import in_provinces, provinces_of
from portal.accounts.models import User
from subsidies.drawing import drawn
from subsidies.models import Claim, Decision, ReviewSample
from subsidies.selectors.desks import READERS
from subsidies.workflow.claims import AT_A_DESK, State

STILL_DRAWN: Final = sorted({State.SUBMITTED, State.RETURNED, *AT_A_DESK})
"""A claim in one of these may still be drawn; so may a rejected one, while it can be appealed."""
Month = tuple[str, str, dt.date]


def samples_visible_to(user: User) -> QuerySet[ReviewSample]:
    """Those of the provinces in which somebody reviews, looks into claims or audits; the newest month first."""
    rows = ReviewSample.objects.select_related("province").order_by("-month", "province_id", "programme")
    return in_provinces(rows, provinces_of(user, *READERS))


def undecided(samples: Iterable[ReviewSample], *, at: dt.datetime) -> dict[Month, int]:
    """By province, programme and month: claims that may still be drawn. One statement, whatever the number of samples."""
    asked = list(samples)
    if not asked:
        return {}
    may = Q(state__in=STILL_DRAWN) | Q(state=State.REJECTED, appeal_ends_at__gt=at)
    rows = (
        Claim.objects.filter(may, province_id__in={row.province_id for row in asked})
        .filter(submitted_at__gte=midnight(min(row.month for row in asked)))
        .order_by()
        .annotate(month=TruncMonth("submitted_at", tzinfo=clock.SHANGHAI))
        .values_list("province_id", "programme", "month")
        .annotate(count=Count("pk"))
    )
    return {(province, programme, clock.today(month)): count for province, programme, month, count in rows}


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.SHANGHAI)


@dataclass(frozen=True)
class Shown:
    """A month's sample as its desk may see it: the seed only where it can help nobody any more."""

    sample: ReviewSample
    waits_for: int
    """Claims of the month that may still be drawn."""
    month_over: bool

    @property
    def seed(self) -> str:
        return self.sample.seed if self.is_open else ""

    @property
    def is_open(self) -> bool:
        return self.month_over and not self.waits_for


def shown(samples: Iterable[ReviewSample], *, at: dt.datetime) -> list[Shown]:
    rows = list(samples)
    left = undecided(rows, at=at)
    return [
        Shown(row, left.get((row.province_id, row.programme, row.month), 0), row.month_over(at))
        for row in rows
    ]


def decisions_of(sample: ReviewSample) -> QuerySet[Decision]:
    """The yeses for which the sample was drawn, by claim number."""
    begins = midnight(sample.month)
    ends = midnight((sample.month + dt.timedelta(days=32)).replace(day=1))
    claims = Claim.objects.filter(
        province_id=sample.province_id,
        programme=sample.programme,
        submitted_at__gte=begins,
        submitted_at__lt=ends,
    )
    rows = Decision.objects.filter(claim__in=claims, routing__sample=sample.pk)
    return rows.select_related("claim").defer("facts", "record").order_by("claim__number", "pk")


@dataclass(frozen=True)
class Draw:
    """What was drawn for a claim when somebody said yes, and what the seed gives now. `place` is one of 10,000."""

    number: str
    what: str
    place: int
    again: int
    percent: int

    @property
    def below(self) -> int:
        return self.percent * 100

    @property
    def chosen(self) -> bool:
        return self.place < self.below

    @property
    def same(self) -> bool:
        return self.place == self.again


def draws_of(sample: ReviewSample, decisions: Iterable[Decision]) -> list[Draw]:
    return [
        Draw(
            decision.claim.number,
            what,
            place,
            drawn(sample.seed, what, decision.claim.number),
            decision.routing["percent"],
        )
        for decision in decisions
        for what, place in sorted(decision.routing["draws"].items())
    ]
