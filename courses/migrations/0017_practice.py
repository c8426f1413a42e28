import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger

FROZEN_TASK = """
IF (TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = OLD.lesson_id AND v.frozen_at IS NOT NULL))
    OR (TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = NEW.lesson_id AND v.frozen_at IS NOT NULL))
THEN
    RAISE EXCEPTION 'the practical task of a frozen version: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """The practical task of a lesson; films may be of a learner's own work."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0016_question_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PracticalTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes_allowed", models.PositiveSmallIntegerField()),
                ("film_most_minutes", models.PositiveSmallIntegerField()),
                ("film_most_megabytes", models.PositiveSmallIntegerField()),
                ("attempts", models.PositiveSmallIntegerField()),
                ("cooling_off_hours", models.PositiveSmallIntegerField()),
                ("pass_mark_percent", models.PositiveSmallIntegerField()),
                ("shows_zh", models.TextField()),
                ("shows_en", models.TextField(blank=True)),
                ("steps", models.JSONField(default=list)),
                ("tools", models.JSONField(blank=True, default=list)),
                ("rules", models.JSONField(blank=True, default=list)),
                ("criteria", models.JSONField(default=list)),
                ("revision", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attempts__gte", 1),
                            ("attempts__lte", 10),
                            ("cooling_off_hours__lte", 720),
                            ("film_most_megabytes__gte", 10),
                            ("film_most_megabytes__lte", 2000),
                            ("film_most_minutes__gte", 1),
                            ("film_most_minutes__lte", 120),
                            ("minutes_allowed__gte", 1),
                            ("minutes_allowed__lte", 600),
                            ("pass_mark_percent__gte", 1),
                            ("pass_mark_percent__lte", 100),
                        ),
                        name="practical_task_within_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("steps", []), _negated=True), models.Q(("criteria", []), _negated=True)
                        ),
                        name="practical_task_has_steps_and_criteria",
                        violation_error_message="A task has at least one step and one criterion.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="film",
            name="most_seconds",
            field=models.PositiveIntegerField(default=21600),
        ),
        migrations.AddField(
            model_name="film",
            name="purpose",
            field=models.CharField(
                choices=[("lesson", "Of a lesson"), ("practice", "Of a learner's own work")],
                default="lesson",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="film",
            index=models.Index(
                condition=models.Q(("purpose", "practice")),
                fields=["sha256"],
                name="film_of_practice_by_bytes",
            ),
        ),
        migrations.AddField(
            model_name="practicaltask",
            name="lesson",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="practical_task",
                to="courses.lesson",
            ),
        ),
        Trigger(
            "courses_practicaltask",
            "courses_practicaltask_frozen",
            "INSERT OR UPDATE OR DELETE",
            FROZEN_TASK,
        ),
    ]
