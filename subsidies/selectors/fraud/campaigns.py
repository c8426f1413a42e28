"""The month's random look at claims of a province, and its proof."""

import datetime as dt
from collections.abc import Iterator

from portal import clock
from subsidies.fraud.numbers import Terms
from subsidies.fraud.sampling import by_provider, looked_at
from subsidies.models import Claim, LookCampaign


def month_before(at: dt.datetime) -> dt.date:
    first = clock.today(at).replace(day=1)
    return (first - dt.timedelta(days=1)).replace(day=1)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.SHANGHAI)


def claims_of_month(province: str, month: dt.date) -> dict[str, list[str]]:
    """Provider id → claim numbers of what was submitted in that month; claims without a provider stand under "0"."""
    following = (month + dt.timedelta(days=32)).replace(day=1)
    rows = Claim.objects.filter(
        province_id=province, submitted_at__gte=_midnight(month), submitted_at__lt=_midnight(following)
    )
    return by_provider(
        (number, str(provider or 0))
        for number, provider in rows.order_by("pk").values_list("number", "provider_id")
    )


def numbers_of(terms: Terms) -> dict[str, int]:
    return {
        "providers": terms["look_provider_percent"],
        "files": terms["look_claim_percent"],
        "fewest": terms["look_fewest"],
        "most": terms["look_most"],
    }


def drawn_otherwise() -> Iterator[LookCampaign]:
    """Campaigns whose claims do not follow from seed, month and numbers."""
    for campaign in LookCampaign.objects.order_by("pk").iterator():
        claims = claims_of_month(campaign.province_id, campaign.month)
        again = looked_at(campaign.seed, claims, **campaign.numbers)
        if again != campaign.drawn or campaign.population != sum(map(len, claims.values())):
            yield campaign
