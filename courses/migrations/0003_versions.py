from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger


FILL = """
ALTER TABLE courses_courseversion DISABLE TRIGGER courses_version_frozen;
ALTER TABLE courses_lesson DISABLE TRIGGER courses_lesson_frozen;
UPDATE courses_courseversion v SET created_at = c.created_at, created_by_id = c.created_by_id,
    submitted_at = c.submitted_at, submitted_by_id = c.submitted_by_id,
    published_by_id = CASE WHEN v.frozen_at IS NOT NULL THEN c.published_by_id END,
    state = CASE WHEN v.frozen_at IS NOT NULL THEN 'published'
                 WHEN c.state = 'submitted' THEN 'under_review' ELSE 'draft' END
FROM courses_course c WHERE c.id = v.course_id;
INSERT INTO courses_section (version_id, key, position, title_zh, title_en, module, revision)
SELECT DISTINCT version_id, 'contents', 1, '课程内容', 'Contents', '', 1 FROM courses_lesson;
UPDATE courses_lesson l SET section_id = s.id FROM courses_section s WHERE s.version_id = l.version_id;
UPDATE courses_course SET state = 'unlisted' WHERE state IN ('draft', 'submitted');
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE courses_courseversion ENABLE TRIGGER courses_version_frozen;
ALTER TABLE courses_lesson ENABLE TRIGGER courses_lesson_frozen;
"""

DROP_MOVES = "DROP TRIGGER courses_course_moves ON courses_course; DROP FUNCTION courses_course_moves();"

COURSE_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'unlisted' THEN
        RAISE EXCEPTION 'a course begins unlisted, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('unlisted', 'published'), ('published', 'suspended'), ('suspended', 'published'),
    ('published', 'withdrawn'), ('suspended', 'withdrawn')
) THEN
    RAISE EXCEPTION 'a course does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'course_moves';
END IF;
RETURN NEW;
"""

VERSION_MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a version begins as a draft, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('draft', 'submitted'), ('returned', 'submitted'), ('submitted', 'draft'), ('under_review', 'draft'),
    ('submitted', 'under_review'), ('submitted', 'returned'), ('under_review', 'returned'),
    ('under_review', 'published')
) THEN
    RAISE EXCEPTION 'a version does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'version_moves';
END IF;
RETURN NEW;
"""


def frozen_part() -> str:
    return import_module("courses.migrations.0002_guards").FROZEN_PART


class Migration(migrations.Migration):
    """The way through submission and review belongs to a version; a course is listed or not. Lessons lie in sections."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40)),
                ("position", models.PositiveIntegerField()),
                ("title_zh", models.CharField(max_length=120)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("module", models.SlugField(blank=True, max_length=40)),
                ("revision", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["version", "position"],
            },
        ),
        migrations.AlterModelOptions(
            name="video",
            options={"ordering": ["lesson", "position"]},
        ),
        migrations.RemoveConstraint(
            model_name="course",
            name="course_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="course",
            name="course_submitted_at_with_by",
        ),
        migrations.RemoveConstraint(
            model_name="course",
            name="course_state_has_its_times",
        ),
        migrations.RemoveConstraint(
            model_name="course",
            name="course_published_by_a_second_person",
        ),
        migrations.RemoveConstraint(
            model_name="courseversion",
            name="version_one_draft_per_course",
        ),
        migrations.RemoveConstraint(
            model_name="lesson",
            name="lesson_position_once",
        ),
        migrations.RemoveConstraint(
            model_name="lesson",
            name="lesson_measure_fits_kind",
        ),
        migrations.AddField(
            model_name="course",
            name="for_subsidy",
            field=models.BooleanField(default=False, verbose_name="offered for the subsidy"),
        ),
        migrations.AddField(
            model_name="course",
            name="partner_ref",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="course",
            name="subsidised",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="course",
            name="key_groups",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="price_fen",
            field=models.PositiveBigIntegerField(default=0, verbose_name="price"),
        ),
        migrations.AddField(
            model_name="course",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="created_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="for_subsidy",
            field=models.BooleanField(default=False, verbose_name="offered for the subsidy"),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="key_groups",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="price_fen",
            field=models.PositiveBigIntegerField(default=0, verbose_name="price"),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="published_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="returned_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Submitted"),
                    ("under_review", "Under review"),
                    ("returned", "Returned"),
                    ("published", "Published"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="submitted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="submitted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="on_site",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="lesson",
            name="planned_seconds",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="lesson",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="lesson",
            name="teaching",
            field=models.CharField(
                choices=[("theory", "Theory"), ("practice", "Practice")], default="theory", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="video",
            name="angle_en",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="video",
            name="angle_zh",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="video",
            name="position",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="course",
            name="state",
            field=models.CharField(
                choices=[
                    ("unlisted", "Not listed yet"),
                    ("published", "Published"),
                    ("suspended", "Suspended"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="unlisted",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="lesson",
            name="kind",
            field=models.CharField(
                choices=[
                    ("video", "Video"),
                    ("workshop", "Workshop film"),
                    ("reading", "Reading"),
                    ("quiz", "Quiz"),
                    ("exam", "Exam"),
                    ("practical", "Practical task"),
                    ("live", "Live class"),
                    ("package", "Imported package"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="video",
            name="captions_zh_key",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="video",
            name="lesson",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="videos", to="courses.lesson"
            ),
        ),
        migrations.AddField(
            model_name="section",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sections",
                to="courses.courseversion",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="section",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lessons",
                to="courses.section",
            ),
        ),
        migrations.RunSQL(DROP_MOVES, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="course",
            name="submitted_at",
        ),
        migrations.RemoveField(
            model_name="course",
            name="submitted_by",
        ),
        migrations.AlterField(model_name="courseversion", name="created_at", field=models.DateTimeField()),
        migrations.AlterField(
            model_name="courseversion",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="lesson",
            name="section",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="courses.section"
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["unlisted", "published", "suspended", "withdrawn"])),
                name="course_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="course_withdrawn_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("current_version__isnull", True),
                        ("published_at__isnull", True),
                        ("state", "unlisted"),
                    ),
                    models.Q(
                        models.Q(("state", "unlisted"), _negated=True),
                        ("current_version__isnull", False),
                        ("published_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="course_state_has_its_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "withdrawn"),
                        ("withdrawn_at__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "withdrawn"), _negated=True),
                        ("withdrawn_at__isnull", True),
                        ("withdrawn_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="course_withdrawn_has_reason",
                violation_error_message="State why the course is withdrawn.",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("frozen_at__isnull", True)),
                fields=("course",),
                name="version_one_open_per_course",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "under_review", "returned", "published"])
                ),
                name="version_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                    models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                    _connector="OR",
                ),
                name="version_submitted_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["draft", "returned"]), ("submitted_at__isnull", True)),
                    models.Q(
                        models.Q(("state__in", ["draft", "returned"]), _negated=True),
                        ("submitted_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="version_state_has_its_submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("frozen_at__isnull", False), ("published_by__isnull", False), ("state", "published")
                    ),
                    models.Q(
                        models.Q(("state", "published"), _negated=True),
                        ("frozen_at__isnull", True),
                        ("published_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="version_frozen_when_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), models.Q(("returned_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "returned"), _negated=True), ("returned_reason", "")),
                    _connector="OR",
                ),
                name="version_returned_has_reason",
                violation_error_message="State why the course is returned.",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(
                        models.Q(("published_by", models.F("created_by")), _negated=True),
                        models.Q(("published_by", models.F("submitted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="version_published_by_a_second_person",
                violation_error_message="Somebody else has to publish: not the author, not who submitted it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="video",
            constraint=models.UniqueConstraint(fields=("lesson", "position"), name="video_position_once"),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("version", "position"),
                name="lesson_position_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("characters", 0), ("kind__in", ["video", "workshop"]), ("planned_seconds", 0)),
                    models.Q(("kind", "reading"), ("planned_seconds", 0), ("seconds", 0)),
                    models.Q(
                        models.Q(("kind__in", ["video", "workshop", "reading"]), _negated=True),
                        ("characters", 0),
                        ("seconds", 0),
                    ),
                    _connector="OR",
                ),
                name="lesson_measure_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(fields=("version", "key"), name="section_key_once"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("version", "position"),
                name="section_position_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.UniqueConstraint(
                condition=models.Q(("partner_ref", ""), _negated=True),
                fields=("organisation", "partner_ref"),
                name="course_partner_ref_once",
            ),
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE courses_code_seq;",
            "DROP SEQUENCE courses_code_seq;",
        ),
        Trigger("courses_course", "courses_course_moves", "INSERT OR UPDATE", COURSE_MOVES),
        Trigger("courses_courseversion", "courses_version_moves", "INSERT OR UPDATE", VERSION_MOVES),
        Trigger("courses_section", "courses_section_frozen", "INSERT OR UPDATE OR DELETE", frozen_part()),
    ]
