import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

import courses.models.questions

LASTING_KEYS = """
ALTER TABLE courses_question DISABLE TRIGGER courses_question_frozen;
UPDATE courses_question SET key = 'q-' || substr(md5(told.said), 1, 12)
FROM (
    SELECT q.id AS told_id, concat_ws('|', v.course_id, l.key, q.stem_zh, q.options, row_number() OVER (
        PARTITION BY q.version_id, l.key, q.stem_zh, q.options ORDER BY q.position)) AS said
    FROM courses_question q
    JOIN courses_courseversion v ON v.id = q.version_id
    LEFT JOIN courses_lesson l ON l.id = q.lesson_id
) AS told
WHERE told_id = courses_question.id;
ALTER TABLE courses_question ENABLE TRIGGER courses_question_frozen;
"""


def field(name, kind):
    return migrations.AddField(model_name="question", name=name, field=kind)


def rule(name, condition):
    return migrations.AddConstraint(
        model_name="question", constraint=models.CheckConstraint(condition=condition, name=name)
    )


class Migration(migrations.Migration):
    """Numbers, orderings, spots and short texts; a lasting key (the same text in every version so far); exams by parts."""

    dependencies = [("courses", "0015_answer_promises")]
    operations = [
        migrations.AddField(
            model_name="examblueprint", name="parts", field=models.JSONField(blank=True, default=list)
        ),
        field("key", models.CharField(default="", max_length=40)),
        migrations.RunSQL(LASTING_KEYS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="question",
            name="key",
            field=models.CharField(default=courses.models.questions.fresh_key, max_length=40),
        ),
        field("topic", models.CharField(blank=True, max_length=40)),
        field(
            "difficulty",
            models.PositiveSmallIntegerField(choices=[(1, "Easy"), (2, "Medium"), (3, "Hard")], default=2),
        ),
        field("number", models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
        field("tolerance", models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
        field("tolerance_in_percent", models.BooleanField(default=False)),
        field("unit", models.CharField(blank=True, max_length=20)),
        field(
            "accepted",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), blank=True, default=list, size=None
            ),
        ),
        field("picture_key", models.CharField(blank=True, max_length=200)),
        field("picture_zh", models.CharField(blank=True, max_length=300)),
        field("picture_en", models.CharField(blank=True, max_length=300)),
        migrations.AlterField(
            model_name="question",
            name="kind",
            field=models.CharField(
                choices=[
                    ("single", "One answer"),
                    ("multiple", "Several answers"),
                    ("true_false", "True or false"),
                    ("numeric", "A number"),
                    ("ordering", "Steps in order"),
                    ("hotspot", "A spot in a picture"),
                    ("short_text", "A short text"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(model_name="question", name="options", field=models.JSONField(blank=True)),
        migrations.AlterField(
            model_name="question",
            name="right_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2), blank=True, size=None
            ),
        ),
        migrations.RemoveConstraint(model_name="question", name="question_right_keys_fit_kind"),
        rule(
            "question_right_keys_fit_kind",
            Q(kind__in=["single", "true_false"], right_keys__len=1)
            | Q(kind__in=["multiple", "ordering"], right_keys__len__gte=2)
            | Q(kind="hotspot", right_keys__len__gte=1)
            | Q(kind__in=["numeric", "short_text"], right_keys__len=0),
        ),
        rule("question_written_has_no_options", ~Q(kind__in=["numeric", "short_text"]) | Q(options=[])),
        rule(
            "question_number_fits_kind",
            Q(kind="numeric", number__isnull=False, tolerance__isnull=False, tolerance__gte=0)
            | ~Q(kind="numeric") & Q(number__isnull=True, tolerance__isnull=True, unit=""),
        ),
        rule("question_accepted_fits_kind", Q(kind="short_text") | Q(accepted__len=0)),
        rule(
            "question_picture_fits_kind",
            Q(kind="hotspot") & ~Q(picture_key="") & ~Q(picture_zh="")
            | ~Q(kind="hotspot") & Q(picture_key="", picture_zh="", picture_en=""),
        ),
        rule("question_difficulty_known", Q(difficulty__in=[1, 2, 3])),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(fields=("version", "key"), name="question_key_once"),
        ),
    ]
