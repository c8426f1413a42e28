"""What was earned. A row for each completion, asked for by the worker, issued once, never altered: revoked or replaced."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from certificates import codes, workflow
from certificates.paper import PaperFacts
from portal import crypto


class Certificates(QuerySet["Certificate"]):
    def due(self, at: object) -> "Certificates":
        """To be issued now. What a paused batch has taken over waits."""
        free = Q(batch=None) | Q(batch__state=workflow.RUNNING)
        return self.filter(free, state=workflow.REQUESTED, due_at__lte=at)

    def paper_due(self, at: object) -> "Certificates":
        return self.filter(state=workflow.ISSUED, paper_due_at__lte=at)

    def waiting_for_a_batch(self) -> "Certificates":
        return self.filter(state=workflow.REQUESTED, batch=None, due_at=None)

    def issued(self) -> "Certificates":
        return self.filter(state=workflow.ISSUED)

    def on_paper(self) -> "Certificates":
        """Whatever anybody may hold in hand: issued, and revoked or replaced after that."""
        return self.filter(state__in=workflow.ON_PAPER)

    def gone(self) -> "Certificates":
        """On paper, and it does not count any more."""
        return self.filter(state__in=workflow.GONE)

    def numbered(self, number: str) -> "Certificates":
        """By its serial, or by its uid as long as it has none."""
        try:
            return self.filter(uid=uuid.UUID(number))
        except ValueError:
            return self.filter(serial=number)


class SerialCounter(models.Model):
    """The last number given out for a province and year; its row is the lock that keeps the numbers gapless.

    Each night they are counted: of those up to `counted_to`, `counted` were found at `counted_at`.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    counted_to = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "year"], name="serial_counter_one_per_province_and_year"
            ),
            models.CheckConstraint(
                condition=Q(counted__lte=F("counted_to"), counted_to__lte=F("last")),
                name="serial_counter_counts_what_was_given",
            ),
            models.CheckConstraint(
                condition=Q(counted_to=0) | Q(counted_at__isnull=False), name="serial_counter_counted_at"
            ),
        ]

    def serial(self, number: int) -> str:
        return f"ZX-{self.province_id[:2]}-{self.year}-{number:07}"


class Certificate(models.Model):
    """One paper, or one that is still to be issued.

    `facts` is what the paper says without the holder's name, which is sealed; `grounds` is what it stands on. They are
    set when it is issued, with the next `serial` of the province and year, and `facts_sha256` covers all three. The
    paper itself follows: made when it is asked for, or by the worker (`paper_due_at`), which keeps it under `pdf_key`.

    While it is requested, `due_at` is when the worker tries (again); it is empty while it waits for an officer's batch.
    `replaces` is the certificate whose place it took, by a proposal that two people agreed on.
    """

    class State(models.TextChoices):
        REQUESTED = workflow.REQUESTED, _("Being made")
        ISSUED = workflow.ISSUED, _("Valid")
        REVOKED = workflow.REVOKED, _("Revoked")
        REPLACED = workflow.REPLACED, _("Replaced")
        FAILED = workflow.FAILED, _("Could not be made")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    completion = models.ForeignKey("learners.Completion", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    course_code = models.CharField(max_length=24)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replacement")
    batch = models.ForeignKey(
        "certificates.IssuingBatch", on_delete=models.PROTECT, null=True, related_name="certificates"
    )
    serial = models.CharField(max_length=18, unique=True, null=True)  # noqa: DJ001 - many have none yet
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
    grounds = models.JSONField(null=True)
    facts_sha256 = models.BinaryField(max_length=32, null=True)
    holder_sealed = models.BinaryField(null=True)
    holder_masked = models.CharField(max_length=80, blank=True)

    paper_due_at = models.DateTimeField(null=True)
    paper_attempts = models.PositiveSmallIntegerField(default=0)
    paper_failure = models.CharField(max_length=500, blank=True)
    paper_made_at = models.DateTimeField(null=True)
    pdf_key = models.CharField(max_length=200, blank=True)
    pdf_sha256 = models.BinaryField(max_length=32, null=True)

    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(max_length=500, blank=True)
    replaced_at = models.DateTimeField(null=True)

    objects = Certificates.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=workflow.REQUESTED), name="certificate_due"),
            models.Index(
                fields=["paper_due_at"], condition=Q(paper_due_at__isnull=False), name="certificate_paper_due"
            ),
            models.Index(fields=["province", "state", "-id"], name="certificate_province_state"),
            models.Index(fields=["province", "course_code", "-id"], name="certificate_province_course"),
            models.Index(fields=["province", "-id"], name="certificate_province"),
            models.Index(
                fields=["province", "issued_on", "id"],
                condition=Q(issued_on__isnull=False),
                name="certificate_province_day",
            ),
            models.Index(
                fields=["issued_on", "id"], condition=Q(issued_on__isnull=False), name="certificate_day"
            ),
            models.Index(
                fields=["holder_masked", "-id"], condition=~Q(holder_masked=""), name="certificate_holder"
            ),
            models.Index(fields=["-id"], condition=~Q(paper_failure=""), name="certificate_paperless"),
            models.Index(
                F("kind"), KeyTransform("level", "facts"), F("id").desc(), name="certificate_kind_level"
            ),
            models.Index(fields=["user", "-id"], name="certificate_of_user"),
            models.Index(fields=["serial"], condition=Q(state__in=workflow.GONE), name="certificate_gone"),
            models.Index(
                fields=["revoked_at"], condition=Q(revoked_at__isnull=False), name="certificate_revoked"
            ),
            models.Index(
                fields=["replaced_at"], condition=Q(replaced_at__isnull=False), name="certificate_replaced"
            ),
            models.Index(
                fields=["batch", "state"], condition=Q(batch__isnull=False), name="certificate_batch"
            ),
            models.Index(
                fields=["batch", "id"], condition=Q(batch__isnull=False), name="certificate_batch_order"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        workflow.REQUESTED,
                        workflow.ISSUED,
                        workflow.REVOKED,
                        workflow.REPLACED,
                        workflow.FAILED,
                    ]
                ),
                name="certificate_state_known",
            ),
            models.UniqueConstraint(
                fields=["completion"],
                condition=Q(replaces__isnull=True),
                name="certificate_first_one_per_completion",
            ),
            models.UniqueConstraint(
                fields=["user", "version", "kind"],
                condition=Q(state__in=workflow.LIVE),
                name="certificate_one_live",
                violation_error_message=_("This person has a certificate of this course already."),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=models.F("id")),
                name="certificate_replaces_another",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(state=workflow.REQUESTED),
                name="certificate_due_while_requested",
                violation_error_message=_("Only a certificate that is being made has a time when it is due."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=workflow.ON_PAPER,
                    serial__isnull=False,
                    issued_at__isnull=False,
                    issued_on__isnull=False,
                    facts__isnull=False,
                    facts_sha256__isnull=False,
                    holder_sealed__isnull=False,
                )
                & ~Q(holder_masked="")
                | Q(
                    state__in=[workflow.REQUESTED, workflow.FAILED],
                    issued_at__isnull=True,
                    issued_on__isnull=True,
                    facts__isnull=True,
                    grounds__isnull=True,
                    facts_sha256__isnull=True,
                    holder_sealed__isnull=True,
                    holder_masked="",
                ),
                name="certificate_issued_with_its_facts",
                violation_error_message=_(
                    "An issued certificate has its facts and its day; another has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(pdf_key="", pdf_sha256__isnull=True, paper_made_at__isnull=True)
                | Q(
                    state__in=workflow.ON_PAPER,
                    pdf_sha256__isnull=False,
                    paper_made_at__isnull=False,
                    paper_due_at__isnull=True,
                )
                & ~Q(pdf_key=""),
                name="certificate_paper_is_whole",
                violation_error_message=_("A paper is kept with its digest and the moment it was made."),
            ),
            models.CheckConstraint(
                condition=Q(paper_due_at__isnull=True) | Q(state__in=workflow.ON_PAPER),
                name="certificate_paper_due_once_issued",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[workflow.REVOKED, workflow.REPLACED], revoked_at__isnull=False)
                    & Q(revoked_by__isnull=False)
                    & ~Q(revoke_reason="")
                )
                | ~Q(state=workflow.REVOKED)
                & Q(revoked_at__isnull=True, revoked_by__isnull=True, revoke_reason=""),
                name="certificate_revoked_by_somebody_for_a_reason",
                violation_error_message=_(
                    "A revoked certificate says when, by whom and why; another says nothing."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.REPLACED, replaced_at__isnull=False)
                | ~Q(state=workflow.REPLACED) & Q(replaced_at__isnull=True),
                name="certificate_replaced_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.FAILED, failed_at__isnull=False) & ~Q(failure="")
                | ~Q(state=workflow.FAILED) & Q(failed_at__isnull=True),
                name="certificate_failed_for_a_reason",
                violation_error_message=_("A certificate that could not be made says why."),
            ),
            models.CheckConstraint(
                condition=(Q(revoked_at__isnull=True) | Q(revoked_at__gte=models.F("issued_at")))
                & (Q(replaced_at__isnull=True) | Q(replaced_at__gte=models.F("issued_at"))),
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
        return self.number

    @property
    def number(self) -> str:
        """By which its pages are found: the serial, or the uid as long as there is none."""
        return self.serial or str(self.uid)

    @property
    def is_on_paper(self) -> bool:
        return self.state in workflow.ON_PAPER

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
