"""Seats at a claim: taken with an act, given up when a claim begins anew. The database refuses a second one (I6)."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import Claim, ClaimSeat
from subsidies.selectors.desks import DESKS, NotTheReviewer, SamePerson, TakenByAnother, why_not
from subsidies.workflow.claims import Desk, Seat


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class NotForThem(RuleBroken):
    code = "not_for_them"
    message = _("This colleague may not act on the claim.")


def locked(claim: Claim) -> Claim:
    """The claim as it is now, its row held until the transaction ends."""
    return Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)


def at_desk(claim: Claim, by: User, *desks: Desk) -> Claim:
    """Lock the claim for this officer. Raises NotTheReviewer, OwnClaim, SamePerson, StaysOut, TakenByAnother."""
    claim = locked(claim)
    if broken := why_not(claim, by):
        raise broken
    if claim.desk not in desks:
        raise NotTheReviewer
    return claim


def take_seat(claim: Claim, seat: Seat, *, by: User, at: dt.datetime, note: str = "") -> ClaimSeat:
    """Seat somebody at a claim whose row the caller holds. Raises SamePerson."""
    try:
        with transaction.atomic():
            return ClaimSeat.objects.create(
                claim=claim,
                province_id=claim.province_id,
                claimant_id=claim.claimant_id,
                agent_id=claim.agent_id,
                seat=seat,
                user=by,
                taken_at=at,
                note=note,
            )
    except IntegrityError as broken:
        if "claim_seat_one_per_person" not in str(broken):
            raise
        raise SamePerson from broken


def give_up(claim: Claim, seats: Iterable[Seat], *, at: dt.datetime) -> None:
    claim.seats.filter(seat__in=list(seats), given_up_at=None).update(given_up_at=at)


def seat_of(claim: Claim) -> Seat:
    """The seat that whoever acts at the claim's desk takes."""
    return DESKS[claim.desk][1]


@transaction.atomic
def stay_out(claim: Claim, *, by: User, at: dt.datetime, reason: str) -> ClaimSeat:
    """Somebody who knows the claimant, or has another interest, keeps out of the claim for good."""
    claim = locked(claim)
    if not reason.strip():
        raise ReasonMissing
    if broken := why_not(claim, by):
        raise broken
    seat = take_seat(claim, Seat.RECUSED, by=by, at=at, note=reason.strip()[:500])
    if claim.assignee_id == by.pk:
        claim.assignee = None
        claim.save(update_fields=["assignee"])
    record(by=by, action="claim.stayed_out", thing=claim, at=at, reason=seat.note)
    return seat


@transaction.atomic
def assign(claim: Claim, *, to: User | None, by: User, at: dt.datetime) -> Claim:
    """Give a claim to somebody at its desk, take it, or, with None, lay it back.

    Raises NotTheReviewer where `by` does not sit at the desk, NotForThem where `to` may not act on the claim.
    """
    claim = locked(claim)
    broken = why_not(claim, by)
    if broken is not None and not isinstance(broken, TakenByAnother):
        raise broken
    claim.assignee = None
    if to is not None:
        if why_not(claim, to) is not None:
            raise NotForThem
        claim.assignee = to
    claim.save(update_fields=["assignee"])
    detail = {"number": claim.number, "to": str(to.uid) if to else ""}
    record(by=by, action="claim.assigned", thing=claim, at=at, detail=detail)
    return claim
