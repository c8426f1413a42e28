"""Bank profiles, batches that are assembled in the background, answers that come late, names that the bank vouches for."""

import datetime as dt

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.postgres import Together


def fill(apps, schema_editor):
    """What there was before: batches of the portal's own CSV, files that were read as they came."""
    batch, profile = apps.get_model("subsidies", "Batch"), apps.get_model("subsidies", "BankProfile")
    for province in batch.objects.order_by().values_list("province_id", flat=True).distinct():
        made = batch.objects.filter(province_id=province).earliest("made_at").made_at
        standard = profile.objects.create(
            province_id=province,
            code="standard",
            version=1,
            name="通用 CSV",
            template=STANDARD,
            state="live",
            valid_from=dt.date(2020, 1, 1),
            made_at=made,
            live_at=made,
        )
        batch.objects.filter(province_id=province).update(profile=standard)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE subsidies_answerfile SET read_at = received_at")
        cursor.execute(
            """UPDATE subsidies_batch b SET done = line_count, total = line_count, lines_sha256 =
            (SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', line_no, claim_id, entitlement_id, fen,
            account_id), E'\\n' ORDER BY line_no), ''), 'UTF8')), 'hex') FROM subsidies_batchline WHERE batch_id = b.id)"""
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


STANDARD = {
    "schema": "bank/1",
    "kind": "csv",
    "encoding": "utf-8-bom",
    "columns": [
        {"field": "batch", "title": "批次号"},
        {"field": "line_no", "title": "行号"},
        {"field": "fund", "title": "资金"},
        {"field": "holder", "title": "户名"},
        {"field": "account", "title": "账号"},
        {"field": "bank", "title": "开户行"},
        {"field": "amount", "title": "金额"},
        {"field": "claim", "title": "申领编号"},
    ],
    "answers": {
        "columns": [
            {"field": "batch", "title": "批次号"},
            {"field": "line_no", "title": "行号"},
            {"field": "answer_id", "title": "回单号"},
            {"field": "amount", "title": "金额"},
            {"field": "result", "title": "结果"},
            {"field": "reason", "title": "原因"},
        ],
        "results": {
            "成功": "paid",
            "paid": "paid",
            "失败": "returned",
            "退票": "returned",
            "returned": "returned",
        },
    },
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_payment"),
        ("subsidies", "0022_policy_office_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("made_at", models.DateTimeField()),
                ("live_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["province_id", "code", "-version"],
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
            },
        ),
        Together(
            [
                migrations.RemoveConstraint(
                    model_name="answerfile",
                    name="answer_file_refused_with_a_report",
                ),
                migrations.RemoveConstraint(
                    model_name="bankanswer",
                    name="bank_answer_one_per_line",
                ),
                migrations.RemoveConstraint(
                    model_name="batch",
                    name="batch_has_lines_and_a_sum",
                ),
                migrations.RemoveConstraint(
                    model_name="batch",
                    name="batch_state_is_known",
                ),
                migrations.RemoveConstraint(
                    model_name="batch",
                    name="batch_checked_by_somebody",
                ),
                migrations.RemoveConstraint(
                    model_name="batch",
                    name="batch_released_by_somebody",
                ),
                migrations.RemoveConstraint(
                    model_name="batch",
                    name="batch_sent_with_its_file",
                ),
                migrations.RemoveConstraint(
                    model_name="batch",
                    name="batch_cancelled_with_a_reason",
                ),
                migrations.AddField(
                    model_name="answerfile",
                    name="content_name",
                    field=models.CharField(blank=True, max_length=200),
                ),
                migrations.AddField(
                    model_name="answerfile",
                    name="due_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="answerfile",
                    name="pending_count",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="answerfile",
                    name="problem",
                    field=models.CharField(blank=True, max_length=200),
                ),
                migrations.AddField(
                    model_name="answerfile",
                    name="read_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="bankanswer",
                    name="late",
                    field=models.BooleanField(default=False),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="done",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="due_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="lines_sha256",
                    field=models.CharField(blank=True, max_length=64),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="problem",
                    field=models.CharField(blank=True, max_length=200),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="reached",
                    field=models.BigIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="total",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="batchline",
                    name="late_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AlterField(
                    model_name="answerfile",
                    name="accepted",
                    field=models.BooleanField(null=True),
                ),
                migrations.AlterField(
                    model_name="answerfile",
                    name="row_count",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AlterField(
                    model_name="batch",
                    name="line_count",
                    field=models.PositiveIntegerField(default=0),
                ),
                migrations.AlterField(
                    model_name="batch",
                    name="state",
                    field=models.CharField(
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
                migrations.AlterField(
                    model_name="batch",
                    name="total_fen",
                    field=models.BigIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="bankprofile",
                    name="live_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="bankprofile",
                    name="made_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="bankprofile",
                    name="province",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                migrations.AddField(
                    model_name="batch",
                    name="profile",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subsidies.bankprofile",
                    ),
                ),
                migrations.AddField(
                    model_name="leftout",
                    name="batch",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="left_out",
                        to="subsidies.batch",
                    ),
                ),
                migrations.AddField(
                    model_name="leftout",
                    name="claim",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.claim"
                    ),
                ),
                migrations.AddField(
                    model_name="leftout",
                    name="province",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                migrations.AddField(
                    model_name="nameanswer",
                    name="province",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                migrations.AddField(
                    model_name="namecheck",
                    name="account",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.bankaccount",
                    ),
                ),
                migrations.AddField(
                    model_name="namecheck",
                    name="province",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.province"
                    ),
                ),
                migrations.AddField(
                    model_name="nameanswer",
                    name="check_of",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="subsidies.namecheck",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(
            """DROP TRIGGER subsidies_answerfile_no_change ON subsidies_answerfile;
            DROP TRIGGER subsidies_answerfile_no_truncate ON subsidies_answerfile;""",
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        Together(
            [
                migrations.AlterField(
                    model_name="batch",
                    name="profile",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subsidies.bankprofile",
                    ),
                ),
                migrations.AddIndex(
                    model_name="answerfile",
                    index=models.Index(
                        condition=models.Q(("accepted", None)), fields=["due_at"], name="answer_file_to_read"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="answerfile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted", None), ("new_count", 0), ("report", [])),
                            models.Q(("accepted", True), ("report", [])),
                            models.Q(
                                ("accepted", False), ("new_count", 0), models.Q(("report", []), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="answer_file_refused_with_a_report",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="answerfile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted", None), ("due_at__isnull", False), ("read_at", None)),
                            models.Q(
                                ("accepted__isnull", False),
                                ("due_at", None),
                                ("read_at__gte", models.F("received_at")),
                            ),
                            _connector="OR",
                        ),
                        name="answer_file_read_at_a_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankanswer",
                    constraint=models.UniqueConstraint(
                        fields=("line", "late"), name="bank_answer_one_per_line"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankanswer",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("late", False), ("result", "returned"), _connector="OR"),
                        name="bank_answer_late_is_a_return",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="batchline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("late_at", None),
                            models.Q(("late_at__gte", models.F("answered_at")), ("state", "returned")),
                            _connector="OR",
                        ),
                        name="batch_line_late_after_its_answer",
                    ),
                ),
                migrations.AddIndex(
                    model_name="batch",
                    index=models.Index(
                        condition=models.Q(("state__in", ["assembling", "releasing", "cancelling"])),
                        fields=["due_at"],
                        name="batch_to_work_on",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("state__in", ["assembling", "releasing", "cancelling"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["assembling", "releasing", "cancelling"]), _negated=True
                                ),
                                ("due_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="batch_due_while_at_work",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
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
                                        ["assembling", "assembled", "checked", "cancelling", "cancelled"],
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
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddConstraint(
                    model_name="batch",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.UniqueConstraint(
                        fields=("province", "code", "version"), name="bank_profile_version_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "live")),
                        fields=("province", "code"),
                        name="bank_profile_one_live",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state", "draft")),
                        fields=("province", "code"),
                        name="bank_profile_one_draft",
                        violation_error_message="There is a draft of this profile already.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "live", "ended", "discarded"])),
                        name="bank_profile_state_is_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("live_by", None),
                            models.Q(("live_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="bank_profile_put_live_by_another",
                        violation_error_message="Who wrote a profile cannot put it live.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="bank_profile_ends_after_it_begins",
                        violation_error_message="The last day lies before the first.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("cooling_days__lte", 60)), name="bank_profile_cooling_is_short"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("live_at", None), ("live_by", None), ("state__in", ["draft", "discarded"])
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
                ),
                migrations.AddConstraint(
                    model_name="bankprofile",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddIndex(
                    model_name="leftout",
                    index=models.Index(fields=["province", "reason"], name="left_out_by_province"),
                ),
                migrations.AddConstraint(
                    model_name="leftout",
                    constraint=models.UniqueConstraint(fields=("claim",), name="left_out_once"),
                ),
                migrations.AddIndex(
                    model_name="namecheck",
                    index=models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="name_check_due",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="namecheck",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("result", ""),
                            ("result__in", ["match", "no_match", "closed", "function_off", "unknown"]),
                            _connector="OR",
                        ),
                        name="name_check_result_is_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="namecheck",
                    constraint=models.CheckConstraint(
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
                ),
                migrations.AddConstraint(
                    model_name="nameanswer",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("used", True)),
                        fields=("check_of", "asked_at"),
                        name="name_answer_one_per_question",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="nameanswer",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("came_at__gte", models.F("asked_at"))),
                        name="name_answer_after_its_question",
                    ),
                ),
            ]
        ),
    ]
