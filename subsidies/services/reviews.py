"""What reviewers do with a claim. Two different people, neither of them the claimant; reasons in words for every no."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors as certificates
from portal import calendar
from portal.accounts.models import User
from portal.accounts.roles import Role, has_role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Claim, Decision
from subsidies.policy import APPROVE
from subsidies.services import entitlements
from subsidies.services.claims import REVIEW_DAYS, locked, weigh
from subsidies.services.moves import _move
from subsidies.workflow import Act, State

LONGEST_REASON = 1000


class NotTheReviewer(RuleBroken):
    code = "not_the_reviewer"
    message = _("This claim is not at a desk of yours at the moment.")


class OwnClaim(RuleBroken):
    code = "own_claim"
    message = _("Nobody reviews their own claim.")


class SamePerson(RuleBroken):
    code = "same_reviewer"
    message = _("You made the first review. The second reviewer must be another person.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason. The claimant will read it.")


class ReasonTooLong(RuleBroken):
    code = "reason_too_long"
    message = _("Keep the reason under 1,000 characters.")


class NotConfirmed(RuleBroken):
    code = "not_confirmed"
    message = _("Compare what the claimant stated with the records first, and tick the box.")


class RulesNotMet(RuleBroken):
    code = "rules_not_met"
    message = _("Not every rule is met, so this claim can only be sent back or rejected.")


class NothingToPay(RuleBroken):
    code = "nothing_to_pay"
    message = _("The policy pays nothing for this certificate, so this claim can only be rejected.")


class AmountChanged(RuleBroken):
    code = "amount_changed"
    message = _(
        "The facts have changed since the first review and the amount with them. Send the claim back."
    )


class Held(RuleBroken):
    code = "claim_held"
    message = _("This claim is held. Close the hold first, with the reason why it may go on.")


class CertificateNotValid(RuleBroken):
    code = "certificate_not_valid"
    message = _("The certificate is no longer valid, so this claim can only be rejected.")


DESKS = {
    State.IN_PROVINCE_REVIEW: (Role.PROVINCE_REVIEWER, "province_reviewer"),
    State.IN_MINISTRY_REVIEW: (Role.MINISTRY_REVIEWER, "ministry_reviewer"),
}


def why_not(claim: Claim, by: User) -> RuleBroken | None:
    """The rule that keeps this person from deciding on the claim now; None where nothing does."""
    desk = DESKS.get(State(claim.state))
    if desk is None or not has_role(by, desk[0], province=claim.province_id):
        return NotTheReviewer()
    if by.pk == claim.claimant_id:
        return OwnClaim()
    if claim.state == State.IN_MINISTRY_REVIEW and by.pk == claim.province_reviewer_id:
        return SamePerson()
    return None


def _on_desk(claim: Claim, by: User, *states: State) -> Claim:
    """Lock the claim for this reviewer. Raises NotTheReviewer, OwnClaim, SamePerson."""
    claim = locked(claim)
    if broken := why_not(claim, by):
        raise broken
    if claim.state not in states:
        raise NotTheReviewer
    return claim


def _in_words(reason: str) -> str:
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise ReasonMissing
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    return reason


def _decide_for(claim: Claim, act: Act, *, by: User, at: dt.datetime) -> Decision:
    """A decision in favour: every rule met and something to pay, by the facts of this moment."""
    if claim.holds.filter(closed_at=None).exists():
        raise Held
    if certificates.standing_for(claim.certificate_serial).state != "issued":
        raise CertificateNotValid
    weighed = weigh(claim, act, by=by, at=at)
    if weighed.outcome != APPROVE:
        raise RulesNotMet
    if not weighed.amount_fen:
        raise NothingToPay
    weighed.save(force_insert=True)
    return weighed


@transaction.atomic
def pass_to_ministry(claim: Claim, *, by: User, at: dt.datetime, confirmed: bool) -> Claim:
    """The province's yes. `confirmed`: the reviewer compared what was declared with the records."""
    claim = _on_desk(claim, by, State.IN_PROVINCE_REVIEW)
    if not confirmed:
        raise NotConfirmed
    claim.confirmed = True
    decision = _decide_for(claim, Act.PASSED, by=by, at=at)
    _move(
        claim,
        "pass_to_ministry",
        at=at,
        confirmed=True,
        province_reviewer=by,
        due_at=calendar.span_after(at, REVIEW_DAYS).ends_at,
        outcome=decision.outcome,
        amount_fen=decision.amount_fen,
        lines=decision.record["lines"],
    )
    record(by=by, action="claim.passed", thing=claim, at=at, detail={"amount_fen": claim.amount_fen})
    return claim


@transaction.atomic
def send_back(claim: Claim, *, by: User, at: dt.datetime, reason: str) -> Claim:
    """Ask the claimant for evidence or a correction. The clock stops; the first day of submission stays."""
    claim = _on_desk(claim, by, *DESKS)
    reason = _in_words(reason)
    seat = DESKS[State(claim.state)][1]
    weigh(claim, Act.SENT_BACK, by=by, at=at, reason=reason).save(force_insert=True)
    _move(claim, "send_back", at=at, reason=reason, due_at=None, **{seat: by})
    record(by=by, action="claim.sent_back", thing=claim, at=at, reason=reason)
    return claim


@transaction.atomic
def reject(claim: Claim, *, by: User, at: dt.datetime, reason: str) -> Claim:
    claim = _on_desk(claim, by, *DESKS)
    reason = _in_words(reason)
    seat = DESKS[State(claim.state)][1]
    weigh(claim, Act.REJECTED, by=by, at=at, reason=reason).save(force_insert=True)
    _move(claim, "reject", at=at, reason=reason, due_at=None, **{seat: by})
    record(by=by, action="claim.rejected", thing=claim, at=at, reason=reason)
    return claim


@transaction.atomic
def approve(claim: Claim, *, by: User, at: dt.datetime) -> Claim:
    """The ministry's yes: money is reserved in the same transaction; without funds the claim waits for them.

    Raises AmountChanged where the facts of today no longer give the amount that the province passed.
    """
    claim = _on_desk(claim, by, State.IN_MINISTRY_REVIEW)
    decision = _decide_for(claim, Act.APPROVED, by=by, at=at)
    if decision.amount_fen != claim.amount_fen:
        raise AmountChanged
    try:
        with transaction.atomic():
            entitlements.reserve(claim, by=by, at=at)
        step = "approve"
    except entitlements.BudgetExhausted:
        step = "wait_for_funds"
    _move(claim, step, at=at, ministry_reviewer=by, due_at=None)
    record(by=by, action=f"claim.{claim.state}", thing=claim, at=at, detail={"amount_fen": claim.amount_fen})
    return claim
