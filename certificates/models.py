"""What was earned. One row per completion, asked for by the worker, issued once, never altered, only revoked."""

import uuid

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from certificates import codes, workflow
from certificates.paper import PaperFacts
from portal import crypto


class Certificates(QuerySet["Certificate"]):
    def due(self, at: object) -> "Certificates":
        return self.filter(state=workflow.REQUESTED, due_at__lte=at)

    def issued(self) -> "Certificates":
        return self.filter(state=workflow.ISSUED)

    def on_paper(self) -> "Certificates":
        """Whatever anybody may hold in hand: issued, or issued and then revoked."""
        return self.filter(state__in=[workflow.ISSUED, workflow.REVOKED])


class SerialCounter(models.Model):
    """The last number given out for a province and year; its row is the lock that keeps the numbers gapless."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "year"], name="serial_counter_one_per_province_and_year"
            ),
        ]


class Certificate(models.Model):
    """`facts` is what the paper says without the holder's name, which is sealed. Both are set when it is issued."""

    class State(models.TextChoices):
        REQUESTED = workflow.REQUESTED, _("Being made")
        ISSUED = workflow.ISSUED, _("Valid")
        REVOKED = workflow.REVOKED, _("Revoked")
        FAILED = workflow.FAILED, _("Could not be made")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    completion = models.OneToOneField("learners.Completion", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    serial = models.CharField(max_length=18, unique=True)
    code = models.CharField(max_length=codes.LENGTH, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)

    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True)

    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    facts = models.JSONField(null=True)
    facts_sha256 = models.BinaryField(max_length=32, null=True)
    holder_sealed = models.BinaryField(null=True)
    holder_masked = models.CharField(max_length=80, blank=True)
    pdf_key = models.CharField(max_length=200, blank=True)
    pdf_sha256 = models.BinaryField(max_length=32, null=True)

    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(max_length=500, blank=True)

    objects = Certificates.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=workflow.REQUESTED), name="certificate_due"),
            models.Index(fields=["province", "state"], name="certificate_province_state"),
            models.Index(fields=["user", "-id"], name="certificate_of_user"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[workflow.REQUESTED, workflow.ISSUED, workflow.REVOKED, workflow.FAILED]
                ),
                name="certificate_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.REQUESTED, due_at__isnull=False)
                | (~Q(state=workflow.REQUESTED) & Q(due_at__isnull=True)),
                name="certificate_due_while_requested",
                violation_error_message=_("Only a certificate that is being made has a time when it is due."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[workflow.ISSUED, workflow.REVOKED],
                    issued_at__isnull=False,
                    issued_on__isnull=False,
                    facts__isnull=False,
                    facts_sha256__isnull=False,
                    holder_sealed__isnull=False,
                    pdf_sha256__isnull=False,
                )
                & ~Q(pdf_key="")
                & ~Q(holder_masked="")
                | Q(
                    state__in=[workflow.REQUESTED, workflow.FAILED],
                    issued_at__isnull=True,
                    issued_on__isnull=True,
                    facts__isnull=True,
                    facts_sha256__isnull=True,
                    holder_sealed__isnull=True,
                    pdf_sha256__isnull=True,
                    pdf_key="",
                    holder_masked="",
                ),
                name="certificate_issued_with_its_paper",
                violation_error_message=_(
                    "An issued certificate has its facts, its paper and its day; another has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.REVOKED, revoked_at__isnull=False, revoked_by__isnull=False)
                & ~Q(revoke_reason="")
                | ~Q(state=workflow.REVOKED)
                & Q(revoked_at__isnull=True, revoked_by__isnull=True, revoke_reason=""),
                name="certificate_revoked_by_somebody_for_a_reason",
                violation_error_message=_(
                    "A revoked certificate says when, by whom and why; another says nothing."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.FAILED, failed_at__isnull=False) & ~Q(failure="")
                | ~Q(state=workflow.FAILED) & Q(failed_at__isnull=True),
                name="certificate_failed_for_a_reason",
                violation_error_message=_("A certificate that could not be made says why."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=models.F("issued_at")),
                name="certificate_revoked_after_issued",
                violation_error_message=_("It cannot be revoked before it was issued."),
            ),
            models.CheckConstraint(
                condition=Q(serial__regex=r"^ZX-[0-9]{2}-[0-9]{4}-[0-9]{7}$"), name="certificate_serial_form"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{28}$"), name="certificate_code_form"
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def holder_name(self) -> str:
        return crypto.unseal(
            self.holder_sealed, table="certificates_certificate", column="holder", row=self.uid
        )

    def seal_holder(self, name: str) -> bytes:
        return crypto.seal(name, table="certificates_certificate", column="holder", row=self.uid)

    def paper_facts(self) -> PaperFacts:
        """What the paper says, the name included. Only of a certificate that is on paper."""
        return PaperFacts.from_json({**self.facts, "holder_name": self.holder_name})
