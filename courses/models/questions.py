"""Questions: to show presence, to practise, and for the closing exam. The right answer never leaves this app."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import spoken
from courses.models.content import CourseVersion, Lesson


class Question(models.Model):
    """A question of one version. With a lesson it is asked there; `for_exam` puts it into the closing exam's bank.

    `options` are `[{"key": "A", "zh": …, "en": …}, …]`; `right_keys` are the keys that must be chosen, no more, no less.
    `moment` is the second of the lesson's film at which it stops and asks: a self-check that earns and costs nothing.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", pgettext_lazy("question", "One answer")
        MULTIPLE = "multiple", pgettext_lazy("question", "Several answers")
        TRUE_FALSE = "true_false", pgettext_lazy("question", "True or false")

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="questions")
    lesson = models.ForeignKey(
        Lesson, on_delete=models.PROTECT, null=True, blank=True, related_name="questions"
    )
    position = models.PositiveIntegerField()
    for_exam = models.BooleanField(default=False)
    moment = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    stem_zh = models.TextField()
    stem_en = models.TextField(blank=True)
    options = models.JSONField()
    right_keys = ArrayField(models.CharField(max_length=2))
    why_zh = models.TextField(blank=True)
    why_en = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="question_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["single", "true_false"], right_keys__len=1)
                | Q(kind="multiple", right_keys__len__gte=2),
                name="question_right_keys_fit_kind",
            ),
            models.CheckConstraint(
                condition=Q(for_exam=True) | Q(lesson__isnull=False), name="question_is_asked_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(moment__isnull=True) | Q(lesson__isnull=False, for_exam=False),
                name="question_moment_is_practice",
                violation_error_message=_(
                    "A question in a film belongs to its lesson and not to the exam's bank: there one may try as often as one likes."
                ),
            ),
        ]

    @property
    def stem(self) -> str:
        return spoken(self.stem_zh, self.stem_en)

    @property
    def why(self) -> str:
        return spoken(self.why_zh, self.why_en)


class ExamBlueprint(models.Model):
    """How the closing exam of a version is made: how many questions, to pass, minutes, attempts."""

    version = models.OneToOneField(CourseVersion, on_delete=models.PROTECT, related_name="blueprint")
    questions = models.PositiveSmallIntegerField()
    pass_mark_percent = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    attempts = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    questions__gte=1,
                    questions__lte=200,
                    pass_mark_percent__gte=1,
                    pass_mark_percent__lte=100,
                    minutes__gte=1,
                    minutes__lte=300,
                    attempts__gte=1,
                    attempts__lte=20,
                ),
                name="blueprint_within_reason",
            )
        ]
