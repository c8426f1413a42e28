"""What settles a recovery: repayments, offsets, write-offs. Entered by one person; posted when another confirms."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import moves
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import BatchLine, Book, Claim, Entitlement, RecoveryOrder, Settlement
from subsidies.selectors.payees import debtor_of, payee_of
from subsidies.services import ledger
from subsidies.services.entitlements import step_entitlement
from subsidies.services.moves import _move as _move_claim
from subsidies.services.recovery import (
    SECOND,
    DocumentMissing,
    ReasonMissing,
    _move,
    guard,
    lock_order,
    tell,
)
from subsidies.workflow.claims import State
from subsidies.workflow.money import EntitlementState, Event, LineState
from subsidies.workflow.recovery import OWED, SETTLEMENT_MOVES, RecoveryState, SettlementState

K = Settlement.Kind


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("Another person must confirm this.")


class NothingOwed(RuleBroken):
    code = "nothing_owed"
    message = _("Nothing is owed on this order now.")


class MoreThanOwed(RuleBroken):
    """`owed_fen` in details."""

    code = "more_than_owed"
    message = _("This is more than is still owed.")


class BadAmount(RuleBroken):
    code = "bad_amount"
    message = _("Type an amount above zero.")


class ReferenceMissing(RuleBroken):
    code = "reference_missing"
    message = _("Type the bank's reference of the repayment.")


class ReferenceTwice(RuleBroken):
    code = "reference_twice"
    message = _("A repayment with this reference was already entered.")


class NotOffsettable(RuleBroken):
    code = "not_offsettable"
    message = _(
        "Only a sum of the same payee, province and fund that is ready to be paid and in no batch can be offset."
    )


class OffsetWaits(RuleBroken):
    code = "offset_waits"
    message = _("An offset against this sum already waits for the second person.")


def _enter(
    order: RecoveryOrder, kind: K, fen: int, *, by: User, at: dt.datetime, **values: object
) -> Settlement:
    """The caller holds the order's row."""
    guard(order, by, Role.RECOVERY_OFFICER)
    if order.state not in OWED:
        raise NothingOwed
    if fen <= 0:
        raise BadAmount
    if fen > order.owed_fen:
        raise MoreThanOwed(owed_fen=order.owed_fen)
    row = Settlement(
        order=order, province_id=order.province_id, kind=kind, fen=fen, made_by=by, made_at=at, **values
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as broken:
        if "settlement_bank_reference_once" in str(broken):
            raise ReferenceTwice from broken
        if "settlement_one_offset_waits" in str(broken):
            raise OffsetWaits from broken
        raise
    detail = {"order": order.number, "kind": str(kind), "fen": fen}
    record(by=by, action="settlement.entered", thing=row, at=at, detail=detail)
    return row


@transaction.atomic
def enter_repayment(
    order: RecoveryOrder, *, fen: int, reference: str, by: User, at: dt.datetime
) -> Settlement:
    """A sum that arrived at the bank, by its reference, which counts once.

    Raises NotYours, OwnDebt, NothingOwed, BadAmount, MoreThanOwed, ReferenceMissing, ReferenceTwice.
    """
    reference = " ".join(reference.split())[:80]
    if not reference:
        raise ReferenceMissing
    return _enter(lock_order(order), K.REPAYMENT, fen, by=by, at=at, reference=reference)


@transaction.atomic
def enter_write_off(
    order: RecoveryOrder, *, fen: int, document: str, by: User, at: dt.datetime
) -> Settlement:
    """Give a part up by a document; two other people approve it.

    Raises NotYours, OwnDebt, NothingOwed, BadAmount, MoreThanOwed, DocumentMissing.
    """
    document = " ".join(document.split())[:80]
    if not document:
        raise DocumentMissing
    return _enter(lock_order(order), K.WRITE_OFF, fen, by=by, at=at, reference=document)


def _fits(order: RecoveryOrder, row: Entitlement, claim: Claim) -> bool:
    batched = BatchLine.objects.filter(entitlement=row, state__in=[LineState.OPEN, LineState.SENT])
    return (
        payee_of(claim) == debtor_of(order)
        and claim.state == State.PAYABLE
        and row.state == EntitlementState.RESERVED
        and row.province_id == order.province_id
        and row.fund_id == Book.objects.values_list("fund_id", flat=True).get(pk=order.book_id)
        and not batched.exists()
        and not claim.holds.filter(closed_at=None).exists()
    )


def _locked_target(entitlement: int) -> tuple[Claim, Entitlement]:
    claim_id = Entitlement.objects.values_list("claim_id", flat=True).get(pk=entitlement)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim_id)
    return claim, Entitlement.objects.select_for_update(of=("self",)).get(pk=entitlement)


@transaction.atomic
def enter_offset(
    order: RecoveryOrder, entitlement: Entitlement, *, by: User, at: dt.datetime, fen: int | None = None
) -> Settlement:
    """Let a sum that is about to be paid to the same payee pay the debt: as much as both allow, or `fen` of it.

    Raises NotYours, OwnDebt, NothingOwed, BadAmount, MoreThanOwed, NotOffsettable, OffsetWaits.
    """
    claim, row = _locked_target(entitlement.pk)
    order = lock_order(order)
    guard(order, by, Role.RECOVERY_OFFICER)
    if not _fits(order, row, claim):
        raise NotOffsettable
    most = min(order.owed_fen, row.due_fen)
    fen = most if fen is None else fen
    if fen > row.due_fen:
        raise MoreThanOwed(owed_fen=most)
    return _enter(order, K.OFFSET, fen, by=by, at=at, entitlement=row)


def _check_second(row: Settlement, by: User) -> None:
    if by.pk in (row.made_by_id, row.approved_by_id):
        raise SamePerson


def _step(row: Settlement, step: str, **changes: object) -> None:
    row.state = moves.check(SETTLEMENT_MOVES, step, row.state)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *changes])


@transaction.atomic
def confirm_settlement(settlement: Settlement, *, by: User, at: dt.datetime) -> Settlement:
    """Another person confirms, and it is posted. A write-off is approved once first, and posted by the second approval.

    Raises NotYours, OwnDebt, SamePerson, NothingOwed, MoreThanOwed, NotOffsettable, IllegalMove.
    """
    target = _locked_target(settlement.entitlement_id) if settlement.entitlement_id else None
    order = lock_order(RecoveryOrder(pk=settlement.order_id))
    row = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement.pk)
    guard(order, by, *SECOND)
    _check_second(row, by)
    if row.kind == K.WRITE_OFF and row.state == SettlementState.ENTERED:
        _step(row, "approve", approved_by=by, approved_at=at)
        record(by=by, action="settlement.approved", thing=row, at=at, detail={"order": order.number})
        return row
    step = "confirm_second" if row.kind == K.WRITE_OFF else "confirm"
    _step(row, step, checked_by=by, checked_at=at)
    if order.state not in OWED:
        raise NothingOwed
    if row.fen > order.owed_fen:
        raise MoreThanOwed(owed_fen=order.owed_fen)
    if target is not None:
        _offset(order, row, *target, by=by, at=at)
    else:
        _post(order, row, by=by, at=at)
    _settle(order, row, by=by, at=at)
    detail = {"order": order.number, "kind": row.kind, "fen": row.fen}
    record(by=by, action="settlement.confirmed", thing=row, at=at, detail=detail)
    return row


def _post(order: RecoveryOrder, row: Settlement, *, by: User, at: dt.datetime) -> None:
    """After the book's year was closed a repayment is the treasury's."""
    book = ledger.locked([order.book_id])[order.book_id]
    repaid = Event.REPAID if book.closed_at is None else Event.REMITTED
    event = Event.WRITTEN_OFF if row.kind == K.WRITE_OFF else repaid
    ledger.post(book, event, row.fen, cause=f"settlement:{row.pk}", by=by, at=at)


def _offset(
    order: RecoveryOrder, row: Settlement, claim: Claim, target: Entitlement, *, by: User, at: dt.datetime
) -> None:
    """The new claim is paid by as much as the debt falls; what is left of it goes to the bank as ever."""
    if not _fits(order, target, claim) or row.fen > target.due_fen:
        raise NotOffsettable
    books = ledger.locked([order.book_id, target.book_id])
    cause = f"settlement:{row.pk}"
    ledger.post(books[target.book_id], Event.OFFSET_PAID, row.fen, cause=cause, by=by, at=at)
    owing = books[order.book_id]
    event = Event.OFFSET_REPAID if owing.closed_at is None else Event.OFFSET_REMITTED
    ledger.post(owing, event, row.fen, cause=cause, by=by, at=at)
    target.offset_fen += row.fen
    if target.due_fen:
        target.save(update_fields=["offset_fen"])
        return
    step_entitlement(target, "offset", offset_fen=target.offset_fen, paid_at=at)
    if not claim.entitlements.filter(state=EntitlementState.RESERVED).exists():
        _paid_without_a_bank(claim, at=at)
        record(by=by, action="claim.paid_by_offset", thing=claim, at=at, detail={"order": order.number})


def _paid_without_a_bank(claim: Claim, *, at: dt.datetime) -> None:
    """A claim that is wholly offset is paid, with no batch between."""
    _move_claim(claim, "offset", at=at)


SUMS = {K.REPAYMENT: "repaid_fen", K.OFFSET: "offset_fen", K.WRITE_OFF: "written_off_fen"}
LAST = {K.REPAYMENT: "repay", K.OFFSET: "offset", K.WRITE_OFF: "write_off"}


def _settle(order: RecoveryOrder, row: Settlement, *, by: User, at: dt.datetime) -> None:
    name = SUMS[K(row.kind)]
    changes = {name: getattr(order, name) + row.fen}
    if order.owed_fen == row.fen:
        step = LAST[K(row.kind)]
    else:
        step = "collect_part" if order.state == RecoveryState.IN_ENFORCEMENT else "repay_part"
    _move(order, step, by=by, at=at, note=f"{row.kind}:{row.pk}", **changes)
    tell(order, "recovery.moved", at=at, state=RecoveryState(order.state).label)


@transaction.atomic
def refuse_settlement(settlement: Settlement, *, reason: str, by: User, at: dt.datetime) -> Settlement:
    """Another person refuses what was entered. Raises NotYours, OwnDebt, SamePerson, ReasonMissing, IllegalMove."""
    order = lock_order(RecoveryOrder(pk=settlement.order_id))
    row = Settlement.objects.select_for_update(of=("self",)).get(pk=settlement.pk)
    guard(order, by, *SECOND)
    _check_second(row, by)
    if not reason.strip():
        raise ReasonMissing
    _step(row, "refuse", checked_by=by, checked_at=at, reason=reason.strip()[:500])
    record(by=by, action="settlement.refused", thing=row, at=at, reason=row.reason)
    return row
