"""What is taught: versions, frozen when published, and their lessons. Triggers refuse changes to a frozen version."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import Course, Listed, set_together, spoken
from courses.workflow import EDITABLE, VersionState
from portal.models import CheckedTogether


class CourseVersion(Listed):
    """One version of a course. Enrolments pin a version; after `frozen_at` nothing in it changes.

    `revision` rises with each change of its own words, so that of two editors the second is told.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    returned_reason = models.CharField(max_length=500, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["course", "number"]
        constraints = [
            *Listed.Meta.constraints,
            models.UniqueConstraint(fields=["course", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(frozen_at__isnull=True), name="version_one_open_per_course"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="version_state_is_known"),
            models.CheckConstraint(condition=set_together("submitted"), name="version_submitted_at_with_by"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(EDITABLE), submitted_at__isnull=True)
                | (~Q(state__in=sorted(EDITABLE)) & Q(submitted_at__isnull=False)),
                name="version_state_has_its_submission",
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.PUBLISHED, frozen_at__isnull=False, published_by__isnull=False)
                | (~Q(state=VersionState.PUBLISHED) & Q(frozen_at__isnull=True, published_by__isnull=True)),
                name="version_frozen_when_published",
            ),
            models.CheckConstraint(
                condition=(Q(state=VersionState.RETURNED) & ~Q(returned_reason=""))
                | (~Q(state=VersionState.RETURNED) & Q(returned_reason="")),
                name="version_returned_has_reason",
                violation_error_message=_("State why the course is returned."),
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (~Q(published_by=F("created_by")) & ~Q(published_by=F("submitted_by"))),
                name="version_published_by_a_second_person",
                violation_error_message=_(
                    "Somebody else has to publish: not the author, not who submitted it."
                ),
            ),
        ]

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE


class Section(models.Model):
    """A chapter of a version. `module` says which module of the occupation's standard it teaches."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="sections")
    key = models.SlugField(max_length=40)
    position = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    module = models.SlugField(max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="section_key_once"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="section_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    @property
    def title(self) -> str:
        return spoken(self.title_zh, self.title_en)


MOST_LESSONS = 500
"""Five hundred lessons of ten minutes are 110 class hours, more than a standard asks: docs/decisions/0017."""


class Lesson(CheckedTogether):
    """One lesson. `position` runs through the whole version, section after section.

    `seconds` are media seconds of a film, 0 otherwise; `characters` are those of a reading page. `planned_seconds` are
    what the author plans for a lesson that has no measure of its own (live class, practical task, package, exam, quiz).

    `body` is clean HTML, ready to be shown; `source` is what the author typed where that was Markdown (courses/text.py).
    """

    class Kind(models.TextChoices):
        VIDEO = "video", pgettext_lazy("lesson", "Video")
        WORKSHOP = "workshop", pgettext_lazy("lesson", "Workshop film")
        READING = "reading", pgettext_lazy("lesson", "Reading")
        QUIZ = "quiz", pgettext_lazy("lesson", "Quiz")
        EXAM = "exam", pgettext_lazy("lesson", "Exam")
        PRACTICAL = "practical", pgettext_lazy("lesson", "Practical task")
        LIVE = "live", pgettext_lazy("lesson", "Live class")
        PACKAGE = "package", pgettext_lazy("lesson", "Imported package")

    class Teaching(models.TextChoices):
        THEORY = "theory", pgettext_lazy("teaching", "Theory")
        PRACTICE = "practice", pgettext_lazy("teaching", "Practice")

    class BodyFormat(models.TextChoices):
        MARKDOWN = "markdown", pgettext_lazy("format", "Markdown")
        HTML = "html", pgettext_lazy("format", "HTML")

    FILMS = frozenset({Kind.VIDEO, Kind.WORKSHOP})
    UNMEASURED = frozenset({Kind.QUIZ, Kind.EXAM, Kind.PRACTICAL, Kind.LIVE, Kind.PACKAGE})
    SITED = frozenset({Kind.PRACTICAL, Kind.LIVE, Kind.EXAM})
    """What may take place on site."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="lessons")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="lessons")
    key = models.SlugField(max_length=40)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    teaching = models.CharField(max_length=10, choices=Teaching.choices, default=Teaching.THEORY)
    on_site = models.BooleanField(default=False)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    planned_seconds = models.PositiveIntegerField(default=0)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    body_format = models.CharField(max_length=10, choices=BodyFormat.choices, default=BodyFormat.HTML)
    source_zh = models.TextField(blank=True)
    source_en = models.TextField(blank=True)
    characters = models.PositiveIntegerField(default=0)
    no_skip = models.BooleanField(default=True)
    transcript_zh = models.TextField(blank=True)
    transcript_en = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="lesson_key_once"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="lesson_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["video", "workshop"], characters=0, planned_seconds=0)
                | Q(kind="reading", seconds=0, planned_seconds=0)
                | (~Q(kind__in=["video", "workshop", "reading"]) & Q(seconds=0, characters=0)),
                name="lesson_measure_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(body_format="markdown") | Q(body_format="html", source_zh="", source_en=""),
                name="lesson_source_is_markdown",
            ),
            models.CheckConstraint(
                condition=Q(position__lte=MOST_LESSONS),
                name="lesson_within_reason",
                violation_error_message=_(
                    "A course holds at most 500 lessons. Join short ones, or make two courses."
                ),
            ),
        ]

    @property
    def title(self) -> str:
        return spoken(self.title_zh, self.title_en)

    @property
    def transcript(self) -> str:
        return spoken(self.transcript_zh, self.transcript_en)

    @property
    def is_film(self) -> bool:
        return self.kind in self.FILMS

    @property
    def written_zh(self) -> str:
        """The text as the author edits it."""
        return self.source_zh if self.body_format == self.BodyFormat.MARKDOWN else self.body_zh

    @property
    def written_en(self) -> str:
        return self.source_en if self.body_format == self.BodyFormat.MARKDOWN else self.body_en


class Video(models.Model):
    """A film of a lesson, by its keys in the storage. `hls_key` may follow after publishing; nothing else changes.

    The film at position 1 is the lesson's measure; others show the same work from another `angle`.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="videos")
    film = models.ForeignKey(
        "courses.Film", on_delete=models.PROTECT, null=True, blank=True, related_name="videos"
    )
    position = models.PositiveSmallIntegerField(default=1)
    angle_zh = models.CharField(max_length=40, blank=True)
    angle_en = models.CharField(max_length=60, blank=True)
    mp4_key = models.CharField(max_length=200)
    hls_key = models.CharField(max_length=200, blank=True)
    audio_key = models.CharField(max_length=200, blank=True)
    poster_key = models.CharField(max_length=200)
    captions_zh_key = models.CharField(max_length=200, blank=True)
    captions_en_key = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    chapters = models.JSONField(default=list)

    class Meta:
        ordering = ["lesson", "position"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "position"], name="video_position_once"),
            models.CheckConstraint(
                condition=Q(milliseconds__gt=0, width__gt=0, height__gt=0, bytes__gt=0),
                name="video_has_a_size",
            ),
        ]

    @property
    def angle(self) -> str:
        return spoken(self.angle_zh, self.angle_en)
