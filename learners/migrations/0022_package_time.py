"""Time of imported packages: their sessions, and their rows in the ledger."""

import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger

SESSION_MOVES = """
IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a package session is never deleted'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_session_moves';
    END IF;
IF TG_OP = 'UPDATE' AND OLD.state <> 'live' THEN
        RAISE EXCEPTION 'a package session that is over never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'package_session_moves';
    END IF;
    RETURN NEW;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0019_question_moment"),
        ("learners", "0021_appeals_and_signals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="ledgerrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("video", "Video"),
                    ("reading", "Reading"),
                    ("quiz", "Quiz"),
                    ("package", "Imported package"),
                    ("live", "Live class"),
                    ("workshop", "Workshop practice"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="PackageSession",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("length_ms", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("live", "Live"), ("abandoned", "Taken over"), ("closed", "Closed")],
                        default="live",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken_over", "Another page or device went on with learning."),
                            ("left", "The lesson was left."),
                            ("silent", "Nothing was heard from the player for a long time."),
                            ("shut", "Too many questions were not answered."),
                            ("helped", "Somebody at a desk acts for you now. Go on once the help has ended."),
                        ],
                        max_length=12,
                    ),
                ),
                ("seen", models.JSONField(default=list)),
                ("run", models.PositiveSmallIntegerField(default=0)),
                ("earlier_ms", models.PositiveIntegerField(default=0)),
                ("declared_ms", models.PositiveIntegerField(default=0)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="learners.countingedition",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learners.enrolment"
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.lesson"
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "live")), fields=["told_at"], name="package_session_live"
                    ),
                    models.Index(fields=["enrolment", "lesson"], name="package_session_of_lesson"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")),
                        fields=("user",),
                        name="package_session_one_live_per_learner",
                        violation_error_message="Learning is already open on another page or device.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("ending", ""), ("state", "live")),
                            models.Q(
                                ("closed_at__isnull", False), ("ending", "taken_over"), ("state", "abandoned")
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("ending__in", ["left", "silent", "helped"]),
                                ("state", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="package_session_closed_with_its_moment_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "declared_ms__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(86400000), "-", models.F("earlier_ms")
                                ),
                            ),
                            ("earlier_ms__lte", 86400000),
                        ),
                        name="package_session_declares_at_most_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("told_at__gte", models.F("opened_at")),
                            models.Q(
                                ("closed_at__isnull", True),
                                ("closed_at__gte", models.F("told_at")),
                                _connector="OR",
                            ),
                        ),
                        name="package_session_in_order",
                    ),
                ],
            },
        ),
        Trigger("learners_packagesession", "package_session_moves", "UPDATE OR DELETE", SESSION_MOVES),
    ]
