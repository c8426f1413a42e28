"""Corrections of questions that are frozen: dated rows beside the version, the newest of a question holds."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from courses.models.questions import Question


class Correction(models.Model):
    """What is right in a published question after all; `is_void`: nothing is, and nobody is marked down for it.

    Columns as in Question; those that the question's kind does not have are empty.
    """

    # only frozen questions have one, and the database keeps it: drafts are emptied in one statement
    question = models.ForeignKey(Question, on_delete=models.DO_NOTHING, related_name="corrections")
    is_void = models.BooleanField(default=False)
    right_keys = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    tolerance = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    tolerance_in_percent = models.BooleanField(default=False)
    accepted = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    reason = models.CharField(max_length=500)
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["question", "-corrected_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason"),
            models.CheckConstraint(
                condition=Q(
                    is_void=True,
                    right_keys__len=0,
                    number__isnull=True,
                    tolerance__isnull=True,
                    accepted__len=0,
                )
                | Q(is_void=False, right_keys__len__gte=1, number__isnull=True, accepted__len=0)
                | Q(is_void=False, right_keys__len=0, number__isnull=False, tolerance__gte=0, accepted__len=0)
                | Q(is_void=False, right_keys__len=0, number__isnull=True, accepted__len__gte=1),
                name="correction_says_one_thing",
            ),
        ]
