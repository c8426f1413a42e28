"""What may be asked about recoveries and sanctions. Each list starts from who is asking; sums are integer fen."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from portal import clock
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.moves import steps_from
from subsidies.models import (
    BatchLine,
    Claim,
    Entitlement,
    Hold,
    Instalment,
    RecoveryOrder,
    Sanction,
    Settlement,
)
from subsidies.selectors.payees import (
    claims_paying,
    debtor_of,
    interests_of,
    owed_by,
    owes,
    own_organisations,
)
from subsidies.workflow.claims import State
from subsidies.workflow.money import EntitlementState, LineState
from subsidies.workflow.recovery import OWED, RECOVERY_MOVES, RUNNING, RecoveryState, SettlementState

READERS = (
    Role.RECOVERY_OFFICER,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.MINISTRY_REVIEWER,
    Role.AUDITOR,
)
SECOND = (Role.RECOVERY_OFFICER, Role.FINANCE_CHECKER)
VIEWS = {
    "open": Q(state__in=RUNNING),
    "proposed": Q(state=RecoveryState.PROPOSED),
    "notified": Q(state=RecoveryState.NOTIFIED),
    "owed": Q(state__in=OWED),
    "ended": ~Q(state__in=RUNNING),
}
"""The lists of the desk, by name."""


def orders_visible_to(user: User) -> QuerySet[RecoveryOrder]:
    """The recoveries of the provinces one works for, but never one's own debt."""
    rows = RecoveryOrder.objects.select_related(
        "province", "claim", "book__fund", "payee", "payee_organisation"
    ).exclude(owed_by(user))
    return in_provinces(rows, provinces_of(user, *READERS))


def sums_of(orders: QuerySet[RecoveryOrder]) -> dict[str, int]:
    """Ordered, settled and still owed, in fen, over orders that were ordered."""
    settled = F("repaid_fen") + F("offset_fen") + F("written_off_fen") + F("cancelled_fen")
    return orders.filter(ordered_at__isnull=False).aggregate(
        ordered=Sum("ordered_fen", default=0),
        repaid=Sum(F("repaid_fen") + F("offset_fen"), default=0),
        written_off=Sum("written_off_fen", default=0),
        owed=Sum(F("ordered_fen") - settled, default=0),
    )


def debts_of(user: User) -> QuerySet[RecoveryOrder]:
    """What a person was told of: their own and those of organisations for which they act, from the notice on."""
    rows = RecoveryOrder.objects.filter(owed_by(user), notified_at__isnull=False)
    return rows.select_related("province", "claim", "book__fund")


def open_debts_of(user: User) -> int:
    return debts_of(user).filter(state__in=RUNNING).count()


def plan_of(order: RecoveryOrder) -> list[Instalment]:
    """The plan in force: the last one."""
    rows = list(order.instalments.order_by("-plan", "place"))
    return [row for row in rows if row.plan == rows[0].plan]


@dataclass(frozen=True)
class PlannedPart:
    """A part of the plan, and how much of it what was repaid so far covers, in fen; the oldest first."""

    part: Instalment
    covered: int
    late: bool

    @property
    def done(self) -> bool:
        return self.covered == self.part.fen


def plan_with_progress(order: RecoveryOrder, at: dt.datetime) -> list[PlannedPart]:
    """The plan in force against what was settled since it was made."""
    plan = plan_of(order)
    left = sum(part.fen for part in plan) - order.owed_fen
    rows = []
    for part in plan:
        covered = max(0, min(part.fen, left))
        left -= covered
        rows.append(PlannedPart(part, covered, covered < part.fen and part.due_on < clock.today(at)))
    return rows


def settlements_of(order: RecoveryOrder) -> QuerySet[Settlement]:
    return order.settlements.select_related("made_by", "approved_by", "checked_by", "entitlement__claim")


def offsettable(order: RecoveryOrder) -> QuerySet[Entitlement]:
    """Sums of the same payee, province and fund that are ready to be paid and stand in no batch, held by nothing."""
    batched = BatchLine.objects.filter(entitlement=OuterRef("pk"), state__in=[LineState.OPEN, LineState.SENT])
    held = Hold.objects.filter(claim=OuterRef("claim"), closed_at=None)
    waiting = Settlement.objects.filter(entitlement=OuterRef("pk"), state=SettlementState.ENTERED)
    claims = Claim.objects.filter(claims_paying(debtor_of(order)), state=State.PAYABLE)
    return Entitlement.objects.filter(
        ~Exists(batched),
        ~Exists(held),
        ~Exists(waiting),
        claim__in=claims,
        state=EntitlementState.RESERVED,
        province=order.province_id,
        fund=order.book.fund_id,
    ).select_related("claim")


def paid_visible_to(user: User) -> QuerySet[Entitlement]:
    """Paid sums of the provinces in which one may propose a recovery, but nobody's own."""
    rows = Entitlement.objects.filter(state=EntitlementState.PAID).exclude(
        claim__in=Claim.objects.filter(interests_of(user))
    )
    return in_provinces(rows, provinces_of(user, Role.RECOVERY_OFFICER)).select_related("claim", "fund")


def steps_for(user: User, order: RecoveryOrder) -> set[str]:
    """What this person may do with an order now; the services decide in the end."""
    if owes(order, user):
        return set()
    officer = has_role(user, Role.RECOVERY_OFFICER, province=order.province_id)
    second = has_role(user, *SECOND, province=order.province_id)
    steps = set(steps_from(RECOVERY_MOVES, order.state))
    may = steps & {"notify", "enforce"} if officer else set()
    if officer and order.state in OWED:
        may |= {"settle", "plan"}
    if officer:
        may |= {"sanction"}
    if second:
        may |= steps & {"cancel"}
        if user.pk not in (order.proposed_by_id, order.notified_by_id):
            may |= steps & {"order"}
    return may


def may_confirm(user: User, row: Settlement) -> bool:
    waits = row.state in (SettlementState.ENTERED, SettlementState.APPROVED_ONCE)
    second = has_role(user, *SECOND, province=row.province_id)
    return waits and second and user.pk not in (row.made_by_id, row.approved_by_id)


def sanctions_visible_to(user: User) -> QuerySet[Sanction]:
    rows = Sanction.objects.select_related("province", "imposed_by", "lifted_by").exclude(person=user)
    rows = rows.exclude(organisation__in=own_organisations(user))
    return in_provinces(rows, provinces_of(user, *READERS))


def blocked(user: User, on: dt.date) -> Sanction | None:
    """The sanction that keeps a person from claiming on a day, wherever it was imposed. One query."""
    return _in_force(on).filter(person=user).first()


def organisation_blocked(organisation_id: int, on: dt.date) -> Sanction | None:
    """The sanction that keeps an organisation from claiming on a day. One query."""
    return _in_force(on).filter(organisation_id=organisation_id).first()


def blocked_people(user_ids: Iterable[int], on: dt.date) -> set[int]:
    """Of these people, those who may not be claimed for on a day. One query."""
    return set(_in_force(on).filter(person_id__in=set(user_ids)).values_list("person_id", flat=True))


def _in_force(on: dt.date) -> QuerySet[Sanction]:
    rows = Sanction.objects.filter(lifted_at=None, starts_on__lte=on)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=on)).order_by("pk")
