"""The rows of a person's bank accounts are the log of their changes; its owner is told of each."""

from django.db import migrations, models

from portal.postgres import Trigger

SAID = "user_id province_id bank_name number_index masked_number changed_by_id changed_at consent_id"
KEPT = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a bank account is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ({new}) IS DISTINCT FROM ({old}) OR (OLD.retired_at, OLD.told_at) IS DISTINCT FROM (NEW.retired_at, NEW.told_at)
        AND (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at
            OR OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at) THEN
        RAISE EXCEPTION 'what was said of a bank account is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""".replace("{new}", ", ".join(f"NEW.{name}" for name in SAID.split())).replace(
    "{old}", ", ".join(f"OLD.{name}" for name in SAID.split())
)


def tell_nobody_of_the_past(apps, schema_editor):
    """Who changed an account before knows of it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_bankaccount SET told_at = changed_at")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_subsidy_offices"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankaccount",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(tell_nobody_of_the_past, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(
                condition=models.Q(("told_at", None)), fields=["changed_at"], name="bank_account_to_tell"
            ),
        ),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(fields=["province", "-changed_at"], name="bank_account_of_province"),
        ),
        Trigger("accounts_bankaccount", "accounts_bankaccount_kept", "UPDATE OR DELETE", KEPT),
    ]
