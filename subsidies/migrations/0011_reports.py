"""Figures of the reports, added up each night; and evidence packs."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_ins"),
        ("subsidies", "0010_payment_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FiguresRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("taken_at", models.DateTimeField()),
                ("milliseconds", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="EvidencePack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Could not be made"),
                            ("deleted", "Deleted"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("parts", models.PositiveSmallIntegerField()),
                ("file_key", models.CharField(blank=True, max_length=200)),
                ("file_bytes", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=500)),
                ("manifest_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.claim"
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
                "ordering": ["-id"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="evidencepack_to_make",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ready")),
                        fields=["expires_at"],
                        name="evidencepack_to_delete",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("file_key", ""),
                                ("ready_at__isnull", True),
                                ("state", "waiting"),
                            ),
                            models.Q(
                                ("due_at__isnull", True),
                                ("file_key", ""),
                                ("ready_at__isnull", True),
                                ("state", "failed"),
                            ),
                            models.Q(
                                ("due_at__isnull", True),
                                ("expires_at__isnull", False),
                                ("ready_at__isnull", False),
                                ("state", "ready"),
                                models.Q(("file_key", ""), _negated=True),
                            ),
                            models.Q(
                                ("deleted_at__isnull", False),
                                ("due_at__isnull", True),
                                ("file_key", ""),
                                ("state", "deleted"),
                            ),
                            _connector="OR",
                        ),
                        name="evidencepack_state_has_its_file_and_times",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("parts"))),
                        name="evidencepack_done_within_parts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True),
                            ("expires_at__gt", models.F("ready_at")),
                            _connector="OR",
                        ),
                        name="evidencepack_expires_after_it_is_ready",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["ready", "waiting"])),
                        fields=("claim", "asked_by"),
                        name="evidence_pack_one_live_per_claim_and_person",
                        violation_error_message="You have a pack of this claim already, or one is being made.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="evidence_pack_asked_for_a_reason",
                        violation_error_message="State the reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            ("manifest_sha256__regex", "^[0-9a-f]{64}$"),
                            _connector="OR",
                        ),
                        name="evidence_pack_ready_with_its_manifest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("programme", models.CharField(max_length=20)),
                ("occupation", models.CharField(max_length=20)),
                ("occupation_name", models.CharField(max_length=80)),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("state", models.CharField(max_length=20)),
                ("claims", models.PositiveIntegerField()),
                ("amount_fen", models.BigIntegerField()),
                (
                    "provider",
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="subsidies.figuresrun",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "month", "province"], name="claim_figure_by_month")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "run",
                            "province",
                            "month",
                            "programme",
                            "occupation",
                            "level",
                            "provider",
                            "state",
                        ),
                        name="claim_figure_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("claims__gt", 0)), name="claim_figure_counts_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MoneyFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("month", models.DateField()),
                ("programme", models.CharField(blank=True, max_length=20)),
                ("occupation", models.CharField(blank=True, max_length=20)),
                ("occupation_name", models.CharField(blank=True, max_length=80)),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("issued_fen", models.BigIntegerField()),
                ("available_fen", models.BigIntegerField()),
                ("reserved_fen", models.BigIntegerField()),
                ("in_transit_fen", models.BigIntegerField()),
                ("paid_fen", models.BigIntegerField()),
                ("receivable_fen", models.BigIntegerField()),
                ("remitted_fen", models.BigIntegerField()),
                ("written_off_fen", models.BigIntegerField()),
                ("recovered_fen", models.BigIntegerField()),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.fund"
                    ),
                ),
                (
                    "provider",
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="money",
                        to="subsidies.figuresrun",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "year", "province"], name="money_figure_by_year")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "run",
                            "province",
                            "fund",
                            "year",
                            "month",
                            "programme",
                            "occupation",
                            "level",
                            "provider",
                        ),
                        name="money_figure_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reason", "Reason"),
                            ("appeal", "Appeal"),
                            ("objection", "Objection"),
                            ("group", "Group"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=60)),
                ("title_zh", models.CharField(blank=True, max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("claims", models.PositiveIntegerField()),
                ("approved", models.PositiveIntegerField(default=0)),
                ("paid_fen", models.BigIntegerField(default=0)),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="subsidies.figuresrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "kind", "province", "year", "key"), name="tally_figure_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("claims__gt", 0)), name="tally_figure_counts_something"
                    ),
                ],
            },
        ),
    ]
