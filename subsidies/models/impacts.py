"""What a version would have made of past decisions. A look only: no decision is changed by it."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from subsidies.workflow.policies import RunState


class ImpactRun(models.Model):
    """A version's text as it was when the run began, replayed over the newest decision of each claim, in chunks.

    The row is the queue: `due_at` is when the next chunk is due, null once it has ended; `reached` is the last claim.
    `decided_from` and `decided_to` are days, both included. Sums are in fen.
    """

    version = models.ForeignKey("subsidies.PolicyVersion", on_delete=models.PROTECT, related_name="runs")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    body = models.JSONField()
    revision = models.PositiveIntegerField()
    decided_from = models.DateField(null=True)
    decided_to = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    started_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reached = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "cancelled"]), name="impact_run_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", due_at__isnull=False, ended_at__isnull=True)
                | ~Q(state="running") & Q(due_at__isnull=True, ended_at__isnull=False),
                name="impact_run_is_due_or_ended",
            ),
            models.CheckConstraint(
                condition=Q(decided_from__isnull=True)
                | Q(decided_to__isnull=True)
                | Q(decided_to__gte=F("decided_from")),
                name="impact_run_days_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state="running"),
                name="impact_run_one_at_a_time",
                violation_error_message=_("A run of this version is under way."),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="impact_run_due")]

    @property
    def is_running(self) -> bool:
        return self.state == RunState.RUNNING

    @property
    def days(self) -> tuple[dt.date | None, dt.date | None]:
        return self.decided_from, self.decided_to


class ImpactRow(models.Model):
    """One claim of a run: what its newest decision was, and what the version would have said. In fen.

    `asks`: facts that the version wants to know and that the decision did not have.
    """

    run = models.ForeignKey(ImpactRun, on_delete=models.CASCADE, related_name="rows")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey("subsidies.Decision", on_delete=models.PROTECT, related_name="+")
    occupation = models.CharField(max_length=20)
    groups = ArrayField(models.CharField(max_length=40), default=list)
    before = models.CharField(max_length=16)
    before_fen = models.BigIntegerField()
    after = models.CharField(max_length=16)
    after_fen = models.BigIntegerField()
    asks = ArrayField(models.CharField(max_length=120), default=list)

    class Meta:
        ordering = ["claim_id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "claim"], name="impact_row_one_per_claim"),
        ]
