"""Revoking and replacing: one person of the province proposes it with a reason, a second one decides."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors, workflow
from certificates.codes import new_code
from certificates.models import Certificate, Proposal
from certificates.selectors.drafts import differences
from certificates.services.issuing import NotYours, issue
from certificates.services.moves import locked, move
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.notices import services as notices
from portal.rules import RuleBroken

SHORTEST_REASON = 5


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _(
        "Say why, in at least five characters. The holder and everybody who checks it will read this."
    )


class ProposedAlready(RuleBroken):
    code = "proposed_already"
    message = _("There is a proposal for this certificate already. Decide that one first.")


class SecondPersonNeeded(RuleBroken):
    code = "second_person_needed"
    message = _("Who proposed it cannot decide it. Ask a colleague.")


class NotYourProposal(RuleBroken):
    code = "not_your_proposal"
    message = _("Only who proposed it can take it back.")


class NothingToReplace(RuleBroken):
    code = "nothing_to_replace"
    message = _(
        "A new certificate would say the same. Have the name, the course or the hours mended first, then replace it."
    )


@transaction.atomic
def propose(certificate: Certificate, kind: str, *, by: User, at: dt.datetime, reason: str) -> Proposal:
    """To `revoke` or to `replace`. Raises NotYours, ReasonMissing, IllegalMove, ProposedAlready, NothingToReplace, and what
    would be in the way of a replacement (NoIdentity, UnprintableName).
    """
    certificate = locked(certificate)
    if not selectors.may_propose(by, certificate):
        raise NotYours
    reason = _in_words(reason)
    moves.check(workflow.MOVES, kind, certificate.state)
    if certificate.proposals.open().exists():
        raise ProposedAlready
    if kind == Proposal.Kind.REPLACE and certificate.state == workflow.ISSUED:
        _must_differ(certificate, at=at)
    proposal = Proposal.objects.create(
        certificate=certificate,
        province_id=certificate.province_id,
        kind=kind,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    record(
        by=by,
        action="certificate.proposed",
        thing=certificate,
        at=at,
        reason=reason,
        detail={"proposal": str(proposal.uid), "kind": str(kind)},
    )
    return proposal


def _must_differ(certificate: Certificate, *, at: dt.datetime) -> None:
    if not differences(certificate, at=at):
        raise NothingToReplace


def _in_words(reason: str) -> str:
    reason = " ".join(reason.replace("\x00", "").split())[:500]
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    return reason


def _open(proposal: Proposal) -> tuple[Proposal, Certificate]:
    """Both locked, the certificate first, as `propose` does."""
    certificate = locked(proposal.certificate)
    return Proposal.objects.select_for_update().get(pk=proposal.pk), certificate


def _decide(proposal: Proposal, step: str, *, by: User, at: dt.datetime, reason: str = "") -> None:
    proposal.state = moves.check(workflow.PROPOSAL_MOVES, step, proposal.state)
    proposal.decided_by, proposal.decided_at, proposal.decision_reason = by, at, reason
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])


@transaction.atomic
def approve(proposal: Proposal, *, by: User, at: dt.datetime) -> Certificate:
    """Done at once: the revoked certificate, or the new one that takes its place.

    Raises NotYours, SecondPersonNeeded, IllegalMove, NothingToReplace, and what is in the way of a new certificate.
    """
    proposal, certificate = _open(proposal)
    _must_be_second(proposal, certificate, by)
    _decide(proposal, "approve", by=by, at=at)
    if proposal.kind == Proposal.Kind.REVOKE:
        return _revoke(certificate, proposal, by=by, at=at)
    return _replace(certificate, proposal, by=by, at=at)


def _must_be_second(proposal: Proposal, certificate: Certificate, by: User) -> None:
    if not selectors.may_propose(by, certificate):
        raise NotYours
    if proposal.proposed_by_id == by.pk:
        raise SecondPersonNeeded


def _revoke(certificate: Certificate, proposal: Proposal, *, by: User, at: dt.datetime) -> Certificate:
    move(certificate, "revoke")
    certificate.revoked_at, certificate.revoked_by, certificate.revoke_reason = at, by, proposal.reason
    certificate.paper_due_at = None
    certificate.save(update_fields=["state", "revoked_at", "revoked_by", "revoke_reason", "paper_due_at"])
    _tell(certificate, "certificate.revoked", at=at, reason=proposal.reason)
    record(
        by=by,
        action="certificate.revoked",
        thing=certificate,
        at=at,
        reason=proposal.reason,
        detail={"proposal": str(proposal.uid)},
    )
    return certificate


def _replace(certificate: Certificate, proposal: Proposal, *, by: User, at: dt.datetime) -> Certificate:
    if certificate.state == workflow.ISSUED:
        _must_differ(certificate, at=at)
    move(certificate, "replace")
    certificate.replaced_at, certificate.paper_due_at = at, None
    certificate.save(update_fields=["state", "replaced_at", "paper_due_at"])
    new = Certificate.objects.create(
        completion_id=certificate.completion_id,
        user_id=certificate.user_id,
        province_id=certificate.province_id,
        version_id=certificate.version_id,
        kind=certificate.kind,
        course_code=certificate.course_code,
        replaces=certificate,
        code=new_code(),
        requested_at=at,
    )
    new = issue(new, at=at)
    record(
        by=by,
        action="certificate.replaced",
        thing=certificate,
        at=at,
        reason=proposal.reason,
        detail={"proposal": str(proposal.uid), "new": new.serial},
    )
    return new


def _tell(certificate: Certificate, kind: str, *, at: dt.datetime, reason: str) -> None:
    notices.send(
        certificate.user,
        kind,
        about=f"certificate:{certificate.serial}",
        path=selectors.path_of(certificate),
        at=at,
        serial=certificate.serial,
        reason=reason,
    )


@transaction.atomic
def refuse(proposal: Proposal, *, by: User, at: dt.datetime, reason: str) -> Proposal:
    """Raises NotYours, SecondPersonNeeded, ReasonMissing, IllegalMove."""
    proposal, certificate = _open(proposal)
    _must_be_second(proposal, certificate, by)
    reason = _in_words(reason)
    _decide(proposal, "refuse", by=by, at=at, reason=reason)
    return _recorded(proposal, certificate, "certificate.proposal_refused", by=by, at=at, reason=reason)


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User, at: dt.datetime) -> Proposal:
    """Raises NotYourProposal, IllegalMove."""
    proposal, certificate = _open(proposal)
    if proposal.proposed_by_id != by.pk:
        raise NotYourProposal
    _decide(proposal, "withdraw", by=by, at=at)
    return _recorded(proposal, certificate, "certificate.proposal_withdrawn", by=by, at=at)


def _recorded(
    proposal: Proposal, certificate: Certificate, action: str, *, by: User, at: dt.datetime, reason: str = ""
) -> Proposal:
    detail = {"proposal": str(proposal.uid)}
    record(by=by, action=action, thing=certificate, at=at, reason=reason, detail=detail)
    return proposal
