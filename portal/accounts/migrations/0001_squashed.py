"""People, roles, provinces, organisations: what the six migrations before 0.3.0 came to."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Together


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_county_desk"),
        ("accounts", "0003_employer"),
        ("accounts", "0004_arrivals"),
        ("accounts", "0005_subsidy_offices"),
    ]
    dependencies = []

    operations = [
        Together(
            operations=[
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "display_name",
                            models.CharField(blank=True, max_length=80, verbose_name="name shown"),
                        ),
                        ("phone_sealed", models.BinaryField(null=True)),
                        ("phone_index", models.BinaryField(max_length=32, null=True, unique=True)),
                        ("phone_verified_at", models.DateTimeField(null=True)),
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
                            "language",
                            models.CharField(
                                choices=[("zh-hans", "Simplified Chinese"), ("en", "English")],
                                default="zh-hans",
                                max_length=10,
                            ),
                        ),
                        (
                            "reading_size",
                            models.CharField(
                                choices=[("normal", "Normal"), ("large", "Large type")],
                                default="normal",
                                max_length=8,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("joined_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("phone_index__isnull", True), ("phone_sealed__isnull", True)),
                                    models.Q(("phone_index__isnull", False), ("phone_sealed__isnull", False)),
                                    _connector="OR",
                                ),
                                name="user_phone_sealed_with_index",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Province",
                    fields=[
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, max_length=200)),
                        ("code", models.CharField(max_length=6, primary_key=True, serialize=False)),
                        ("full_name_zh", models.CharField(max_length=40)),
                        ("slug", models.SlugField(unique=True)),
                        ("abbr", models.CharField(max_length=1)),
                    ],
                    options={
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="SentMessage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("to_masked", models.CharField(max_length=20)),
                        ("to_index", models.BinaryField(db_index=True, max_length=32)),
                        ("text_sealed", models.BinaryField()),
                        ("sent_at", models.DateTimeField(db_index=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
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
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("real_name", "Real-name registration"),
                                    ("bank_account", "Use of a bank account for payment"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("version", models.CharField(max_length=20)),
                        ("given_at", models.DateTimeField()),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("withdrawn_at__isnull", True),
                                    ("withdrawn_at__gte", models.F("given_at")),
                                    _connector="OR",
                                ),
                                name="consent_withdrawn_after_given",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                fields=("user", "purpose"),
                                name="consent_one_live_per_purpose",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(blank=True, max_length=200)),
                        ("uscc", models.CharField(max_length=18, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("platform", "Platform"),
                                    ("enterprise", "Enterprise"),
                                    ("school", "School"),
                                    ("office", "Office"),
                                ],
                                max_length=12,
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
                    ],
                    options={
                        "ordering": ["name_zh"],
                    },
                ),
                migrations.CreateModel(
                    name="Identity",
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
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="identity",
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
                        ("name_sealed", models.BinaryField()),
                        ("masked_name", models.CharField(max_length=80)),
                        ("number_sealed", models.BinaryField()),
                        ("number_index", models.BinaryField(max_length=32, unique=True)),
                        ("masked_number", models.CharField(max_length=18)),
                        ("sex", models.CharField(choices=[("M", "Male"), ("F", "Female")], max_length=1)),
                        ("born_on", models.DateField()),
                        ("region_known", models.BooleanField()),
                        ("checked_by_port", models.CharField(max_length=80)),
                        ("verified_at", models.DateTimeField()),
                        (
                            "consent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.consent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BankAccount",
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
                                related_name="bank_accounts",
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
                        ("bank_name", models.CharField(max_length=80, verbose_name="bank")),
                        ("number_sealed", models.BinaryField()),
                        ("number_index", models.BinaryField(db_index=True, max_length=32)),
                        ("masked_number", models.CharField(max_length=24)),
                        ("check_digit_fits", models.BooleanField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("changed_at", models.DateTimeField()),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "consent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.consent",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("told_at", None)),
                                fields=["changed_at"],
                                name="bank_account_to_tell",
                            ),
                            models.Index(fields=["province", "-changed_at"], name="bank_account_of_province"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("retired_at__isnull", True)),
                                fields=("user",),
                                name="bank_account_one_live_per_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True),
                                    ("retired_at__gte", models.F("changed_at")),
                                    _connector="OR",
                                ),
                                name="bank_account_retired_after_made",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ArrivalFile",
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
                        (
                            "told",
                            models.CharField(
                                choices=[("people", "People"), ("enrolments", "Earlier enrolments")],
                                max_length=12,
                            ),
                        ),
                        ("digest", models.BinaryField(max_length=32)),
                        ("chunk_bytes", models.PositiveIntegerField()),
                        ("begun_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "told", "digest"), name="arrival_file_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("finished_at__isnull", True),
                                    ("finished_at__gte", models.F("begun_at")),
                                    _connector="OR",
                                ),
                                name="arrival_file_finished_after_begun",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Appointment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("instructor", "Instructor"),
                                    ("provider_manager", "Provider manager"),
                                    ("employer", "Employer"),
                                    ("province_catalogue", "Provincial administrator (catalogue)"),
                                    ("intake_officer", "Intake officer"),
                                    ("province_reviewer", "Provincial reviewer"),
                                    ("second_reviewer", "Provincial second reviewer"),
                                    ("county_desk", "County desk"),
                                    ("ministry_reviewer", "Ministry reviewer"),
                                    ("policy_editor", "Policy editor"),
                                    ("policy_publisher", "Policy publisher"),
                                    ("ministry_policy", "Policy office of the ministry"),
                                    ("finance_maker", "Finance officer (maker)"),
                                    ("finance_checker", "Finance officer (checker)"),
                                    ("recovery_officer", "Recovery officer"),
                                    ("investigator", "Fraud investigator"),
                                    ("auditor", "Auditor"),
                                    ("operator", "Operator"),
                                ],
                                max_length=20,
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
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("county", models.CharField(blank=True, max_length=6)),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        (
                            "appointed_by",
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
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="appointment_ends_after_it_begins",
                                violation_error_message="The last day lies before the first.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("organisation__isnull", True),
                                        ("province__isnull", False),
                                        (
                                            "role__in",
                                            (
                                                "province_catalogue",
                                                "intake_officer",
                                                "province_reviewer",
                                                "second_reviewer",
                                                "county_desk",
                                                "policy_editor",
                                                "policy_publisher",
                                                "finance_maker",
                                                "finance_checker",
                                                "recovery_officer",
                                                "investigator",
                                            ),
                                        ),
                                    ),
                                    models.Q(
                                        ("organisation__isnull", False),
                                        ("role__in", ("instructor", "provider_manager", "employer")),
                                    ),
                                    models.Q(
                                        ("organisation__isnull", True),
                                        ("province__isnull", True),
                                        (
                                            "role__in",
                                            ("ministry_reviewer", "ministry_policy", "auditor", "operator"),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="appointment_has_the_scope_of_its_role",
                                violation_error_message="This role needs another scope: a province, an organisation, or neither.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("county", ""),
                                    models.Q(
                                        ("county__regex", "^\\d{6}$"),
                                        ("role", "county_desk"),
                                        django.db.models.lookups.Exact(
                                            django.db.models.functions.text.Left("county", 2),
                                            django.db.models.functions.text.Left("province", 2),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="appointment_county_of_its_province",
                                violation_error_message="A county desk sits in a county of its province.",
                            ),
                            models.UniqueConstraint(
                                fields=("user", "role", "province", "organisation", "valid_from"),
                                name="appointment_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Arrival",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="arrival",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="arrivals",
                                to="accounts.arrivalfile",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("facts_sealed", models.BinaryField()),
                        ("number_index", models.BinaryField(max_length=32, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="ArrivalChunk",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="chunks",
                                to="accounts.arrivalfile",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("accepted", models.PositiveIntegerField(default=0)),
                        ("refused", models.PositiveIntegerField(default=0)),
                        ("refusals", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("file", "number"), name="arrival_chunk_once")
                        ],
                    },
                ),
            ],
        ),
    ]
