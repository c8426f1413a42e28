import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger

MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'uploaded' THEN
        RAISE EXCEPTION 'an import begins uploaded, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'import_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('uploaded', 'reading'), ('reading', 'previewed'), ('previewed', 'applying'), ('applying', 'reading'),
    ('applying', 'applied'), ('uploaded', 'failed'), ('reading', 'failed'), ('applying', 'failed'),
    ('uploaded', 'cancelled'), ('reading', 'cancelled'), ('previewed', 'cancelled')
) THEN
    RAISE EXCEPTION 'an import does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'import_moves';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Files of courses and questions that somebody brings, and what becomes of their rows."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0007_finding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("courses", "Courses"), ("questions", "Questions")], max_length=10
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("xlsx", "Excel"),
                            ("csv", "CSV"),
                            ("moodle", "Moodle XML"),
                            ("gift", "GIFT"),
                        ],
                        max_length=8,
                    ),
                ),
                ("file_key", models.CharField(max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("reading", "Being read"),
                            ("previewed", "Ready to apply"),
                            ("applying", "Being applied"),
                            ("applied", "Applied"),
                            ("failed", "Cannot be read"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("looked_again", models.BooleanField(default=False)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=40)),
                ("problem_more", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "course",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.course",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "uploaded",
                                    "reading",
                                    "previewed",
                                    "applying",
                                    "applied",
                                    "failed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="import_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("course__isnull", True), ("form__in", ["xlsx", "csv"]), ("kind", "courses")
                            ),
                            models.Q(("course__isnull", False), ("kind", "questions")),
                            _connector="OR",
                        ),
                        name="import_questions_have_a_course",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False), ("state__in", ["applying", "reading", "uploaded"])
                            ),
                            models.Q(
                                models.Q(("state__in", ["applying", "reading", "uploaded"]), _negated=True),
                                ("due_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="import_due_while_a_worker_has_to_do",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="import_decided_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["applying", "applied", "cancelled"]), _negated=True),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="import_applied_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False),
                                ("state__in", ["applied", "failed", "cancelled"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["applied", "failed", "cancelled"]), _negated=True),
                                ("finished_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="import_finished_when_over",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), models.Q(("problem", ""), _negated=True)),
                            models.Q(models.Q(("state", "failed"), _negated=True), ("problem", "")),
                            _connector="OR",
                        ),
                        name="import_failed_has_a_problem",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="import_due"
                    ),
                    models.Index(fields=["organisation", "-id"], name="import_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField()),
                ("ref", models.CharField(blank=True, max_length=80)),
                ("label", models.CharField(blank=True, max_length=120)),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("refused", "Refused"),
                            ("left_out", "Left out"),
                            ("updated", "Changed"),
                            ("created", "New"),
                            ("unchanged", "Unchanged"),
                        ],
                        max_length=10,
                    ),
                ),
                ("course_code", models.CharField(blank=True, max_length=24)),
                ("troubles", models.JSONField(default=list)),
                ("changes", models.JSONField(default=list)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="courses.importjob",
                    ),
                ),
            ],
            options={
                "ordering": ["job", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "number"), name="import_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fate__in", ["refused", "left_out", "updated", "created", "unchanged"])
                        ),
                        name="import_fate_is_known",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["job", "fate", "number"], name="import_rows_by_fate"),
                ],
            },
        ),
        Trigger("courses_importjob", "courses_import_moves", "INSERT OR UPDATE", MOVES),
    ]
