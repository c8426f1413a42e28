"""Files of courses or questions that somebody brings, and what becomes of each of their rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import Course, set_together
from courses.workflow import IMPORT_DUE, ImportState


class ImportJob(models.Model):
    """One uploaded file. A worker has until `due_at`; then another takes the job up, at most three in all.

    `cleared_at` is when the file and its rows were removed, long after the end; `counts` and the rest stay.

    `attempt` rises with each, and whoever holds an older one writes nothing more. `counts` are rows by fate. `problem`
    is the rule that refused the file, with what its sentence needs in `problem_more`. Questions go into the draft of
    `course`.
    """

    class Kind(models.TextChoices):
        COURSES = "courses", pgettext_lazy("import", "Courses")
        QUESTIONS = "questions", pgettext_lazy("import", "Questions")

    class Form(models.TextChoices):
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV"
        MOODLE = "moodle", "Moodle XML"
        GIFT = "gift", "GIFT"

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    form = models.CharField(max_length=8, choices=Form.choices)
    file_key = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    looked_again = models.BooleanField(default=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    problem_more = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
            models.CheckConstraint(
                condition=Q(kind="courses", course__isnull=True, form__in=["xlsx", "csv"])
                | Q(kind="questions", course__isnull=False),
                name="import_questions_have_a_course",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(IMPORT_DUE), due_at__isnull=False)
                | (~Q(state__in=sorted(IMPORT_DUE)) & Q(due_at__isnull=True)),
                name="import_due_while_a_worker_has_to_do",
            ),
            models.CheckConstraint(condition=set_together("decided"), name="import_decided_at_with_by"),
            models.CheckConstraint(
                condition=~Q(state__in=["applying", "applied"]) | Q(decided_at__isnull=False),
                name="import_applied_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "failed", "cancelled"], finished_at__isnull=False)
                | (~Q(state__in=["applied", "failed", "cancelled"]) & Q(finished_at__isnull=True)),
                name="import_finished_when_over",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(problem="")) | (~Q(state="failed") & Q(problem="")),
                name="import_failed_has_a_problem",
            ),
            models.CheckConstraint(
                condition=(Q(cleared_at__isnull=True) & ~Q(file_key=""))
                | Q(cleared_at__isnull=False, file_key="", finished_at__isnull=False),
                name="import_cleared_after_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="import_due"),
            models.Index(fields=["organisation", "-id"], name="import_newest"),
            models.Index(
                fields=["finished_at"], condition=Q(cleared_at__isnull=True), name="import_not_cleared"
            ),
        ]


class ImportRow(models.Model):
    """One course or question of a job's file, from row `number` to row `last` as the spreadsheet numbers them.

    In Moodle XML `number` is the place of the question. `ref` is the course's reference, or the key of the question's
    lesson. `troubles` are `{"row", "column", "rule", "more"}`; `changes` are names of fields.
    """

    class Fate(models.TextChoices):
        REFUSED = "refused", pgettext_lazy("fate", "Refused")
        LEFT_OUT = "left_out", pgettext_lazy("fate", "Left out")
        UPDATED = "updated", pgettext_lazy("fate", "Changed")
        CREATED = "created", pgettext_lazy("fate", "New")
        UNCHANGED = "unchanged", pgettext_lazy("fate", "Unchanged")

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    ref = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=120, blank=True)
    fate = models.CharField(max_length=10, choices=Fate.choices)
    course_code = models.CharField(max_length=24, blank=True)
    troubles = models.JSONField(default=list)
    changes = models.JSONField(default=list)

    class Meta:
        ordering = ["job", "number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(fate__in=["refused", "left_out", "updated", "created", "unchanged"]),
                name="import_fate_is_known",
            ),
        ]
        indexes = [models.Index(fields=["job", "fate", "number"], name="import_rows_by_fate")]
