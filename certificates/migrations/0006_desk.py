import django.db.models.deletion
import django.db.models.fields.json
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import AppendOnly, Trigger

FINDINGS = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'samples are never changed' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.outcome <> '' THEN
        RAISE EXCEPTION 'a certificate is drawn before anything is found' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF OLD.noted_at IS NOT NULL OR (OLD.id, OLD.inspection_id, OLD.certificate_id, OLD.place)
   IS DISTINCT FROM (NEW.id, NEW.inspection_id, NEW.certificate_id, NEW.place) THEN
    RAISE EXCEPTION 'what an inspector found is said once' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

NEVER_EMPTIED = """
CREATE TRIGGER inspected_never_emptied BEFORE TRUNCATE ON certificates_inspectedcertificate
    FOR EACH STATEMENT EXECUTE FUNCTION certificates_never_emptied();
"""
EMPTIED_AGAIN = "DROP TRIGGER inspected_never_emptied ON certificates_inspectedcertificate;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_arrivals"),
        ("certificates", "0005_gone_index"),
        ("courses", "0019_question_moment"),
        ("learners", "0023_beats_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InspectedCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Not looked at yet"), ("sound", "Sound"), ("flawed", "Flawed")],
                        max_length=6,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("noted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("purpose", models.CharField(max_length=200)),
                ("filters", models.JSONField(default=dict)),
                ("seed", models.CharField(max_length=64)),
                ("population", models.PositiveIntegerField()),
                ("size", models.PositiveSmallIntegerField()),
                ("begun_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["province", "-id"], name="certificate_province"),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("issued_on__isnull", False)),
                fields=["province", "issued_on", "id"],
                name="certificate_province_day",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("issued_on__isnull", False)),
                fields=["issued_on", "id"],
                name="certificate_day",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("holder_masked", ""), _negated=True),
                fields=["holder_masked", "-id"],
                name="certificate_holder",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("paper_failure", ""), _negated=True),
                fields=["-id"],
                name="certificate_paperless",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                models.F("kind"),
                django.db.models.fields.json.KeyTransform("level", "facts"),
                models.OrderBy(models.F("id"), descending=True),
                name="certificate_kind_level",
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)),
                fields=["batch", "id"],
                name="certificate_batch_order",
            ),
        ),
        migrations.AddField(
            model_name="inspectedcertificate",
            name="certificate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="certificates.certificate"
            ),
        ),
        migrations.AddField(
            model_name="inspectedcertificate",
            name="noted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="begun_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="province",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.province",
            ),
        ),
        migrations.AddField(
            model_name="inspectedcertificate",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certificates.inspection",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("population__gte", models.F("size")), ("size__gte", 1), ("size__lte", 100)
                ),
                name="inspection_size_in_reach",
                violation_error_message="A sample has 1 to 100 certificates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seed", ""), _negated=True), models.Q(("purpose", ""), _negated=True)
                ),
                name="inspection_has_seed_and_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectedcertificate",
            constraint=models.UniqueConstraint(
                fields=("inspection", "place"), name="inspected_one_per_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectedcertificate",
            constraint=models.UniqueConstraint(
                fields=("inspection", "certificate"), name="inspected_once_per_inspection"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectedcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("noted_at__isnull", True), ("noted_by__isnull", True), ("outcome", ""), ("words", "")
                    ),
                    models.Q(
                        ("noted_at__isnull", False),
                        ("noted_by__isnull", False),
                        ("outcome__in", ["sound", "flawed"]),
                    ),
                    _connector="OR",
                ),
                name="inspected_noted_by_somebody",
                violation_error_message="What was found says by whom and when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectedcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "flawed"), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="inspected_flawed_in_words",
                violation_error_message="Say what is wrong with it.",
            ),
        ),
        AppendOnly("certificates_inspection"),
        Trigger(
            "certificates_inspectedcertificate",
            "certificates_inspected_once",
            "INSERT OR UPDATE OR DELETE",
            FINDINGS,
        ),
        migrations.RunSQL(NEVER_EMPTIED, EMPTIED_AGAIN),
    ]
