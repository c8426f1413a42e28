import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models
from portal.postgres import AppendOnly, Trigger

MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a standard begins as a draft, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_moves';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state = 'published' THEN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'valid' <> to_jsonb(OLD) - 'valid'
        OR lower(NEW.valid) <> lower(OLD.valid) OR NOT NEW.valid <@ OLD.valid THEN
        RAISE EXCEPTION 'standard % is published: only an earlier last day may be set', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'standard_frozen';
    END IF;
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

KEPT = """
IF TG_OP = 'DELETE' OR OLD.mended_at IS NOT NULL
    OR to_jsonb(NEW) - 'mended_at' - 'mended_version_id' <> to_jsonb(OLD) - 'mended_at' - 'mended_version_id' THEN
    RAISE EXCEPTION 'shortfall % may only be mended, once: % refused', OLD.id, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'shortfall_kept';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    """Standards, the checks by them, the courses that fall short, and how older occupation codes are read."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("courses", "0003_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ContentStandard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "certificate_kind",
                    models.CharField(
                        choices=[
                            ("level", "Skill level certificate"),
                            ("special", "Special ability certificate"),
                            ("completion", "Certificate of completion"),
                        ],
                        max_length=12,
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("title_zh", models.CharField(max_length=120, verbose_name="title in Chinese")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="title in English")),
                ("doc_no", models.CharField(max_length=80, verbose_name="document number")),
                ("source", models.CharField(max_length=500, verbose_name="source document")),
                ("is_fictional", models.BooleanField(default=False, verbose_name="fictional")),
                ("mend_days", models.PositiveSmallIntegerField(default=90)),
                ("body", models.JSONField()),
                ("body_sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("edited_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "edited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "occupation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.occupation"
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.province",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["occupation__code", "-level", "province_id", "-valid"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("certificate_kind", "level"),
                                ("level__gte", 1),
                                ("level__isnull", False),
                                ("level__lte", 5),
                            ),
                            models.Q(
                                ("certificate_kind__in", ["special", "completion"]), ("level__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="standard_level_fits_certificate",
                        violation_error_message="A level certificate needs a level from 5 to 1; other certificates have none.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False), ("valid__lower_inf", False)),
                        name="standard_has_a_first_day",
                        violation_error_message="The last day lies before the first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mend_days__lte", 730)),
                        name="standard_mend_days_within_reason",
                        violation_error_message="Courses get at most 730 days to follow.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "published"])),
                        name="standard_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", True), ("published_by__isnull", True)),
                            models.Q(("published_at__isnull", False), ("published_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="standard_published_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__isnull", True), ("state", "draft")),
                            models.Q(("published_at__isnull", False), ("state", "published")),
                            _connector="OR",
                        ),
                        name="standard_state_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_by__isnull", True),
                            models.Q(("published_by", models.F("edited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="standard_published_by_a_second_person",
                        violation_error_message="Who edited a standard cannot publish it.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state", "published")),
                        expressions=[
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    "province_id", models.Value("")
                                ),
                                "=",
                            ),
                            ("occupation", "="),
                            ("certificate_kind", "="),
                            (django.db.models.functions.comparison.Coalesce("level", models.Value(0)), "="),
                            ("valid", "&&"),
                        ],
                        name="standard_one_in_force",
                        violation_error_message="Another published standard is in force on some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OccupationCrosswalk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_edition", models.CharField(max_length=4)),
                ("from_code", models.CharField(max_length=12)),
                ("from_name_zh", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("same", "Same code"),
                            ("moved", "Another code"),
                            ("split", "Split"),
                            ("merged", "Merged"),
                            ("work_type", "Now a work type"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("found", "Found in a source"), ("background", "General knowledge")],
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.occupation"
                    ),
                ),
            ],
            options={
                "ordering": ["from_edition", "from_code", "to"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("from_edition", "from_code", "to"), name="crosswalk_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["same", "moved", "split", "merged", "work_type"])),
                        name="crosswalk_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("basis__in", ["found", "background"]), models.Q(("source", ""), _negated=True)
                        ),
                        name="crosswalk_has_its_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField(null=True)),
                ("reached", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("short", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "standard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recheck",
                        to="courses.contentstandard",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", True), ("ended_at__isnull", False)),
                            models.Q(("due_at__isnull", False), ("ended_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="recheck_is_due_or_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("short__lte", models.F("done"))), name="recheck_short_within_done"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["due_at"], name="recheck_due"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shortfall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("findings", models.JSONField()),
                ("found_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("mended_at", models.DateTimeField(null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shortfalls",
                        to="courses.course",
                    ),
                ),
                (
                    "mended_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.courseversion",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shortfalls",
                        to="courses.contentstandard",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.courseversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "standard"), name="shortfall_once_per_standard"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mended_at__isnull", True), ("mended_version__isnull", True)),
                            models.Q(("mended_at__isnull", False), ("mended_version__isnull", False)),
                            _connector="OR",
                        ),
                        name="shortfall_mended_by_a_version",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["province", "due_on"], name="shortfall_by_province"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandardCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "step",
                    models.CharField(choices=[("submit", "Submit"), ("publish", "Publish")], max_length=8),
                ),
                ("findings", models.JSONField()),
                ("passed", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "national",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.contentstandard",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                (
                    "provincial",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.contentstandard",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="checks",
                        to="courses.courseversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["submit", "publish"])), name="check_step_is_known"
                    ),
                ],
            },
        ),
        Trigger("courses_contentstandard", "courses_standard_moves", "INSERT OR UPDATE OR DELETE", MOVES),
        Trigger("courses_shortfall", "courses_shortfall_kept", "UPDATE OR DELETE", KEPT),
        AppendOnly("courses_standardcheck"),
    ]
