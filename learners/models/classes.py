"""Learning that people vouch for: live classes and workshop days, who came, and what they pressed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import workflow
from learners.models.time import Mine

SECRET = 64


class Meeting(models.Model):
    """A live class or a workshop day of one lesson of a published version.

    `province` is the course's. `secret` draws the calls and the codes and never leaves the server. `check_in_seconds`
    before the beginning the door opens. `ended_at` is when it was over: the planned end, or earlier. What happened at
    `news_at` is told to the enrolments after `news_told` (by id) from `news_due_at` on; that is empty once all know.
    """

    class Kind(models.TextChoices):
        LIVE = "live", pgettext_lazy("meeting", "Live class")
        WORKSHOP = "workshop", pgettext_lazy("meeting", "Workshop practice")

    class State(models.TextChoices):
        PLANNED = workflow.PLANNED, pgettext_lazy("meeting", "Planned")
        CANCELLED = workflow.CANCELLED, pgettext_lazy("meeting", "Cancelled")
        CLOSED = workflow.ENDED, pgettext_lazy("meeting", "Over, waits for the signature")
        SIGNED = workflow.SIGNED, pgettext_lazy("meeting", "Signed")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    host = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    planned_seconds = models.PositiveIntegerField()
    check_in_seconds = models.PositiveIntegerField()
    capacity = models.PositiveSmallIntegerField()
    url = models.URLField(max_length=500, blank=True)
    place = models.CharField(max_length=200, blank=True)
    secret = models.CharField(max_length=SECRET)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    made_at = models.DateTimeField()
    moved_from_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    """Why it was moved or cancelled: learners read it."""
    ended_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recording = models.ForeignKey(
        "courses.Video", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    news_at = models.DateTimeField()
    news_due_at = models.DateTimeField(null=True, blank=True)
    news_told = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_seconds__gt=0, capacity__gt=0), name="meeting_has_time_and_room"
            ),
            models.CheckConstraint(
                condition=Q(kind="live", url__startswith="https://", place="")
                | (Q(kind="workshop", url="") & ~Q(place="")),
                name="meeting_has_its_address",
                violation_error_message=_(
                    "A live class has an address that begins with https://, a workshop day a place."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[workflow.PLANNED, workflow.CANCELLED], ended_at__isnull=True)
                | Q(
                    state__in=[workflow.ENDED, workflow.SIGNED],
                    ended_at__isnull=False,
                    ended_at__gt=F("begins_at"),
                ),
                name="meeting_ended_after_it_began",
            ),
            models.CheckConstraint(
                condition=(Q(state=workflow.SIGNED) & Q(signed_at__isnull=False, signed_by__isnull=False))
                | (~Q(state=workflow.SIGNED) & Q(signed_at__isnull=True, signed_by__isnull=True)),
                name="meeting_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(moved_from_at__isnull=True) & ~Q(state=workflow.CANCELLED)) | ~Q(note=""),
                name="meeting_moved_or_cancelled_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["version", "lesson", "begins_at"], name="meeting_of_lesson"),
            models.Index(fields=["organisation", "begins_at"], name="meeting_of_organisation"),
            models.Index(
                fields=["news_due_at"], condition=Q(news_due_at__isnull=False), name="meeting_with_news"
            ),
        ]


class Attendance(Mine):
    """A learner at a meeting. `answer_ms`: how long a call waits for them. Whoever is `struck` was not there."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances", db_index=False)
    seed = models.CharField(max_length=SECRET)
    answer_ms = models.PositiveIntegerField()
    checked_in_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    """Another class was entered: from then on this one earns nothing."""
    struck = models.CharField(max_length=500, blank=True)
    credited_ms = models.PositiveIntegerField(null=True, blank=True)
    """What the signature brought; empty before it."""

    class Meta:
        ordering = ["meeting", "checked_in_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="attendance_once_a_meeting"),
            models.CheckConstraint(
                condition=Q(struck="") | Q(credited_ms__isnull=True) | Q(credited_ms=0),
                name="attendance_struck_earns_nothing",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("checked_in_at")),
                name="attendance_left_after_it_came",
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "lesson"], name="attendance_of_lesson")]


class Press(models.Model):
    """What an attending learner pressed: the answer to call `number`, or going in (odd) and out (even). Append-only."""

    attendance = models.ForeignKey(
        Attendance, on_delete=models.PROTECT, related_name="presses", db_index=False
    )
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["attendance", "number"]
        constraints = [models.UniqueConstraint(fields=["attendance", "number"], name="press_once_a_call")]


class CodeTry(models.Model):
    """A wrong workshop code: so many in so many minutes, and the door waits. Append-only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["meeting", "user", "at"], name="code_try_of_user")]
