"""Who studies what, under which terms, as a member of which groups; and the completion that later apps pull."""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners.workflow import ACTIVE, COMPLETED, WITHDRAWN

STATE_NAMES = [
    (ACTIVE, pgettext_lazy("enrolment", "Learning")),
    (COMPLETED, pgettext_lazy("enrolment", "Completed")),
    (WITHDRAWN, pgettext_lazy("enrolment", "Withdrawn")),
]


class Enrolments(QuerySet["Enrolment"]):
    def active(self) -> "Enrolments":
        return self.filter(state=ACTIVE)

    def completed(self) -> "Enrolments":
        return self.filter(state=COMPLETED)

    def standing(self) -> "Enrolments":
        """Active or completed: what a learner calls "my courses"."""
        return self.exclude(state=WITHDRAWN)


class Enrolment(models.Model):
    """A person on a version of a course. Version, counting edition and required share are those of the first day.

    So is whether it counts for the subsidy: `counts_for_subsidy` and the code of the reason never change afterwards.

    `province` is the learner's, where the hours are claimed. `completion_due_at` is when the sweeper looks next
    whether the course is completed; it is empty while no exam has been passed. `learn_until` is the last day of learning as
    it was told on the first day: the intake may lengthen it afterwards, never shorten it.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24)
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("learners.CountingEdition", on_delete=models.PROTECT, related_name="+")
    required_percent = models.PositiveSmallIntegerField()
    counts_for_subsidy = models.BooleanField()
    subsidy_reason = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, choices=STATE_NAMES, default=ACTIVE)
    enrolled_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    completion_due_at = models.DateTimeField(null=True, blank=True)
    learn_until = models.DateField(null=True, blank=True)

    objects = Enrolments.as_manager()

    class Meta:
        ordering = ["-enrolled_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course_code"],
                condition=Q(state=ACTIVE),
                name="enrolment_one_live_per_course",
                violation_error_message=_("You are enrolled in this course already."),
            ),
            models.UniqueConstraint(fields=["user", "version"], name="enrolment_one_per_version"),
            models.CheckConstraint(
                condition=Q(state=ACTIVE, completed_at__isnull=True, withdrawn_at__isnull=True)
                | Q(state=COMPLETED, completed_at__isnull=False, withdrawn_at__isnull=True)
                | Q(state=WITHDRAWN, completed_at__isnull=True, withdrawn_at__isnull=False),
                name="enrolment_state_has_its_time",
            ),
            models.CheckConstraint(
                condition=(Q(completed_at__isnull=True) | Q(completed_at__gte=F("enrolled_at")))
                & (Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("enrolled_at"))),
                name="enrolment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(completion_due_at__isnull=True) | Q(state=ACTIVE),
                name="enrolment_due_only_while_active",
            ),
            models.CheckConstraint(
                condition=Q(required_percent__gte=1, required_percent__lte=100),
                name="enrolment_required_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(counts_for_subsidy=True) | ~Q(subsidy_reason=""),
                name="enrolment_not_counting_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "state"], name="enrolment_by_province"),
            models.Index(fields=["course_code"], condition=Q(state=ACTIVE), name="enrolment_taking_a_seat"),
            models.Index(
                fields=["completion_due_at"],
                condition=Q(completion_due_at__isnull=False),
                name="enrolment_completion_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.course_code}"


class Completion(models.Model):
    """A course completed, with the facts it stood on. Append-only: what it says is what was true on that day.

    `facts`: counted_seconds, valid_hours, required_hours, course_hours, online_hours, offline_days, started_on,
    completed_on, exam (attempt, score_percent, pass_mark_percent, passed_at), lessons, version, course, edition,
    identity_verified_at, counts_for_subsidy, subsidy_reason (these two are missing in the earliest, which count), practice
    (where there are practical tasks), ledger (length and digest of the learner's chain; missing in the earliest).
    Hours are exact decimal or fraction strings. `digest` is SHA-256 over them.
    """

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="completion")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    facts = models.JSONField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["province", "completed_at"], name="completion_by_province")]
