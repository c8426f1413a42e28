"""Objections (异议) to a public notice: only the claim objected to stops, and somebody outside its chain decides."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.services.paper_checks import keep_paper
from portal import calendar, crypto
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies import reasons
from subsidies.models import Claim, Decision, Hold, NoticeLine, Objection, PolicyVersion
from subsidies.policy import read_policy
from subsidies.policy.body import Notice as Terms
from subsidies.selectors.objections import DECIDERS
from subsidies.selectors.payees import has_interest
from subsidies.services import entitlements
from subsidies.services.claims import review_of, weigh
from subsidies.services.holds import let_go_on, put_hold
from subsidies.services.moves import _move
from subsidies.services.rejections import end_of_day
from subsidies.services.reviews import in_words
from subsidies.services.seats import locked, take_seat
from subsidies.workflow.claims import Act, Seat, State

LONGEST_CONTACT: Final = 200
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class NoticeOver(RuleBroken):
    code = "notice_over"
    message = _(
        "This notice is over. Write to the office of the province; it can still recover what was paid wrongly."
    )


class NotOpen(RuleBroken):
    code = "objection_not_open"
    message = _("This objection is decided already.")


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You may not decide objections in this province.")


class OwnClaim(RuleBroken):
    code = "own_claim"
    message = _("Nobody decides an objection to their own claim.")


class ContactTooLong(RuleBroken):
    code = "contact_too_long"
    message = _("Keep name and contact under 200 characters.")


def terms_of(claim: Claim) -> Terms:
    """What the policy behind the claim's approval says of notices and objections."""
    newest = claim.decisions.filter(policy__isnull=False).order_by("-pk").first()
    version = PolicyVersion.objects.get(pk=newest.policy_id) if newest else None
    return read_policy(version.body).notice if version else Terms()


def new_receipt() -> str:
    """Sixteen letters, 80 bits, in fours: nobody guesses another one's."""
    letters = "".join(secrets.choice(_LETTERS) for _letter in range(16))
    return "-".join(letters[n : n + 4] for n in range(0, 16, 4))


@transaction.atomic
def raise_objection(
    line: NoticeLine, *, words: str, contact: str = "", evidence: UploadedFile | None = None, at: dt.datetime
) -> Objection:
    """Object to a line while its notice runs: its claim is held until somebody decides.

    Raises NoticeOver, ContactTooLong, ReasonMissing, ReasonTooLong, and for the file papers.NotAPaper, papers.PaperTooLarge.
    """
    claim = locked(line.claim)
    if not line.notice.runs(at) or line.notice.ended_at is not None or claim.state != State.IN_NOTICE:
        raise NoticeOver
    words, contact = in_words(words), " ".join(contact.replace("\x00", "").split())
    if len(contact) > LONGEST_CONTACT:
        raise ContactTooLong
    receipt = new_receipt()
    sealed = crypto.seal(contact, table="subsidies_objection", column="contact", row=receipt)
    hold = put_hold(claim, Hold.Category.OBJECTION, receipt, by=None, at=at)
    span = calendar.span_after(at, terms_of(claim).objection_working_days)
    objection = Objection.objects.create(
        province_id=claim.province_id,
        line=line,
        claim=claim,
        hold=hold,
        receipt=receipt,
        words=words,
        contact_sealed=sealed if contact else None,
        raised_at=at,
        due_at=span.ends_at,
        **(keep_paper(evidence, at=at) if evidence else {}),
    )
    record(by=None, action="objection.raised", thing=objection, at=at, detail={"claim": claim.number})
    return objection


def may_decide(objection: Objection, by: User) -> bool:
    """Whether this person may decide it as it stands: an office of the province, no other part in the claim."""
    return (
        objection.state == Objection.State.OPEN
        and has_role(by, *DECIDERS, province=objection.province_id)
        and not has_interest(objection.claim, by)
        and not objection.claim.seats.filter(user=by, given_up_at=None).exclude(seat=Seat.OBJECTION).exists()
    )


def _open(objection: Objection, by: User) -> tuple[Objection, Claim]:
    claim = locked(objection.claim)
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if not has_role(by, *DECIDERS, province=objection.province_id):
        raise NotYours
    if has_interest(claim, by):
        raise OwnClaim
    if objection.state != Objection.State.OPEN:
        raise NotOpen
    return objection, claim


def _settle(objection: Objection, state: str, *, by: User, at: dt.datetime, reason: str) -> None:
    objection.state, objection.decided_by, objection.decided_at, objection.reason = state, by, at, reason
    objection.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    hold = objection.hold
    hold.closed_by, hold.closed_at, hold.closed_because = by, at, reason[:500]
    hold.save(update_fields=["closed_by", "closed_at", "closed_because"])
    record(by=by, action=f"objection.{state}", thing=objection, at=at, reason=reason)


def _take_seat(claim: Claim, by: User, *, at: dt.datetime) -> None:
    """Whoever decided one objection may decide another one to the same claim; any other part in it bars them."""
    if not claim.seats.filter(user=by, seat=Seat.OBJECTION, given_up_at=None).exists():
        take_seat(claim, Seat.OBJECTION, by=by, at=at)


@transaction.atomic
def dismiss(objection: Objection, *, by: User, at: dt.datetime, reason: str) -> Objection:
    """Not founded: the claim goes on. Raises NotYours, OwnClaim, NotOpen, ReasonMissing, SamePerson."""
    objection, claim = _open(objection, by)
    reason = in_words(reason)
    _take_seat(claim, by, at=at)
    _settle(objection, Objection.State.DISMISSED, by=by, at=at, reason=reason)
    let_go_on(claim, by=by, at=at)
    return objection


@transaction.atomic
def contact_of(objection: Objection, *, by: User, at: dt.datetime, reason: str) -> str:
    """Who raised it, for the officer who decides; every look is kept with its reason. Raises NotYours, ReasonMissing."""
    if not has_role(by, *DECIDERS, province=objection.province_id):
        raise NotYours
    record(by=by, action="objection.revealed", thing=objection, at=at, reason=in_words(reason))
    return objection.contact


@transaction.atomic
def uphold(
    objection: Objection, *, by: User, at: dt.datetime, reason: str, codes: Sequence[str] = ("OBJECTION",)
) -> Objection:
    """Founded: the claim is struck, its money is free again, its claimant is told why and can appeal.

    Raises what `dismiss` raises.
    """
    objection, claim = _open(objection, by)
    reason = in_words(reason)
    decision: Decision = weigh(claim, Act.STRUCK, by=by, at=at, reason=reason)
    decision.seat = Seat.OBJECTION
    decision.reasons = reasons.chosen(Act.STRUCK, codes, decision.record)
    decision.save(force_insert=True)
    _take_seat(claim, by, at=at)
    _settle(objection, Objection.State.UPHELD, by=by, at=at, reason=reason)
    until = end_of_day(at, review_of(decision).appeal_days)
    _move(claim, "strike", at=at, by=by, reason=reason, due_at=None, appeal_ends_at=until)
    entitlements.release(claim, by=by, at=at)
    record(by=by, action="claim.struck", thing=claim, at=at, reason=reason)
    return objection
