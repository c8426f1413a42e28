"""Issuing by officers: whether a province wants it so, and the batches they start."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates import workflow


class IssuingTerms(models.Model):
    """How a province issues: without a row, or not `by_batch`, each certificate at once; else only in batches."""

    province = models.OneToOneField(
        "accounts.Province", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    by_batch = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")


class IssuingBatches(QuerySet["IssuingBatch"]):
    def running(self) -> "IssuingBatches":
        return self.filter(state=workflow.RUNNING)

    def open(self) -> "IssuingBatches":
        return self.filter(state__in=[workflow.RUNNING, workflow.PAUSED])


class IssuingBatch(models.Model):
    """What an officer had issued together: of a province, or of one course of it.

    It takes over, chunk by chunk, what was waiting when it began (`total` certificates). `issued` and `failed` are set
    when it ends; while it is open they are counted.
    """

    class State(models.TextChoices):
        RUNNING = workflow.RUNNING, pgettext_lazy("batch", "Running")
        PAUSED = workflow.PAUSED, pgettext_lazy("batch", "Paused")
        CANCELLED = workflow.CANCELLED, pgettext_lazy("batch", "Cancelled")
        DONE = workflow.DONE, pgettext_lazy("batch", "Finished")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField()
    issued = models.PositiveIntegerField(null=True)
    failed = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = IssuingBatches.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["province", "-id"], name="batch_of_province")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[workflow.RUNNING, workflow.PAUSED, workflow.CANCELLED, workflow.DONE]),
                name="batch_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[workflow.DONE, workflow.CANCELLED],
                    ended_at__isnull=False,
                    issued__isnull=False,
                    failed__isnull=False,
                )
                | Q(
                    state__in=[workflow.RUNNING, workflow.PAUSED],
                    ended_at__isnull=True,
                    issued__isnull=True,
                    failed__isnull=True,
                ),
                name="batch_ended_with_its_figures",
                violation_error_message=_(
                    "A batch that ended says when and with what; an open one says neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="batch_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["province", "course_code"],
                condition=Q(state__in=[workflow.RUNNING, workflow.PAUSED]),
                name="batch_one_open_per_scope",
                violation_error_message=_("A batch for this is open already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
