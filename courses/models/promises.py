"""Within how many working days a course answers its learners' questions, and how well that was kept."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Course, set_together

USUAL_DAYS, MOST_DAYS = 3, 10


class AnswerPromise(models.Model):
    """What a course promises; a course without a row promises USUAL_DAYS.

    The figures are those of the learners' app, written down by it: of `due` questions of the last 90 days `in_time` were
    answered in time, half of the answers within `median_minutes`.
    """

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="answer_promise")
    working_days = models.PositiveSmallIntegerField(default=USUAL_DAYS)
    set_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    due = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    median_minutes = models.PositiveIntegerField(null=True, blank=True)
    figured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(working_days__gte=1, working_days__lte=MOST_DAYS),
                name="promise_is_of_some_days",
                violation_error_message=_("A promise is one to ten working days."),
            ),
            models.CheckConstraint(condition=set_together("set"), name="promise_set_at_with_by"),
            models.CheckConstraint(condition=Q(in_time__lte=F("due")), name="promise_kept_at_most_always"),
            models.CheckConstraint(
                condition=Q(due=0) | Q(figured_at__isnull=False), name="promise_figures_have_their_moment"
            ),
        ]
