"""Graded exams that are graded anew after a correction or an appeal: what stood before, what stands now, and what a person decides."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet

from learners.models.assessment import Attempt
from learners.workflow import FAILED, PASSED


class Regrading(models.Model):
    """A correction on its way through the graded exams. `through_id` is the last attempt that was looked at."""

    correction_id = models.BigIntegerField(unique=True)
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    question_id = models.BigIntegerField()
    due_at = models.DateTimeField(null=True, blank=True)
    through_id = models.BigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, done_at__isnull=False)
                | Q(due_at__isnull=False, done_at__isnull=True),
                name="regrading_due_or_done",
            )
        ]


class Regrades(QuerySet["Regrade"]):
    def corrected(self) -> "Regrades":
        return self.filter(appeal=None)

    def held(self) -> "Regrades":
        return self.filter(outcome=Regrade.Outcome.HELD)


class Regrade(models.Model):
    """One exam graded anew, by a correction or by an appeal, which only raises.

    A pass that would become a fail is `held`: it stays a pass until a person decides.
    """

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        HELD = "held"
        KEPT = "kept"
        LOWERED = "lowered"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="regrades")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    question_id = models.BigIntegerField(null=True, blank=True)
    correction_id = models.BigIntegerField(null=True, blank=True)
    appeal = models.OneToOneField(
        "learners.Appeal", on_delete=models.PROTECT, null=True, blank=True, related_name="regrade"
    )
    old_state = models.CharField(max_length=10)
    old_score_percent = models.PositiveSmallIntegerField()
    old_right_ids = ArrayField(models.BigIntegerField())
    new_state = models.CharField(max_length=10)
    new_score_percent = models.PositiveSmallIntegerField()
    new_right_ids = ArrayField(models.BigIntegerField())
    regraded_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    objects = Regrades.as_manager()

    class Meta:
        ordering = ["-regraded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "correction_id"], name="regrade_once_a_correction"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["applied", "held"],
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    reason="",
                )
                | Q(outcome__in=["kept", "lowered"], decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason=""),
                name="regrade_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="applied") & ~Q(old_state=PASSED, new_state=FAILED)
                | ~Q(outcome="applied") & Q(old_state=PASSED, new_state=FAILED),
                name="regrade_no_pass_falls_by_itself",
            ),
            models.CheckConstraint(
                condition=Q(appeal__isnull=True, correction_id__isnull=False, question_id__isnull=False)
                | Q(
                    appeal__isnull=False,
                    correction_id__isnull=True,
                    question_id__isnull=True,
                    outcome="applied",
                    new_score_percent__gte=F("old_score_percent"),
                ),
                name="regrade_by_correction_or_raised_by_appeal",
            ),
        ]
        indexes = [
            models.Index(fields=["regraded_at"], condition=Q(outcome="held"), name="regrade_to_be_decided")
        ]
