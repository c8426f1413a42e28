"""Payments published once more: the public lists, and what still waits for one."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from portal.accounts.models import User
from portal.accounts.selectors import provinces
from subsidies.models import Claim, Decision, Entitlement, PaymentLine, PaymentNotice, PolicyVersion
from subsidies.selectors.money import provinces_to_publish
from subsidies.workflow.claims import Act, State
from subsidies.workflow.money import EntitlementState


def payment_notices(province: str = "") -> QuerySet[PaymentNotice]:
    """Every one, newest first: public."""
    rows = PaymentNotice.objects.select_related("province").annotate(
        line_count=Count("lines"), total_fen=Sum("lines__fen")
    )
    return (rows.filter(province_id=province) if province else rows).order_by("-pk")


def asking() -> list[int]:
    """The ids of the versions that ask for it; where there is none, nothing else is looked at."""
    rows = PolicyVersion.objects.filter(body__notice__publish_payment=True)
    return list(rows.values_list("pk", flat=True))


def paid_and_unpublished(codes: Iterable[str]) -> QuerySet[Claim]:
    """Paid claims of some provinces whose approval rests on a version that asks for it, and that no list names yet."""
    versions = asking()
    if not versions:
        return Claim.objects.none()
    approved = Decision.objects.filter(claim=OuterRef("pk"), act=Act.APPROVED, policy__in=versions)
    published = PaymentLine.objects.filter(claim=OuterRef("pk"))
    return Claim.objects.filter(
        Exists(approved), ~Exists(published), province_id__in=list(codes), state=State.PAID
    )


def last_paid(claims: Sequence[Claim]) -> dict[int, dt.datetime]:
    """When the last part of each claim was paid, by claim id."""
    rows = Entitlement.objects.filter(claim__in=claims, state=EntitlementState.PAID).order_by()
    return dict(rows.values("claim_id").annotate(last=Max("paid_at")).values_list("claim_id", "last"))


def waiting(user: User) -> list[dict[str, Any]]:
    """What waits to be published in each province where the person may do it: province, count, fen; none where nothing does."""
    names = {province.code: province for province in provinces()}
    rows = paid_and_unpublished(provinces_to_publish(user)).values("province_id")
    found = rows.annotate(count=Count("pk"), fen=Sum("amount_fen")).order_by("province_id")
    return [
        {"province": names[row["province_id"]], "count": row["count"], "fen": row["fen"]} for row in found
    ]
