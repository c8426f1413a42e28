"""Recovery (追回): a payee is told, may reply, and is ordered to repay by a second person. Money moves with the order.

Locks are taken in one order: claims, entitlements, recovery orders, settlements, books.
"""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import calendar, clock, moves
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.selectors import acting_for
from portal.audit.services import record
from portal.notices import services as notices
from portal.rules import RuleBroken
from portal.templatetags.zhixun import yuan
from subsidies.models import Claim, Entitlement, PaperNumber, RecoveryMove, RecoveryOrder
from subsidies.selectors.payees import ROLE_OF, has_interest, owes, payee_of
from subsidies.services import ledger
from subsidies.services.papers import next_number
from subsidies.workflow.money import EntitlementState, Event
from subsidies.workflow.recovery import RECOVERY_MOVES, RUNNING, RecoveryState, SettlementState

REPLY_DAYS: Final = 10
"""Working days in which the payee may reply before anything is ordered."""
PAY_DAYS: Final = 20
"""Working days from the order until the sum is due."""
SECOND: Final = (Role.RECOVERY_OFFICER, Role.FINANCE_CHECKER)


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no recovery role in this province.")


class OwnDebt(RuleBroken):
    code = "own_debt"
    message = _("Nobody acts on a recovery from themselves.")


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("Who proposed or announced a recovery cannot order it. Another person must do that.")


class NotPaid(RuleBroken):
    code = "not_paid"
    message = _("This sum was not paid, so there is nothing to recover.")


class AlreadyRunning(RuleBroken):
    code = "already_running"
    message = _("A recovery of this payment is already running.")


class AboveWhatWasPaid(RuleBroken):
    code = "above_what_was_paid"
    message = _("No more can be recovered than was paid and is not recovered yet.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class DocumentMissing(RuleBroken):
    code = "document_missing"
    message = _("Type the number of the document.")


class ReplyStillOpen(RuleBroken):
    code = "reply_still_open"
    message = _("The payee may still reply. Order the recovery after the reply or after the last day for it.")


class ReplyClosed(RuleBroken):
    code = "reply_closed"
    message = _("The time to reply is over, or you have replied already.")


class SettlementWaits(RuleBroken):
    code = "settlement_waits"
    message = _("Something that was entered still waits for another person. Confirm or refuse that first.")


def lock_order(order: RecoveryOrder) -> RecoveryOrder:
    return RecoveryOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)


def _move(
    order: RecoveryOrder, step: str, *, by: User | None, at: dt.datetime, note: str = "", **changes: object
) -> RecoveryOrder:
    """The one place where the state of a recovery is written, with its row of history. The caller holds its row."""
    source = order.state
    order.state = moves.check(RECOVERY_MOVES, step, source)
    if order.state not in RUNNING:
        changes["ended_at"] = at
    for name, value in changes.items():
        setattr(order, name, value)
    order.save(update_fields=["state", *changes])
    _note(order, step, source, by=by, at=at, note=note)
    return order


def _note(
    order: RecoveryOrder, step: str, source: str, *, by: User | None, at: dt.datetime, note: str
) -> None:
    RecoveryMove.objects.create(
        order=order,
        province_id=order.province_id,
        step=step,
        source=source,
        target=order.state,
        by=by,
        at=at,
        note=note[:500],
    )


def guard(order: RecoveryOrder, by: User, *roles: Role) -> None:
    """Raises NotYours, OwnDebt."""
    if not has_role(by, *roles, province=order.province_id):
        raise NotYours
    if owes(order, by):
        raise OwnDebt


def tell(order: RecoveryOrder, kind: str, *, at: dt.datetime, **words: object) -> None:
    """Tell whoever owes: the person, or all who act for the organisation."""
    people = [order.payee]
    if order.payee_organisation_id is not None:
        people = acting_for(order.payee_organisation_id, *ROLE_OF.values(), on=clock.today(at))
    about = f"recovery:{order.number}:{order.state}:{at:%Y%m%dT%H%M%S%f}"
    path = reverse("subsidies:debt", args=[order.number])
    said = {"number": order.number, **words}
    notices.send_all([notices.Telling(person, kind, about, path, said) for person in people], at=at)


def left_to_recover(entitlement: Entitlement) -> int:
    """Fen that were paid and are asked back by no order."""
    if entitlement.state != EntitlementState.PAID:
        return 0
    asked = entitlement.recoveries.exclude(state=RecoveryState.CANCELLED, ordered_at=None)
    sums = asked.aggregate(fen=Sum(F("ordered_fen") - F("cancelled_fen"), default=0))
    return entitlement.fen - sums["fen"]


@transaction.atomic
def propose_recovery(
    entitlement: Entitlement,
    *,
    ground: str,
    reason: str,
    by: User | None,
    at: dt.datetime,
    fen: int | None = None,
) -> RecoveryOrder:
    """Propose to recover `fen` of what was paid for an entitlement; all that is left, where no sum is named.

    `by` is None where a task found the ground. No money moves yet.
    Raises NotYours, OwnDebt, NotPaid, AlreadyRunning, AboveWhatWasPaid, ReasonMissing.
    """
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=entitlement.claim_id)
    row = Entitlement.objects.select_for_update(of=("self",)).get(pk=entitlement.pk)
    if by is not None and not has_role(by, Role.RECOVERY_OFFICER, province=row.province_id):
        raise NotYours
    if by is not None and has_interest(claim, by):
        raise OwnDebt
    if not reason.strip():
        raise ReasonMissing
    if row.state != EntitlementState.PAID:
        raise NotPaid
    if row.recoveries.filter(state__in=RUNNING).exists():
        raise AlreadyRunning
    left = left_to_recover(row)
    fen = left if fen is None else fen
    if not 0 < fen <= left:
        raise AboveWhatWasPaid(left_fen=left)
    payee = payee_of(claim)
    _year, _place, number = next_number(PaperNumber.Kind.RECOVERY, row.province_id, at=at)
    order = RecoveryOrder.objects.create(
        number=number,
        province_id=row.province_id,
        claim=claim,
        entitlement=row,
        book_id=row.book_id,
        payee_id=payee.user_id,
        payee_organisation_id=payee.organisation_id,
        ground=ground,
        reason=reason.strip()[:500],
        paid_fen=left,
        ordered_fen=fen,
        proposed_by=by,
        proposed_at=at,
    )
    _note(order, "propose", "", by=by, at=at, note=order.reason)
    detail = {"claim": claim.number, "fen": fen, "ground": ground}
    record(by=by, action="recovery.proposed", thing=order, at=at, reason=order.reason, detail=detail)
    return order


@transaction.atomic
def notify_payee(order: RecoveryOrder, *, by: User, at: dt.datetime) -> RecoveryOrder:
    """Tell the payee the reason and the sum; they may reply until the end of the tenth working day.

    Raises NotYours, OwnDebt, IllegalMove.
    """
    order = lock_order(order)
    guard(order, by, Role.RECOVERY_OFFICER)
    until = calendar.span_after(at, REPLY_DAYS)
    _move(order, "notify", by=by, at=at, notified_by=by, notified_at=at, reply_due_at=until.ends_at)
    tell(order, "recovery.announced", at=at, sum=yuan(order.ordered_fen), until=f"{until.ends_on:%Y-%m-%d}")
    record(by=by, action="recovery.announced", thing=order, at=at, detail={"until": str(until.ends_on)})
    return order


@transaction.atomic
def reply_to_recovery(order: RecoveryOrder, *, text: str, by: User, at: dt.datetime) -> RecoveryOrder:
    """The payee's word, once, while the time for it runs. Raises NotYours, ReasonMissing, ReplyClosed."""
    order = lock_order(order)
    if not owes(order, by):
        raise NotYours
    if not text.strip():
        raise ReasonMissing(_("Write what you want to say."))
    late = order.reply_due_at is None or at >= order.reply_due_at
    if order.state != RecoveryState.NOTIFIED or order.replied_at is not None or late:
        raise ReplyClosed
    order.reply, order.replied_at = text.strip()[:4000], at
    order.save(update_fields=["reply", "replied_at"])
    record(by=by, action="recovery.replied", thing=order, at=at)
    return order


@transaction.atomic
def order_recovery(order: RecoveryOrder, *, document: str, by: User, at: dt.datetime) -> RecoveryOrder:
    """The second person orders it, by a document: from now on the sum is owed, and the ledger says so.

    Raises NotYours, OwnDebt, SamePerson, DocumentMissing, ReplyStillOpen, IllegalMove, NotPaid.
    """
    document = " ".join(document.split())[:80]
    row = Entitlement.objects.select_for_update(of=("self",)).get(pk=order.entitlement_id)
    order = lock_order(order)
    guard(order, by, *SECOND)
    if by.pk in (order.proposed_by_id, order.notified_by_id):
        raise SamePerson
    if not document:
        raise DocumentMissing
    moves.check(RECOVERY_MOVES, "order", order.state)
    if order.replied_at is None and at < order.reply_due_at:
        raise ReplyStillOpen
    if row.state != EntitlementState.PAID:
        raise NotPaid
    due = calendar.span_after(at, PAY_DAYS)
    changes = {"ordered_by": by, "ordered_at": at, "document": document, "pay_due_at": due.ends_at}
    _move(order, "order", by=by, at=at, note=document, **changes)
    book = ledger.locked([order.book_id])[order.book_id]
    cause = f"recovery:{order.pk}"
    ledger.post(book, Event.RECOVERY_ORDERED, order.ordered_fen, cause=cause, by=by, at=at)
    tell(order, "recovery.ordered", at=at, sum=yuan(order.ordered_fen), until=f"{due.ends_on:%Y-%m-%d}")
    detail = {"fen": order.ordered_fen, "document": document}
    record(by=by, action="recovery.ordered", thing=order, at=at, detail=detail)
    return order


@transaction.atomic
def hand_to_enforcement(order: RecoveryOrder, *, reason: str, by: User, at: dt.datetime) -> RecoveryOrder:
    """Hand what is still owed over (移送). Raises NotYours, OwnDebt, ReasonMissing, IllegalMove."""
    order = lock_order(order)
    guard(order, by, Role.RECOVERY_OFFICER)
    if not reason.strip():
        raise ReasonMissing
    _move(order, "enforce", by=by, at=at, note=reason.strip())
    record(by=by, action="recovery.enforced", thing=order, at=at, reason=reason.strip()[:500])
    return order


@transaction.atomic
def cancel_recovery(order: RecoveryOrder, *, reason: str, by: User, at: dt.datetime) -> RecoveryOrder:
    """Give a recovery up: what is still owed goes back to Paid by a reversing entry; what was repaid stays repaid.

    Raises NotYours, OwnDebt, ReasonMissing, SettlementWaits, IllegalMove.
    """
    Entitlement.objects.select_for_update(of=("self",)).get(pk=order.entitlement_id)
    order = lock_order(order)
    guard(order, by, *SECOND)
    if not reason.strip():
        raise ReasonMissing
    moves.check(RECOVERY_MOVES, "cancel", order.state)
    waiting = [SettlementState.ENTERED, SettlementState.APPROVED_ONCE]
    if order.settlements.filter(state__in=waiting).exists():
        raise SettlementWaits
    owed = order.owed_fen if order.ordered_at else 0
    _move(order, "cancel", by=by, at=at, note=reason.strip(), cancelled_fen=owed)
    if owed:
        book = ledger.locked([order.book_id])[order.book_id]
        cause = f"recovery:{order.pk}"
        ledger.post(book, Event.RECOVERY_CANCELLED, owed, cause=cause, by=by, at=at)
    if order.notified_at:
        tell(order, "recovery.moved", at=at, state=RecoveryState(order.state).label)
    record(by=by, action="recovery.cancelled", thing=order, at=at, reason=reason.strip()[:500])
    return order
