"""The practical task of a lesson: what is done at the bench, what the film must show, and by which rubric it is judged."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import spoken
from courses.models.content import Lesson

TOP_LEVEL = 3
"""Every criterion has the levels 0 to 3, so that two assessors, and two tasks, can be compared."""


class PracticalTask(models.Model):
    """A frozen part of its version. Texts are `{"zh", "en"}`; rows are told apart by their number, from 1.

    `rules` also have `fails` (a breach fails the task); `criteria` have `step` (0 for the whole work), `weight` and
    `levels`, four texts for the levels 0 to 3.
    """

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="practical_task")
    minutes_allowed = models.PositiveSmallIntegerField()
    film_most_minutes = models.PositiveSmallIntegerField()
    film_most_megabytes = models.PositiveSmallIntegerField()
    attempts = models.PositiveSmallIntegerField()
    cooling_off_hours = models.PositiveSmallIntegerField()
    pass_mark_percent = models.PositiveSmallIntegerField()
    shows_zh = models.TextField()
    shows_en = models.TextField(blank=True)
    steps = models.JSONField(default=list)
    tools = models.JSONField(default=list, blank=True)
    rules = models.JSONField(default=list, blank=True)
    criteria = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    minutes_allowed__gte=1,
                    minutes_allowed__lte=600,
                    film_most_minutes__gte=1,
                    film_most_minutes__lte=120,
                    film_most_megabytes__gte=10,
                    film_most_megabytes__lte=2000,
                    attempts__gte=1,
                    attempts__lte=10,
                    cooling_off_hours__lte=720,
                    pass_mark_percent__gte=1,
                    pass_mark_percent__lte=100,
                ),
                name="practical_task_within_reason",
            ),
            models.CheckConstraint(
                condition=~Q(steps=[]) & ~Q(criteria=[]),
                name="practical_task_has_steps_and_criteria",
                violation_error_message=_("A task has at least one step and one criterion."),
            ),
        ]

    @property
    def shows(self) -> str:
        return spoken(self.shows_zh, self.shows_en)
