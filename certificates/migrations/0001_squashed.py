"""What was earned: the tables that the ten migrations before 0.3.0 came to."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Together


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("certificates", "0001_initial"),
        ("certificates", "0002_guards"),
        ("certificates", "0003_lifecycle"),
        ("certificates", "0004_lifecycle_guards"),
        ("certificates", "0005_gone_index"),
        ("certificates", "0006_desk"),
        ("certificates", "0008_templates"),
        ("certificates", "0009_external"),
    ]
    dependencies = [
        ("accounts", "0002_squashed_guards"),
        ("courses", "0003_squashed_guards_of_providers"),
        ("learners", "0004_squashed_guards_of_people"),
        ("portal", "0002_ground"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            operations=[
                migrations.CreateModel(
                    name="TalliedDay",
                    fields=[
                        ("on", models.DateField(primary_key=True, serialize=False)),
                        ("tallied_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Certificate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "completion",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.completion",
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
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
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
                        ("kind", models.CharField(max_length=12)),
                        ("course_code", models.CharField(max_length=24)),
                        (
                            "replaces",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replacement",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificates",
                                to="certificates.issuingbatch",
                            ),
                        ),
                        ("serial", models.CharField(max_length=18, null=True, unique=True)),
                        ("code", models.CharField(max_length=28, unique=True)),
                        (
                            "state",
                            models.CharField(
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
                        ("requested_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("failure", models.CharField(blank=True, max_length=500)),
                        ("failed_at", models.DateTimeField(null=True)),
                        ("issued_at", models.DateTimeField(null=True)),
                        ("issued_on", models.DateField(null=True)),
                        ("facts", models.JSONField(null=True)),
                        ("grounds", models.JSONField(null=True)),
                        ("facts_sha256", models.BinaryField(max_length=32, null=True)),
                        ("holder_sealed", models.BinaryField(null=True)),
                        ("holder_masked", models.CharField(blank=True, max_length=80)),
                        ("paper_due_at", models.DateTimeField(null=True)),
                        ("paper_attempts", models.PositiveSmallIntegerField(default=0)),
                        ("paper_failure", models.CharField(blank=True, max_length=500)),
                        ("paper_made_at", models.DateTimeField(null=True)),
                        ("pdf_key", models.CharField(blank=True, max_length=200)),
                        ("pdf_sha256", models.BinaryField(max_length=32, null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("revoke_reason", models.CharField(blank=True, max_length=500)),
                        ("replaced_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "requested")),
                                fields=["due_at"],
                                name="certificate_due",
                            ),
                            models.Index(
                                condition=models.Q(("paper_due_at__isnull", False)),
                                fields=["paper_due_at"],
                                name="certificate_paper_due",
                            ),
                            models.Index(
                                fields=["province", "state", "-id"], name="certificate_province_state"
                            ),
                            models.Index(
                                fields=["province", "course_code", "-id"], name="certificate_province_course"
                            ),
                            models.Index(fields=["province", "-id"], name="certificate_province"),
                            models.Index(
                                condition=models.Q(("issued_on__isnull", False)),
                                fields=["province", "issued_on", "id"],
                                name="certificate_province_day",
                            ),
                            models.Index(
                                condition=models.Q(("issued_on__isnull", False)),
                                fields=["issued_on", "id"],
                                name="certificate_day",
                            ),
                            models.Index(
                                condition=models.Q(("holder_masked", ""), _negated=True),
                                fields=["holder_masked", "-id"],
                                name="certificate_holder",
                            ),
                            models.Index(
                                condition=models.Q(("paper_failure", ""), _negated=True),
                                fields=["-id"],
                                name="certificate_paperless",
                            ),
                            models.Index(
                                models.F("kind"),
                                django.db.models.fields.json.KeyTransform("level", "facts"),
                                models.OrderBy(models.F("id"), descending=True),
                                name="certificate_kind_level",
                            ),
                            models.Index(fields=["user", "-id"], name="certificate_of_user"),
                            models.Index(
                                condition=models.Q(("state__in", ("revoked", "replaced"))),
                                fields=["serial"],
                                name="certificate_gone",
                            ),
                            models.Index(
                                condition=models.Q(("revoked_at__isnull", False)),
                                fields=["revoked_at"],
                                name="certificate_revoked",
                            ),
                            models.Index(
                                condition=models.Q(("replaced_at__isnull", False)),
                                fields=["replaced_at"],
                                name="certificate_replaced",
                            ),
                            models.Index(
                                condition=models.Q(("batch__isnull", False)),
                                fields=["batch", "state"],
                                name="certificate_batch",
                            ),
                            models.Index(
                                condition=models.Q(("batch__isnull", False)),
                                fields=["batch", "id"],
                                name="certificate_batch_order",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["requested", "issued", "revoked", "replaced", "failed"])
                                ),
                                name="certificate_state_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("replaces__isnull", True)),
                                fields=("completion",),
                                name="certificate_first_one_per_completion",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("requested", "failed", "issued"))),
                                fields=("user", "version", "kind"),
                                name="certificate_one_live",
                                violation_error_message="This person has a certificate of this course already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replaces__isnull", True),
                                    models.Q(("replaces", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="certificate_replaces_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_at__isnull", True), ("state", "requested"), _connector="OR"
                                ),
                                name="certificate_due_while_requested",
                                violation_error_message="Only a certificate that is being made has a time when it is due.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("facts__isnull", False),
                                        ("facts_sha256__isnull", False),
                                        ("holder_sealed__isnull", False),
                                        ("issued_at__isnull", False),
                                        ("issued_on__isnull", False),
                                        ("serial__isnull", False),
                                        ("state__in", ("issued", "revoked", "replaced")),
                                        models.Q(("holder_masked", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("facts__isnull", True),
                                        ("facts_sha256__isnull", True),
                                        ("grounds__isnull", True),
                                        ("holder_masked", ""),
                                        ("holder_sealed__isnull", True),
                                        ("issued_at__isnull", True),
                                        ("issued_on__isnull", True),
                                        ("state__in", ["requested", "failed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="certificate_issued_with_its_facts",
                                violation_error_message="An issued certificate has its facts and its day; another has none.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("paper_made_at__isnull", True),
                                        ("pdf_key", ""),
                                        ("pdf_sha256__isnull", True),
                                    ),
                                    models.Q(
                                        ("paper_due_at__isnull", True),
                                        ("paper_made_at__isnull", False),
                                        ("pdf_sha256__isnull", False),
                                        ("state__in", ("issued", "revoked", "replaced")),
                                        models.Q(("pdf_key", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="certificate_paper_is_whole",
                                violation_error_message="A paper is kept with its digest and the moment it was made.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("paper_due_at__isnull", True),
                                    ("state__in", ("issued", "revoked", "replaced")),
                                    _connector="OR",
                                ),
                                name="certificate_paper_due_once_issued",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("revoked_at__isnull", False),
                                        ("state__in", ["revoked", "replaced"]),
                                        ("revoked_by__isnull", False),
                                        models.Q(("revoke_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "revoked"), _negated=True),
                                        ("revoke_reason", ""),
                                        ("revoked_at__isnull", True),
                                        ("revoked_by__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="certificate_revoked_by_somebody_for_a_reason",
                                violation_error_message="A revoked certificate says when, by whom and why; another says nothing.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("replaced_at__isnull", False), ("state", "replaced")),
                                    models.Q(
                                        models.Q(("state", "replaced"), _negated=True),
                                        ("replaced_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="certificate_replaced_at_some_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("failed_at__isnull", False),
                                        ("state", "failed"),
                                        models.Q(("failure", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state", "failed"), _negated=True),
                                        ("failed_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="certificate_failed_for_a_reason",
                                violation_error_message="A certificate that could not be made says why.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("revoked_at__isnull", True),
                                        ("revoked_at__gte", models.F("issued_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("replaced_at__isnull", True),
                                        ("replaced_at__gte", models.F("issued_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="certificate_revoked_after_issued",
                                violation_error_message="It cannot be revoked before it was issued.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("serial__regex", "^ZX-[0-9]{2}-[0-9]{4}-[0-9]{7}$")),
                                name="certificate_serial_form",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "^[0-9A-HJKMNP-TV-Z]{28}$")),
                                name="certificate_code_form",
                            ),
                        ],
                    },
                ),
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
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("code_index", models.BinaryField(max_length=32, unique=True)),
                        ("given_to", models.CharField(max_length=80)),
                        ("purpose", models.CharField(max_length=120)),
                        ("covers_all", models.BooleanField(default=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("given_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "certificates",
                            models.ManyToManyField(related_name="+", to="certificates.certificate"),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["user", "-id"], name="consent_code_of_user")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__gt", models.F("given_at")),
                                    (
                                        "ends_at__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("given_at"),
                                            "+",
                                            models.Value(datetime.timedelta(days=91)),
                                        ),
                                    ),
                                ),
                                name="consent_code_ends_in_time",
                                violation_error_message="A consent code ends after 90 days at the latest.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("given_to", ""), _negated=True),
                                    models.Q(("purpose", ""), _negated=True),
                                ),
                                name="consent_code_names_whom_and_what_for",
                                violation_error_message="A consent names the employer and what it is for.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("withdrawn_at__isnull", True),
                                    ("withdrawn_at__gte", models.F("given_at")),
                                    _connector="OR",
                                ),
                                name="consent_code_withdrawn_after_given",
                            ),
                        ],
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
                        ("used_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="ExternalCertificate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("serial", models.CharField(max_length=24, unique=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("reported", "Being checked"),
                                    ("checked", "Checked, valid"),
                                    ("refused", "Not confirmed"),
                                    ("withdrawn_there", "No longer valid"),
                                    ("taken_back", "Taken back"),
                                ],
                                default="reported",
                                max_length=16,
                            ),
                        ),
                        ("number", models.CharField(max_length=40)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("level", "Skill level certificate"),
                                    ("special", "Certificate of a special vocational ability"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("occupation_code", models.CharField(max_length=20)),
                        ("occupation_name", models.CharField(max_length=100)),
                        ("occupation_edition", models.CharField(max_length=4)),
                        ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("issuer_name", models.CharField(max_length=100)),
                        ("issuer_code", models.CharField(blank=True, max_length=40)),
                        ("issued_on", models.DateField()),
                        ("holder_masked", models.CharField(max_length=80)),
                        ("consent_version", models.CharField(max_length=20)),
                        ("reported_at", models.DateTimeField()),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=160)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "said",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("confirms", "It confirms the certificate"),
                                    ("silent", "It did not answer"),
                                    ("stale", "Its data are too old"),
                                    ("not_yet", "It does not know the number yet"),
                                    ("not_found", "It does not know the number"),
                                    ("other_person", "It has another name or ID number"),
                                    ("revoked", "Its issuer has revoked it"),
                                    ("other_facts", "It has another kind, level or day"),
                                    ("named_otherwise", "It names the occupation otherwise"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "due_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField(blank=True, null=True)),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("doubted_at", models.DateTimeField(blank=True, null=True)),
                        ("checked_at", models.DateTimeField(blank=True, null=True)),
                        ("refused_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "why",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("not_found", "The register does not know this number."),
                                    (
                                        "other_person",
                                        "In the register this number belongs to another name or ID number.",
                                    ),
                                    ("revoked", "Its issuer has revoked it."),
                                    (
                                        "other_facts",
                                        "The register has another kind, level or day of issue. Register it again as the paper says it.",
                                    ),
                                    ("gone", "The register no longer knows this number."),
                                    ("decided", "Two people of the province's office decided so."),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "completion",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="learners.completion",
                            ),
                        ),
                        ("linked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="external_due",
                            ),
                            models.Index(fields=["province", "state", "-id"], name="external_of_province"),
                            models.Index(fields=["user", "-id"], name="external_of_user"),
                            models.Index(fields=["number"], name="external_number"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("reported", "checked"))),
                                fields=("number",),
                                name="external_number_once",
                                violation_error_message="This number is registered already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("serial__regex", "^EX-[0-9]{2}-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{10}$")
                                ),
                                name="external_serial_form",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["reported", "checked", "refused", "withdrawn_there", "taken_back"],
                                    )
                                ),
                                name="external_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number", ""), _negated=True),
                                name="external_has_its_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("occupation_code", ""), _negated=True),
                                    models.Q(("occupation_name", ""), _negated=True),
                                    models.Q(("issuer_name", ""), _negated=True),
                                ),
                                name="external_names_occupation_and_issuer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "level"),
                                        ("level__gte", 1),
                                        ("level__isnull", False),
                                        ("level__lte", 5),
                                    ),
                                    models.Q(("kind", "special"), ("level__isnull", True)),
                                    _connector="OR",
                                ),
                                name="external_level_fits_kind",
                                violation_error_message="A skill level certificate has a level from 5 to 1; one of a special ability has none.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("said", ""),
                                    (
                                        "said__in",
                                        [
                                            "confirms",
                                            "silent",
                                            "stale",
                                            "not_yet",
                                            "not_found",
                                            "other_person",
                                            "revoked",
                                            "other_facts",
                                            "named_otherwise",
                                        ],
                                    ),
                                    _connector="OR",
                                ),
                                name="external_answer_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_at__isnull", True),
                                    ("state__in", ("reported", "checked")),
                                    _connector="OR",
                                ),
                                name="external_due_while_held",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("checked_at__isnull", True), ("state", "reported")),
                                    models.Q(
                                        ("checked_at__isnull", False),
                                        ("state__in", ["checked", "withdrawn_there"]),
                                    ),
                                    models.Q(
                                        ("checked_at__isnull", True), ("state__in", ["refused", "taken_back"])
                                    ),
                                    _connector="OR",
                                ),
                                name="external_checked_at_some_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("refused_at__isnull", False),
                                        ("state", "refused"),
                                        (
                                            "why__in",
                                            [
                                                "not_found",
                                                "other_person",
                                                "revoked",
                                                "other_facts",
                                                "decided",
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("state", "withdrawn_there"),
                                        ("why__in", ["gone", "revoked", "decided"]),
                                        ("withdrawn_at__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["refused", "withdrawn_there"]), _negated=True
                                        ),
                                        ("why", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="external_ended_for_a_reason",
                                violation_error_message="One that is refused or withdrawn says when and why; another does not.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("withdrawn_at__isnull", True),
                                    ("state", "withdrawn_there"),
                                    _connector="OR",
                                ),
                                name="external_withdrawn_at_with_its_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("refused_at__isnull", True),
                                    models.Q(("state__in", ["reported", "taken_back"]), _negated=True),
                                    _connector="OR",
                                ),
                                name="external_refused_at_with_its_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "taken_back"), ("taken_back_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "taken_back"), _negated=True),
                                        ("taken_back_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="external_taken_back_at_with_its_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("checked_at__isnull", True),
                                        ("checked_at__gte", models.F("reported_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("refused_at__isnull", True),
                                        ("refused_at__gte", models.F("reported_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("withdrawn_at__isnull", True),
                                        ("withdrawn_at__gte", models.F("checked_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="external_in_the_order_of_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("doubted_at__isnull", True),
                                    ("state__in", ["checked", "withdrawn_there"]),
                                    _connector="OR",
                                ),
                                name="external_doubted_once_checked",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("completion__isnull", True), ("linked_at__isnull", True)),
                                    models.Q(("completion__isnull", False), ("linked_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="external_linked_at_with_its_course",
                            ),
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
                                name="external_document_is_whole",
                            ),
                        ],
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
                        (
                            "province",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=200)),
                        ("filters", models.JSONField(default=dict)),
                        ("seed", models.CharField(max_length=64)),
                        ("population", models.PositiveIntegerField()),
                        ("size", models.PositiveSmallIntegerField()),
                        ("begun_at", models.DateTimeField()),
                        (
                            "begun_by",
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
                                    ("population__gte", models.F("size")),
                                    ("size__gte", 1),
                                    ("size__lte", 100),
                                ),
                                name="inspection_size_in_reach",
                                violation_error_message="A sample has 1 to 100 certificates.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("seed", ""), _negated=True),
                                    models.Q(("purpose", ""), _negated=True),
                                ),
                                name="inspection_has_seed_and_purpose",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InspectedCertificate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "inspection",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificates",
                                to="certificates.inspection",
                            ),
                        ),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.certificate",
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
                        (
                            "noted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["place"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("inspection", "place"), name="inspected_one_per_place"
                            ),
                            models.UniqueConstraint(
                                fields=("inspection", "certificate"), name="inspected_once_per_inspection"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("noted_at__isnull", True),
                                        ("noted_by__isnull", True),
                                        ("outcome", ""),
                                        ("words", ""),
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome", "flawed"), _negated=True),
                                    models.Q(("words", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="inspected_flawed_in_words",
                                violation_error_message="Say what is wrong with it.",
                            ),
                        ],
                    },
                ),
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
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
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
                        (
                            "started_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["province", "-id"], name="batch_of_province")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["running", "paused", "cancelled", "done"])),
                                name="batch_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("failed__isnull", False),
                                        ("issued__isnull", False),
                                        ("state__in", ["done", "cancelled"]),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("failed__isnull", True),
                                        ("issued__isnull", True),
                                        ("state__in", ["running", "paused"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_ended_with_its_figures",
                                violation_error_message="A batch that ended says when and with what; an open one says neither.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True),
                                    ("ended_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="batch_ends_after_it_begins",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["running", "paused"])),
                                fields=("province", "course_code"),
                                name="batch_one_open_per_scope",
                                violation_error_message="A batch for this is open already.",
                            ),
                        ],
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
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MonthTally",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("first_on", models.DateField()),
                        (
                            "event",
                            models.CharField(
                                choices=[
                                    ("issued", "Issued"),
                                    ("revoked", "Revoked"),
                                    ("replaced", "Replaced"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("level", models.PositiveSmallIntegerField(null=True)),
                        ("course_code", models.CharField(max_length=24)),
                        ("n", models.PositiveIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "first_on", "event", "kind", "level", "course_code"),
                                name="month_tally_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("n__gt", 0)), name="month_tally_of_some"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("first_on__day", 1)), name="month_tally_of_a_month"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("event__in", ["issued", "revoked", "replaced"])),
                                name="month_tally_event_known",
                            ),
                        ],
                    },
                ),
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
                        ("published_at", models.DateTimeField(blank=True, null=True)),
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
                                        ("number__gte", 1),
                                        ("number__isnull", False),
                                        ("published_at__isnull", False),
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
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proposals",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("revoke", "Revoke"), ("replace", "Replace")], max_length=8
                            ),
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
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decision_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["province", "proposed_at"],
                                name="proposal_open_by_province",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["revoke", "replace"])),
                                name="proposal_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "approved", "refused", "withdrawn"])
                                ),
                                name="proposal_state_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("certificate",),
                                name="proposal_one_open_per_certificate",
                                violation_error_message="There is a proposal for this certificate already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="proposal_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["approved", "refused"]), _negated=True),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="proposal_decided_by_a_second_person",
                                violation_error_message="Who proposed it cannot decide it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "withdrawn"), _negated=True),
                                    ("decided_by", models.F("proposed_by")),
                                    _connector="OR",
                                ),
                                name="proposal_withdrawn_by_who_proposed_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "refused"), _negated=True),
                                    models.Q(("decision_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="proposal_refused_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="proposal_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_at__isnull", True),
                                    ("decided_at__gte", models.F("proposed_at")),
                                    _connector="OR",
                                ),
                                name="proposal_decided_after_it_was_made",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegisterAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "external",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="certificates.externalcertificate",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        (
                            "asked_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("register", models.CharField(max_length=120)),
                        ("question_sha256", models.BinaryField(max_length=32)),
                        ("came_at", models.DateTimeField()),
                        (
                            "said",
                            models.CharField(
                                choices=[
                                    ("confirms", "It confirms the certificate"),
                                    ("silent", "It did not answer"),
                                    ("stale", "Its data are too old"),
                                    ("not_yet", "It does not know the number yet"),
                                    ("not_found", "It does not know the number"),
                                    ("other_person", "It has another name or ID number"),
                                    ("revoked", "Its issuer has revoked it"),
                                    ("other_facts", "It has another kind, level or day"),
                                    ("named_otherwise", "It names the occupation otherwise"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("trouble", models.CharField(blank=True, max_length=40)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("as_of", models.DateField(blank=True, null=True)),
                        ("facts", models.JSONField(default=dict)),
                        ("answer_sha256", models.BinaryField(max_length=32, null=True)),
                        ("used", models.BooleanField()),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "said__in",
                                        [
                                            "confirms",
                                            "silent",
                                            "stale",
                                            "not_yet",
                                            "not_found",
                                            "other_person",
                                            "revoked",
                                            "other_facts",
                                            "named_otherwise",
                                        ],
                                    )
                                ),
                                name="register_answer_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer_sha256__isnull", True),
                                        ("answered_at__isnull", True),
                                        ("as_of__isnull", True),
                                        ("said", "silent"),
                                        models.Q(("trouble", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("said", "silent"), _negated=True),
                                        ("answer_sha256__isnull", False),
                                        ("answered_at__isnull", False),
                                        ("as_of__isnull", False),
                                        ("trouble", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="register_answer_or_trouble",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("came_at__gte", models.F("asked_at"))),
                                name="register_answer_after_question",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Ruling",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "external",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rulings",
                                to="certificates.externalcertificate",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("vouch", "Accept it by its paper"),
                                    ("refuse", "Refuse it"),
                                    ("withdraw", "Declare it no longer valid"),
                                ],
                                max_length=8,
                            ),
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
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decision_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["vouch", "refuse", "withdraw"])),
                                name="ruling_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "approved", "refused", "withdrawn"])
                                ),
                                name="ruling_state_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("external",),
                                name="ruling_one_open_per_certificate",
                                violation_error_message="There is a proposal for this certificate already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="ruling_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["approved", "refused"]), _negated=True),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="ruling_decided_by_a_second_person",
                                violation_error_message="Who proposed it cannot decide it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "withdrawn"), _negated=True),
                                    ("decided_by", models.F("proposed_by")),
                                    _connector="OR",
                                ),
                                name="ruling_withdrawn_by_who_proposed_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    models.Q(
                                        models.Q(("state", "refused"), _negated=True),
                                        models.Q(("decision_reason", ""), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="ruling_with_its_reasons",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_at__isnull", True),
                                    ("decided_at__gte", models.F("proposed_at")),
                                    _connector="OR",
                                ),
                                name="ruling_decided_after_it_was_made",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SerialCounter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last", models.PositiveIntegerField(default=0)),
                        ("counted_to", models.PositiveIntegerField(default=0)),
                        ("counted", models.PositiveIntegerField(default=0)),
                        ("counted_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "year"), name="serial_counter_one_per_province_and_year"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counted__lte", models.F("counted_to")),
                                    ("counted_to__lte", models.F("last")),
                                ),
                                name="serial_counter_counts_what_was_given",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("counted_to", 0), ("counted_at__isnull", False), _connector="OR"
                                ),
                                name="serial_counter_counted_at",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
