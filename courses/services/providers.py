"""Contacts and agreements of a provider."""

import datetime as dt
import unicodedata

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Agreement, Contact, Notice
from courses.services.notices import tell
from courses.services.paper_checks import keep_paper
from portal import crypto, numbers
from portal.accounts.models import Organisation, Province, User
from portal.audit.services import record
from portal.rules import RuleBroken


class BadEmail(RuleBroken):
    code = "bad_email"
    message = _("This is not an e-mail address.")


class NameMissing(RuleBroken):
    code = "name_missing"
    message = _("State the name and the function of the contact.")


class RevealReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State why you need the full phone number and e-mail. The reason is kept in the audit.")


class AgreementKnown(RuleBroken):
    code = "agreement_known"
    message = _("There is an agreement with this number already.")


class LastDayFirst(RuleBroken):
    code = "last_day_first"
    message = _("The last day lies before the first.")


def _plain(text: str, longest: int) -> str:
    return unicodedata.normalize("NFC", text).strip()[:longest]


@transaction.atomic
def add_contact(
    organisation: Organisation,
    *,
    name: str,
    function: str,
    phone: str,
    email: str = "",
    by: User,
    at: dt.datetime,
) -> Contact:
    """Somebody to call at a provider; the numbers are sealed. Raises NameMissing, numbers.BadNumber, BadEmail."""
    if not name.strip() or not function.strip():
        raise NameMissing
    number, address = numbers.phone(phone), _email(email)
    contact = Contact(
        organisation=organisation,
        province_id=organisation.province_id,
        name=_plain(name, 80),
        function=_plain(function, 80),
        masked_phone=numbers.mask_phone(number),
        masked_email=numbers.mask_email(address) if address else "",
        added_at=at,
        added_by=by,
    )
    contact.phone_sealed = crypto.seal(number, table="courses_contact", column="phone", row=contact.uid)
    if address:
        contact.email_sealed = crypto.seal(address, table="courses_contact", column="email", row=contact.uid)
    contact.save(force_insert=True)
    record(by=by, action="contact.added", thing=contact, at=at, detail={"organisation": organisation.pk})
    return contact


def _email(text: str) -> str:
    address = unicodedata.normalize("NFKC", text).strip()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise BadEmail from None
    return address


@transaction.atomic
def remove_contact(contact: Contact, *, by: User, at: dt.datetime) -> Contact:
    """The person no longer stands for the provider. A second time changes nothing."""
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if contact.removed_at is None:
        contact.removed_at, contact.removed_by = at, by
        contact.save(update_fields=["removed_at", "removed_by"])
        record(by=by, action="contact.removed", thing=contact, at=at)
    return contact


@transaction.atomic
def reveal_contact(contact: Contact, *, reason: str, by: User, at: dt.datetime) -> tuple[str, str]:
    """Phone and e-mail in full, shown once to somebody who says why. Raises RevealReasonMissing."""
    if not reason.strip():
        raise RevealReasonMissing
    shown = contact.phone, contact.email
    record(by=by, action="contact.revealed", thing=contact, at=at, reason=reason.strip()[:500])
    return shown


@transaction.atomic
def add_agreement(
    organisation: Organisation,
    province: Province,
    *,
    number: str,
    title: str,
    signed_on: dt.date,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: UploadedFile | None = None,
    by: User,
    at: dt.datetime,
) -> Agreement:
    """Enter what was signed. Raises AgreementKnown, LastDayFirst, papers.NotAPaper, papers.PaperTooLarge."""
    if valid_to and valid_to < valid_from:
        raise LastDayFirst
    fields = keep_paper(document, at=at) if document else {}
    try:
        with transaction.atomic():
            agreement = Agreement.objects.create(
                organisation=organisation,
                province=province,
                number=_plain(number, 80),
                title=_plain(title, 160),
                signed_on=signed_on,
                valid_from=valid_from,
                valid_to=valid_to,
                added_at=at,
                added_by=by,
                **fields,
            )
    except IntegrityError as broken:
        if "agreement_number_once" not in str(broken):
            raise
        raise AgreementKnown from broken
    tell(
        organisation,
        Notice.Kind.AGREEMENT,
        province_id=province.pk,
        at=at,
        number=agreement.number,
        title=agreement.title,
    )
    record(by=by, action="agreement.added", thing=agreement, at=at, detail={"number": agreement.number})
    return agreement
