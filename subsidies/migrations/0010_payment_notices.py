"""What was paid, published once more (支付公示); and whoever has a part in a claim neither makes, checks nor releases its payment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.postgres import AppendOnly, Trigger

PAID = """
IF NOT EXISTS (SELECT 1 FROM subsidies_claim WHERE id = NEW.claim_id AND province_id = NEW.province_id AND state = 'paid') THEN
    RAISE EXCEPTION 'only what was paid is published as paid' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# Asked each time somebody puts their name to a batch, over its lines as they are then: who sits at one of its claims, whose
# claim it is, and who changed an account to which it pays. Of the maker this is asked when the last line stands.
INDEPENDENT = """
IF EXISTS (SELECT 1 FROM subsidies_claimseat s JOIN subsidies_batchline l ON l.claim_id = s.claim_id
        WHERE l.batch_id = NEW.id AND s.given_up_at IS NULL
        AND s.user_id IN (NEW.made_by_id, NEW.checked_by_id, NEW.released_by_id))
    OR EXISTS (SELECT 1 FROM subsidies_claim c JOIN subsidies_batchline l ON l.claim_id = c.id
        WHERE l.batch_id = NEW.id AND c.claimant_id IN (NEW.made_by_id, NEW.checked_by_id, NEW.released_by_id)) THEN
    RAISE EXCEPTION 'whoever has a part in a claim does not pay it' USING ERRCODE = 'check_violation';
END IF;
IF EXISTS (SELECT 1 FROM subsidies_batchline l JOIN subsidies_claim c ON c.id = l.claim_id WHERE l.batch_id = NEW.id
        AND l.account_changed_by_id IN (NEW.checked_by_id, NEW.released_by_id)
        AND l.account_changed_by_id <> c.claimant_id) THEN
    RAISE EXCEPTION 'whoever changed an account does not pay to it' USING ERRCODE = 'check_violation';
END IF;
IF NEW.released_by_id = NEW.checked_by_id AND NOT EXISTS (SELECT 1 FROM subsidies_bankprofile
        WHERE id = NEW.profile_id AND releaser_may_be_checker) THEN
    RAISE EXCEPTION 'whoever checked a batch does not release it' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
WHEN = """
DROP TRIGGER batch_paid_by_others ON subsidies_batch;
CREATE TRIGGER batch_paid_by_others BEFORE UPDATE OF state ON subsidies_batch FOR EACH ROW
    WHEN (NEW.state IN ('assembled', 'checked', 'releasing') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION batch_paid_by_others();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_ins"),
        ("subsidies", "0009_fraud_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="noticeline",
            name="number_masked",
            field=models.CharField(blank=True, max_length=18),
        ),
        migrations.AlterField(
            model_name="papernumber",
            name="kind",
            field=models.CharField(
                choices=[
                    ("notice", "Public notice"),
                    ("batch", "Payment batch"),
                    ("recovery", "Recovery order"),
                    ("payment", "Payment notice"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="PaymentNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("place", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=24, unique=True)),
                ("published_at", models.DateTimeField()),
                ("paper", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "province",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.province",
                    ),
                ),
                (
                    "published_by",
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
                    models.UniqueConstraint(
                        fields=("province", "year", "place"), name="payment_notice_one_per_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="payment_notice_has_a_digest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_no", models.PositiveIntegerField()),
                ("holder_masked", models.CharField(max_length=80)),
                ("number_masked", models.CharField(blank=True, max_length=18)),
                ("occupation_name", models.CharField(max_length=80)),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("fen", models.BigIntegerField()),
                ("paid_on", models.DateField()),
                (
                    "claim",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="subsidies.paymentnotice",
                    ),
                ),
            ],
            options={
                "ordering": ["notice_id", "line_no"],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "line_no"), name="payment_line_once"),
                    models.UniqueConstraint(
                        fields=("claim",),
                        name="payment_line_one_per_claim",
                        violation_error_message="This payment was published already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fen__gt", 0)), name="payment_line_above_zero"
                    ),
                ],
            },
        ),
        AppendOnly("subsidies_paymentnotice"),
        AppendOnly("subsidies_paymentline"),
        Trigger("subsidies_paymentline", "payment_line_of_a_paid_claim", "INSERT", PAID),
        Trigger("subsidies_batch", "batch_paid_by_others", "UPDATE", INDEPENDENT),
        migrations.RunSQL(WHEN, migrations.RunSQL.noop),
    ]
