"""委托: a person lets the provider of the course claim for a certificate, and takes that back."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies import declarations
from subsidies.models import Mandate
from subsidies.selectors.lists import may_be_mandated
from subsidies.services.claims import NotDeclared, certificate_of


class NoProvider(RuleBroken):
    code = "no_provider_to_mandate"
    message = _("No provider with an agreement in force can claim for this certificate.")


class MandateKnown(RuleBroken):
    code = "mandate_known"
    message = _("You have given this mandate already.")


@transaction.atomic
def give_mandate(user: User, serial: str, *, at: dt.datetime, agreed: bool) -> Mandate:
    """Let the provider of the course claim for one's own certificate. Raises NotClaimable, NotDeclared, NoProvider, MandateKnown."""
    certificate = certificate_of(user, serial)
    if not agreed:
        raise NotDeclared
    organisation = may_be_mandated(certificate, at=at)
    if organisation is None:
        raise NoProvider
    try:
        with transaction.atomic():
            row = Mandate.objects.create(
                person=user,
                organisation=organisation,
                province_id=certificate.province_code,
                certificate_serial=certificate.serial,
                version=declarations.MANDATE,
                given_at=at,
            )
    except IntegrityError as broken:
        raise MandateKnown from broken
    record(by=user, action="mandate.given", thing=row, at=at, detail={"organisation": organisation.pk})
    return row


@transaction.atomic
def end_mandate(user: User, serial: str, *, at: dt.datetime) -> bool:
    """Take a mandate back; a claim that was made by it goes on. False where there is none."""
    rows = Mandate.objects.select_for_update(of=("self",)).filter(person=user, certificate_serial=serial)
    row = rows.filter(ended_at=None).first()
    if row is None:
        return False
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    record(by=user, action="mandate.ended", thing=row, at=at)
    return True
