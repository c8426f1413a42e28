"""Answers that no rule decides: each waits as a row for a person of the course's provider."""

from django.db import models
from django.db.models import Q, QuerySet

from learners.models.assessment import Attempt


class HandMarks(QuerySet["HandMark"]):
    def waiting(self) -> "HandMarks":
        return self.filter(marked_at=None)


class HandMark(models.Model):
    """One answer to be marked by hand. The row is the queue; a mark once given stays.

    `answer` is the text as it stood when the exam was handed in, `points_percent` what it is worth.
    """

    POINTS = (0, 50, 100)

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="hand_marks")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    question_id = models.BigIntegerField()
    answer = models.CharField(max_length=500)
    waits_since_at = models.DateTimeField()
    points_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HandMarks.as_manager()

    class Meta:
        ordering = ["waits_since_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_id"], name="hand_mark_once"),
            models.CheckConstraint(condition=~Q(answer=""), name="hand_mark_of_an_answer"),
            models.CheckConstraint(
                condition=Q(points_percent__isnull=True, marked_at__isnull=True, marked_by__isnull=True)
                | Q(points_percent__in=[0, 50, 100], marked_at__isnull=False, marked_by__isnull=False),
                name="hand_mark_whole_or_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "waits_since_at"], condition=Q(marked_at=None), name="hand_mark_waiting"
            )
        ]
