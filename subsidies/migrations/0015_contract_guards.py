"""What the database refuses of project contracts: changes once in force, claims beside them, and more than was agreed."""

from django.db import migrations

from portal.postgres import Trigger, differs

PROJECT = {
    "code": "PROJECT",
    "name_zh": "项目制培训补贴",
    "name_en": "Training bought by a project contract",
    "kind": "project",
    "payees": ["provider"],
    "funds": ["SKILL"],
}


def seed(apps, schema_editor):
    """The programme under which provinces buy training, and which pays by contracts only."""
    apps.get_model("subsidies", "Programme").objects.get_or_create(code=PROJECT["code"], defaults=PROJECT)


PAIRS = ["draft>in_force", "draft>dropped", "in_force>ended"]
GRANTED = "'approved', 'awaiting_funds', 'in_batch', 'in_notice', 'paid', 'payable', 'sent'"
"""Of a claim: the last yes is said."""
LIMITS = "granted_fen, granted_people"
ENFORCED = "state, enforced_by_id, enforced_at"
ENDED = "state, valid, ended_by_id, ended_at, ended_because"


def same_but(*lists: str) -> str:
    left_out = ", ".join(f"'{name.strip()}'" for columns in lists for name in columns.split(","))
    return f"to_jsonb(NEW) - ARRAY[{left_out}] = to_jsonb(OLD) - ARRAY[{left_out}]"


CONTRACT = f"""
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a contract is never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF NOT EXISTS (SELECT 1 FROM subsidies_programme WHERE code = NEW.programme_id AND kind = 'project') THEN
    RAISE EXCEPTION 'a contract is of a programme that pays by contracts' USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' OR NEW.granted_fen <> 0 OR NEW.granted_people <> 0 THEN
        RAISE EXCEPTION 'a contract starts as draft, with nothing granted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF {differs(LIMITS)} THEN
    IF pg_trigger_depth() > 1 AND OLD.state IN ('in_force', 'ended') AND {same_but(LIMITS)} THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'what a contract has granted follows from its claims' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{", ".join(f"'{pair}'" for pair in PAIRS)}]) THEN
    RAISE EXCEPTION 'a contract does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF OLD.state = 'draft' THEN
    IF NEW.state = 'draft' AND NOT ({differs("province_id, drafted_by_id, drafted_at")}) THEN RETURN NEW; END IF;
    IF NEW.state = 'in_force' AND {same_but(ENFORCED)} THEN RETURN NEW; END IF;
    IF NEW.state = 'dropped' AND {same_but("state, ended_by_id, ended_at, ended_because")} THEN RETURN NEW; END IF;
END IF;
IF OLD.state = 'in_force' AND NEW.state = 'ended' AND {same_but(ENDED)}
    AND lower(NEW.valid) = lower(OLD.valid) AND upper(NEW.valid) <= upper(OLD.valid) THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'a contract is not changed' USING ERRCODE = 'restrict_violation';
"""

CLAIM = f"""
IF TG_OP = 'UPDATE' THEN
    IF {differs("contract_id, programme")} AND (OLD.contract_id IS NOT NULL OR NEW.contract_id IS NOT NULL) THEN
        RAISE EXCEPTION 'by which contract a claim was made is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END IF;
IF (NEW.contract_id IS NOT NULL) <> EXISTS (
        SELECT 1 FROM subsidies_programme WHERE code = NEW.programme AND kind = 'project') THEN
    RAISE EXCEPTION 'a claim names a contract exactly where its programme pays by contracts'
        USING ERRCODE = 'check_violation';
END IF;
IF NEW.contract_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subsidies_projectcontract c
        JOIN subsidies_claimlist l ON l.id = NEW.claim_list_id AND l.contract_id = c.id
        WHERE c.id = NEW.contract_id AND c.programme_id = NEW.programme AND c.province_id = NEW.province_id
        AND c.organisation_id = NEW.payee_organisation_id AND c.state IN ('in_force', 'ended')) THEN
    RAISE EXCEPTION 'the contract of a claim is another one' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

GRANTS = f"""
DECLARE
    more_fen bigint; more_people integer;
BEGIN
IF NEW.contract_id IS NULL THEN RETURN NEW; END IF;
more_fen := CASE WHEN NEW.state IN ({GRANTED}) THEN NEW.amount_fen ELSE 0 END
     - CASE WHEN OLD.state IN ({GRANTED}) THEN OLD.amount_fen ELSE 0 END;
more_people := (NEW.state IN ({GRANTED}))::integer - (OLD.state IN ({GRANTED}))::integer;
IF more_fen <> 0 OR more_people <> 0 THEN
    UPDATE subsidies_projectcontract SET granted_fen = granted_fen + more_fen, granted_people = granted_people + more_people
        WHERE id = NEW.contract_id;
END IF;
RETURN NEW;
END;
"""

LIST = f"""
IF TG_OP = 'UPDATE' THEN
    IF {differs("contract_id")} THEN
        RAISE EXCEPTION 'the contract of a list is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END IF;
IF (NEW.contract_id IS NOT NULL) <> EXISTS (
        SELECT 1 FROM subsidies_programme WHERE code = NEW.programme_id AND kind = 'project')
    OR NEW.contract_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM subsidies_projectcontract c
        WHERE c.id = NEW.contract_id AND c.programme_id = NEW.programme_id AND c.province_id = NEW.province_id
        AND c.organisation_id = NEW.organisation_id AND c.state IN ('in_force', 'ended')) THEN
    RAISE EXCEPTION 'the contract of a list is another one' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0014_contracts")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        Trigger(
            "subsidies_projectcontract", "subsidies_contract_guard", "INSERT OR UPDATE OR DELETE", CONTRACT
        ),
        Trigger(
            "subsidies_claim", "subsidies_claim_contract", "INSERT OR UPDATE OF contract_id, programme", CLAIM
        ),
        Trigger("subsidies_claim", "subsidies_claim_grants", "UPDATE OF state, amount_fen", GRANTS),
        Trigger(
            "subsidies_claimlist", "subsidies_claimlist_contract", "INSERT OR UPDATE OF contract_id", LIST
        ),
    ]
