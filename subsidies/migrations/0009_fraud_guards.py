"""What the database refuses of findings: what was seen never changes, a decision is taken once, nothing is deleted."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

SEEN = (
    "province_id check_code version action claim_id person_id provider_id officer_id key evidence weight terms_id "
    "found_at due_at"
)
GUARD = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a finding is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ({new}) IS DISTINCT FROM ({old}) OR OLD.state <> 'open' THEN
        RAISE EXCEPTION 'what a check found is frozen, and decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""".replace("{new}", ", ".join(f"NEW.{name}" for name in SEEN.split())).replace(
    "{old}", ", ".join(f"OLD.{name}" for name in SEEN.split())
)


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0008_fraud"),
    ]

    operations = [
        AppendOnly("subsidies_checkterms"),
        AppendOnly("subsidies_lookcampaign"),
        Trigger("subsidies_finding", "subsidies_finding_frozen", "UPDATE OR DELETE", GUARD),
    ]
