"""What officers do with a claim at its desk: take it in, pass it on, send it back. Every act on a seat of its own.

A no takes two people: see `rejections`.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors as certificates
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies import reasons
from subsidies.models import Claim, Decision
from subsidies.policy import APPROVE
from subsidies.services import contracts, entitlements
from subsidies.services.claims import days_after, review_of, weigh
from subsidies.services.moves import _move
from subsidies.services.routing import route, yeses
from subsidies.services.seats import at_desk, give_up, seat_of, take_seat
from subsidies.workflow.claims import CODED, Act, Desk, Seat

LONGEST_REASON = 1000
YES_DESKS = (Desk.FIRST, Desk.SECOND, Desk.MINISTRY, Desk.MINISTRY_SECOND)


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason. The claimant will read it.")


class ReasonTooLong(RuleBroken):
    code = "reason_too_long"
    message = _("Keep the reason under 1,000 characters.")


class UnknownReason(RuleBroken):
    code = "unknown_reason"
    message = _("Choose from the reasons that are shown.")


class NothingToRestOn(RuleBroken):
    code = "nothing_to_rest_on"
    message = _("Choose what the decision rests on: a rule that is not met, or a standard reason.")


class NotConfirmed(RuleBroken):
    code = "not_confirmed"
    message = _("Compare what the claimant stated with the records first, and tick the box.")


class EvidenceNotAsked(RuleBroken):
    code = "evidence_not_asked"
    message = _("A rule is still open. Ask the claimant for evidence before you take the claim in.")


class RulesNotMet(RuleBroken):
    code = "rules_not_met"
    message = _("Not every rule is met, so this claim can only be sent back or rejected.")


class NothingToPay(RuleBroken):
    code = "nothing_to_pay"
    message = _("The policy pays nothing for this certificate, so this claim can only be rejected.")


class AmountChanged(RuleBroken):
    code = "amount_changed"
    message = _(
        "The facts have changed since the review before and the amount with them. Send the claim down."
    )


class Held(RuleBroken):
    code = "claim_held"
    message = _("This claim is held. Close the hold first, with the reason why it may go on.")


class CertificateNotValid(RuleBroken):
    code = "certificate_not_valid"
    message = _("The certificate is no longer valid, so this claim can only be rejected.")


def in_words(reason: str) -> str:
    """A reason as it is kept. Raises ReasonMissing, ReasonTooLong."""
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise ReasonMissing
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    return reason


def decide(
    claim: Claim,
    act: Act,
    *,
    by: User,
    at: dt.datetime,
    reason: str,
    codes: Sequence[str] = (),
    rests_on: Sequence[dict[str, str]] = (),
) -> Decision:
    """A decision that is no yes, kept with the facts of this moment and, if it is a no, with what it rests on.

    That is what an earlier decision rested on, or the reasons behind `codes`; without either, the rules that are not met.
    Raises UnknownReason, NothingToRestOn.
    """
    decision = weigh(claim, act, by=by, at=at, reason=reason)
    decision.seat = seat_of(claim)
    if act in CODED:
        try:
            decision.reasons = list(rests_on) or reasons.chosen(act, codes, decision.record)
        except KeyError:
            raise UnknownReason from None
        if not decision.reasons:
            raise NothingToRestOn
    decision.save(force_insert=True)
    return decision


def _decide_for(claim: Claim, act: Act, *, by: User, at: dt.datetime) -> Decision:
    """A decision in favour, not yet saved: every rule met and something to pay, by the facts of this moment."""
    if claim.holds.filter(closed_at=None).exists():
        raise Held
    if certificates.standing_for(claim.certificate_serial).state != "issued":
        raise CertificateNotValid
    contracts.hold(claim)
    weighed = weigh(claim, act, by=by, at=at)
    if weighed.outcome != APPROVE:
        raise RulesNotMet
    if not weighed.amount_fen:
        raise NothingToPay
    weighed.seat = seat_of(claim)
    return weighed


@transaction.atomic
def accept(claim: Claim, *, by: User, at: dt.datetime) -> Claim:
    """受理: take a claim in for review.

    Raises EvidenceNotAsked where a rule is unknown and the claimant was never asked for evidence.
    """
    claim = at_desk(claim, by, Desk.INTAKE)
    decision = weigh(claim, Act.ACCEPTED, by=by, at=at)
    asked = claim.decisions.filter(act=Act.SENT_BACK).exists()
    if decision.outcome == "NEEDS_EVIDENCE" and not asked:
        raise EvidenceNotAsked
    take_seat(claim, Seat.INTAKE, by=by, at=at)
    decision.seat = Seat.INTAKE
    decision.save(force_insert=True)
    _move(
        claim,
        "accept",
        at=at,
        by=by,
        due_at=days_after(at, review_of(decision).desk_working_days),
        outcome=decision.outcome,
        amount_fen=decision.amount_fen,
        lines=decision.record["lines"],
    )
    record(by=by, action="claim.accepted", thing=claim, at=at, detail={"outcome": claim.outcome})
    return claim


@transaction.atomic
def pass_on(claim: Claim, *, by: User, at: dt.datetime, confirmed: bool = False) -> Claim:
    """A yes. Where it goes next follows from the policy; the last one reserves the money, or lets the claim wait for it.

    `confirmed`: the officer compared what was declared with the records; needed until somebody has. Raises NotConfirmed,
    Held, CertificateNotValid, RulesNotMet, NothingToPay, PlacesTaken, SumUsedUp, AmountChanged where the facts of today no
    longer give the amount that the desk before passed, and what `seats.at_desk` raises.
    """
    claim = at_desk(claim, by, *YES_DESKS)
    desk, before = claim.desk, claim.amount_fen
    if not (confirmed or claim.confirmed):
        raise NotConfirmed
    claim.confirmed = True
    decision = _decide_for(claim, Act.PASSED, by=by, at=at)
    if desk != Desk.FIRST and decision.amount_fen != before:
        raise AmountChanged
    take_seat(claim, seat_of(claim), by=by, at=at)
    review = review_of(decision)
    way = route(claim, decision.amount_fen, review, at=at)
    step = way.step(desk, yeses(claim))
    decision.routing = way.record
    decision.act = Act.APPROVED if step == "approve" else Act.PASSED
    decision.save(force_insert=True)
    reckoned = {"amount_fen": decision.amount_fen, "lines": decision.record["lines"]}
    for name, value in reckoned.items():
        setattr(claim, name, value)
    if step == "approve":
        contracts.must_hold(contracts.hold(claim), claim.amount_fen)
        step, due_at = _reserved(claim, by=by, at=at), None
    else:
        due_at = days_after(at, review.desk_working_days)
    _move(claim, step, at=at, by=by, due_at=due_at, confirmed=True, outcome=decision.outcome, **reckoned)
    action = "claim.passed" if due_at else f"claim.{claim.state}"
    record(by=by, action=action, thing=claim, at=at, detail={"amount_fen": claim.amount_fen})
    return claim


def _reserved(claim: Claim, *, by: User, at: dt.datetime) -> str:
    """Set the money aside in this transaction; the step that follows."""
    try:
        with transaction.atomic():
            entitlements.reserve(claim, by=by, at=at)
    except entitlements.BudgetExhausted:
        return "wait_for_funds"
    return "approve"


@transaction.atomic
def send_back(claim: Claim, *, by: User, at: dt.datetime, reason: str, codes: Sequence[str] = ()) -> Claim:
    """补正: ask the claimant for evidence or a correction, by a day. The clock stops; the first day of submission stays."""
    claim = at_desk(claim, by, Desk.INTAKE, Desk.FIRST)
    reason = in_words(reason)
    decision = decide(claim, Act.SENT_BACK, by=by, at=at, reason=reason, codes=codes)
    due_at = days_after(at, review_of(decision).correction_working_days)
    _move(claim, "send_back", at=at, by=by, reason=reason, due_at=due_at)
    record(by=by, action="claim.sent_back", thing=claim, at=at, reason=reason)
    return claim


DOWN = {
    Desk.SECOND: ("send_down_to_first", (Seat.FIRST, Seat.SECOND)),
    Desk.MINISTRY: ("send_down_to_second", (Seat.SECOND, Seat.MINISTRY)),
    Desk.MINISTRY_SECOND: ("send_down_to_second", (Seat.SECOND, Seat.MINISTRY)),
}
"""The step by which a desk sends a claim down, and the seats that are given up by it."""


@transaction.atomic
def send_down(claim: Claim, *, by: User, at: dt.datetime, reason: str) -> Claim:
    """Give a claim back to the desk before, which looks at it anew."""
    claim = at_desk(claim, by, *DOWN)
    reason = in_words(reason)
    decision = decide(claim, Act.SENT_DOWN, by=by, at=at, reason=reason)
    step, seats = DOWN[Desk(claim.desk)]
    give_up(claim, seats, at=at)
    _move(claim, step, at=at, by=by, due_at=days_after(at, review_of(decision).desk_working_days))
    record(by=by, action="claim.sent_down", thing=claim, at=at, reason=reason)
    return claim
