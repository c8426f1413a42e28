"""Holds: what keeps a claim from notice and payment until a person says why it may go on."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from certificates import selectors as certificates
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import Event, record, record_all
from portal.rules import RuleBroken
from subsidies.models import BatchLine, Claim, Finding, Hold
from subsidies.selectors.payees import account_of, has_interest
from subsidies.services.moves import _move
from subsidies.workflow.claims import State
from subsidies.workflow.money import LineState

KEEPERS = (Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You may not do this in this province.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class HoldClosed(RuleBroken):
    code = "hold_closed"
    message = _("This hold is already closed.")


class OwnClaim(RuleBroken):
    code = "own_claim"
    message = _("Nobody closes a hold on their own claim.")


class AccountUnchanged(RuleBroken):
    code = "account_unchanged"
    message = _("The bank returned the payment to this account. The claimant enters a bank card first.")


class DecideTheObjection(RuleBroken):
    code = "decide_the_objection"
    message = _("This hold ends with the decision on the objection.")


class DecideTheFinding(RuleBroken):
    code = "decide_the_finding"
    message = _("This hold ends with the decision on what the check found.")


def put_hold(claim: Claim, category: Hold.Category, note: str, *, by: User | None, at: dt.datetime) -> Hold:
    """Stop a claim. Called inside the transaction of whoever found the reason."""
    hold = Hold.objects.create(
        province_id=claim.province_id,
        claim=claim,
        category=category,
        note=note[:500],
        opened_by=by,
        opened_at=at,
    )
    record(
        by=by, action="hold.opened", thing=hold, at=at, detail={"claim": claim.number, "category": category}
    )
    return hold


NOTE_OF_A_CHECK = "系统核查发现异常，待核实。A check found something that a person has to look into."
"""A note is kept as it is written, so it says so in both languages. What was found stands in the finding."""


def put_holds(rows: Sequence[tuple[Claim, Finding]], *, at: dt.datetime) -> int:
    """Stop claims for what a check found of them, all at once; the caller holds their rows. Gives how many."""
    made = Hold.objects.bulk_create(
        [
            Hold(
                province_id=claim.province_id,
                claim=claim,
                category=Hold.Category.CHECK,
                note=NOTE_OF_A_CHECK,
                finding=finding,
                due_at=max(finding.due_at, at + dt.timedelta(minutes=1)),
                opened_at=at,
            )
            for claim, finding in rows
        ],
        batch_size=1_000,
    )
    told = [
        Event(
            "hold.opened",
            hold,
            detail={"claim": hold.claim.number, "category": hold.category, "check": hold.finding.check_code},
        )
        for hold in made
    ]
    if told:
        record_all(told, by=None, at=at)
    return len(made)


FALLEN = "证书已失效。The certificate is no longer valid."
"""A note is kept as it is written, so it says so in both languages."""


def hold_fallen(claims: Sequence[Claim], *, at: dt.datetime) -> set[int]:
    """Stop those whose certificate stands no more. Gives their ids, whether a hold was open already or not.

    Asked at every gate between the yes and the bank; the caller holds the rows of the claims.
    """
    fallen = certificates.fallen(claim.certificate_serial for claim in claims)
    stopped = [claim for claim in claims if claim.certificate_serial in fallen]
    open_ones = Hold.objects.filter(
        claim__in=stopped, category=Hold.Category.CERTIFICATE, closed_at=None
    ).values_list("claim_id", flat=True)
    known = set(open_ones)
    for claim in stopped:
        if claim.pk not in known:
            put_hold(claim, Hold.Category.CERTIFICATE, FALLEN, by=None, at=at)
    return {claim.pk for claim in stopped}


@transaction.atomic
def close_hold(hold: Hold, *, by: User, at: dt.datetime, reason: str) -> Hold:
    """Let a claim go on. One whose notice ended meanwhile becomes payable at once, if nothing else holds it.

    Where the bank returned a payment, the claimant has entered an account since, be it the same number once more.
    Raises NotYours, OwnClaim, ReasonMissing, HoldClosed, AccountUnchanged, DecideTheObjection, DecideTheFinding.
    """
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=hold.claim_id)
    hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if not has_role(by, *KEEPERS, province=hold.province_id):
        raise NotYours
    if has_interest(claim, by):
        raise OwnClaim
    if hold.closed_at is not None:
        raise HoldClosed
    if not reason.strip():
        raise ReasonMissing
    if hold.category == Hold.Category.OBJECTION:
        raise DecideTheObjection
    if hold.finding_id and hold.finding.state == Finding.State.OPEN:
        raise DecideTheFinding
    if hold.category == Hold.Category.BANK_DETAILS and _returned_to_same_account(claim):
        raise AccountUnchanged
    hold.closed_by, hold.closed_at, hold.closed_because = by, at, reason.strip()[:500]
    hold.save(update_fields=["closed_by", "closed_at", "closed_because"])
    let_go_on(claim, by=by, at=at)
    record(by=by, action="hold.closed", thing=hold, at=at, reason=hold.closed_because)
    return hold


def let_go_on(claim: Claim, *, by: User, at: dt.datetime) -> None:
    """Make a claim payable whose notice ended while it was held, once nothing holds it any more. The caller has its row."""
    newest = claim.notice_lines.select_related("notice").order_by("-pk").first()
    free = not claim.holds.filter(closed_at=None).exists()
    if free and claim.state == State.IN_NOTICE and newest and newest.notice.ended_at is not None:
        _move(claim, "end_notice", at=at, by=by)


def _returned_to_same_account(claim: Claim) -> bool:
    """Whether the next batch would pay the account from which the last payment came back, or has none to pay."""
    returned = BatchLine.objects.filter(claim=claim, state=LineState.RETURNED).order_by("-pk").first()
    account = account_of(claim)
    return account is None or (returned is not None and returned.account_id == account.id)
