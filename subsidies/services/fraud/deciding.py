"""What people do with a finding: dismiss it, which frees what it held, or confirm it. And the numbers of the checks."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.fraud.numbers import clean
from subsidies.models import CheckTerms, Claim, Finding, Hold
from subsidies.selectors.fraud.findings import DECIDERS
from subsidies.selectors.payees import has_interest
from subsidies.services.holds import let_go_on
from subsidies.services.reviews import in_words

SETTERS = (Role.MINISTRY_POLICY,)


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You may not decide about findings in this province.")


class OwnClaim(RuleBroken):
    code = "own_claim"
    message = _("Nobody decides about their own claim.")


class NotOpen(RuleBroken):
    code = "finding_not_open"
    message = _("This finding is decided already.")


class StartsTooEarly(RuleBroken):
    code = "terms_start_too_early"
    message = _("Numbers of the checks begin tomorrow at the earliest.")


class DayTaken(RuleBroken):
    code = "terms_day_taken"
    message = _("For this day numbers are set already.")


def may_decide(finding: Finding, by: User) -> bool:
    return (
        finding.state == Finding.State.OPEN
        and has_role(by, *DECIDERS, province=finding.province_id)
        and by.pk not in (finding.person_id, finding.officer_id)
    )


def _open(finding: Finding, by: User) -> tuple[Finding, list[Claim]]:
    """The finding and the claims it holds, all of their rows locked; claims first, as everywhere."""
    held = Hold.objects.filter(finding=finding, closed_at=None).values("claim_id")
    claims = list(Claim.objects.select_for_update(of=("self",)).filter(pk__in=held).order_by("pk"))
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if not has_role(by, *DECIDERS, province=finding.province_id):
        raise NotYours
    about = [*claims, finding.claim] if finding.claim else claims
    if any(has_interest(claim, by) for claim in about):
        raise OwnClaim
    if finding.state != Finding.State.OPEN:
        raise NotOpen
    return finding, claims


def _settle(finding: Finding, state: str, *, by: User, at: dt.datetime, reason: str) -> None:
    finding.state, finding.decided_by, finding.decided_at, finding.reason = state, by, at, reason
    finding.save(update_fields=["state", "decided_by", "decided_at", "reason"])


@transaction.atomic
def dismiss(finding: Finding, *, by: User, at: dt.datetime, reason: str) -> Finding:
    """There is a harmless reason: its holds are closed with it. Raises NotYours, OwnClaim, NotOpen, ReasonMissing."""
    reason = in_words(reason)
    finding, claims = _open(finding, by)
    _settle(finding, Finding.State.DISMISSED, by=by, at=at, reason=reason)
    Hold.objects.filter(finding=finding, closed_at=None).update(
        closed_by=by, closed_at=at, closed_because=reason[:500]
    )
    for claim in claims:
        let_go_on(claim, by=by, at=at)
    record(by=by, action="finding.dismissed", thing=finding, at=at, reason=reason)
    return finding


@transaction.atomic
def confirm(finding: Finding, *, by: User, at: dt.datetime, reason: str) -> Finding:
    """It is so. Its holds stay until the reviewers have rejected the claim or say why it may go on; it weighs more from now on.

    Raises what `dismiss` raises.
    """
    reason = in_words(reason)
    finding, _claims = _open(finding, by)
    _settle(finding, Finding.State.CONFIRMED, by=by, at=at, reason=reason)
    record(by=by, action="finding.confirmed", thing=finding, at=at, reason=reason)
    return finding


@transaction.atomic
def set_terms(
    numbers: Mapping[str, Any], *, starts_on: dt.date, by: User, at: dt.datetime, reason: str
) -> CheckTerms:
    """Set the numbers of the checks from a day on. Raises NotYours, BadNumber, StartsTooEarly, DayTaken, ReasonMissing."""
    if not has_role(by, *SETTERS):
        raise NotYours
    told, reason = clean(numbers), in_words(reason)
    if starts_on <= clock.today(at):
        raise StartsTooEarly
    try:
        with transaction.atomic():
            row = CheckTerms.objects.create(
                starts_on=starts_on, numbers=told, reason=reason[:500], set_by=by, set_at=at
            )
    except IntegrityError as broken:
        raise DayTaken from broken
    record(by=by, action="check_terms.set", thing=row, at=at, reason=reason, detail={"numbers": told})
    return row
