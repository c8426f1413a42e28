"""A plan by which a debt is repaid in dated parts. It moves no money and replaces the plan before it."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Instalment, RecoveryOrder
from subsidies.services.recovery import guard, lock_order
from subsidies.services.settlements import NothingOwed
from subsidies.workflow.recovery import OWED

MOST_PARTS = 36


class BadPlan(RuleBroken):
    code = "bad_plan"
    message = _(
        "A plan has 1 to 36 parts, each above zero, on days that follow each other and are still to come."
    )


class PlanDoesNotAddUp(RuleBroken):
    """`owed_fen` and `planned_fen` in details."""

    code = "plan_does_not_add_up"
    message = _("The parts must add up to exactly what is still owed.")


@transaction.atomic
def plan_instalments(
    order: RecoveryOrder, parts: Sequence[tuple[dt.date, int]], *, by: User, at: dt.datetime
) -> list[Instalment]:
    """Agree on dated parts in fen that add up to what is owed. Raises NotYours, OwnDebt, NothingOwed, BadPlan, PlanDoesNotAddUp."""
    order = lock_order(order)
    guard(order, by, Role.RECOVERY_OFFICER)
    if order.state not in OWED:
        raise NothingOwed
    days = [day for day, _fen in parts]
    rising = all(one < other for one, other in pairwise(days))
    if not 0 < len(parts) <= MOST_PARTS or not rising or days[0] < clock.today(at):
        raise BadPlan
    if any(fen <= 0 for _day, fen in parts):
        raise BadPlan
    planned = sum(fen for _day, fen in parts)
    if planned != order.owed_fen:
        raise PlanDoesNotAddUp(owed_fen=order.owed_fen, planned_fen=planned)
    plan = (order.instalments.aggregate(last=Max("plan"))["last"] or 0) + 1
    made = Instalment.objects.bulk_create(
        Instalment(
            order=order,
            province_id=order.province_id,
            plan=plan,
            place=place,
            due_on=day,
            fen=fen,
            by=by,
            at=at,
        )
        for place, (day, fen) in enumerate(parts, 1)
    )
    record(by=by, action="recovery.planned", thing=order, at=at, detail={"parts": len(made)})
    return made
