"""Footage on its way to a lesson: what arrived, what was checked, what was made of it. The row is the queue."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import Course, spoken
from courses.workflow import WORKED_ON, FilmState
from portal.models import CheckedTogether

LONGEST_SECONDS = 6 * 3600
_BLANK = Q(machine="", workshop="", consent="", filmed_on__isnull=True)
_WHOLE = ~Q(machine="") & ~Q(workshop="") & ~Q(consent="") & Q(filmed_on__isnull=False)


class Films(QuerySet["Film"]):
    def for_lessons(self) -> "Films":
        """Footage that authors send; what learners film of their own work is none of theirs."""
        return self.filter(purpose="lesson")


class Film(CheckedTogether):
    """One uploaded film. `due_at` says when something is owed to it: a worker's next step while it is worked on (also
    the end of the present worker's lease), the end of waiting while it is being sent, the clearing of its files after.

    `turn` rises whenever a worker takes it up: what an earlier turn still writes is refused. `position` is the place
    among the lesson's films that it takes, 0 for the next free one. It belongs to a lesson by its key, so that it
    survives the copying of a version. A film of a learner's work (`purpose`) takes no place in a lesson.
    """

    class Consent(models.TextChoices):
        NOBODY = "nobody", pgettext_lazy("consent", "Nobody can be recognised")
        WRITTEN = "written", pgettext_lazy("consent", "Everybody shown has agreed in writing")

    class Purpose(models.TextChoices):
        LESSON = "lesson", pgettext_lazy("film", "Of a lesson")
        PRACTICE = "practice", pgettext_lazy("film", "Of a learner's own work")

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.LESSON)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="films")
    lesson_key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    angle_zh = models.CharField(max_length=40, blank=True)
    angle_en = models.CharField(max_length=60, blank=True)

    state = models.CharField(max_length=10, choices=FilmState.choices, default=FilmState.RECEIVING)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    name = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField()
    most_seconds = models.PositiveIntegerField(default=LONGEST_SECONDS)
    received = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    original_key = models.CharField(max_length=200, blank=True)

    turn = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=40, blank=True)
    trouble_detail = models.CharField(max_length=300, blank=True)
    may_retry = models.BooleanField(default=False)

    milliseconds = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    has_sound = models.BooleanField(default=False)
    rungs = models.JSONField(default=dict, blank=True)
    mp4_key = models.CharField(max_length=200, blank=True)
    hls_key = models.CharField(max_length=200, blank=True)
    audio_key = models.CharField(max_length=200, blank=True)
    poster_key = models.CharField(max_length=200, blank=True)

    machine = models.CharField(max_length=80, blank=True)
    workshop = models.CharField(max_length=120, blank=True)
    filmed_on = models.DateField(null=True, blank=True)
    consent = models.CharField(max_length=10, choices=Consent.choices, blank=True)

    objects = Films.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FilmState.values), name="film_state_is_known"),
            models.CheckConstraint(
                condition=Q(size__gt=0, received__lte=F("size")), name="film_fits_its_size"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "cancelled", "removed"])
                | Q(received=F("size"), received_at__isnull=False),
                name="film_is_whole_once_received",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="film_percent_to_100"),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "removed"]) | Q(ready_at__isnull=True),
                name="film_ready_at_when_ready",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (
                    Q(ready_at__isnull=False, milliseconds__gt=0, width__gt=0, height__gt=0)
                    & ~Q(mp4_key="")
                    & ~Q(hls_key="")
                    & ~Q(poster_key="")
                ),
                name="film_ready_has_its_files",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed", failed_at__isnull=False) & ~Q(trouble=""))
                | Q(state="removed")
                | (~Q(state="failed") & Q(failed_at__isnull=True)),
                name="film_failed_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["receiving", *sorted(WORKED_ON)]) | Q(due_at__isnull=False),
                name="film_waiting_is_due",
            ),
            models.CheckConstraint(
                condition=_BLANK | _WHOLE,
                name="film_provenance_is_whole",
                violation_error_message=_("State machine, workshop, day and consent, all four."),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="film_due"),
            models.Index(fields=["course", "lesson_key"], name="film_by_lesson"),
            models.Index(
                fields=["sha256"], condition=Q(purpose="practice"), name="film_of_practice_by_bytes"
            ),
        ]

    @property
    def angle(self) -> str:
        return spoken(self.angle_zh, self.angle_en)

    @property
    def folder(self) -> str:
        return f"films/{self.uid}"

    @property
    def received_percent(self) -> int:
        return self.received * 100 // self.size


class FilmPart(models.Model):
    """Bytes from `start` on as they arrived, an object of the storage of its own, until the film is put together."""

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="parts")
    start = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200)

    class Meta:
        ordering = ["film", "start"]
        constraints = [
            models.UniqueConstraint(fields=["film", "start"], name="film_part_once"),
            models.CheckConstraint(condition=Q(bytes__gt=0), name="film_part_holds_something"),
        ]
