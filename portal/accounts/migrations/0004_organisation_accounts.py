"""A bank account may belong to an organisation instead of a person; what was said of it stays frozen, its owner too."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from portal.postgres import Trigger

OWNER = """
    IF NEW.organisation_id IS DISTINCT FROM OLD.organisation_id THEN
        RAISE EXCEPTION 'what was said of a bank account is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_ins")]

    operations = [
        migrations.AlterField(
            "bankaccount",
            "user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_accounts",
                to="accounts.user",
            ),
        ),
        migrations.AlterField(
            "bankaccount",
            "consent",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.consent",
            ),
        ),
        migrations.AddField(
            "bankaccount",
            "organisation",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddConstraint(
            "bankaccount",
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(retired_at__isnull=True),
                name="bank_account_one_live_per_organisation",
            ),
        ),
        migrations.AddConstraint(
            "bankaccount",
            models.CheckConstraint(
                condition=Q(user__isnull=False, organisation=None, consent__isnull=False)
                | Q(user=None, organisation__isnull=False, consent=None),
                name="bank_account_of_a_person_or_an_organisation",
                violation_error_message="An account belongs to one person or to one organisation.",
            ),
        ),
        Trigger("accounts_bankaccount", "accounts_bankaccount_owner", "UPDATE", OWNER),
    ]
