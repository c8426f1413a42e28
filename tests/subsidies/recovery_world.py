"""Recoveries for the tests, made through the services: by an officer, a second person, after the right of reply."""

import datetime as dt

from portal.accounts.roles import Role
from subsidies.models import Entitlement, RecoveryOrder, Settlement
from subsidies.services import recovery, settlements
from tests.subsidies import money_world as world


def officer(code: str = "520000"):
    return world.officer(Role.RECOVERY_OFFICER, code)


def paid(claims, *, at: dt.datetime = world.AT) -> dt.datetime:
    """The claims paid by the bank; the moment after."""
    batch, after = world.sent(claims, at=at)
    world.answered(batch, at=after)
    return after


def entitlement(claim) -> Entitlement:
    return Entitlement.objects.live().get(claim=claim)


def proposed(claim, *, at: dt.datetime, fen: int | None = None, by=None) -> RecoveryOrder:
    return recovery.propose_recovery(
        entitlement(claim), ground="audit", reason="审计发现不符合条件", fen=fen, by=by or officer(), at=at
    )


def told(claim, *, at: dt.datetime, fen: int | None = None) -> RecoveryOrder:
    by = officer()
    return recovery.notify_payee(proposed(claim, at=at, fen=fen, by=by), by=by, at=at)


def ordered(claim, *, at: dt.datetime, fen: int | None = None) -> tuple[RecoveryOrder, dt.datetime]:
    """Ordered by a second person once the time to reply is over; and that moment."""
    order = told(claim, at=at, fen=fen)
    later = order.reply_due_at + world.HOUR
    checker = world.officer(Role.FINANCE_CHECKER)
    return recovery.order_recovery(order, document="黔人社追〔2026〕1 号", by=checker, at=later), later


def repaid(order: RecoveryOrder, fen: int, *, at: dt.datetime, reference: str = "") -> Settlement:
    row = settlements.enter_repayment(
        order, fen=fen, reference=reference or f"B{order.pk}-{fen}-{at:%H%M%S}", by=officer(), at=at
    )
    return settlements.confirm_settlement(row, by=world.officer(Role.FINANCE_CHECKER), at=at)


def offset(
    order: RecoveryOrder, target: Entitlement, *, at: dt.datetime, fen: int | None = None
) -> Settlement:
    row = settlements.enter_offset(order, target, fen=fen, by=officer(), at=at)
    return settlements.confirm_settlement(row, by=world.officer(Role.FINANCE_CHECKER), at=at)
