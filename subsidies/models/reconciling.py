"""What a proof of all the books found."""

from django.db import models
from django.db.models import F, Q


class ReconcileRun(models.Model):
    """One proof over the whole database. Append-only: written once, when it has ended.

    `counts` are rows looked at by what they are; `findings` are `{"invariant", "sentence"}`, the first ones only.
    """

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    breaches = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")), name="reconcile_run_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(breaches=0, findings=[]) | (Q(breaches__gt=0) & ~Q(findings=[])),
                name="reconcile_run_names_its_breaches",
            ),
        ]
