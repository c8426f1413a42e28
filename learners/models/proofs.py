"""Long looks at learning time, worked off in chunks: the proof of the chains, and an edition tried over real beats.

The row is the queue: `due_at` is when the next chunk is due, null once all is done; `reached` is the last learner.
"""

from django.db import models
from django.db.models import F, Q


class Run(models.Model):
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reached = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


def _due_or_ended() -> Q:
    return Q(due_at__isnull=True, ended_at__isnull=False) | Q(due_at__isnull=False, ended_at__isnull=True)


class LedgerProof(Run):
    """Every learner's chain of ledger rows followed once. `done` of `total` learners; `first_break` names the first."""

    rows = models.PositiveBigIntegerField(default=0)
    breaks = models.PositiveIntegerField(default=0)
    first_break = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_due_or_ended(), name="ledger_proof_is_due_or_ended"),
            models.CheckConstraint(
                condition=Q(breaks=0, first_break__isnull=True) | Q(breaks__gt=0, first_break__isnull=False),
                name="ledger_proof_breaks_with_the_first",
            ),
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="ledger_proof_one_at_a_time",
            ),
        ]


class EditionTrial(Run):
    """An edition tried over the stored beats of its province; for the nation's, of those counted by a national one.

    Every `step`-th learner. `numbers` are the edition's as they were at the start, of `revision`. Times are ms.
    `worst`: [{"ref", "before", "after"}], by handle.
    """

    edition = models.ForeignKey("learners.CountingEdition", on_delete=models.PROTECT, related_name="trials")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField()
    numbers = models.JSONField()
    step = models.PositiveIntegerField(default=1)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    learners = models.PositiveIntegerField(default=0)
    """Of `done`, those who had a player open."""
    sessions = models.PositiveIntegerField(default=0)
    beats = models.PositiveBigIntegerField(default=0)
    credited_before_ms = models.PositiveBigIntegerField(default=0)
    credited_after_ms = models.PositiveBigIntegerField(default=0)
    before_ms = models.PositiveBigIntegerField(default=0)
    after_ms = models.PositiveBigIntegerField(default=0)
    hours_before = models.PositiveIntegerField(default=0)
    hours_after = models.PositiveIntegerField(default=0)
    refused_before = models.JSONField(default=dict)
    refused_after = models.JSONField(default=dict)
    losers = models.PositiveIntegerField(default=0)
    gainers = models.PositiveIntegerField(default=0)
    elsewhere = models.PositiveIntegerField(default=0)
    shut = models.PositiveIntegerField(default=0)
    early = models.PositiveBigIntegerField(default=0)
    unlike = models.PositiveIntegerField(default=0)
    """Learners whose ledger does not come out again under their own edition."""
    worst = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_due_or_ended(), name="edition_trial_is_due_or_ended"),
            models.CheckConstraint(condition=Q(step__gte=1), name="edition_trial_step_from_one"),
            models.CheckConstraint(
                condition=Q(learners__lte=F("done"), losers__lte=F("learners") - F("gainers")),
                name="edition_trial_learners_add_up",
            ),
            models.UniqueConstraint(
                fields=["edition"], condition=Q(ended_at__isnull=True), name="edition_trial_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="edition_trial_due")]
