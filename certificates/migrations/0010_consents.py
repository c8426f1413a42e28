"""Consent codes of holders, the checks that employers made with them, and what PostgreSQL itself refuses about both."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import AppendOnly, Trigger

CODES = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'consent codes are never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.withdrawn_at IS NOT NULL OR NEW.organisation_id IS NOT NULL THEN
        RAISE EXCEPTION 'a consent code begins open and unused' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF (OLD.id, OLD.uid, OLD.user_id, OLD.province_id, OLD.code_index, OLD.given_to, OLD.purpose, OLD.covers_all, OLD.given_at,
    OLD.ends_at) IS DISTINCT FROM
   (NEW.id, NEW.uid, NEW.user_id, NEW.province_id, NEW.code_index, NEW.given_to, NEW.purpose, NEW.covers_all, NEW.given_at,
    NEW.ends_at)
   OR OLD.withdrawn_at IS NOT NULL
   OR OLD.organisation_id IS NOT NULL AND OLD.organisation_id IS DISTINCT FROM NEW.organisation_id THEN
    RAISE EXCEPTION 'what a consent says is fixed, and so is who used it first; it is withdrawn once'
        USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

COVERED = """
IF TG_OP <> 'INSERT' OR NOT EXISTS (
    SELECT 1 FROM certificates_consentcode code, certificates_certificate paper
    WHERE code.id = NEW.consentcode_id AND paper.id = NEW.certificate_id
    AND code.user_id = paper.user_id AND NOT code.covers_all AND code.organisation_id IS NULL
) THEN
    RAISE EXCEPTION 'a consent covers certificates of its holder, chosen when it is given'
        USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

USES = """
IF NOT EXISTS (
    SELECT 1 FROM certificates_consentcode code
    WHERE code.id = NEW.consent_id AND code.organisation_id = NEW.organisation_id AND code.withdrawn_at IS NULL
    AND NEW.used_at >= code.given_at AND NEW.used_at < code.ends_at
) THEN
    RAISE EXCEPTION 'this consent is withdrawn, over, or given to somebody else' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_arrivals"),
        ("certificates", "0009_external"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code_index", models.BinaryField(max_length=32, unique=True)),
                ("given_to", models.CharField(max_length=80)),
                ("purpose", models.CharField(max_length=120)),
                ("covers_all", models.BooleanField(default=False)),
                ("given_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("certificates", models.ManyToManyField(related_name="+", to="certificates.certificate")),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ConsentUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("used_at", models.DateTimeField()),
                (
                    "consent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="certificates.consentcode",
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
                    "used_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddIndex(
            model_name="consentcode",
            index=models.Index(fields=["user", "-id"], name="consent_code_of_user"),
        ),
        migrations.AddConstraint(
            model_name="consentcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("given_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("given_at"), "+", models.Value(datetime.timedelta(days=91))
                        ),
                    ),
                ),
                name="consent_code_ends_in_time",
                violation_error_message="A consent code ends after 90 days at the latest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_to", ""), _negated=True), models.Q(("purpose", ""), _negated=True)
                ),
                name="consent_code_names_whom_and_what_for",
                violation_error_message="A consent names the employer and what it is for.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    ("withdrawn_at__gte", models.F("given_at")),
                    _connector="OR",
                ),
                name="consent_code_withdrawn_after_given",
            ),
        ),
        Trigger(
            "certificates_consentcode", "certificates_consent_code_fixed", "INSERT OR UPDATE OR DELETE", CODES
        ),
        Trigger(
            "certificates_consentcode_certificates",
            "certificates_consent_covers_own",
            "INSERT OR UPDATE OR DELETE",
            COVERED,
        ),
        Trigger("certificates_consentuse", "certificates_consent_use_allowed", "INSERT", USES),
        AppendOnly("certificates_consentuse"),
    ]
