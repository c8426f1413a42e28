"""What can happen to a person's record."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from importlib import import_module

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from portal import clock, crypto, numbers
from portal.accounts import identity_check
from portal.accounts.access import has_role
from portal.accounts.models import (
    Appointment,
    Arrival,
    ArrivalFile,
    BankAccount,
    Consent,
    Identity,
    Organisation,
    Province,
    User,
)
from portal.accounts.roles import PAID_FOR, Role
from portal.audit.services import record
from portal.rules import RuleBroken

_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅•｡.．", "·"))
_SHORTEST_NAME, _LONGEST_NAME = 2, 40
_ARRIVALS_AT_ONCE = 1_000
CLAIMED, SET_ASIDE = "claimed", "set_aside"


class AlreadyRegistered(RuleBroken):
    code = "already_registered"
    message = _("This account already has a verified name.")


class PersonHasAccount(RuleBroken):
    code = "person_has_account"
    message = _(
        "This resident ID is already registered with another account. Sign in there, or ask the hotline to join the two."
    )


class BadName(RuleBroken):
    code = "bad_name"
    message = _("Type the name as on the resident ID: Chinese characters, or letters, with · between parts.")


class ConsentMissing(RuleBroken):
    code = "consent_missing"
    message = _("Without your consent we may not store these data. Tick the box if you agree.")


class NotForThem(RuleBroken):
    code = "not_for_them"
    message = _("You do not act for this organisation.")


class NotVerified(RuleBroken):
    code = "not_verified"
    message = _("First register with your real name.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State why you need to see the full number. The reason is kept in the audit.")


class OrganisationKnown(RuleBroken):
    code = "organisation_known"
    message = _("An organisation with this social credit code is registered already.")


def plain_name(text: str) -> str:
    """A name as kept: NFC, single · between parts, no other spaces. Raises BadName.

    NFC and not NFKC: compatibility characters can be the very character on somebody's card.
    """
    name = unicodedata.normalize("NFC", text).strip().translate(_MIDDLE_DOTS)
    name = re.sub(r"\s*·\s*", "·", name)
    name = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", name)
    letters = name.replace("·", "").replace(" ", "").replace("-", "").replace("'", "")
    if (
        not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME
        or not all(unicodedata.category(c)[0] in "LM" for c in letters)
        or not letters
    ):
        raise BadName
    return name


def _consent(user: User, purpose: str, *, province_id: str, agreed: bool, at: dt.datetime) -> Consent:
    if not agreed:
        raise ConsentMissing
    live = Consent.objects.filter(user=user, purpose=purpose, withdrawn_at=None)
    live.exclude(version=settings.CONSENT_VERSION).update(withdrawn_at=at)
    return live.first() or Consent.objects.create(
        user=user, province_id=province_id, purpose=purpose, version=settings.CONSENT_VERSION, given_at=at
    )


@transaction.atomic
def register_real_name(
    user: User,
    *,
    name: str,
    number: str,
    province: Province,
    agreed: bool,
    at: dt.datetime,
    by: User | None = None,
) -> Identity:
    """Bind a person to an account, once. The province is where the person studies and claims.
    `by` is a helper who fills in the form for them.

    Raises AlreadyRegistered, PersonHasAccount, BadName, numbers.BadNumber, ConsentMissing, and what the identity
    port raises.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Identity.objects.filter(user=user).exists():
        raise AlreadyRegistered
    full_name = plain_name(name)
    resident = numbers.resident_id(number, on=clock.today(at))
    checked = identity_check.check(full_name, resident)
    identity = Identity(
        user=user,
        province=province,
        masked_name=numbers.mask_name(full_name),
        number_index=crypto.blind_index(resident.number, purpose="resident_id"),
        masked_number=numbers.mask_number(resident.number),
        sex=resident.sex,
        born_on=resident.born,
        region_known=resident.region_known,
        checked_by_port=checked.port,
        verified_at=at,
        consent=_consent(user, Consent.Purpose.REAL_NAME, province_id=province.pk, agreed=agreed, at=at),
    )
    identity.name_sealed = crypto.seal(full_name, table="accounts_identity", column="name", row=identity.uid)
    identity.number_sealed = crypto.seal(
        resident.number, table="accounts_identity", column="number", row=identity.uid
    )
    try:
        with transaction.atomic():
            identity.save(force_insert=True)
    except IntegrityError as broken:
        raise PersonHasAccount from broken
    user.province = province
    user.display_name = identity.masked_name
    user.save(update_fields=["province", "display_name"])
    detail: dict[str, object] = {"port": checked.port}
    if by and by != user:
        detail["for"] = user.pk
    if arrived := _claim(user, identity):
        detail["arrival"] = arrived
    record(by=by or user, action="identity.registered", thing=identity, at=at, detail=detail)
    if arrived == CLAIMED:
        import_module(settings.EARLIER_ENROLMENTS).take_up(user, at=at)
    return identity


class NameUnchanged(RuleBroken):
    code = "name_unchanged"
    message = _("This is the name we know already.")


@transaction.atomic
def renew_name(user: User, *, name: str, by: User, at: dt.datetime) -> Identity:
    """Take over a name that was changed, or registered wrongly: the identity service must know it with the same number.

    What was issued under the earlier name keeps it. Raises Identity.DoesNotExist, BadName, NameUnchanged, and what the
    identity port raises.
    """
    identity = Identity.objects.select_for_update().get(user=user)
    full_name = plain_name(name)
    if full_name == identity.full_name:
        raise NameUnchanged
    checked = identity_check.check(full_name, numbers.resident_id(identity.number, on=clock.today(at)))
    identity.name_sealed = crypto.seal(full_name, table="accounts_identity", column="name", row=identity.uid)
    identity.masked_name = numbers.mask_name(full_name)
    identity.checked_by_port, identity.verified_at = checked.port, at
    identity.save(update_fields=["name_sealed", "masked_name", "checked_by_port", "verified_at"])
    User.objects.filter(pk=user.pk).update(display_name=identity.masked_name)
    record(by=by, action="identity.renamed", thing=identity, at=at, detail={"port": checked.port})
    return identity


def _claim(user: User, identity: Identity) -> str:
    """End what a former platform told of this account: CLAIMED where it meant this person, SET_ASIDE where it meant another
    (a phone number passes on), empty where nothing was told.
    """
    arrival = Arrival.objects.select_for_update().filter(user=user).first()
    if arrival is None:
        return ""
    same = bytes(arrival.number_index) == identity.number_index
    if not same:
        import_module(settings.EARLIER_ENROLMENTS).forget([user.pk])
    arrival.delete()
    return CLAIMED if same else SET_ASIDE


def forget_next_arrivals(*, at: dt.datetime) -> bool:
    """Delete some people brought in settings.ARRIVALS_KEPT ago whom nobody claimed. Whether any were due.

    Who signed in keeps the account without what was told of it; of the others nothing stays.
    """
    with transaction.atomic():
        due = ArrivalFile.objects.filter(forgotten_at=None, begun_at__lt=at - settings.ARRIVALS_KEPT)
        file = due.select_for_update(skip_locked=True).order_by("begun_at", "pk").first()
        if file is None:
            return False
        rows = Arrival.objects.select_for_update().filter(file=file).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:_ARRIVALS_AT_ONCE])
        if ids:
            import_module(settings.EARLIER_ENROLMENTS).forget(ids)
            Arrival.objects.filter(pk__in=ids).delete()
            _delete_accounts(ids)
        else:
            file.forgotten_at = at
            file.save(update_fields=["forgotten_at"])
            record(by=None, action="arrivals.forgotten", thing=file, at=at)
    return True


def _delete_accounts(ids: list[int]) -> None:
    """Those that were never used; one that something else hangs on stays."""
    unused = User.objects.filter(pk__in=ids, last_login=None, phone_verified_at=None)
    try:
        unused.delete()
    except ProtectedError as kept:
        held = {row.user_id for row in kept.protected_objects if hasattr(row, "user_id")}
        unused.exclude(pk__in=held).delete()


@transaction.atomic
def set_bank_account(
    user: User, *, number: str, bank_name: str, agreed: bool, by: User, at: dt.datetime
) -> tuple[BankAccount, list[str]]:
    """Set or change the account a subsidy is paid to; the account must be in the person's own name.

    Returns the account and warnings (`luhn`). Raises NotVerified, numbers.BadNumber, ConsentMissing.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    identity = Identity.objects.filter(user=user).first()
    if identity is None:
        raise NotVerified
    plain, warnings = numbers.bank_card(number)
    consent = _consent(
        user, Consent.Purpose.BANK_ACCOUNT, province_id=identity.province_id, agreed=agreed, at=at
    )
    BankAccount.objects.filter(user=user, retired_at=None).update(retired_at=at)
    account = BankAccount(
        user=user,
        province_id=identity.province_id,
        bank_name=bank_name.strip(),
        number_index=crypto.blind_index(plain, purpose="bank_account"),
        masked_number=numbers.mask_number(plain),
        check_digit_fits="luhn" not in warnings,
        changed_by=by,
        changed_at=at,
        consent=consent,
    )
    account.number_sealed = crypto.seal(plain, table="accounts_bankaccount", column="number", row=account.uid)
    account.save(force_insert=True)
    record(by=by, action="bank_account.changed", thing=account, at=at, detail={"warnings": warnings})
    return account, warnings


@transaction.atomic
def set_organisation_account(
    organisation: Organisation, *, number: str, bank_name: str, by: User, at: dt.datetime
) -> BankAccount:
    """Set or change the account an organisation is paid to; it must be kept in the organisation's registered name.

    Raises NotForThem, numbers.BadNumber.
    """
    if not has_role(by, *PAID_FOR, organisation=organisation.pk):
        raise NotForThem
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    plain = numbers.organisation_account(number)
    BankAccount.objects.filter(organisation=organisation, retired_at=None).update(retired_at=at)
    account = BankAccount(
        organisation=organisation,
        province_id=organisation.province_id,
        bank_name=bank_name.strip(),
        number_index=crypto.blind_index(plain, purpose="bank_account"),
        masked_number=numbers.mask_number(plain),
        check_digit_fits=True,
        changed_by=by,
        changed_at=at,
    )
    account.number_sealed = crypto.seal(plain, table="accounts_bankaccount", column="number", row=account.uid)
    account.save(force_insert=True)
    detail = {"organisation": organisation.uscc}
    record(by=by, action="bank_account.changed", thing=account, at=at, detail=detail)
    return account


@transaction.atomic
def reveal_number(thing: Identity | BankAccount, *, by: User, at: dt.datetime, reason: str) -> str:
    """The full number, shown once to somebody who says why. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    number = thing.number
    record(by=by, action=f"{thing._meta.model_name}.revealed", thing=thing, at=at, reason=reason.strip())  # noqa: SLF001
    return number


@transaction.atomic
def register_organisation(
    *, uscc: str, kind: str, name_zh: str, name_en: str, province: Province, by: User, at: dt.datetime
) -> Organisation:
    """Enter a body by its social credit code. Raises numbers.BadNumber, OrganisationKnown, django ValidationError."""
    code = numbers.social_credit_code(uscc)
    organisation = Organisation(
        uscc=code,
        kind=kind,
        name_zh=unicodedata.normalize("NFC", name_zh).strip(),
        name_en=unicodedata.normalize("NFC", name_en).strip(),
        province=province,
    )
    organisation.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError as broken:
        raise OrganisationKnown from broken
    record(
        by=by,
        action="organisation.registered",
        thing=organisation,
        at=at,
        detail={"uscc": code, "kind": organisation.kind},
    )
    return organisation


def payment_details(account_id: int) -> tuple[str, str, str]:
    """Account number, bank and holder's full name (an organisation's as registered), for the payment file alone. Not audited one by one: the batch is."""
    return many_payment_details([account_id])[account_id]


def many_payment_details(account_ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
    """As `payment_details`, by account id, in one statement."""
    rows = BankAccount.objects.filter(pk__in=account_ids).select_related("user__identity", "organisation")
    return {row.pk: (row.number, row.bank_name, _holder(row)) for row in rows}


def _holder(account: BankAccount) -> str:
    return account.organisation.name_zh if account.organisation else account.user.identity.full_name


def many_to_mask(user_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Full name and resident ID by user id, for public lists that mask them at once. Never log or keep them."""
    rows = Identity.objects.filter(user_id__in=user_ids)
    return {row.user_id: (row.full_name, row.number) for row in rows}


def note_told(account: BankAccount, *, at: dt.datetime) -> bool:
    """Keep that the owner was told of a change, once. True the first time."""
    return BankAccount.objects.filter(pk=account.pk, told_at=None).update(told_at=at) == 1


@transaction.atomic
def appoint(
    user: User,
    role: Role,
    *,
    by: User | None,
    at: dt.datetime,
    province: Province | None = None,
    organisation: Organisation | None = None,
    county: str = "",
    until: dt.date | None = None,
) -> Appointment:
    """Give a role from today on. Raises django ValidationError where role and scope do not fit."""
    appointment = Appointment(
        user=user,
        role=role,
        province=province,
        organisation=organisation,
        county=county,
        valid_from=clock.today(at),
        valid_to=until,
        appointed_by=by,
    )
    appointment.full_clean()
    appointment.save()
    record(
        by=by,
        action="role.given",
        thing=appointment,
        at=at,
        province=province.pk if province else None,
        detail={"role": role, "user": user.pk},
    )
    return appointment


def set_reading_size(user: User, size: str) -> None:
    user.reading_size = size
    user.save(update_fields=["reading_size"])
