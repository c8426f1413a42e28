"""Where the register stays silent, or contradicts itself: one person of the office proposes, a second one decides."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors, workflow
from certificates.models import ExternalCertificate, Ruling
from certificates.models.external import Why
from certificates.selectors.external import paper_of
from certificates.services import register
from certificates.services.external import RegisteredAlready
from certificates.services.issuing import NotYours
from certificates.services.moves import locked_external
from certificates.services.proposals import NotYourProposal, ProposedAlready, SecondPersonNeeded
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

SHORTEST_REASON = 5


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say in at least five characters what you compared with what. Leave personal numbers out.")


class PaperMissing(RuleBroken):
    code = "paper_missing"
    message = _("No photo or scan of the paper can be looked at. Ask the holder to add one.")


class OwnCertificate(RuleBroken):
    code = "own_certificate"
    message = _("Nobody rules on a certificate of their own.")


def _in_words(reason: str) -> str:
    reason = " ".join(reason.replace("\x00", "").split())[:500]
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    return reason


def _must_be_mine(external: ExternalCertificate, by: User) -> None:
    if by.pk == external.user_id:
        raise OwnCertificate
    if not selectors.may_rule(by, external):
        raise NotYours


@transaction.atomic
def propose(external: ExternalCertificate, kind: str, *, by: User, at: dt.datetime, reason: str) -> Ruling:
    """To vouch for it by its paper, to refuse it, or to declare it no longer valid.

    Raises NotYours, OwnCertificate, ReasonMissing, PaperMissing, ProposedAlready, IllegalMove.
    """
    external = locked_external(external)
    _must_be_mine(external, by)
    reason = _in_words(reason)
    moves.check(workflow.EXTERNAL_MOVES, kind, external.state)
    if external.rulings.open().exists():
        raise ProposedAlready
    _must_have_its_paper(external, kind, by=by, at=at)
    ruling = Ruling.objects.create(
        external=external,
        province_id=external.province_id,
        kind=kind,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _record(ruling, "external.ruling_proposed", by=by, at=at, reason=reason)
    return ruling


def _must_have_its_paper(external: ExternalCertificate, kind: str, *, by: User, at: dt.datetime) -> None:
    if kind == Ruling.Kind.VOUCH and not paper_of(external, user=by, at=at).url:
        raise PaperMissing


def _record(ruling: Ruling, action: str, *, by: User, at: dt.datetime, reason: str = "") -> None:
    detail = {"serial": ruling.external.serial, "ruling": str(ruling.uid), "kind": ruling.kind}
    record(by=by, action=action, thing=ruling.external, at=at, reason=reason, detail=detail)


def _open(ruling: Ruling) -> tuple[Ruling, ExternalCertificate]:
    """Both locked, the certificate first, as `propose` does."""
    external = locked_external(ruling.external)
    return Ruling.objects.select_for_update().get(pk=ruling.pk), external


def _decide(ruling: Ruling, step: str, *, by: User, at: dt.datetime, reason: str = "") -> None:
    ruling.state = moves.check(workflow.PROPOSAL_MOVES, step, ruling.state)
    ruling.decided_by, ruling.decided_at, ruling.decision_reason = by, at, reason
    ruling.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])


def _must_be_second(ruling: Ruling, external: ExternalCertificate, by: User) -> None:
    _must_be_mine(external, by)
    if ruling.proposed_by_id == by.pk:
        raise SecondPersonNeeded


@transaction.atomic
def approve(ruling: Ruling, *, by: User, at: dt.datetime) -> ExternalCertificate:
    """Done at once. Raises NotYours, OwnCertificate, SecondPersonNeeded, IllegalMove, PaperMissing, RegisteredAlready."""
    ruling, external = _open(ruling)
    _must_be_second(ruling, external, by)
    _must_have_its_paper(external, ruling.kind, by=by, at=at)
    _decide(ruling, "approve", by=by, at=at)
    told = {"at": at, "by": by, "ruling": str(ruling.uid)}
    if ruling.kind == Ruling.Kind.VOUCH:
        register.check(external, "vouch", **told)
        external.doubted_at = None
    elif ruling.kind == Ruling.Kind.REFUSE:
        register.refuse(external, Why.DECIDED, **told)
    else:
        register.withdraw(external, Why.DECIDED, **told)
    try:
        with transaction.atomic():
            external.save()
    except IntegrityError as twice:
        if "external_number_once" not in str(twice):
            raise
        raise RegisteredAlready from twice
    return external


@transaction.atomic
def refuse(ruling: Ruling, *, by: User, at: dt.datetime, reason: str) -> Ruling:
    """Raises NotYours, OwnCertificate, SecondPersonNeeded, ReasonMissing, IllegalMove."""
    ruling, external = _open(ruling)
    _must_be_second(ruling, external, by)
    reason = _in_words(reason)
    _decide(ruling, "refuse", by=by, at=at, reason=reason)
    _record(ruling, "external.ruling_refused", by=by, at=at, reason=reason)
    return ruling


@transaction.atomic
def withdraw(ruling: Ruling, *, by: User, at: dt.datetime) -> Ruling:
    """Raises NotYourProposal, IllegalMove."""
    ruling, _external = _open(ruling)
    if ruling.proposed_by_id != by.pk:
        raise NotYourProposal
    _decide(ruling, "withdraw", by=by, at=at)
    _record(ruling, "external.ruling_withdrawn", by=by, at=at)
    return ruling
