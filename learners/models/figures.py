"""What graded exams say of the questions, kept as sums. See learners.figures for what follows from them."""

from django.db import models
from django.db.models import F, Q

from learners.figures import WHOLE, Sums

SUMS = ("drawn", "right", "blank", "rest", "rest_squared", "right_rest")


class ExamFigures(models.Model):
    """How many graded attempts at the exam of a version stand in the figures."""

    version = models.OneToOneField("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    figured_at = models.DateTimeField()


class QuestionFigures(models.Model):
    """A question of a version in graded exams. `key` is its name through the versions of the course.

    `answers` count whole answers of questions that are ticked or ordered, their keys divided by spaces; the rarest are
    left out where there are too many.
    """

    MOST_ANSWERS = 60

    question_id = models.BigIntegerField(unique=True)
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24, db_index=True)
    key = models.CharField(max_length=40)
    drawn = models.PositiveBigIntegerField(default=0)
    right = models.PositiveBigIntegerField(default=0)
    blank = models.PositiveBigIntegerField(default=0)
    rest = models.PositiveBigIntegerField(default=0)
    rest_squared = models.PositiveBigIntegerField(default=0)
    right_rest = models.PositiveBigIntegerField(default=0)
    answers = models.JSONField(default=dict, blank=True)
    figured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(right__lte=F("drawn"), blank__lte=F("drawn"), rest__lte=F("drawn") * WHOLE)
                & Q(right_rest__lte=F("rest"), rest_squared__lte=F("rest") * WHOLE),
                name="figures_are_of_those_drawn",
            )
        ]

    @property
    def sums(self) -> Sums:
        return Sums(*(getattr(self, name) for name in SUMS))

    @sums.setter
    def sums(self, sums: Sums) -> None:
        for name in SUMS:
            setattr(self, name, getattr(sums, name))
