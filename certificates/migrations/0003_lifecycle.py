import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_arrivals"),
        ("certificates", "0002_guards"),
        ("courses", "0019_question_moment"),
        ("learners", "0023_beats_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuingBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("course_code", models.CharField(blank=True, max_length=24)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                            ("done", "Finished"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("issued", models.PositiveIntegerField(null=True)),
                ("failed", models.PositiveIntegerField(null=True)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="IssuingTerms",
            fields=[
                (
                    "province",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.province",
                    ),
                ),
                ("by_batch", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("revoke", "Revoke"), ("replace", "Replace")], max_length=8),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_due_while_requested",
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_issued_with_its_paper",
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_revoked_by_somebody_for_a_reason",
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_revoked_after_issued",
        ),
        migrations.RemoveIndex(
            model_name="certificate",
            name="certificate_province_state",
        ),
        migrations.AddField(
            model_name="certificate",
            name="course_code",
            field=models.CharField(default="", max_length=24),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="certificate",
            name="grounds",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="certificate",
            name="kind",
            field=models.CharField(default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="certificate",
            name="paper_attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="certificate",
            name="paper_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="certificate",
            name="paper_failure",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="certificate",
            name="paper_made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="certificate",
            name="replaced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="certificate",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replacement",
                to="certificates.certificate",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="completion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learners.completion"
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="serial",
            field=models.CharField(max_length=18, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Being made"),
                    ("issued", "Valid"),
                    ("revoked", "Revoked"),
                    ("replaced", "Replaced"),
                    ("failed", "Could not be made"),
                ],
                default="requested",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="issuingbatch",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
            ),
        ),
        migrations.AddField(
            model_name="issuingbatch",
            name="started_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certificates.issuingbatch",
            ),
        ),
        migrations.AddField(
            model_name="issuingterms",
            name="changed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="certificate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="certificates.certificate",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="province",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE certificates_certificate c SET
                kind = v.certificate_kind, course_code = o.code, paper_made_at = c.issued_at
            FROM courses_courseversion v JOIN courses_course o ON o.id = v.course_id WHERE v.id = c.version_id
            """,
            migrations.RunSQL.noop,
        ),
    ]
