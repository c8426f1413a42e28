"""Who supplies courses: contacts, agreements, the dated licence in a province, and what the province tells a provider."""

import datetime as dt
import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import set_together, spoken
from courses.workflow import COUNTS, LicenceState, PaperState
from portal import crypto


class Document(models.Model):
    """A paper in the storage, by its key; all four are empty where there is none."""

    document_key = models.CharField(max_length=200, blank=True)
    document_name = models.CharField(max_length=160, blank=True)
    document_bytes = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(document_key="", document_name="", document_bytes=0, document_sha256="")
                | (
                    ~Q(document_key="")
                    & ~Q(document_name="")
                    & Q(document_bytes__gt=0, document_sha256__regex="^[0-9a-f]{64}$")
                ),
                name="%(class)s_document_is_whole",
            ),
        ]


class PaperCheck(models.Model):
    """What the virus scan says of a document in the storage, by its key. Agreements and decisions never change; this does.

    `due_at` is when a worker looks next. `finding` is what the scanner found; then the file is deleted, the row stays.
    """

    key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=PaperState.choices, default=PaperState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PaperState.values), name="paper_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=PaperState.WAITING, due_at__isnull=False, looked_at__isnull=True)
                | (~Q(state=PaperState.WAITING) & Q(due_at__isnull=True, looked_at__isnull=False)),
                name="paper_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=(Q(state=PaperState.REFUSED) & ~Q(finding=""))
                | (~Q(state=PaperState.REFUSED) & Q(finding="")),
                name="paper_refused_has_finding",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="paper_due")]

    def __str__(self) -> str:
        return self.key


class Contact(models.Model):
    """A person at a provider. Phone and e-mail are sealed; lists show them masked. One that left is `removed`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    function = models.CharField(max_length=80)
    phone_sealed = models.BinaryField()
    masked_phone = models.CharField(max_length=20)
    email_sealed = models.BinaryField(null=True)
    masked_email = models.CharField(max_length=254, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=set_together("removed"), name="contact_removed_at_with_by"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("added_at")),
                name="contact_removed_after_added",
            ),
            models.CheckConstraint(
                condition=Q(email_sealed__isnull=True, masked_email="")
                | (Q(email_sealed__isnull=False) & ~Q(masked_email="")),
                name="contact_email_sealed_with_mask",
            ),
        ]

    @property
    def phone(self) -> str:
        """E.164."""
        return crypto.unseal(self.phone_sealed, table="courses_contact", column="phone", row=self.uid)

    @property
    def email(self) -> str:
        if self.email_sealed is None:
            return ""
        return crypto.unseal(self.email_sealed, table="courses_contact", column="email", row=self.uid)


class Agreement(Document):
    """What a province and a provider signed, by its number. Append-only: a change is another agreement."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    title = models.CharField(max_length=160)
    signed_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            *Document.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "province", "number"],
                name="agreement_number_once",
                violation_error_message=_("There is an agreement with this number already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agreement_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


STATES = [state for state in LicenceState.choices if state[0] != LicenceState.NONE]


class Days(Func):
    """The days from the first to the last, both included; none where the last is the day before the first."""

    function = "daterange"
    arg_joiner = ", 1 + "
    output_field = DateRangeField()


class Licences(QuerySet["Licence"]):
    def in_force(self, day: dt.date) -> "Licences":
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))

    def kept(self) -> "Licences":
        """Without those that were dropped before they took effect."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=F("valid_from")))

    def not_applied(self) -> "Licences":
        return self.kept().filter(applied_at=None)


class Licence(Document):
    """One decision: the state of a provider in a province from a day on, for as long as no later one follows.

    `valid_to` is the last day; `ended_at` and `ended_by` say when and by whom it was set, or taken away again. A decision
    dropped before it took effect ends the day before it begins. Triggers refuse whatever would change a day that is
    past. `applied_at` is when the catalogue took notice of the day it began.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATES)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = Licences.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            *Document.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _name in STATES]), name="licence_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="licence_has_reason",
                violation_error_message=_("State the reason. The provider and the audit read it."),
            ),
            models.CheckConstraint(condition=set_together("ended"), name="licence_ended_at_with_by"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(ended_at__gte=F("decided_at")),
                name="licence_end_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(applied_at__gte=F("decided_at")),
                name="licence_applied_after_decided",
            ),
            ExclusionConstraint(
                name="licence_one_a_day",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("province", RangeOperators.EQUAL),
                    (Days(F("valid_from"), F("valid_to")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_from"], condition=Q(applied_at__isnull=True), name="licence_not_applied"
            ),
            models.Index(fields=["province", "state"], name="licence_by_province"),
        ]

    @property
    def counts(self) -> bool:
        return self.state in COUNTS

    @property
    def was_dropped(self) -> bool:
        return self.valid_to is not None and self.valid_to < self.valid_from

    def is_planned(self, today: dt.date) -> bool:
        return not self.was_dropped and self.valid_from > today

    def is_in_force(self, today: dt.date) -> bool:
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)


class Notice(models.Model):
    """What a province told a provider, in the words of that day. Only `read_at` and `read_by` are ever set."""

    class Kind(models.TextChoices):
        RETURNED = "returned", pgettext_lazy("course", "Returned")
        PUBLISHED = "published", _("Published")
        SUSPENDED = "suspended", _("Suspended")
        RESUMED = "resumed", _("Resumed")
        WITHDRAWN = "withdrawn", pgettext_lazy("course", "Withdrawn")
        LICENCE = "licence", _("Licence decided")
        CALLED_OFF = "called_off", _("Licence decision called off")
        AGREEMENT = "agreement", _("Agreement added")
        SHORTFALL = "shortfall", _("Falls short of the standard")
        QUESTION = "question", _("Late answer")

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(
        "courses.Course", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words_zh = models.CharField(max_length=1200)
    words_en = models.CharField(max_length=1200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=set_together("read"), name="notice_read_at_with_by"),
            models.CheckConstraint(condition=~Q(words_zh="") & ~Q(words_en=""), name="notice_has_words"),
        ]
        indexes = [
            models.Index(
                fields=["organisation"], condition=Q(read_at__isnull=True), name="provider_notice_unread"
            ),
            models.Index(fields=["organisation", "-id"], name="provider_notice_newest"),
        ]

    @property
    def words(self) -> str:
        return spoken(self.words_zh, self.words_en)
