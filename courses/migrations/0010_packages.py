import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Trigger

MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' AND NOT (
        NEW.state = 'ready' AND EXISTS (SELECT 1 FROM courses_package p WHERE p.prefix = NEW.prefix AND p.state = 'ready')
    ) THEN
        RAISE EXCEPTION 'a package begins in quarantine, not as %', NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'package_moves';
    END IF;
ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('waiting', 'ready'), ('waiting', 'refused'), ('waiting', 'replaced'), ('ready', 'replaced')
) THEN
    RAISE EXCEPTION 'a package does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'package_moves';
END IF;
RETURN NEW;
"""

FROZEN_PACKAGE = """
IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'quarantine_key' = to_jsonb(OLD) - 'quarantine_key' THEN RETURN NEW; END IF;
IF (TG_OP <> 'INSERT' AND OLD.state = 'ready' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = OLD.lesson_id AND v.frozen_at IS NOT NULL))
    OR (TG_OP <> 'DELETE' AND NEW.state = 'ready' AND EXISTS (
        SELECT 1 FROM courses_lesson l JOIN courses_courseversion v ON v.id = l.version_id
        WHERE l.id = NEW.lesson_id AND v.frozen_at IS NOT NULL))
THEN
    RAISE EXCEPTION 'the package of a frozen version: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

FROZEN_FILE = """
IF EXISTS (
    SELECT 1 FROM courses_package p JOIN courses_lesson l ON l.id = p.lesson_id
    JOIN courses_courseversion v ON v.id = l.version_id
    WHERE p.id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.package_id ELSE OLD.package_id END)
        AND p.state = 'ready' AND v.frozen_at IS NOT NULL)
THEN
    RAISE EXCEPTION 'a file of a frozen version''s package: % refused', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_frozen';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

EVERY = "INSERT OR UPDATE OR DELETE"


class Migration(migrations.Migration):
    """Imported packages of lessons: in quarantine, then shown file by file."""

    dependencies = [
        ("courses", "0009_partners"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being checked"),
                            ("ready", "Ready"),
                            ("refused", "Not taken"),
                            ("replaced", "Replaced"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("bytes", models.PositiveBigIntegerField()),
                ("quarantine_key", models.CharField(blank=True, max_length=120)),
                ("prefix", models.CharField(blank=True, max_length=80)),
                ("standard", models.CharField(blank=True, max_length=4)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("items", models.JSONField(blank=True, default=list)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("uploaded_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("refused_code", models.CharField(blank=True, max_length=30)),
                ("refused_about", models.CharField(blank=True, max_length=200)),
                (
                    "lesson",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="courses.lesson",
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
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lesson__isnull", False), ("state__in", ["refused", "replaced"]), _connector="OR"
                        ),
                        name="package_has_its_lesson",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ready")), fields=("lesson",), name="package_one_ready"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("lesson",),
                        name="package_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "ready", "refused", "replaced"])),
                        name="package_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("due_at__isnull", False), ("state", "waiting")
                            ),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                ("due_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="package_state_has_its_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), models.Q(("refused_code", ""), _negated=True)),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True),
                                ("refused_about", ""),
                                ("refused_code", ""),
                            ),
                            _connector="OR",
                        ),
                        name="package_refused_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                models.Q(("prefix", ""), _negated=True),
                                models.Q(("standard", ""), _negated=True),
                                ("total__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="package_ready_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bytes__gt", 0), ("done__lte", models.F("total"))),
                        name="package_measures_fit",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="package_due"
                    ),
                    models.Index(
                        condition=models.Q(("prefix", ""), _negated=True),
                        fields=["prefix"],
                        name="package_by_prefix",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=720)),
                ("number", models.PositiveIntegerField()),
                ("bytes", models.PositiveBigIntegerField()),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="courses.package",
                    ),
                ),
            ],
            options={
                "verbose_name": "File of a package",
                "constraints": [
                    models.UniqueConstraint(fields=("package", "path"), name="package_path_once"),
                    models.UniqueConstraint(fields=("package", "number"), name="package_number_once"),
                ],
            },
        ),
        Trigger("courses_package", "courses_package_moves", "INSERT OR UPDATE", MOVES),
        Trigger("courses_package", "courses_package_frozen", EVERY, FROZEN_PACKAGE),
        Trigger("courses_packagefile", "courses_packagefile_frozen", EVERY, FROZEN_FILE),
    ]
