"""Questions: to show presence, to practise, and for the closing exam. The right answer never leaves this app."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import spoken
from courses.models.content import CourseVersion, Lesson
from portal.models import CheckedTogether


def fresh_key() -> str:
    """A name that no question of any version had."""
    return f"q-{get_random_string(12, 'abcdefghjkmnpqrstuvwxyz23456789')}"


class Question(CheckedTogether):
    """A question of one version. With a lesson it is asked there; `for_exam` puts it into the closing exam's bank.

    `key` is its name through the versions of a course; `topic` the key of the section it belongs to, for one without a
    lesson. `options` are `[{"key": "A", "zh": …, "en": …}, …]`, of a picture
    with the spot's place, `"area": [x, y, width, height]` in hundredths of the picture. `right_keys` are the keys that
    must be chosen, no more, no less; of an ordering all keys in the right order, while `options` stand in another one.
    `tolerance` is an amount, or a percentage of `number`. `accepted` are the short texts that are right in any case.
    `moment` is the second of the lesson's film at which it stops and asks: a self-check that earns and costs nothing.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", pgettext_lazy("question", "One answer")
        MULTIPLE = "multiple", pgettext_lazy("question", "Several answers")
        TRUE_FALSE = "true_false", pgettext_lazy("question", "True or false")
        NUMERIC = "numeric", pgettext_lazy("question", "A number")
        ORDERING = "ordering", pgettext_lazy("question", "Steps in order")
        HOTSPOT = "hotspot", pgettext_lazy("question", "A spot in a picture")
        SHORT_TEXT = "short_text", pgettext_lazy("question", "A short text")

    class Difficulty(models.IntegerChoices):
        EASY = 1, pgettext_lazy("question", "Easy")
        MEDIUM = 2, pgettext_lazy("question", "Medium")
        HARD = 3, pgettext_lazy("question", "Hard")

    CHOSEN = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE})
    WRITTEN = frozenset({Kind.NUMERIC, Kind.SHORT_TEXT})

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="questions")
    lesson = models.ForeignKey(
        Lesson, on_delete=models.PROTECT, null=True, blank=True, related_name="questions"
    )
    key = models.CharField(max_length=40, default=fresh_key)
    topic = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField()
    for_exam = models.BooleanField(default=False)
    moment = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    difficulty = models.PositiveSmallIntegerField(choices=Difficulty.choices, default=Difficulty.MEDIUM)
    stem_zh = models.TextField()
    stem_en = models.TextField(blank=True)
    options = models.JSONField(blank=True)
    right_keys = ArrayField(models.CharField(max_length=2), blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    tolerance = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    tolerance_in_percent = models.BooleanField(default=False)
    unit = models.CharField(max_length=20, blank=True)
    accepted = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    picture_key = models.CharField(max_length=200, blank=True)
    picture_zh = models.CharField(max_length=300, blank=True)
    picture_en = models.CharField(max_length=300, blank=True)
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
            models.UniqueConstraint(fields=["version", "key"], name="question_key_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["single", "true_false"], right_keys__len=1)
                | Q(kind__in=["multiple", "ordering"], right_keys__len__gte=2)
                | Q(kind="hotspot", right_keys__len__gte=1)
                | Q(kind__in=["numeric", "short_text"], right_keys__len=0),
                name="question_right_keys_fit_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["numeric", "short_text"]) | Q(options=[]),
                name="question_written_has_no_options",
            ),
            models.CheckConstraint(
                condition=Q(kind="numeric", number__isnull=False, tolerance__isnull=False, tolerance__gte=0)
                | ~Q(kind="numeric") & Q(number__isnull=True, tolerance__isnull=True, unit=""),
                name="question_number_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="short_text") | Q(accepted__len=0), name="question_accepted_fits_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="hotspot") & ~Q(picture_key="") & ~Q(picture_zh="")
                | ~Q(kind="hotspot") & Q(picture_key="", picture_zh="", picture_en=""),
                name="question_picture_fits_kind",
            ),
            models.CheckConstraint(condition=Q(difficulty__in=[1, 2, 3]), name="question_difficulty_known"),
            models.CheckConstraint(
                condition=Q(for_exam=True) | Q(lesson__isnull=False), name="question_is_asked_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(moment__isnull=True)
                | Q(lesson__isnull=False, for_exam=False, kind__in=["single", "multiple", "true_false"]),
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

    @property
    def ordered_options(self) -> list[dict]:
        """For authors: the steps of an ordering in the right order, the options of others as they stand."""
        if self.kind != self.Kind.ORDERING:
            return self.options
        return sorted(self.options, key=lambda row: self.right_keys.index(row["key"]))


class ExamBlueprint(models.Model):
    """How the closing exam of a version is made: how many questions, to pass, minutes, attempts.

    `parts` say from where: `[{"section": key, "kind": …, "difficulty": 1, "count": 3}, …]`, empty or 0 for any. What they
    leave of `questions` comes from the whole bank.
    """

    version = models.OneToOneField(CourseVersion, on_delete=models.PROTECT, related_name="blueprint")
    questions = models.PositiveSmallIntegerField()
    pass_mark_percent = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    attempts = models.PositiveSmallIntegerField()
    parts = models.JSONField(default=list, blank=True)
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
