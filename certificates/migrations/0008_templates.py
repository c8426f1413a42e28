"""Templates of the paper, dated; the nation's number 1 of each kind; and what PostgreSQL itself refuses."""

import datetime as dt

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from certificates.paper.wording import SHIPPED
from portal.postgres import Trigger

BEGINNING = dt.date(2000, 1, 1)

FIRST_DAY = """
ALTER TABLE certificates_papertemplate ADD CONSTRAINT paper_template_begins_after_its_publishing CHECK (
    published_by_id IS NULL OR valid_from > (published_at AT TIME ZONE 'Asia/Shanghai')::date
);
"""
ANY_DAY = "ALTER TABLE certificates_papertemplate DROP CONSTRAINT paper_template_begins_after_its_publishing"

FROZEN = """
IF TG_OP = 'INSERT' THEN
    IF NEW.published_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'a template begins as a draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'a published template never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
IF (OLD.province_id, OLD.kind) IS DISTINCT FROM (NEW.province_id, NEW.kind) THEN
    RAISE EXCEPTION 'whose template it is and of which kind is fixed' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.published_at IS NOT NULL AND (OLD.body, OLD.valid_from, OLD.source, OLD.revision, OLD.edited_at, OLD.edited_by_id)
   IS DISTINCT FROM (NEW.body, NEW.valid_from, NEW.source, NEW.revision, NEW.edited_at, NEW.edited_by_id) THEN
    RAISE EXCEPTION 'a template is published as it was drafted' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

PRINTED_BY = """
CREATE FUNCTION certificates_printed_by_a_template() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.grounds ? 'template' AND NOT EXISTS (
        SELECT 1 FROM certificates_papertemplate t
        WHERE t.id = (NEW.grounds #>> '{template,id}')::bigint AND t.published_at IS NOT NULL AND t.kind = NEW.kind
        AND (t.province_id IS NULL OR t.province_id = NEW.province_id) AND t.valid_from <= NEW.issued_on
    ) THEN
        RAISE EXCEPTION 'certificate %: no such template is in force for it', NEW.serial USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificates_printed_by_a_template BEFORE UPDATE ON certificates_certificate FOR EACH ROW
    WHEN (NEW.state = 'issued' AND OLD.state <> 'issued') EXECUTE FUNCTION certificates_printed_by_a_template();
CREATE TRIGGER paper_template_never_emptied BEFORE TRUNCATE ON certificates_papertemplate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
"""
PRINTED_ANYHOW = """
DROP TRIGGER paper_template_never_emptied ON certificates_papertemplate;
DROP TRIGGER certificates_printed_by_a_template ON certificates_certificate;
DROP FUNCTION certificates_printed_by_a_template();
"""


def ship(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    templates = apps.get_model("certificates", "PaperTemplate")
    templates.objects.bulk_create(
        templates(
            kind=kind,
            number=1,
            valid_from=BEGINNING,
            published_at=dt.datetime.combine(BEGINNING, dt.time(), dt.UTC),
            body=wording.as_json(),
        )
        for kind, wording in SHIPPED.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_arrivals"),
        ("certificates", "0006_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperTemplate",
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
                            ("level", "Skill level"),
                            ("special", "Special ability"),
                            ("completion", "Completion"),
                        ],
                        max_length=12,
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("source", models.CharField(blank=True, max_length=200)),
                ("body", models.JSONField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["level", "special", "completion"])),
                        name="paper_template_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=("province", "kind", "valid_from"),
                        name="paper_template_one_begins_on_a_day",
                        nulls_distinct=False,
                        violation_error_message="Another template of this province and kind begins on that day.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("province", "kind", "number"),
                        name="paper_template_number_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", True), ("published_at__isnull", True)),
                            models.Q(
                                ("number__gte", 1), ("number__isnull", False), ("published_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="paper_template_numbered_once_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("edited_at__isnull", True), ("edited_by__isnull", True)),
                            models.Q(("edited_at__isnull", False), ("edited_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="paper_template_edited_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edited_by__isnull", False),
                                ("published_at__isnull", True),
                                ("published_by__isnull", True),
                            ),
                            models.Q(
                                ("edited_by__isnull", False),
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                                models.Q(("published_by", models.F("edited_by")), _negated=True),
                            ),
                            models.Q(
                                ("edited_by__isnull", True),
                                ("published_at__isnull", False),
                                ("published_by__isnull", True),
                                ("number", 1),
                                ("province__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="paper_template_published_by_a_second_person",
                        violation_error_message="Who edited a template cannot publish it.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FIRST_DAY, ANY_DAY),
        Trigger("certificates_papertemplate", "paper_template_frozen", "INSERT OR UPDATE OR DELETE", FROZEN),
        migrations.RunSQL(PRINTED_BY, PRINTED_ANYHOW),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
