"""Imported packages of a learner: what they say, which no completion asks for, and when they stood open."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import workflow
from learners.counting import DAY
from learners.models.enrolment import Enrolment
from learners.models.time import Mine, PlaySession

MOST_CHARACTERS = 300_000
"""Of `told` as JSON text: 64,000 characters of suspend data, each escaped at worst, stay below."""


class PackageState(models.Model):
    """The memory of one part of a package for one enrolment. `told` are the SCORM values that are given back to it."""

    class Status(models.TextChoices):
        OPENED = "opened", pgettext_lazy("package", "Opened")
        INCOMPLETE = "incomplete", pgettext_lazy("package", "Begun")
        COMPLETED = "completed", pgettext_lazy("package", "Completed")
        PASSED = "passed", pgettext_lazy("package", "Passed")
        FAILED = "failed", pgettext_lazy("package", "Not passed")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="package_states")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    lesson_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPENED)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    told = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "lesson_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_id", "number"], name="package_state_once"),
            models.CheckConstraint(
                condition=Q(status__in=["opened", "incomplete", "completed", "passed", "failed"]),
                name="package_state_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="package_state_score_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(saved_at__gte=F("opened_at")), name="package_state_saved_after_opened"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length(Cast("told", models.TextField())), MOST_CHARACTERS),
                name="package_state_is_small",
            ),
        ]


class PackageSession(Mine):
    """One opening of a part of a package, as the server saw it. Live like a player's session: one for each learner.

    `seen` are the wall ranges (ms since the epoch) in which it stood open and visible, `length_ms` the lesson's planned
    time. `declared_ms` is the package's word of its present run, `earlier_ms` of those before: a package that begins
    anew begins its own clock anew. A session that is over never changes (trigger), so it can be counted again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey("learners.CountingEdition", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    length_ms = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PlaySession.State.choices, default=PlaySession.State.LIVE)
    opened_at = models.DateTimeField()
    told_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=PlaySession.Ending.choices, blank=True)
    seen = models.JSONField(default=list)
    run = models.PositiveSmallIntegerField(default=0)
    earlier_ms = models.PositiveIntegerField(default=0)
    declared_ms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state=workflow.LIVE),
                name="package_session_one_live_per_learner",
                violation_error_message=_("Learning is already open on another page or device."),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.LIVE, closed_at__isnull=True, ending="")
                | Q(state=workflow.ABANDONED, closed_at__isnull=False, ending="taken_over")
                | Q(state=workflow.CLOSED, closed_at__isnull=False, ending__in=["left", "silent", "helped"]),
                name="package_session_closed_with_its_moment_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(earlier_ms__lte=DAY, declared_ms__lte=DAY - F("earlier_ms")),
                name="package_session_declares_at_most_a_day",
            ),
            models.CheckConstraint(
                condition=Q(told_at__gte=F("opened_at"))
                & (Q(closed_at__isnull=True) | Q(closed_at__gte=F("told_at"))),
                name="package_session_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["told_at"], condition=Q(state=workflow.LIVE), name="package_session_live"),
            models.Index(fields=["enrolment", "lesson"], name="package_session_of_lesson"),
        ]

    @property
    def declared(self) -> int:
        return self.earlier_ms + self.declared_ms
