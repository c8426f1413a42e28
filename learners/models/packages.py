"""What an imported package says of a learner. Its own word: no time, and nothing that a completion asks for."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import pgettext_lazy

from learners.models.enrolment import Enrolment

MOST_CHARACTERS = 300_000
"""Of `told` as JSON text: 64,000 characters of suspend data, each escaped at worst, stay below."""


class PackageState(models.Model):
    """The memory of one part of a package for one enrolment. `told` are the SCORM values that are given back to it."""

    class Status(models.TextChoices):
        OPENED = "opened", pgettext_lazy("package", "Opened")
        INCOMPLETE = "incomplete", pgettext_lazy("package", "Begun")
        COMPLETED = "completed", pgettext_lazy("package", "Completed")
        PASSED = "passed", pgettext_lazy("package", "Passed")
        FAILED = "failed", pgettext_lazy("package", "Not passed")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="package_states")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    lesson_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPENED)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    told = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "lesson_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_id", "number"], name="package_state_once"),
            models.CheckConstraint(
                condition=Q(status__in=["opened", "incomplete", "completed", "passed", "failed"]),
                name="package_state_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="package_state_score_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(saved_at__gte=F("opened_at")), name="package_state_saved_after_opened"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length(Cast("told", models.TextField())), MOST_CHARACTERS),
                name="package_state_is_small",
            ),
        ]
