"""A no: proposed by one, confirmed by another, open to an appeal that neither of them decides."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import calendar, clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Appeal, Claim
from subsidies.selectors.payees import acts_in
from subsidies.services.claims import NotYours, days_after, review_of
from subsidies.services.moves import _move
from subsidies.services.reviews import YES_DESKS, decide, in_words
from subsidies.services.seats import at_desk, give_up, locked, seat_of, take_seat
from subsidies.workflow.claims import OF_THE_MINISTRY, YES_SEATS, Act, Desk, Seat, State

CONFIRMING = (Desk.CONFIRM_PROVINCE, Desk.CONFIRM_MINISTRY)
HEARING = (Desk.APPEAL_PROVINCE, Desk.APPEAL_MINISTRY)


class AppealTooLate(RuleBroken):
    code = "appeal_too_late"
    message = _("The time for an appeal is over.")


class ClaimedAgain(RuleBroken):
    code = "claimed_again"
    message = _("There is another claim for this certificate by now. Withdraw it first, or leave it.")


@transaction.atomic
def propose_reject(
    claim: Claim, *, by: User, at: dt.datetime, reason: str, codes: Sequence[str] = ()
) -> Claim:
    """Propose that a claim be rejected; nothing is decided before another person confirms it."""
    claim = at_desk(claim, by, *YES_DESKS)
    reason = in_words(reason)
    decision = decide(claim, Act.PROPOSED, by=by, at=at, reason=reason, codes=codes)
    take_seat(claim, Seat.PROPOSER, by=by, at=at)
    desk = Desk.CONFIRM_MINISTRY if claim.state in OF_THE_MINISTRY else Desk.CONFIRM_PROVINCE
    due_at = days_after(at, review_of(decision).desk_working_days)
    _move(claim, "propose_reject", at=at, by=by, reason=reason, due_at=due_at, desk=desk)
    record(by=by, action="claim.reject_proposed", thing=claim, at=at, reason=reason)
    return claim


@transaction.atomic
def confirm_reject(claim: Claim, *, by: User, at: dt.datetime, reason: str = "") -> Claim:
    """The second person's no. Without words of its own it stands on those of the proposal."""
    claim = at_desk(claim, by, *CONFIRMING)
    proposal = claim.decisions.filter(act=Act.PROPOSED).latest("pk")
    reason = in_words(reason or proposal.reason)
    decision = decide(claim, Act.REJECTED, by=by, at=at, reason=reason, rests_on=proposal.reasons)
    take_seat(claim, Seat.CONFIRMER, by=by, at=at)
    until = end_of_day(at, review_of(decision).appeal_days)
    _move(claim, "reject", at=at, by=by, reason=reason, due_at=None, appeal_ends_at=until)
    record(by=by, action="claim.rejected", thing=claim, at=at, reason=reason)
    return claim


def end_of_day(at: dt.datetime, days: int) -> dt.datetime:
    """The midnight (Shanghai) that ends the day so many days later; the next working day's where that one is none."""
    day = clock.today(at) + dt.timedelta(days=days)
    if not calendar.is_working_day(day):
        day = calendar.next_working_day(day)
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)


@transaction.atomic
def overrule(claim: Claim, *, by: User, at: dt.datetime, reason: str) -> Claim:
    """The second person does not follow the proposal: the claim is reviewed anew, from the first review on."""
    claim = at_desk(claim, by, *CONFIRMING)
    reason = in_words(reason)
    decision = decide(claim, Act.OVERRULED, by=by, at=at, reason=reason)
    give_up(claim, (*YES_SEATS, Seat.PROPOSER), at=at)
    due_at = days_after(at, review_of(decision).desk_working_days)
    _move(claim, "overrule", at=at, by=by, due_at=due_at)
    record(by=by, action="claim.overruled", thing=claim, at=at, reason=reason)
    return claim


@transaction.atomic
def file_appeal(claim: Claim, *, by: User, at: dt.datetime, words: str) -> Claim:
    """复核: whoever made the claim answers a rejection, once. Raises NotYours, AppealTooLate, ClaimedAgain, ReasonMissing, IllegalMove."""
    claim = locked(claim)
    if not acts_in(claim, by):
        raise NotYours
    words = in_words(words)
    if claim.state == State.REJECTED and (claim.appeal_ends_at is None or at >= claim.appeal_ends_at):
        raise AppealTooLate
    desk = Desk.APPEAL_MINISTRY if _was_the_ministrys(claim) else Desk.APPEAL_PROVINCE
    due_at = days_after(at, review_of(claim.decisions.latest("pk")).desk_working_days)
    try:
        with transaction.atomic():
            _move(claim, "appeal", at=at, by=by, desk=desk, due_at=due_at)
    except IntegrityError as broken:
        if "claim_one_live" not in str(broken):
            raise
        raise ClaimedAgain from broken
    Appeal.objects.create(claim=claim, province_id=claim.province_id, words=words, filed_at=at)
    record(by=by, action="claim.appealed", thing=claim, at=at)
    return claim


def _was_the_ministrys(claim: Claim) -> bool:
    newest = claim.moves.filter(step="propose_reject").order_by("-place").first()
    return newest is not None and newest.source in OF_THE_MINISTRY


@transaction.atomic
def decide_appeal(claim: Claim, *, by: User, at: dt.datetime, granted: bool, reason: str) -> Claim:
    """Somebody who had no part in the rejection decides: it stands for good, or the claim goes to second review."""
    claim = at_desk(claim, by, *HEARING)
    reason = in_words(reason)
    rejected = claim.decisions.filter(act__in=[Act.REJECTED, Act.STRUCK]).latest("pk")
    act = Act.GRANTED if granted else Act.UPHELD
    decision = decide(claim, act, by=by, at=at, reason=reason, rests_on=rejected.reasons)
    take_seat(claim, seat_of(claim), by=by, at=at)
    Appeal.objects.filter(claim=claim).update(decided_by=by, decided_at=at, granted=granted, reason=reason)
    if granted:
        give_up(claim, (Seat.SECOND, Seat.MINISTRY, Seat.MINISTRY_SECOND), at=at)
        due_at = days_after(at, review_of(decision).desk_working_days)
        _move(claim, "grant", at=at, by=by, due_at=due_at, appeal_ends_at=None)
    else:
        _move(claim, "uphold", at=at, by=by, reason=reason, due_at=None)
    record(by=by, action=f"claim.appeal_{act}", thing=claim, at=at, reason=reason)
    return claim
