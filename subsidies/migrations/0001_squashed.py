"""What is owed: the tables that the fourteen migrations before 0.3.0 came to."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Together


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("subsidies", "0001_initial"),
        ("subsidies", "0002_guards"),
        ("subsidies", "0003_money"),
        ("subsidies", "0004_money_guards"),
        ("subsidies", "0005_ended_policies"),
        ("subsidies", "0006_claims_at_desks"),
        ("subsidies", "0007_claim_guards"),
        ("subsidies", "0011_ledger"),
        ("subsidies", "0012_ledger_guards"),
        ("subsidies", "0013_objections"),
    ]
    dependencies = [
        ("accounts", "0002_squashed_guards"),
        ("portal", "0002_ground"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            operations=[
                migrations.CreateModel(
                    name="Fund",
                    fields=[
                        ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                        ("name_zh", models.CharField(max_length=80)),
                        ("name_en", models.CharField(max_length=80)),
                    ],
                    options={
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="BankProfile",
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
                        ("code", models.SlugField(max_length=40)),
                        ("version", models.PositiveIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        ("bank_code", models.CharField(blank=True, max_length=35)),
                        ("template", models.JSONField()),
                        ("needs_name_check", models.BooleanField(default=True)),
                        ("releaser_may_be_checker", models.BooleanField(default=False)),
                        ("cooling_days", models.PositiveSmallIntegerField(default=3)),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("live", "Live"),
                                    ("ended", "Ended"),
                                    ("discarded", "Discarded"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        (
                            "live_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("live_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["province_id", "code", "-version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "code", "version"), name="bank_profile_version_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "live")),
                                fields=("province", "code"),
                                name="bank_profile_one_live",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("province", "code"),
                                name="bank_profile_one_draft",
                                violation_error_message="There is a draft of this profile already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "live", "ended", "discarded"])),
                                name="bank_profile_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("live_by", None),
                                    models.Q(("live_by", models.F("made_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="bank_profile_put_live_by_another",
                                violation_error_message="Who wrote a profile cannot put it live.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="bank_profile_ends_after_it_begins",
                                violation_error_message="The last day lies before the first.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("cooling_days__lte", 60)),
                                name="bank_profile_cooling_is_short",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("live_at", None),
                                        ("live_by", None),
                                        ("state__in", ["draft", "discarded"]),
                                    ),
                                    models.Q(
                                        ("live_at__isnull", False),
                                        ("live_by__isnull", False),
                                        ("state__in", ["live", "ended"]),
                                    ),
                                    models.Q(
                                        ("live_at__isnull", False),
                                        ("made_by", None),
                                        ("state__in", ["live", "ended"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="bank_profile_live_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("state__in", ["draft", "live"])),
                                    models.Q(
                                        ("ended_at__gte", models.F("made_at")),
                                        ("ended_at__isnull", False),
                                        ("state__in", ["ended", "discarded"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="bank_profile_ended_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Batch",
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
                        ("place", models.PositiveIntegerField()),
                        ("number", models.CharField(max_length=24, unique=True)),
                        (
                            "profile",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.bankprofile",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("assembling", "Being assembled"),
                                    ("assembled", "Waits for check"),
                                    ("checked", "Checked"),
                                    ("releasing", "Being released"),
                                    ("released", "Released"),
                                    ("sent", "At the bank"),
                                    ("answered", "All answered"),
                                    ("cancelling", "Being cancelled"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="assembling",
                                max_length=12,
                            ),
                        ),
                        ("line_count", models.PositiveIntegerField(default=0)),
                        ("total_fen", models.BigIntegerField(default=0)),
                        ("lines_sha256", models.CharField(blank=True, max_length=64)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("reached", models.BigIntegerField(default=0)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("problem", models.CharField(blank=True, max_length=200)),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        (
                            "checked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("checked_at", models.DateTimeField(null=True)),
                        (
                            "released_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("released_at", models.DateTimeField(null=True)),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("file_due_at", models.DateTimeField(null=True)),
                        ("file_problem", models.CharField(blank=True, max_length=200)),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("file_sha256", models.CharField(blank=True, max_length=64)),
                        ("file_written_at", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "released")),
                                fields=["file_due_at"],
                                name="batch_file_to_write",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["assembling", "releasing", "cancelling"])),
                                fields=["due_at"],
                                name="batch_to_work_on",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "year", "place"), name="batch_one_per_place"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["assembling", "cancelling", "cancelled"]),
                                        ("total_fen__gte", 0),
                                    ),
                                    models.Q(
                                        ("line_count__gt", 0),
                                        ("total_fen__gt", 0),
                                        ("lines_sha256__regex", "^[0-9a-f]{64}$"),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_has_lines_and_a_sum",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("state__in", ["assembling", "releasing", "cancelling"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["assembling", "releasing", "cancelling"]),
                                            _negated=True,
                                        ),
                                        ("due_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_due_while_at_work",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "assembling",
                                            "assembled",
                                            "checked",
                                            "releasing",
                                            "released",
                                            "sent",
                                            "answered",
                                            "cancelling",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="batch_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("checked_by", None),
                                        models.Q(("checked_by", models.F("made_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("released_by", None),
                                        models.Q(("released_by", models.F("made_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="batch_maker_neither_checks_nor_releases",
                                violation_error_message="Who assembled a batch cannot check or release it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("checked_at", None),
                                        ("checked_by", None),
                                        ("state__in", ["assembling", "assembled", "cancelling", "cancelled"]),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["assembling", "assembled"]), _negated=True),
                                        ("checked_at__gte", models.F("made_at")),
                                        ("checked_at__isnull", False),
                                        ("checked_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_checked_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("file_due_at", None),
                                        ("released_at", None),
                                        ("released_by", None),
                                        (
                                            "state__in",
                                            ["assembling", "assembled", "checked", "cancelling", "cancelled"],
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "state__in",
                                                [
                                                    "assembling",
                                                    "assembled",
                                                    "checked",
                                                    "cancelling",
                                                    "cancelled",
                                                ],
                                            ),
                                            _negated=True,
                                        ),
                                        ("released_at__gte", models.F("checked_at")),
                                        ("released_at__isnull", False),
                                        ("released_by__isnull", False),
                                        models.Q(
                                            models.Q(("file_due_at", None), ("state", "releasing")),
                                            models.Q(
                                                models.Q(("state", "releasing"), _negated=True),
                                                ("file_due_at__isnull", False),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_released_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("file_name", ""),
                                        ("file_sha256", ""),
                                        ("file_written_at", None),
                                        (
                                            "state__in",
                                            [
                                                "assembling",
                                                "assembled",
                                                "checked",
                                                "cancelling",
                                                "cancelled",
                                                "releasing",
                                                "released",
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "state__in",
                                                [
                                                    "assembling",
                                                    "assembled",
                                                    "checked",
                                                    "cancelling",
                                                    "cancelled",
                                                    "releasing",
                                                    "released",
                                                ],
                                            ),
                                            _negated=True,
                                        ),
                                        ("file_sha256__regex", "^[0-9a-f]{64}$"),
                                        ("file_written_at__gte", models.F("released_at")),
                                        ("file_written_at__isnull", False),
                                        models.Q(("file_name", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_sent_with_its_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answered_at__gte", models.F("file_written_at")),
                                        ("answered_at__isnull", False),
                                        ("state", "answered"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "answered"), _negated=True), ("answered_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_answered_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__gte", models.F("made_at")),
                                        ("cancelled_at__isnull", False),
                                        ("cancelled_by__isnull", False),
                                        ("state__in", ["cancelling", "cancelled"]),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["cancelling", "cancelled"]), _negated=True),
                                        ("cancelled_at", None),
                                        ("cancelled_by", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_cancelled_with_a_reason",
                                violation_error_message="State the reason.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnswerFile",
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
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer_files",
                                to="subsidies.batch",
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("sha256", models.CharField(max_length=64)),
                        (
                            "received_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("received_at", models.DateTimeField()),
                        ("content_name", models.CharField(blank=True, max_length=200)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("problem", models.CharField(blank=True, max_length=200)),
                        ("read_at", models.DateTimeField(null=True)),
                        ("accepted", models.BooleanField(null=True)),
                        ("row_count", models.PositiveIntegerField(default=0)),
                        ("new_count", models.PositiveIntegerField(default=0)),
                        ("pending_count", models.PositiveIntegerField(default=0)),
                        ("report", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("accepted", None)),
                                fields=["due_at"],
                                name="answer_file_to_read",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("accepted", None), ("new_count", 0), ("report", [])),
                                    models.Q(("accepted", True), ("report", [])),
                                    models.Q(
                                        ("accepted", False),
                                        ("new_count", 0),
                                        models.Q(("report", []), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_file_refused_with_a_report",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("accepted", None), ("due_at__isnull", False), ("read_at", None)
                                    ),
                                    models.Q(
                                        ("accepted__isnull", False),
                                        ("due_at", None),
                                        ("read_at__gte", models.F("received_at")),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_file_read_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BatchLine",
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
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="subsidies.batch",
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batch_lines",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "entitlement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="batch_lines",
                                to="subsidies.entitlement",
                            ),
                        ),
                        ("fen", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.bankaccount",
                            ),
                        ),
                        (
                            "account_changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("holder_masked", models.CharField(max_length=80)),
                        ("account_masked", models.CharField(max_length=24)),
                        ("bank_name", models.CharField(max_length=80)),
                        ("notice_ended_at", models.DateTimeField()),
                        ("made_at", models.DateTimeField()),
                        (
                            "released_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("removed", "Removed"),
                                    ("sent", "At the bank"),
                                    ("settled", "Paid"),
                                    ("returned", "Returned"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("late_at", models.DateTimeField(null=True)),
                        ("bank_reason", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "ordering": ["batch_id", "line_no"],
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "line_no"), name="batch_line_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["open", "sent", "settled"])),
                                fields=("entitlement",),
                                name="batch_line_one_live_or_settled",
                                violation_error_message="This sum already stands in a batch or was paid.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fen__gt", 0)), name="batch_line_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "removed", "sent", "settled", "returned"])
                                ),
                                name="batch_line_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("made_at__gte", models.F("notice_ended_at"))),
                                name="batch_line_after_the_notice",
                                violation_error_message="The public notice has not ended.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("released_by", None),
                                    models.Q(("released_by", models.F("account_changed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="batch_line_released_by_another_than_changed_the_account",
                                violation_error_message="Who changed a bank account cannot release a payment to it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answered_at", None),
                                        ("released_by", None),
                                        ("state__in", ["open", "removed"]),
                                    ),
                                    models.Q(
                                        ("answered_at", None),
                                        ("released_by__isnull", False),
                                        ("state", "sent"),
                                    ),
                                    models.Q(
                                        ("answered_at__gte", models.F("made_at")),
                                        ("answered_at__isnull", False),
                                        ("released_by__isnull", False),
                                        ("state__in", ["settled", "returned"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_line_state_and_times_agree",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "returned"), _negated=True),
                                    models.Q(("bank_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="batch_line_returned_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("late_at", None),
                                    models.Q(
                                        ("late_at__gte", models.F("answered_at")), ("state", "returned")
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_line_late_after_its_answer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankAnswer",
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
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="subsidies.answerfile",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="subsidies.batchline",
                            ),
                        ),
                        ("answer_id", models.CharField(max_length=64)),
                        (
                            "result",
                            models.CharField(
                                choices=[("paid", "Paid"), ("returned", "Returned")], max_length=10
                            ),
                        ),
                        ("fen", models.BigIntegerField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("late", models.BooleanField(default=False)),
                        ("due_at", models.DateTimeField()),
                        ("problem", models.CharField(blank=True, max_length=200)),
                        ("applied_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("applied_at", None)),
                                fields=["due_at"],
                                name="bank_answer_to_apply",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("line", "late"), name="bank_answer_one_per_line"),
                            models.CheckConstraint(
                                condition=models.Q(("fen__gt", 0)), name="bank_answer_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result", "paid"),
                                    models.Q(("result", "returned"), models.Q(("reason", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="bank_answer_returned_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("late", False), ("result", "returned"), _connector="OR"),
                                name="bank_answer_late_is_a_return",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Book",
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="books",
                                to="subsidies.fund",
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("length", models.BigIntegerField(default=0)),
                        ("head", models.BinaryField(max_length=32)),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["province_id", "-year", "fund_id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "fund", "year"), name="book_one_per_fund_and_year"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="subsidies.book",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("appropriation", "Issued"),
                                    ("available", "Available"),
                                    ("reserved", "Reserved"),
                                    ("in_transit", "At the bank"),
                                    ("paid", "Paid"),
                                    ("receivable", "To be repaid"),
                                    ("remitted", "Remitted to the treasury"),
                                    ("written_off", "Written off"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("balance_fen", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("book", "kind"), name="account_one_per_kind"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("balance_fen__lte", 0), ("kind", "appropriation")),
                                    models.Q(
                                        models.Q(("kind", "appropriation"), _negated=True),
                                        ("balance_fen__gte", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="account_never_below_zero",
                                violation_error_message="The budget does not hold this sum.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "appropriation",
                                            "available",
                                            "reserved",
                                            "in_transit",
                                            "paid",
                                            "receivable",
                                            "remitted",
                                            "written_off",
                                        ],
                                    )
                                ),
                                name="account_kind_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=20, unique=True)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "claimant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("person_key", models.BinaryField(max_length=32)),
                        ("programme", models.CharField(default="SKILL", max_length=20)),
                        ("holder_masked", models.CharField(max_length=80)),
                        ("number_masked", models.CharField(max_length=18)),
                        ("certificate_serial", models.CharField(max_length=40)),
                        ("certificate_kind", models.CharField(max_length=12)),
                        ("certificate_issued_on", models.DateField()),
                        ("occupation", models.CharField(max_length=20)),
                        ("occupation_name", models.CharField(max_length=80)),
                        ("level", models.PositiveSmallIntegerField(null=True)),
                        ("course_code", models.CharField(blank=True, max_length=40)),
                        ("course_title", models.CharField(max_length=200)),
                        ("course_title_en", models.CharField(blank=True, max_length=200)),
                        (
                            "provider",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("declared", models.JSONField(default=dict)),
                        ("confirmed", models.BooleanField(default=False)),
                        ("declaration", models.CharField(blank=True, max_length=20)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("submitted", "Submitted"),
                                    ("checked", "Awaits intake"),
                                    ("returned", "Returned for correction"),
                                    ("lapsed", "Lapsed"),
                                    ("in_first_review", "First review"),
                                    ("in_second_review", "Second review"),
                                    ("in_ministry_review", "Ministry review"),
                                    ("in_ministry_second", "Second ministry review"),
                                    ("reject_proposed", "Rejection proposed"),
                                    ("rejected", "Rejected"),
                                    ("in_appeal", "Under appeal"),
                                    ("rejected_final", "Rejected after appeal"),
                                    ("awaiting_funds", "Awaiting funds"),
                                    ("approved", "Approved"),
                                    ("in_notice", "In public notice"),
                                    ("payable", "To be paid"),
                                    ("in_batch", "In a payment batch"),
                                    ("sent", "Sent to the bank"),
                                    ("paid", "Paid"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="submitted",
                                max_length=20,
                            ),
                        ),
                        (
                            "desk",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("intake", "Intake"),
                                    ("first", "First review"),
                                    ("second", "Second review"),
                                    ("ministry", "Ministry review"),
                                    ("ministry_second", "Second ministry review"),
                                    ("confirm_province", "Rejections to confirm"),
                                    ("confirm_ministry", "Rejections of the ministry to confirm"),
                                    ("appeal_province", "Appeals"),
                                    ("appeal_ministry", "Appeals to the ministry"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("outcome", models.CharField(blank=True, max_length=16)),
                        ("amount_fen", models.BigIntegerField(default=0)),
                        ("lines", models.JSONField(default=list)),
                        ("reason", models.TextField(blank=True)),
                        ("key", models.CharField(blank=True, max_length=100)),
                        ("submitted_at", models.DateTimeField()),
                        ("moved_at", models.DateTimeField()),
                        ("moved_step", models.CharField(default="submit", max_length=20)),
                        (
                            "moved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True)),
                        (
                            "assignee",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("check_due_at", models.DateTimeField(null=True)),
                        ("check_problem", models.CharField(blank=True, max_length=200)),
                        ("appeal_ends_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("desk", ""), _negated=True),
                                fields=["desk", "province", "due_at"],
                                name="claim_queue",
                            ),
                            models.Index(
                                condition=models.Q(("desk", ""), _negated=True),
                                fields=["assignee", "due_at"],
                                name="claim_by_assignee",
                            ),
                            models.Index(
                                condition=models.Q(("desk", ""), _negated=True),
                                fields=["due_at", "id"],
                                name="claim_queue_of_the_nation",
                            ),
                            models.Index(
                                condition=models.Q(
                                    models.Q(("desk", ""), _negated=True), ("outcome", "NEEDS_EVIDENCE")
                                ),
                                fields=["province", "due_at"],
                                name="claim_with_open_questions",
                            ),
                            models.Index(fields=["province", "-id"], name="claim_by_province_and_age"),
                            models.Index(fields=["certificate_serial"], name="claim_by_certificate"),
                            models.Index(fields=["holder_masked"], name="claim_by_masked_name"),
                            models.Index(fields=["occupation"], name="claim_by_occupation"),
                            models.Index(fields=["province", "state"], name="claim_by_province"),
                            models.Index(fields=["person_key"], name="claim_by_person"),
                            models.Index(
                                condition=models.Q(("state", "submitted")),
                                fields=["check_due_at"],
                                name="claim_to_check",
                            ),
                            models.Index(
                                condition=models.Q(("state", "returned")),
                                fields=["due_at"],
                                name="claim_to_lapse",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["lapsed", "rejected", "rejected_final", "withdrawn"]),
                                    _negated=True,
                                ),
                                fields=("certificate_serial",),
                                name="claim_one_live_per_certificate",
                                violation_error_message="This certificate already has a claim.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("certificate_kind", "level"),
                                    models.Q(
                                        ("state__in", ["lapsed", "rejected", "rejected_final", "withdrawn"]),
                                        _negated=True,
                                    ),
                                ),
                                fields=("person_key", "occupation", "level"),
                                name="claim_one_live_per_occupation_and_level",
                                violation_error_message="This occupation and level already has a claim.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("key", ""), _negated=True),
                                fields=("claimant", "key"),
                                name="claim_one_per_idempotency_key",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "submitted",
                                            "checked",
                                            "returned",
                                            "lapsed",
                                            "in_first_review",
                                            "in_second_review",
                                            "in_ministry_review",
                                            "in_ministry_second",
                                            "reject_proposed",
                                            "rejected",
                                            "in_appeal",
                                            "rejected_final",
                                            "awaiting_funds",
                                            "approved",
                                            "in_notice",
                                            "payable",
                                            "in_batch",
                                            "sent",
                                            "paid",
                                            "withdrawn",
                                        ],
                                    )
                                ),
                                name="claim_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "desk__in",
                                            [
                                                "intake",
                                                "first",
                                                "second",
                                                "ministry",
                                                "ministry_second",
                                                "confirm_province",
                                                "confirm_ministry",
                                                "appeal_province",
                                                "appeal_ministry",
                                            ],
                                        ),
                                        (
                                            "state__in",
                                            [
                                                "checked",
                                                "in_appeal",
                                                "in_first_review",
                                                "in_ministry_review",
                                                "in_ministry_second",
                                                "in_second_review",
                                                "reject_proposed",
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "state__in",
                                                [
                                                    "checked",
                                                    "in_appeal",
                                                    "in_first_review",
                                                    "in_ministry_review",
                                                    "in_ministry_second",
                                                    "in_second_review",
                                                    "reject_proposed",
                                                ],
                                            ),
                                            _negated=True,
                                        ),
                                        ("assignee", None),
                                        ("desk", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="claim_lies_at_the_desk_of_its_state",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gte", 0)), name="claim_amount_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("certificate_kind", "level"), _negated=True),
                                    ("level__isnull", False),
                                    _connector="OR",
                                ),
                                name="claim_for_a_level_names_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "state__in",
                                            [
                                                "in_appeal",
                                                "reject_proposed",
                                                "rejected",
                                                "rejected_final",
                                                "returned",
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="claim_turned_down_with_a_reason",
                                violation_error_message="State the reason.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "submitted"), _negated=True),
                                    ("check_due_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="claim_submitted_will_be_checked",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_at__isnull", True),
                                    ("due_at__gte", models.F("submitted_at")),
                                    _connector="OR",
                                ),
                                name="claim_due_after_submitted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("check_due_at__isnull", True),
                                    ("check_due_at__gte", models.F("submitted_at")),
                                    _connector="OR",
                                ),
                                name="claim_checked_after_submitted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("moved_at__gte", models.F("submitted_at"))),
                                name="claim_moved_after_submitted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "state__in",
                                            [
                                                "approved",
                                                "awaiting_funds",
                                                "in_batch",
                                                "in_notice",
                                                "paid",
                                                "payable",
                                                "sent",
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    ("amount_fen__gt", 0),
                                    _connector="OR",
                                ),
                                name="claim_approved_with_an_amount",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "returned"), _negated=True),
                                    ("due_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="claim_returned_until_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "rejected"), _negated=True),
                                    ("appeal_ends_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="claim_rejected_with_a_way_to_appeal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("assignee", None),
                                    models.Q(("assignee", models.F("claimant")), _negated=True),
                                    _connector="OR",
                                ),
                                name="claim_not_assigned_to_its_claimant",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Appeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "claim",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeal",
                                to="subsidies.claim",
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
                        ("words", models.TextField()),
                        ("filed_at", models.DateTimeField()),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("granted", models.BooleanField(null=True)),
                        ("reason", models.TextField(blank=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("words", ""), _negated=True), name="claim_appeal_says_why"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("granted", None),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        ("decided_at__gte", models.F("filed_at")),
                                        ("decided_by__isnull", False),
                                        ("granted__isnull", False),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="claim_appeal_decided_with_a_reason",
                                violation_error_message="State the reason.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimDraft",
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
                            "claimant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("certificate_serial", models.CharField(max_length=40)),
                        ("answers", models.JSONField(default=dict)),
                        ("saved_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("claimant", "certificate_serial"),
                                name="claim_draft_one_per_certificate",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("place", models.PositiveIntegerField()),
                        ("step", models.CharField(max_length=20)),
                        ("source", models.CharField(blank=True, max_length=20)),
                        (
                            "target",
                            models.CharField(
                                choices=[
                                    ("submitted", "Submitted"),
                                    ("checked", "Awaits intake"),
                                    ("returned", "Returned for correction"),
                                    ("lapsed", "Lapsed"),
                                    ("in_first_review", "First review"),
                                    ("in_second_review", "Second review"),
                                    ("in_ministry_review", "Ministry review"),
                                    ("in_ministry_second", "Second ministry review"),
                                    ("reject_proposed", "Rejection proposed"),
                                    ("rejected", "Rejected"),
                                    ("in_appeal", "Under appeal"),
                                    ("rejected_final", "Rejected after appeal"),
                                    ("awaiting_funds", "Awaiting funds"),
                                    ("approved", "Approved"),
                                    ("in_notice", "In public notice"),
                                    ("payable", "To be paid"),
                                    ("in_batch", "In a payment batch"),
                                    ("sent", "Sent to the bank"),
                                    ("paid", "Paid"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["claim_id", "place"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("claim", "place"), name="claim_move_one_per_place"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimNumber",
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
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "year"), name="claim_number_one_per_year"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimSeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="subsidies.claim",
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
                            "claimant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seat",
                            models.CharField(
                                choices=[
                                    ("intake", "Intake"),
                                    ("first", "First review"),
                                    ("second", "Second review"),
                                    ("ministry", "Ministry review"),
                                    ("ministry_second", "Second ministry review"),
                                    ("proposer", "Proposed the rejection"),
                                    ("confirmer", "Confirmed the rejection"),
                                    ("appeal", "Decided the appeal"),
                                    ("objection", "Decided an objection"),
                                    ("recused", "Stays out"),
                                ],
                                max_length=16,
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
                        ("taken_at", models.DateTimeField()),
                        ("given_up_at", models.DateTimeField(null=True)),
                        ("note", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("given_up_at", None)),
                                fields=("claim", "user"),
                                name="claim_seat_one_per_person",
                                violation_error_message="Nobody sits at a claim twice.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("given_up_at", None),
                                    models.Q(("seat__in", ["recused", "objection"]), _negated=True),
                                ),
                                fields=("claim", "seat"),
                                name="claim_seat_taken_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("user", models.F("claimant")), _negated=True),
                                name="claim_seat_not_the_claimants",
                                violation_error_message="Nobody reviews their own claim.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("given_up_at", None),
                                    ("given_up_at__gte", models.F("taken_at")),
                                    _connector="OR",
                                ),
                                name="claim_seat_given_up_after_taken",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("seat", "recused"), _negated=True),
                                    models.Q(("note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="claim_seat_stays_out_for_a_reason",
                                violation_error_message="State the reason.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="subsidies.claim",
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
                            "act",
                            models.CharField(
                                choices=[
                                    ("checked", "Checked by the rules"),
                                    ("accepted", "Taken in"),
                                    ("passed", "Passed"),
                                    ("sent_back", "Sent back for correction"),
                                    ("sent_down", "Sent down to the desk before"),
                                    ("proposed", "Rejection proposed"),
                                    ("overruled", "Proposal not followed"),
                                    ("rejected", "Rejected"),
                                    ("struck", "Objection upheld"),
                                    ("upheld", "Rejection upheld on appeal"),
                                    ("granted", "Appeal granted"),
                                    ("approved", "Approved"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "seat",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("intake", "Intake"),
                                    ("first", "First review"),
                                    ("second", "Second review"),
                                    ("ministry", "Ministry review"),
                                    ("ministry_second", "Second ministry review"),
                                    ("proposer", "Proposed the rejection"),
                                    ("confirmer", "Confirmed the rejection"),
                                    ("appeal", "Decided the appeal"),
                                    ("objection", "Decided an objection"),
                                    ("recused", "Stays out"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reason", models.TextField(blank=True)),
                        ("reasons", models.JSONField(default=list)),
                        ("outcome", models.CharField(max_length=16)),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "policy",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.policyversion",
                            ),
                        ),
                        ("facts", models.JSONField()),
                        ("record", models.JSONField()),
                        ("routing", models.JSONField(default=dict)),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("act", "checked"), ("by__isnull", True), ("seat", "")),
                                    models.Q(
                                        models.Q(("act", "checked"), _negated=True), ("by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="decision_by_the_rules_or_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "act__in",
                                            [
                                                "granted",
                                                "overruled",
                                                "proposed",
                                                "rejected",
                                                "sent_back",
                                                "sent_down",
                                                "struck",
                                                "upheld",
                                            ],
                                        ),
                                        _negated=True,
                                    ),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="decision_against_has_a_reason",
                                violation_error_message="State the reason.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "act__in",
                                            ["proposed", "rejected", "sent_back", "struck", "upheld"],
                                        ),
                                        _negated=True,
                                    ),
                                    models.Q(("reasons", []), _negated=True),
                                    _connector="OR",
                                ),
                                name="decision_against_names_what_it_rests_on",
                                violation_error_message="Choose what the decision rests on.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gte", 0)),
                                name="decision_amount_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("outcome__in", ["APPROVE", "REJECT", "NEEDS_EVIDENCE"])),
                                name="decision_outcome_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("act__in", ["approved", "passed"]), _negated=True),
                                    models.Q(("amount_fen__gt", 0), ("outcome", "APPROVE")),
                                    _connector="OR",
                                ),
                                name="decision_for_rests_on_the_rules",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Entitlement",
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
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entitlements",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entitlements",
                                to="subsidies.book",
                            ),
                        ),
                        (
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.fund",
                            ),
                        ),
                        ("fen", models.BigIntegerField()),
                        ("offset_fen", models.BigIntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("reserved", "Reserved"),
                                    ("sent", "At the bank"),
                                    ("paid", "Paid"),
                                    ("released", "Released"),
                                    ("carried", "Carried to the next year"),
                                ],
                                default="reserved",
                                max_length=10,
                            ),
                        ),
                        (
                            "carried_from",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="carried_to",
                                to="subsidies.entitlement",
                            ),
                        ),
                        ("reserved_at", models.DateTimeField()),
                        ("paid_at", models.DateTimeField(null=True)),
                        ("released_at", models.DateTimeField(null=True)),
                        ("carried_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(fields=["province", "state"], name="entitlement_by_province"),
                            models.Index(
                                condition=models.Q(("state", "reserved")),
                                fields=["book"],
                                name="entitlement_set_aside",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["released", "carried"]), _negated=True),
                                fields=("claim", "fund"),
                                name="entitlement_one_live_per_fund",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fen__gt", 0)), name="entitlement_above_zero"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("offset_fen__gte", 0), ("offset_fen__lte", models.F("fen"))
                                ),
                                name="entitlement_offset_within_sum",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["sent", "reserved", "carried"]), _negated=True),
                                    ("offset_fen__lt", models.F("fen")),
                                    _connector="OR",
                                ),
                                name="entitlement_wholly_offset_is_paid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "released"), _negated=True),
                                    ("offset_fen", 0),
                                    _connector="OR",
                                ),
                                name="entitlement_offset_is_not_given_back",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("carried_at", None),
                                        ("paid_at", None),
                                        ("released_at", None),
                                        ("state__in", ["reserved", "sent"]),
                                    ),
                                    models.Q(
                                        ("carried_at", None),
                                        ("paid_at__gte", models.F("reserved_at")),
                                        ("paid_at__isnull", False),
                                        ("released_at", None),
                                        ("state", "paid"),
                                    ),
                                    models.Q(
                                        ("carried_at", None),
                                        ("paid_at", None),
                                        ("released_at__gte", models.F("reserved_at")),
                                        ("released_at__isnull", False),
                                        ("state", "released"),
                                    ),
                                    models.Q(
                                        ("carried_at__gte", models.F("reserved_at")),
                                        ("carried_at__isnull", False),
                                        ("paid_at", None),
                                        ("released_at", None),
                                        ("state", "carried"),
                                    ),
                                    _connector="OR",
                                ),
                                name="entitlement_state_and_times_agree",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetProposal",
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
                            "fund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.fund",
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("issue", "Issues"),
                                    ("raise", "Raises"),
                                    ("cut", "Cuts"),
                                    ("close", "Closes the year"),
                                ],
                                default="issue",
                                max_length=10,
                            ),
                        ),
                        ("fen", models.BigIntegerField()),
                        ("document", models.CharField(max_length=80)),
                        ("purpose", models.CharField(blank=True, max_length=500)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Waits for the second person"),
                                    ("issued", "Confirmed"),
                                    ("refused", "Refused"),
                                ],
                                default="proposed",
                                max_length=10,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        (
                            "checked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("fen", 0), ("kind", "close")),
                                    models.Q(models.Q(("kind", "close"), _negated=True), ("fen__gt", 0)),
                                    _connector="OR",
                                ),
                                name="budget_above_zero",
                                violation_error_message="Type an amount above zero.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["issue", "raise", "cut", "close"])),
                                name="budget_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind", "issue"),
                                    models.Q(("purpose", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="budget_changed_for_a_reason",
                                violation_error_message="State the reason.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("kind", "close"), models.Q(("state", "refused"), _negated=True)
                                ),
                                fields=("province", "fund", "year"),
                                name="budget_year_closed_once",
                                violation_error_message="The closing of this year was already entered.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("checked_by__isnull", True),
                                    models.Q(("checked_by", models.F("made_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="budget_confirmed_by_another_person",
                                violation_error_message="Who entered a budget cannot confirm it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("checked_at__isnull", True),
                                        ("checked_by__isnull", True),
                                        ("state", "proposed"),
                                    ),
                                    models.Q(
                                        ("checked_at__gte", models.F("made_at")),
                                        ("checked_at__isnull", False),
                                        ("checked_by__isnull", False),
                                        ("state__in", ["issued", "refused"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="budget_checked_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "refused"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="budget_refused_with_a_reason",
                                violation_error_message="State the reason.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "refused"), _negated=True),
                                fields=("province", "fund", "year", "document"),
                                name="budget_document_once",
                                violation_error_message="This document was already entered for the fund and year.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
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
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "category",
                            models.CharField(
                                choices=[
                                    ("bank_details", "Bank details"),
                                    ("objection", "Objection"),
                                    ("check", "Check"),
                                    ("certificate", "Certificate"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("note", models.CharField(max_length=500)),
                        (
                            "opened_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("opened_at", models.DateTimeField()),
                        (
                            "closed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("closed_because", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("closed_at", None)),
                                fields=["claim"],
                                name="hold_open_by_claim",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at", None), ("closed_because", ""), ("closed_by", None)
                                    ),
                                    models.Q(
                                        ("closed_at__gte", models.F("opened_at")),
                                        ("closed_at__isnull", False),
                                        ("closed_by__isnull", False),
                                        models.Q(("closed_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="hold_closed_by_somebody_with_a_reason",
                                violation_error_message="State the reason.",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImpactRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="subsidies.policyversion",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("body", models.JSONField()),
                        ("revision", models.PositiveIntegerField()),
                        ("decided_from", models.DateField(null=True)),
                        ("decided_to", models.DateField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reached", models.BigIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("trouble", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="impact_run_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["running", "done", "cancelled"])),
                                name="impact_run_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("due_at__isnull", False),
                                        ("ended_at__isnull", True),
                                        ("state", "running"),
                                    ),
                                    models.Q(
                                        models.Q(("state", "running"), _negated=True),
                                        ("due_at__isnull", True),
                                        ("ended_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="impact_run_is_due_or_ended",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_from__isnull", True),
                                    ("decided_to__isnull", True),
                                    ("decided_to__gte", models.F("decided_from")),
                                    _connector="OR",
                                ),
                                name="impact_run_days_in_order",
                                violation_error_message="The last day lies before the first.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "running")),
                                fields=("version",),
                                name="impact_run_one_at_a_time",
                                violation_error_message="A run of this version is under way.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImpactRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="subsidies.impactrun",
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
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "decision",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.decision",
                            ),
                        ),
                        ("occupation", models.CharField(max_length=20)),
                        (
                            "groups",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("before", models.CharField(max_length=16)),
                        ("before_fen", models.BigIntegerField()),
                        ("after", models.CharField(max_length=16)),
                        ("after_fen", models.BigIntegerField()),
                        (
                            "asks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=120), default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["claim_id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "claim"), name="impact_row_one_per_claim")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JournalEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="subsidies.book",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("place", models.BigIntegerField()),
                        (
                            "event",
                            models.CharField(
                                choices=[
                                    ("issued", "Budget issued"),
                                    ("raised", "Budget raised"),
                                    ("cut", "Budget cut"),
                                    ("reserved", "Claim approved"),
                                    ("released", "Reservation released"),
                                    ("sent", "Batch released"),
                                    ("settled", "Bank paid"),
                                    ("returned", "Bank returned"),
                                    ("returned_late", "Bank returned what it had paid"),
                                    ("recovery_ordered", "Recovery ordered"),
                                    ("recovery_cancelled", "Recovery cancelled"),
                                    ("repaid", "Repaid into the fund"),
                                    ("remitted", "Repaid to the treasury"),
                                    ("offset_paid", "Paid by offset"),
                                    ("offset_repaid", "Repaid by offset"),
                                    ("offset_remitted", "Repaid by offset, due to the treasury"),
                                    ("written_off", "Written off"),
                                    ("unspent", "Unspent at the end of the year"),
                                    ("carried_out", "Reservation carried to the next year"),
                                    ("carried_in", "Reservation carried from the year before"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("cause", models.CharField(max_length=40)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("previous", models.BinaryField(max_length=32)),
                        ("digest", models.BinaryField(max_length=32)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("book", "place"), name="journal_entry_one_per_place"
                            ),
                            models.UniqueConstraint(
                                fields=("event", "cause"), name="journal_entry_once_per_cause"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "event__in",
                                        [
                                            "issued",
                                            "raised",
                                            "cut",
                                            "reserved",
                                            "released",
                                            "sent",
                                            "settled",
                                            "returned",
                                            "returned_late",
                                            "recovery_ordered",
                                            "recovery_cancelled",
                                            "repaid",
                                            "remitted",
                                            "offset_paid",
                                            "offset_repaid",
                                            "offset_remitted",
                                            "written_off",
                                            "unspent",
                                            "carried_out",
                                            "carried_in",
                                        ],
                                    )
                                ),
                                name="journal_event_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeftOut",
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
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="left_out",
                                to="subsidies.batch",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("no_account", "No bank account"),
                                    ("new_account", "Bank account changed only recently"),
                                    (
                                        "name_pending",
                                        "The bank has not yet said whether name and account belong together",
                                    ),
                                    ("name_differs", "Name and account do not belong together"),
                                    ("closed", "The account is closed"),
                                    ("function_off", "The card's bank function is switched off"),
                                    (
                                        "name_unknown",
                                        "The bank could not say whether name and account belong together",
                                    ),
                                    ("unwritable", "The bank's format cannot carry the name"),
                                    ("yours", "The person who assembled had a part in the claim"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("looked_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["province", "reason"], name="left_out_by_province")],
                        "constraints": [models.UniqueConstraint(fields=("claim",), name="left_out_once")],
                    },
                ),
                migrations.CreateModel(
                    name="NameCheck",
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
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.bankaccount",
                            ),
                        ),
                        (
                            "result",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("match", "Name and account belong together"),
                                    ("no_match", "Name and account do not belong together"),
                                    ("closed", "The account is closed"),
                                    ("function_off", "The card's bank function is switched off"),
                                    ("unknown", "The bank could not say"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("made_at", models.DateTimeField()),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False)),
                                fields=["due_at"],
                                name="name_check_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result", ""),
                                    (
                                        "result__in",
                                        ["match", "no_match", "closed", "function_off", "unknown"],
                                    ),
                                    _connector="OR",
                                ),
                                name="name_check_result_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("result", "")),
                                    models.Q(
                                        models.Q(("result", ""), _negated=True),
                                        ("answered_at__isnull", False),
                                        ("asked_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="name_check_answered_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NameAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "check_of",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="subsidies.namecheck",
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
                        ("came_at", models.DateTimeField()),
                        ("port", models.CharField(max_length=120)),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("match", "Name and account belong together"),
                                    ("no_match", "Name and account do not belong together"),
                                    ("closed", "The account is closed"),
                                    ("function_off", "The card's bank function is switched off"),
                                    ("unknown", "The bank could not say"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("as_of", models.DateField(null=True)),
                        ("reference", models.CharField(blank=True, max_length=64)),
                        ("trouble", models.CharField(blank=True, max_length=40)),
                        ("used", models.BooleanField()),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("used", True)),
                                fields=("check_of", "asked_at"),
                                name="name_answer_one_per_question",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("came_at__gte", models.F("asked_at"))),
                                name="name_answer_after_its_question",
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
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("place", models.PositiveIntegerField()),
                        ("number", models.CharField(max_length=24, unique=True)),
                        (
                            "published_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("published_at", models.DateTimeField()),
                        ("working_days", models.PositiveSmallIntegerField()),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("ends_at", models.DateTimeField()),
                        ("basis", models.JSONField()),
                        ("paper", models.JSONField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("end_due_at", models.DateTimeField()),
                        ("problem", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["end_due_at"],
                                name="notice_to_end",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "year", "place"), name="notice_one_per_place"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("working_days__gte", 1)), name="notice_runs_a_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__gt", models.F("published_at")),
                                    ("starts_on__lte", models.F("ends_on")),
                                ),
                                name="notice_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("end_due_at__gte", models.F("ends_at"))),
                                name="notice_end_not_due_early",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at", None),
                                    ("ended_at__gte", models.F("ends_at")),
                                    _connector="OR",
                                ),
                                name="notice_not_ended_early",
                                violation_error_message="The notice still runs.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeLine",
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
                            "notice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="subsidies.notice",
                            ),
                        ),
                        ("line_no", models.PositiveIntegerField()),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notice_lines",
                                to="subsidies.claim",
                            ),
                        ),
                        ("holder_masked", models.CharField(max_length=80)),
                        ("number_masked", models.CharField(max_length=18)),
                        ("occupation_name", models.CharField(max_length=80)),
                        ("level", models.PositiveSmallIntegerField(null=True)),
                        ("fen", models.BigIntegerField()),
                    ],
                    options={
                        "ordering": ["notice_id", "line_no"],
                        "constraints": [
                            models.UniqueConstraint(fields=("notice", "line_no"), name="notice_line_once"),
                            models.UniqueConstraint(fields=("notice", "claim"), name="notice_claim_once"),
                            models.CheckConstraint(
                                condition=models.Q(("fen__gt", 0)), name="notice_line_above_zero"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Objection",
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
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="objections",
                                to="subsidies.noticeline",
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="objections",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "hold",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="objection",
                                to="subsidies.hold",
                            ),
                        ),
                        ("receipt", models.CharField(max_length=24, unique=True)),
                        ("words", models.TextField()),
                        ("contact_sealed", models.BinaryField(null=True)),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=160)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
                        ("raised_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Being looked into"),
                                    ("upheld", "Upheld"),
                                    ("dismissed", "Dismissed"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("reason", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["province", "due_at"],
                                name="objection_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("words", ""), _negated=True), name="objection_says_why"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("due_at__gt", models.F("raised_at"))),
                                name="objection_due_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at", None),
                                        ("decided_by", None),
                                        ("reason", ""),
                                        ("state", "open"),
                                    ),
                                    models.Q(
                                        ("decided_at__gte", models.F("raised_at")),
                                        ("decided_by__isnull", False),
                                        ("state__in", ["upheld", "dismissed"]),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="objection_decided_by_somebody_with_a_reason",
                                violation_error_message="State the reason.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaperNumber",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("notice", "Public notice"),
                                    ("batch", "Payment batch"),
                                    ("recovery", "Recovery order"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "year", "kind"), name="paper_number_one_per_kind"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "region",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.fields.json.KeyTextTransform("region", "body"),
                                output_field=models.CharField(max_length=6),
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="subsidies.programme",
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                        ("doc_no", models.CharField(max_length=80)),
                        ("body", models.JSONField()),
                        ("body_sha256", models.CharField(max_length=64)),
                        (
                            "schema",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.fields.json.KeyTextTransform("schema", "body"),
                                output_field=models.CharField(max_length=20),
                            ),
                        ),
                        ("engine", models.CharField(blank=True, max_length=20)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_review", "Submitted"),
                                    ("published", "Published"),
                                    ("repealed", "Repealed"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("revision", models.PositiveIntegerField(default=1)),
                        (
                            "authors",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("document_key", models.CharField(blank=True, max_length=200)),
                        ("document_name", models.CharField(blank=True, max_length=200)),
                        ("document_bytes", models.PositiveIntegerField(default=0)),
                        ("document_sha256", models.CharField(blank=True, max_length=64)),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "edited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("edited_at", models.DateTimeField()),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("submitted_at", models.DateTimeField(null=True)),
                        (
                            "returned_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("returned_at", models.DateTimeField(null=True)),
                        ("returned_because", models.CharField(blank=True, max_length=500)),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("published_at", models.DateTimeField(null=True)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_because", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["region", "programme", "-version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("region", "programme", "version"),
                                name="policy_version_once",
                                violation_error_message="This version number is taken.",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("state", "published")),
                                expressions=[("region", "="), ("programme", "="), ("valid", "&&")],
                                name="policy_one_in_force",
                                violation_error_message="Another published version applies to some of these days.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["draft", "in_review", "published", "repealed"])
                                ),
                                name="policy_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("province__isnull", True), ("region", "000000")),
                                    models.Q(("province__isnull", False), ("region", models.F("province"))),
                                    models.Q(
                                        django.db.models.lookups.Exact(
                                            django.db.models.functions.text.Left("region", 2),
                                            django.db.models.functions.text.Left("province", 2),
                                        ),
                                        ("province__isnull", False),
                                        ("region__regex", "^\\d{6}$"),
                                        models.Q(("region__endswith", "0000"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_region_lies_in_its_province",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                                    models.Q(
                                        ("submitted_at__isnull", False), ("submitted_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_submitted_at_with_by",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "draft"), ("submitted_at__isnull", False), _connector="OR"
                                ),
                                name="policy_submitted_first",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("returned_at__isnull", True),
                                        ("returned_because", ""),
                                        ("returned_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("returned_at__isnull", False),
                                        ("returned_by__isnull", False),
                                        models.Q(("returned_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_returned_by_somebody_for_a_reason",
                                violation_error_message="State the reason.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("published_at__isnull", True),
                                        ("published_by__isnull", True),
                                        ("state__in", ["draft", "in_review"]),
                                    ),
                                    models.Q(
                                        ("published_at__isnull", False),
                                        ("published_by__isnull", False),
                                        ("state__in", ["published", "repealed"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_published_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("ended_because", ""),
                                        ("ended_by__isnull", True),
                                        models.Q(("state", "repealed"), _negated=True),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("ended_by__isnull", False),
                                        ("state__in", ["published", "repealed"]),
                                        models.Q(("ended_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_ended_by_somebody_for_a_reason",
                                violation_error_message="State the reason.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_by__isnull", True),
                                    models.Q(
                                        models.Q(("published_by", models.F("edited_by")), _negated=True),
                                        models.Q(("published_by", models.F("submitted_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_editor_does_not_publish",
                                violation_error_message="Who edited a policy cannot publish it.",
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
                                name="policy_document_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyCase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cases",
                                to="subsidies.policyversion",
                            ),
                        ),
                        ("place", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        ("facts", models.JSONField()),
                        ("outcome", models.CharField(max_length=16)),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "because",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=80), default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["version_id", "place"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "place"), name="policy_case_place_once"
                            ),
                            models.UniqueConstraint(
                                fields=("version", "name"),
                                name="policy_case_name_once",
                                violation_error_message="Another case of this version has this name.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True), name="policy_case_has_a_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_fen__gte", 0), ("outcome", "APPROVE")),
                                    models.Q(
                                        ("amount_fen", 0), ("outcome__in", ["REJECT", "NEEDS_EVIDENCE"])
                                    ),
                                    _connector="OR",
                                ),
                                name="policy_case_pays_only_where_approved",
                                violation_error_message="Only an approval pays.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="subsidies.journalentry",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="subsidies.account",
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        ("debit_fen", models.BigIntegerField(default=0)),
                        ("credit_fen", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["account", "id"], name="posting_by_account")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("credit_fen", 0), ("debit_fen__gt", 0)),
                                    models.Q(("credit_fen__gt", 0), ("debit_fen", 0)),
                                    _connector="OR",
                                ),
                                name="posting_debits_or_credits",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Programme",
                    fields=[
                        ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                        ("name_zh", models.CharField(max_length=80)),
                        ("name_en", models.CharField(max_length=80)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("level_certificate", "Level certificate"),
                                    ("completion", "Completion"),
                                    ("special", "Special ability"),
                                    ("enterprise", "Training by an enterprise"),
                                    ("project", "Project contract"),
                                    ("living_allowance", "Living allowance"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "payees",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("person", "The person"),
                                        ("enterprise", "The enterprise"),
                                        ("provider", "The provider"),
                                    ],
                                    max_length=12,
                                ),
                                size=None,
                            ),
                        ),
                        (
                            "funds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), size=None
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "level_certificate",
                                            "completion",
                                            "special",
                                            "enterprise",
                                            "project",
                                            "living_allowance",
                                        ],
                                    )
                                ),
                                name="programme_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("payees__contained_by", ["person", "enterprise", "provider"]),
                                    ("payees__len__gt", 0),
                                ),
                                name="programme_payees_are_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("funds__len__gt", 0)), name="programme_has_a_fund"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReconcileRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField()),
                        ("milliseconds", models.PositiveIntegerField()),
                        ("breaches", models.PositiveIntegerField()),
                        ("counts", models.JSONField(default=dict)),
                        ("findings", models.JSONField(default=list)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ended_at__gte", models.F("started_at"))),
                                name="reconcile_run_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("breaches", 0), ("findings", [])),
                                    models.Q(("breaches__gt", 0), models.Q(("findings", []), _negated=True)),
                                    _connector="OR",
                                ),
                                name="reconcile_run_names_its_breaches",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecoveryOrder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=24, unique=True)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.province",
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recoveries",
                                to="subsidies.claim",
                            ),
                        ),
                        (
                            "entitlement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recoveries",
                                to="subsidies.entitlement",
                            ),
                        ),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recoveries",
                                to="subsidies.book",
                            ),
                        ),
                        (
                            "payee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "ground",
                            models.CharField(
                                choices=[
                                    ("certificate", "Certificate no longer valid"),
                                    ("objection", "Objection upheld"),
                                    ("audit", "Finding of an audit"),
                                    ("error", "Paid in error"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        ("paid_fen", models.BigIntegerField()),
                        ("ordered_fen", models.BigIntegerField()),
                        ("repaid_fen", models.BigIntegerField(default=0)),
                        ("offset_fen", models.BigIntegerField(default=0)),
                        ("written_off_fen", models.BigIntegerField(default=0)),
                        ("cancelled_fen", models.BigIntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Proposed"),
                                    ("notified", "Payee told, may reply"),
                                    ("ordered", "Ordered"),
                                    ("part_repaid", "Partly repaid"),
                                    ("repaid", "Repaid"),
                                    ("offset", "Settled by offset"),
                                    ("in_enforcement", "Handed to enforcement"),
                                    ("written_off", "Written off"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="proposed",
                                max_length=16,
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("proposed_at", models.DateTimeField()),
                        (
                            "notified_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("notified_at", models.DateTimeField(null=True)),
                        ("reply_due_at", models.DateTimeField(null=True)),
                        ("reply", models.TextField(blank=True)),
                        ("replied_at", models.DateTimeField(null=True)),
                        (
                            "ordered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ordered_at", models.DateTimeField(null=True)),
                        ("document", models.CharField(blank=True, max_length=80)),
                        ("pay_due_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["province", "state"], name="recovery_by_province"),
                            models.Index(fields=["payee"], name="recovery_by_payee"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["in_enforcement", "notified", "ordered", "part_repaid", "proposed"],
                                    )
                                ),
                                fields=("entitlement",),
                                name="recovery_one_running_per_entitlement",
                                violation_error_message="A recovery of this payment is already running.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "proposed",
                                            "notified",
                                            "ordered",
                                            "part_repaid",
                                            "repaid",
                                            "offset",
                                            "in_enforcement",
                                            "written_off",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="recovery_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ordered_fen__gt", 0), ("ordered_fen__lte", models.F("paid_fen"))
                                ),
                                name="recovery_not_above_what_was_paid",
                                violation_error_message="No more can be recovered than was paid.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cancelled_fen__gte", 0),
                                    ("offset_fen__gte", 0),
                                    (
                                        "ordered_fen__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("repaid_fen"), "+", models.F("offset_fen")
                                                ),
                                                "+",
                                                models.F("written_off_fen"),
                                            ),
                                            "+",
                                            models.F("cancelled_fen"),
                                        ),
                                    ),
                                    ("repaid_fen__gte", 0),
                                    ("written_off_fen__gte", 0),
                                ),
                                name="recovery_settles_no_more_than_ordered",
                                violation_error_message="This is more than is still owed.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="recovery_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        (
                                            "ordered_fen",
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("repaid_fen"), "+", models.F("offset_fen")
                                                    ),
                                                    "+",
                                                    models.F("written_off_fen"),
                                                ),
                                                "+",
                                                models.F("cancelled_fen"),
                                            ),
                                        ),
                                        ("state__in", ["repaid", "offset", "written_off"]),
                                    ),
                                    models.Q(
                                        (
                                            "ordered_fen__gt",
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("repaid_fen"), "+", models.F("offset_fen")
                                                    ),
                                                    "+",
                                                    models.F("written_off_fen"),
                                                ),
                                                "+",
                                                models.F("cancelled_fen"),
                                            ),
                                        ),
                                        ("state__in", ["in_enforcement", "ordered", "part_repaid"]),
                                    ),
                                    models.Q(
                                        (
                                            "ordered_fen__gt",
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("repaid_fen"), "+", models.F("offset_fen")
                                                    ),
                                                    "+",
                                                    models.F("written_off_fen"),
                                                ),
                                                "+",
                                                models.F("cancelled_fen"),
                                            ),
                                        ),
                                        ("state__in", ["proposed", "notified"]),
                                    ),
                                    models.Q(
                                        ("state", "cancelled"),
                                        models.Q(
                                            ("ordered_at", None),
                                            (
                                                "ordered_fen",
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            models.F("repaid_fen"),
                                                            "+",
                                                            models.F("offset_fen"),
                                                        ),
                                                        "+",
                                                        models.F("written_off_fen"),
                                                    ),
                                                    "+",
                                                    models.F("cancelled_fen"),
                                                ),
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="recovery_state_and_sums_agree",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("notified_at", None), ("notified_by", None)),
                                        models.Q(
                                            ("notified_at__isnull", False), ("notified_by__isnull", False)
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(("ordered_at", None), ("ordered_by", None)),
                                        models.Q(
                                            ("ordered_at__isnull", False), ("ordered_by__isnull", False)
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="recovery_steps_have_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["proposed", "cancelled"]),
                                    ("notified_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="recovery_payee_was_told",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("document", ""), ("state__in", ["proposed", "notified", "cancelled"])
                                    ),
                                    models.Q(
                                        ("ordered_at__isnull", False),
                                        models.Q(("document", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recovery_ordered_by_a_document",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ordered_by", None),
                                    models.Q(
                                        models.Q(("ordered_by", models.F("notified_by")), _negated=True),
                                        models.Q(
                                            ("proposed_by", None),
                                            models.Q(("ordered_by", models.F("proposed_by")), _negated=True),
                                            _connector="OR",
                                        ),
                                        models.Q(("ordered_by", models.F("payee")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recovery_ordered_by_another_person",
                                violation_error_message="Who proposed or announced a recovery cannot order it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ordered_at", None),
                                    models.Q(
                                        ("ordered_at__gte", models.F("replied_at")),
                                        ("replied_at__isnull", False),
                                    ),
                                    ("ordered_at__gte", models.F("reply_due_at")),
                                    _connector="OR",
                                ),
                                name="recovery_ordered_after_the_right_of_reply",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("replied_at", None), ("reply", "")),
                                    models.Q(
                                        ("notified_at__isnull", False),
                                        ("replied_at__gte", models.F("notified_at")),
                                        ("replied_at__isnull", False),
                                        models.Q(("reply", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="recovery_reply_has_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        (
                                            "state__in",
                                            [
                                                "in_enforcement",
                                                "notified",
                                                "ordered",
                                                "part_repaid",
                                                "proposed",
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "state__in",
                                                [
                                                    "in_enforcement",
                                                    "notified",
                                                    "ordered",
                                                    "part_repaid",
                                                    "proposed",
                                                ],
                                            ),
                                            _negated=True,
                                        ),
                                        ("ended_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="recovery_ended_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecoveryMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="subsidies.recoveryorder",
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
                        ("step", models.CharField(max_length=16)),
                        ("source", models.CharField(blank=True, max_length=16)),
                        ("target", models.CharField(max_length=16)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Instalment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instalments",
                                to="subsidies.recoveryorder",
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
                        ("plan", models.PositiveSmallIntegerField()),
                        ("place", models.PositiveSmallIntegerField()),
                        ("due_on", models.DateField()),
                        ("fen", models.BigIntegerField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["order_id", "plan", "place"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "plan", "place"), name="instalment_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fen__gt", 0)), name="instalment_above_zero"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewSample",
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
                        ("programme", models.CharField(max_length=20)),
                        ("month", models.DateField()),
                        ("seed", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "programme", "month"), name="review_sample_one_per_month"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("seed__regex", "^[0-9a-f]{64}$")),
                                name="review_sample_has_a_seed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sanction",
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
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sanctions",
                                to="subsidies.recoveryorder",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("suspension", "Suspension"),
                                    ("removal", "Removal from the list"),
                                    ("blacklist", "Blacklist"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("document", models.CharField(max_length=80)),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "imposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("imposed_at", models.DateTimeField()),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("lifted_at", models.DateTimeField(null=True)),
                        ("lifted_because", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["person"], name="sanction_by_person")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="sanction_ends_after_it_starts",
                                violation_error_message="The last day lies before the first.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "suspension"), _negated=True),
                                    ("ends_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="sanction_suspension_has_an_end",
                                violation_error_message="A suspension names its last day.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("document", ""), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                name="sanction_has_document_and_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("lifted_at", None), ("lifted_because", ""), ("lifted_by", None)
                                    ),
                                    models.Q(
                                        ("lifted_at__isnull", False),
                                        ("lifted_by__isnull", False),
                                        models.Q(("lifted_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="sanction_lifted_by_somebody_for_a_reason",
                                violation_error_message="State the reason.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Settlement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settlements",
                                to="subsidies.recoveryorder",
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
                                    ("repayment", "Repayment"),
                                    ("offset", "Offset"),
                                    ("write_off", "Write-off"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("fen", models.BigIntegerField()),
                        ("reference", models.CharField(blank=True, max_length=80)),
                        (
                            "entitlement",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offsets",
                                to="subsidies.entitlement",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("entered", "Waits for the second person"),
                                    ("approved_once", "Approved once"),
                                    ("confirmed", "Confirmed"),
                                    ("refused", "Refused"),
                                ],
                                default="entered",
                                max_length=16,
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("approved_at", models.DateTimeField(null=True)),
                        (
                            "checked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("fen__gt", 0)), name="settlement_above_zero"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("kind", "repayment"), models.Q(("state", "refused"), _negated=True)
                                ),
                                fields=("reference",),
                                name="settlement_bank_reference_once",
                                violation_error_message="A repayment with this reference was already entered.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["entered", "approved_once"])),
                                fields=("entitlement",),
                                name="settlement_one_offset_waits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entitlement__isnull", False), ("kind", "offset")),
                                    models.Q(
                                        ("entitlement", None),
                                        ("kind__in", ["repayment", "write_off"]),
                                        models.Q(("reference", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="settlement_names_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("approved_at", None), ("approved_by", None)),
                                        models.Q(
                                            ("approved_at__isnull", False), ("approved_by__isnull", False)
                                        ),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        models.Q(("checked_at", None), ("checked_by", None)),
                                        models.Q(
                                            ("checked_at__isnull", False), ("checked_by__isnull", False)
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="settlement_steps_have_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approved_by", None), ("checked_by", None), ("state", "entered")
                                    ),
                                    models.Q(
                                        ("approved_by__isnull", False),
                                        ("checked_by", None),
                                        ("kind", "write_off"),
                                        ("state", "approved_once"),
                                    ),
                                    models.Q(
                                        ("checked_by__isnull", False),
                                        ("state", "confirmed"),
                                        models.Q(
                                            models.Q(("kind", "write_off"), _negated=True),
                                            ("approved_by__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("checked_by__isnull", False),
                                        ("state", "refused"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="settlement_checked_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approved_by", None),
                                        models.Q(("approved_by", models.F("made_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("checked_by", None),
                                        models.Q(("checked_by", models.F("made_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("checked_by", None),
                                        ("approved_by", None),
                                        models.Q(("checked_by", models.F("approved_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                name="settlement_by_different_people",
                                violation_error_message="Another person must confirm this.",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
