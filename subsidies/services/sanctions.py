"""Sanctions: who may not claim, from when until when. Apart from any debt."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import RecoveryOrder, Sanction
from subsidies.selectors.payees import owes, own_organisations
from subsidies.services.recovery import DocumentMissing, NotYours, OwnDebt, ReasonMissing


class BadSpan(RuleBroken):
    code = "bad_span"
    message = _("A suspension names its last day, and no last day lies before the first.")


class AlreadyLifted(RuleBroken):
    code = "already_lifted"
    message = _("This sanction is already lifted.")


@transaction.atomic
def impose_sanction(
    order: RecoveryOrder,
    *,
    kind: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    document: str,
    reason: str,
    by: User,
    at: dt.datetime,
) -> Sanction:
    """Keep the payee of an order from claiming. Raises NotYours, OwnDebt, BadSpan, DocumentMissing, ReasonMissing."""
    document, reason = " ".join(document.split())[:80], reason.strip()[:500]
    if not has_role(by, Role.RECOVERY_OFFICER, province=order.province_id):
        raise NotYours
    if owes(order, by):
        raise OwnDebt
    if (ends_on is None and kind == Sanction.Kind.SUSPENSION) or (ends_on and ends_on < starts_on):
        raise BadSpan
    if not document:
        raise DocumentMissing
    if not reason:
        raise ReasonMissing
    row = Sanction.objects.create(
        province_id=order.province_id,
        person_id=order.payee_id,
        organisation_id=order.payee_organisation_id,
        order=order,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        document=document,
        reason=reason,
        imposed_by=by,
        imposed_at=at,
    )
    record(by=by, action="sanction.imposed", thing=row, at=at, reason=reason, detail={"order": order.number})
    return row


@transaction.atomic
def lift_sanction(sanction: Sanction, *, reason: str, by: User, at: dt.datetime) -> Sanction:
    """End a sanction now. Raises NotYours, OwnDebt, ReasonMissing, AlreadyLifted."""
    row = Sanction.objects.select_for_update(of=("self",)).get(pk=sanction.pk)
    if not has_role(by, Role.RECOVERY_OFFICER, province=row.province_id):
        raise NotYours
    if by.pk == row.person_id or row.organisation_id in own_organisations(by):
        raise OwnDebt
    if not reason.strip():
        raise ReasonMissing
    if row.lifted_at is not None:
        raise AlreadyLifted
    row.lifted_by, row.lifted_at, row.lifted_because = by, at, reason.strip()[:500]
    row.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
    record(by=by, action="sanction.lifted", thing=row, at=at, reason=row.lifted_because)
    return row
