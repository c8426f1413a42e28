import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger


def replaced(body):
    return migrations.RunSQL(
        f"CREATE OR REPLACE FUNCTION attempt_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;",
        migrations.RunSQL.noop,
    )


ATTEMPT_MOVES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an attempt is never deleted' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_moves';
ELSIF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'running' THEN
        RAISE EXCEPTION 'an attempt begins as running, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_moves';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state IN ('passed', 'failed') THEN
    RAISE EXCEPTION 'a graded attempt never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_moves';
END IF;
IF OLD.state = 'marking' AND NEW.state = 'running' THEN
    RAISE EXCEPTION 'an attempt that was handed in does not run again'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_moves';
END IF;
IF (NEW.enrolment_id, NEW.province_id, NEW.number, NEW.seed, NEW.question_ids, NEW.pass_mark_percent, NEW.started_at, NEW.ends_at)
    <> (OLD.enrolment_id, OLD.province_id, OLD.number, OLD.seed, OLD.question_ids, OLD.pass_mark_percent, OLD.started_at, OLD.ends_at)
THEN
    RAISE EXCEPTION 'what was drawn for an attempt never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_drawn';
END IF;
IF NEW.state IN ('passed', 'failed') AND EXISTS (
    SELECT 1 FROM learners_handmark m WHERE m.attempt_id = NEW.id AND m.marked_at IS NULL
) THEN
    RAISE EXCEPTION 'an attempt is graded when all its answers are marked'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_marked';
END IF;
RETURN NEW;
"""

MARK_STAYS = """
IF TG_OP = 'DELETE' OR OLD.marked_at IS NOT NULL OR (NEW.attempt_id, NEW.province_id, NEW.version_id, NEW.question_id, NEW.answer)
    <> (OLD.attempt_id, OLD.province_id, OLD.version_id, OLD.question_id, OLD.answer)
THEN
    RAISE EXCEPTION 'a mark by hand stays' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hand_mark_stays';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Answers that are texts, marks by hand, and attempts that wait for them."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0016_question_kinds"),
        ("learners", "0008_asking"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question_id", models.BigIntegerField()),
                ("answer", models.CharField(max_length=500)),
                ("waits_since_at", models.DateTimeField()),
                ("points_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("marked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["waits_since_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answer", ""), _negated=True), name="hand_mark_of_an_answer"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_one_running",
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_state_has_its_facts",
        ),
        migrations.AddField(
            model_name="answer",
            name="written",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="answer",
            name="chosen",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=500), default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("marking", "Being marked"),
                    ("passed", "Passed"),
                    ("failed", "Not passed"),
                ],
                default="running",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("chosen__len__lte", 1), ("written", True)),
                    models.Q(
                        ("chosen__len__lte", 20),
                        ("written", False),
                        models.Func(
                            models.Func(
                                "chosen",
                                models.Value(" "),
                                function="array_to_string",
                                output_field=models.TextField(),
                            ),
                            models.Value("^([A-Za-z0-9]{1,2}( |$))*$"),
                            function="regexp_like",
                            output_field=models.BooleanField(),
                        ),
                    ),
                    _connector="OR",
                ),
                name="answer_is_keys_or_one_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "marking"])),
                fields=("enrolment",),
                name="attempt_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("close_at__isnull", False),
                        ("graded_at__isnull", True),
                        ("right_ids__isnull", True),
                        ("score_percent__isnull", True),
                        ("state", "running"),
                        ("submitted_at__isnull", True),
                    ),
                    models.Q(
                        ("close_at__isnull", True),
                        ("graded_at__isnull", True),
                        ("right_ids__isnull", True),
                        ("score_percent__isnull", True),
                        ("state", "marking"),
                    ),
                    models.Q(
                        ("close_at__isnull", True),
                        ("graded_at__isnull", False),
                        ("right_ids__isnull", False),
                        ("score_percent__isnull", False),
                        ("state__in", ["passed", "failed"]),
                    ),
                    _connector="OR",
                ),
                name="attempt_state_has_its_facts",
            ),
        ),
        migrations.AddField(
            model_name="handmark",
            name="attempt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hand_marks", to="learners.attempt"
            ),
        ),
        migrations.AddField(
            model_name="handmark",
            name="marked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="handmark",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
            ),
        ),
        migrations.AddField(
            model_name="handmark",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.courseversion"
            ),
        ),
        migrations.AddIndex(
            model_name="handmark",
            index=models.Index(
                condition=models.Q(("marked_at", None)),
                fields=["version", "waits_since_at"],
                name="hand_mark_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="handmark",
            constraint=models.UniqueConstraint(fields=("attempt", "question_id"), name="hand_mark_once"),
        ),
        migrations.AddConstraint(
            model_name="handmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("marked_at__isnull", True),
                        ("marked_by__isnull", True),
                        ("points_percent__isnull", True),
                    ),
                    models.Q(
                        ("marked_at__isnull", False),
                        ("marked_by__isnull", False),
                        ("points_percent__in", [0, 50, 100]),
                    ),
                    _connector="OR",
                ),
                name="hand_mark_whole_or_waiting",
            ),
        ),
        replaced(ATTEMPT_MOVES),
        Trigger("learners_handmark", "hand_mark_stays", "UPDATE OR DELETE", MARK_STAYS),
    ]
