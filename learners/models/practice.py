"""Practical work: a learner's film of a task, and the papers of the people who assess it."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners.models.enrolment import Enrolment
from learners.workflow import (
    FAILED,
    GIVEN_UP,
    HANDED_IN,
    OPEN,
    PASSED,
    RELEASED,
    SENDING,
    SPLIT,
    SUBMITTED,
)

SUBMISSION_STATE_NAMES = [
    (SENDING, pgettext_lazy("submission", "With the learner")),
    (SUBMITTED, pgettext_lazy("submission", "Being assessed")),
    (SPLIT, pgettext_lazy("submission", "With a third assessor")),
    (PASSED, _("Passed")),
    (FAILED, _("Not passed")),
    (GIVEN_UP, pgettext_lazy("submission", "Given up")),
]
ASSESSMENT_STATE_NAMES = [
    (OPEN, pgettext_lazy("assessment", "Open")),
    (HANDED_IN, pgettext_lazy("assessment", "Handed in")),
    (RELEASED, pgettext_lazy("assessment", "Given to somebody else")),
]
WAITING = (SUBMITTED, SPLIT)
DECIDED = (PASSED, FAILED)
THIRD = 3


class Submissions(QuerySet["Submission"]):
    def waiting(self) -> "Submissions":
        return self.filter(state__in=WAITING)

    def decided(self) -> "Submissions":
        return self.filter(state__in=DECIDED)

    def passed(self) -> "Submissions":
        return self.filter(state=PASSED)


class Submission(models.Model):
    """A film of one's own work at the bench. `organisation` teaches the course and assesses it; `province` is the learner's.

    `draw_due_at` is when the sweeper looks again for an assessor who is missing; `film_due_at` is when the film goes.
    `score_percent` is cut, never rounded up. `safety_failed`: two assessors saw the same breach, or the third one saw it.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="submissions")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    lesson_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    film = models.OneToOneField("courses.Film", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=SUBMISSION_STATE_NAMES, default=SENDING)
    begun_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    pass_mark_percent = models.PositiveSmallIntegerField()
    score_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    safety_failed = models.BooleanField(default=False)
    draw_due_at = models.DateTimeField(null=True, blank=True)
    film_due_at = models.DateTimeField(null=True, blank=True)
    film_deleted_at = models.DateTimeField(null=True, blank=True)

    objects = Submissions.as_manager()

    class Meta:
        ordering = ["enrolment", "lesson_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson_id", "number"], name="submission_number_once"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "lesson_id"],
                condition=Q(state__in=[SENDING, SUBMITTED, SPLIT]),
                name="submission_one_open_per_task",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "lesson_id"],
                condition=Q(state=PASSED),
                name="submission_passed_once_per_task",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[SENDING, GIVEN_UP],
                    handed_in_at__isnull=True,
                    decided_at__isnull=True,
                    score_percent__isnull=True,
                    safety_failed=False,
                )
                | Q(
                    state__in=[SUBMITTED, SPLIT],
                    handed_in_at__isnull=False,
                    decided_at__isnull=True,
                    score_percent__isnull=True,
                    safety_failed=False,
                )
                | Q(
                    state__in=[PASSED, FAILED],
                    handed_in_at__isnull=False,
                    decided_at__isnull=False,
                    score_percent__isnull=False,
                ),
                name="submission_state_has_its_facts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PASSED, FAILED])
                | Q(
                    state=PASSED,
                    safety_failed=False,
                    score_percent__lte=100,
                    score_percent__gte=F("pass_mark_percent"),
                )
                | Q(state=FAILED, score_percent__lt=F("pass_mark_percent"))
                | Q(state=FAILED, score_percent__lte=100, safety_failed=True),
                name="submission_state_fits_score",
            ),
            models.CheckConstraint(
                condition=Q(film_deleted_at__isnull=True) | Q(state__in=[PASSED, FAILED, GIVEN_UP]),
                name="submission_film_kept_until_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["draw_due_at"], condition=Q(draw_due_at__isnull=False), name="submission_draw"
            ),
            models.Index(
                fields=["film_due_at"], condition=Q(film_due_at__isnull=False), name="submission_film"
            ),
            models.Index(fields=["organisation", "state"], name="submission_of_provider"),
        ]

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_passed(self) -> bool:
        return self.state == PASSED


class Assessments(QuerySet["Assessment"]):
    def open(self) -> "Assessments":
        return self.filter(state=OPEN)

    def handed_in(self) -> "Assessments":
        return self.filter(state=HANDED_IN)

    def standing(self) -> "Assessments":
        return self.exclude(state=RELEASED)


class Assessment(models.Model):
    """One assessor's paper. Seats 1 and 2 are blind to each other; seat 3 sees both and decides.

    `sheet` is `{"marks": {criterion: {"level", "second", "comment"}}, "rules": {rule: {"breached", "second",
    "comment"}}, "advice"}`, by number as text; a draft until it is handed in, and then never changed. Seconds are of the film.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="assessments")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    assessor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    seat = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ASSESSMENT_STATE_NAMES, default=OPEN)
    drawn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sheet = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    score_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    passed = models.BooleanField(null=True)

    objects = Assessments.as_manager()

    class Meta:
        ordering = ["submission", "seat", "id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "assessor"], name="assessment_once_per_person"),
            models.UniqueConstraint(
                fields=["submission", "seat"],
                condition=~Q(state=RELEASED),
                name="assessment_one_per_seat",
            ),
            models.CheckConstraint(
                condition=Q(seat__gte=1, seat__lte=THIRD), name="assessment_seat_is_known"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("drawn_at")), name="assessment_due_after_drawn"),
            models.CheckConstraint(
                condition=Q(
                    state=HANDED_IN,
                    handed_in_at__isnull=False,
                    released_at__isnull=True,
                    score_percent__lte=100,
                    passed__isnull=False,
                )
                | Q(
                    state=OPEN,
                    handed_in_at__isnull=True,
                    released_at__isnull=True,
                    score_percent__isnull=True,
                    passed__isnull=True,
                )
                | Q(
                    state=RELEASED,
                    handed_in_at__isnull=True,
                    released_at__isnull=False,
                    score_percent__isnull=True,
                    passed__isnull=True,
                ),
                name="assessment_state_has_its_facts",
            ),
        ]
        indexes = [
            models.Index(fields=["assessor", "due_at"], condition=Q(state=OPEN), name="assessment_open"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    @property
    def is_third(self) -> bool:
        return self.seat == THIRD
