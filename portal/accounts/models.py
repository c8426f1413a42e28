"""People, the bodies they act for, and what they may do.

Personal numbers (phone, resident ID, bank account) are sealed in their row and found by blind index. Each row that
holds one has a `uid` made before the first save, to which its sealed cells are bound.
"""

import uuid

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import crypto, numbers
from portal.accounts.roles import SCOPES, Role, Scope


class Named(models.Model):
    """A thing with a Chinese and an English name."""

    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") and self.name_en else self.name_zh


class Province(Named):
    """One of the 31 provinces, by its GB/T 2260 code."""

    code = models.CharField(max_length=6, primary_key=True)
    full_name_zh = models.CharField(max_length=40)
    slug = models.SlugField(unique=True)
    abbr = models.CharField(max_length=1)

    class Meta:
        ordering = ["code"]


class Organisation(Named):
    """A body that supplies courses or employs learners: platform, enterprise, school, office."""

    class Kind(models.TextChoices):
        PLATFORM = "platform", _("Platform")
        ENTERPRISE = "enterprise", _("Enterprise")
        SCHOOL = "school", _("School")
        OFFICE = "office", _("Office")

    uscc = models.CharField(max_length=18, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name_zh"]


class UserManager(BaseUserManager["User"]):
    def by_phone(self, phone: str) -> "User | None":
        return self.filter(phone_index=crypto.blind_index(phone, purpose="phone")).first()


class User(AbstractBaseUser):
    """Anybody who signs in. What a person may do beyond learning is in `Appointment`."""

    class ReadingSize(models.TextChoices):
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large type")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(_("name shown"), max_length=80, blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True, unique=True)
    phone_verified_at = models.DateTimeField(null=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    reading_size = models.CharField(max_length=8, choices=ReadingSize.choices, default=ReadingSize.NORMAL)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "uid"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_sealed__isnull=True, phone_index__isnull=True)
                | Q(phone_sealed__isnull=False, phone_index__isnull=False),
                name="user_phone_sealed_with_index",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or str(self.uid)

    @property
    def phone(self) -> str:
        """E.164, or empty."""
        if self.phone_sealed is None:
            return ""
        return crypto.unseal(self.phone_sealed, table="accounts_user", column="phone", row=self.uid)

    @phone.setter
    def phone(self, number: str) -> None:
        self.phone_sealed = (
            crypto.seal(number, table="accounts_user", column="phone", row=self.uid) if number else None
        )
        self.phone_index = crypto.blind_index(number, purpose="phone") if number else None

    @property
    def masked_phone(self) -> str:
        return numbers.mask_phone(self.phone)


class Appointment(models.Model):
    """A role held by a person from a day to a day, for a province or an organisation where the role has that scope.

    `county` is the six-digit code (GB/T 2260) of a county desk's county; empty for a desk of the whole province.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role.choices)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    county = models.CharField(max_length=6, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="appointment_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(
                    role__in=SCOPES[Scope.PROVINCE], province__isnull=False, organisation__isnull=True
                )
                | Q(role__in=SCOPES[Scope.ORGANISATION], organisation__isnull=False)
                | Q(role__in=SCOPES[Scope.NATION], province__isnull=True, organisation__isnull=True),
                name="appointment_has_the_scope_of_its_role",
                violation_error_message=_(
                    "This role needs another scope: a province, an organisation, or neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(county="")
                | (
                    Q(role=Role.COUNTY_DESK, county__regex=r"^\d{6}$")
                    & Exact(Left("county", 2), Left("province", 2))
                ),
                name="appointment_county_of_its_province",
                violation_error_message=_("A county desk sits in a county of its province."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "province", "organisation", "valid_from"],
                nulls_distinct=False,
                name="appointment_once",
            ),
        ]


class Consent(models.Model):
    """What a person agreed to, in which version of the text, and when it was withdrawn (PIPL 13 to 17, 29)."""

    class Purpose(models.TextChoices):
        REAL_NAME = "real_name", _("Real-name registration")
        BANK_ACCOUNT = "bank_account", _("Use of a bank account for payment")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_one_live_per_purpose",
            ),
        ]


class Identity(models.Model):
    """Who a learner is: name and resident ID, checked once. One account per person: the index is unique."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="identity")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField()
    masked_name = models.CharField(max_length=80)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32, unique=True)
    masked_number = models.CharField(max_length=18)
    sex = models.CharField(max_length=1, choices=[("M", _("Male")), ("F", _("Female"))])
    born_on = models.DateField()
    region_known = models.BooleanField()
    checked_by_port = models.CharField(max_length=80)
    verified_at = models.DateTimeField()
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")

    @property
    def full_name(self) -> str:
        return crypto.unseal(self.name_sealed, table="accounts_identity", column="name", row=self.uid)

    @property
    def number(self) -> str:
        return crypto.unseal(self.number_sealed, table="accounts_identity", column="number", row=self.uid)


class ArrivalFile(models.Model):
    """A file of a former platform that was brought in, chunk by chunk: known again by its SHA-256.

    `told` says what its rows are. `forgotten_at` is when those of its people whom nobody claimed were deleted.
    """

    class Told(models.TextChoices):
        PEOPLE = "people", _("People")
        ENROLMENTS = "enrolments", _("Earlier enrolments")

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+")
    told = models.CharField(max_length=12, choices=Told.choices)
    digest = models.BinaryField(max_length=32)
    chunk_bytes = models.PositiveIntegerField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "told", "digest"], name="arrival_file_once"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("begun_at")),
                name="arrival_file_finished_after_begun",
            ),
        ]


class ArrivalChunk(models.Model):
    """A part of a file, brought in as a whole. `refusals`: line, code, sentence and the masked values, until the end."""

    file = models.ForeignKey(ArrivalFile, on_delete=models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="arrival_chunk_once")]


class Arrival(models.Model):
    """What a former platform knew of somebody who has agreed to nothing here yet; gone once they register, or in time.

    `facts_sealed` is name and resident ID, bound to the user's `uid`. That the file and its province are there
    PostgreSQL need not ask for each of millions of rows: the file brings them in, and is never deleted.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="arrival")
    file = models.ForeignKey(
        ArrivalFile, on_delete=models.PROTECT, related_name="arrivals", db_constraint=False
    )
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    facts_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32, unique=True)

    @property
    def full_name(self) -> str:
        facts = crypto.unseal(self.facts_sealed, table="accounts_arrival", column="facts", row=self.user.uid)
        return facts.partition("\n")[0]


class BankAccount(models.Model):
    """Where a subsidy is paid: an account of a person, or of an organisation that is paid. A change is a new row, so that
    the rows of an owner are the log of changes.

    `retired_at` closes the old one; `told_at` is when its owner was told of the new one. Nothing else of a row changes.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="bank_accounts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+")
    bank_name = models.CharField(_("bank"), max_length=80)
    number_sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32, db_index=True)
    masked_number = models.CharField(max_length=24)
    check_digit_fits = models.BooleanField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    """A person's agreement to keep it; an organisation's account is nobody's personal data."""

    class Meta:
        indexes = [
            models.Index(fields=["changed_at"], condition=Q(told_at=None), name="bank_account_to_tell"),
            models.Index(fields=["province", "-changed_at"], name="bank_account_of_province"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(retired_at__isnull=True), name="bank_account_one_live_per_person"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(retired_at__isnull=True),
                name="bank_account_one_live_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, organisation=None, consent__isnull=False)
                | Q(user=None, organisation__isnull=False, consent=None),
                name="bank_account_of_a_person_or_an_organisation",
                violation_error_message=_("An account belongs to one person or to one organisation."),
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("changed_at")),
                name="bank_account_retired_after_made",
            ),
        ]

    @property
    def number(self) -> str:
        return crypto.unseal(self.number_sealed, table="accounts_bankaccount", column="number", row=self.uid)


class SentMessage(models.Model):
    """An SMS handed to its port, for the recording port and for delivery questions. The text is kept sealed."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    to_masked = models.CharField(max_length=20)
    to_index = models.BinaryField(max_length=32, db_index=True)
    text_sealed = models.BinaryField()
    sent_at = models.DateTimeField(db_index=True)

    @property
    def text(self) -> str:
        return crypto.unseal(self.text_sealed, table="accounts_sentmessage", column="text", row=self.uid)


class SignIn(models.Model):
    """That somebody signed in, from which device and network: keyed digests, out of which neither can be read again.

    `door` is the digest of the session, by which play sessions name it, too. Rows are deleted after settings.SIGN_INS_KEPT.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_index=True)
    door = models.CharField(max_length=32, unique=True)
    device_index = models.BinaryField(max_length=32)
    network_index = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["device_index", "user"], name="sign_in_by_device"),
            models.Index(fields=["network_index", "at"], name="sign_in_by_network"),
        ]
