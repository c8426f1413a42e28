import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import courses.models.providers
from portal.postgres import AppendOnly, Trigger

LICENCE_BEGINS = """
DECLARE
    before record;
BEGIN
    IF NEW.valid_from < (NEW.decided_at AT TIME ZONE 'Asia/Shanghai')::date
        OR NEW.valid_to IS NOT NULL OR NEW.ended_at IS NOT NULL OR NEW.applied_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'a licence begins on the day of its decision or later, with an open end'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_past_stands';
    END IF;
    SELECT state, decided_by_id INTO before FROM courses_licence
    WHERE organisation_id = NEW.organisation_id AND province_id = NEW.province_id
        AND valid_from < NEW.valid_from AND (valid_to IS NULL OR valid_to >= NEW.valid_from - 1);
    IF (coalesce(before.state, 'none'), NEW.state) NOT IN (
        ('none', 'listed'), ('probation', 'listed'), ('suspended', 'listed'), ('removed', 'listed'),
        ('none', 'probation'), ('listed', 'probation'), ('suspended', 'probation'),
        ('listed', 'suspended'), ('probation', 'suspended'), ('suspended', 'removed')
    ) THEN
        RAISE EXCEPTION 'a licence does not go from % to %', coalesce(before.state, 'none'), NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_moves';
    END IF;
    IF NEW.state = 'removed' AND before.decided_by_id = NEW.decided_by_id THEN
        RAISE EXCEPTION 'somebody else than who suspended the provider has to remove it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_removed_by_a_second_person';
    END IF;
    RETURN NEW;
END;
"""

LICENCE_ENDS = """
DECLARE
    today date := (NEW.ended_at AT TIME ZONE 'Asia/Shanghai')::date;
    settable text[] := ARRAY['valid_to', 'ended_at', 'ended_by_id', 'applied_at'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - settable <> to_jsonb(OLD) - settable
        OR (OLD.applied_at IS NOT NULL AND NEW.applied_at IS DISTINCT FROM OLD.applied_at)
        OR (NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
        OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (
            NEW.ended_at IS NULL OR NEW.ended_at < OLD.ended_at
            OR OLD.valid_to < OLD.valid_from
            OR least(coalesce(OLD.valid_to, 'infinity'), coalesce(NEW.valid_to, 'infinity')) < today - 1
            OR NEW.valid_to < NEW.valid_from - 1
            OR (NEW.valid_to < NEW.valid_from AND NEW.valid_from <= today)))
    THEN
        RAISE EXCEPTION 'licence %: days that are past stand as they were decided', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'licence_past_stands';
    END IF;
    RETURN NEW;
END;
"""

NOTICE_STANDS = """
IF TG_OP = 'DELETE' OR OLD.read_at IS NOT NULL
    OR to_jsonb(NEW) - ARRAY['read_at', 'read_by_id'] <> to_jsonb(OLD) - ARRAY['read_at', 'read_by_id']
THEN
    RAISE EXCEPTION 'notice % stands as it was written', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'notice_stands';
END IF;
RETURN NEW;
"""


def no_truncate(table: str) -> migrations.RunSQL:
    """A function of its own: `refuse_change` marks tables of which not even a cell is set."""
    name = f"{table}_no_truncate"
    return migrations.RunSQL(
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is kept: TRUNCATE refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
""",
        f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();",
    )


class Migration(migrations.Migration):
    """Providers: contacts, agreements, dated licences, notices. Triggers hold LICENCE_MOVES and the days that are past."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("portal", "0002_ground"),
        ("courses", "0004_content_standards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document_key", models.CharField(blank=True, max_length=200)),
                ("document_name", models.CharField(blank=True, max_length=160)),
                ("document_bytes", models.PositiveIntegerField(default=0)),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                ("number", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=160)),
                ("signed_on", models.DateField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
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
            ],
            options={
                "ordering": ["-valid_from", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("document_bytes", 0),
                                ("document_key", ""),
                                ("document_name", ""),
                                ("document_sha256", ""),
                            ),
                            models.Q(
                                models.Q(("document_key", ""), _negated=True),
                                models.Q(("document_name", ""), _negated=True),
                                ("document_bytes__gt", 0),
                                ("document_sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_document_is_whole",
                    ),
                    models.UniqueConstraint(
                        fields=("organisation", "province", "number"),
                        name="agreement_number_once",
                        violation_error_message="There is an agreement with this number already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="agreement_ends_after_it_begins",
                        violation_error_message="The last day lies before the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("function", models.CharField(max_length=80)),
                ("phone_sealed", models.BinaryField()),
                ("masked_phone", models.CharField(max_length=20)),
                ("email_sealed", models.BinaryField(null=True)),
                ("masked_email", models.CharField(blank=True, max_length=254)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
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
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("removed_at__isnull", True), ("removed_by__isnull", True)),
                            models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="contact_removed_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_at__isnull", True),
                            ("removed_at__gte", models.F("added_at")),
                            _connector="OR",
                        ),
                        name="contact_removed_after_added",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email_sealed__isnull", True), ("masked_email", "")),
                            models.Q(
                                ("email_sealed__isnull", False), models.Q(("masked_email", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="contact_email_sealed_with_mask",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Licence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document_key", models.CharField(blank=True, max_length=200)),
                ("document_name", models.CharField(blank=True, max_length=160)),
                ("document_bytes", models.PositiveIntegerField(default=0)),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("listed", "Listed"),
                            ("probation", "On probation"),
                            ("suspended", "Suspended"),
                            ("removed", "Removed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(max_length=500)),
                ("decided_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
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
            ],
            options={
                "ordering": ["-valid_from", "-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("applied_at__isnull", True)),
                        fields=["valid_from"],
                        name="licence_not_applied",
                    ),
                    models.Index(fields=["province", "state"], name="licence_by_province"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("document_bytes", 0),
                                ("document_key", ""),
                                ("document_name", ""),
                                ("document_sha256", ""),
                            ),
                            models.Q(
                                models.Q(("document_key", ""), _negated=True),
                                models.Q(("document_name", ""), _negated=True),
                                ("document_bytes__gt", 0),
                                ("document_sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="licence_document_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["listed", "probation", "suspended", "removed"])),
                        name="licence_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="licence_has_reason",
                        violation_error_message="State the reason. The provider and the audit read it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="licence_ended_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("ended_at__gte", models.F("decided_at")),
                            _connector="OR",
                        ),
                        name="licence_end_is_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_at__isnull", True),
                            ("applied_at__gte", models.F("decided_at")),
                            _connector="OR",
                        ),
                        name="licence_applied_after_decided",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("organisation", "="),
                            ("province", "="),
                            (
                                courses.models.providers.Days(models.F("valid_from"), models.F("valid_to")),
                                "&&",
                            ),
                        ],
                        name="licence_one_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
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
                        choices=[
                            ("returned", "Returned"),
                            ("published", "Published"),
                            ("suspended", "Suspended"),
                            ("resumed", "Resumed"),
                            ("withdrawn", "Withdrawn"),
                            ("licence", "Licence decided"),
                            ("called_off", "Licence decision called off"),
                            ("agreement", "Agreement added"),
                            ("shortfall", "Falls short of the standard"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words_zh", models.CharField(max_length=1200)),
                ("words_en", models.CharField(max_length=1200)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.course",
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
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["organisation"],
                        name="provider_notice_unread",
                    ),
                    models.Index(fields=["organisation", "-id"], name="provider_notice_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("read_at__isnull", True), ("read_by__isnull", True)),
                            models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="notice_read_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words_zh", ""), _negated=True),
                            models.Q(("words_en", ""), _negated=True),
                        ),
                        name="notice_has_words",
                    ),
                ],
            },
        ),
        AppendOnly("courses_agreement"),
        Trigger("courses_licence", "courses_licence_begins", "INSERT", LICENCE_BEGINS),
        Trigger("courses_licence", "courses_licence_ends", "UPDATE OR DELETE", LICENCE_ENDS),
        no_truncate("courses_licence"),
        Trigger("courses_notice", "courses_notice_stands", "UPDATE OR DELETE", NOTICE_STANDS),
        no_truncate("courses_notice"),
    ]
