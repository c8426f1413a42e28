"""The rows of a person's bank accounts are the log of their changes; its owner is told of each."""

from django.db import migrations

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


class Migration(migrations.Migration):
    replaces = [("accounts", "0006_payment")]
    # one that 0001 replaces: on a database where only some of them were applied, Django then refuses and says why
    dependencies = [("accounts", "0001_squashed"), ("accounts", "0005_subsidy_offices")]
    operations = [
        Trigger("accounts_bankaccount", "accounts_bankaccount_kept", "UPDATE OR DELETE", KEPT),
    ]
