"""What is taught: versions, frozen when published, and their lessons. Triggers refuse changes to a frozen version."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import Course, Listed, spoken


class CourseVersion(Listed):
    """One version of a course. Enrolments pin a version; after `frozen_at` nothing in it changes."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["course", "number"]
        constraints = [
            *Listed.Meta.constraints,
            models.UniqueConstraint(fields=["course", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(frozen_at__isnull=True), name="version_one_draft_per_course"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
        ]


class Lesson(models.Model):
    """One lesson. `seconds` are media seconds of a video, 0 otherwise; `characters` are those of a reading page."""

    class Kind(models.TextChoices):
        VIDEO = "video", pgettext_lazy("lesson", "Video")
        READING = "reading", pgettext_lazy("lesson", "Reading")
        QUIZ = "quiz", pgettext_lazy("lesson", "Quiz")

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="lessons")
    key = models.SlugField(max_length=40)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    characters = models.PositiveIntegerField(default=0)
    no_skip = models.BooleanField(default=True)
    transcript_zh = models.TextField(blank=True)
    transcript_en = models.TextField(blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="lesson_key_once"),
            models.UniqueConstraint(fields=["version", "position"], name="lesson_position_once"),
            models.CheckConstraint(
                condition=Q(kind="video", seconds__gt=0, characters=0)
                | Q(kind="reading", seconds=0, characters__gt=0)
                | Q(kind="quiz", seconds=0),
                name="lesson_measure_fits_kind",
            ),
        ]

    @property
    def title(self) -> str:
        return spoken(self.title_zh, self.title_en)

    @property
    def transcript(self) -> str:
        return spoken(self.transcript_zh, self.transcript_en)


class Video(models.Model):
    """The film of a lesson, by its keys in the storage. `hls_key` may follow after publishing; nothing else changes."""

    lesson = models.OneToOneField(Lesson, on_delete=models.PROTECT, related_name="video")
    mp4_key = models.CharField(max_length=200)
    hls_key = models.CharField(max_length=200, blank=True)
    poster_key = models.CharField(max_length=200)
    captions_zh_key = models.CharField(max_length=200)
    captions_en_key = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    chapters = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(milliseconds__gt=0, width__gt=0, height__gt=0, bytes__gt=0),
                name="video_has_a_size",
            )
        ]
