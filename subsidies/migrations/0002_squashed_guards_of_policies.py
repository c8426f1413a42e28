"""What the database itself refuses of policies: moves that the table does not hold, and a text that changes once it is handed in."""

from django.db import migrations

from portal.postgres import Trigger

PAIRS = ["draft>in_review", "in_review>draft", "in_review>published", "published>repealed"]

COMPUTED = ["region", "schema"]
"""Of these a trigger that runs before does not know the new value; both follow from the body."""


def same_but(*columns: str) -> str:
    left_out = ", ".join(f"'{one}'" for one in (*COMPUTED, *columns))
    return f"to_jsonb(NEW) - ARRAY[{left_out}] = to_jsonb(OLD) - ARRAY[{left_out}]"


ENDS = ("ended_by_id", "ended_at", "ended_because")

MOVES = f"""
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
        RAISE EXCEPTION 'a policy starts as draft, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'draft' AND OLD.submitted_at IS NULL THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a policy that was handed in is never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{", ".join(f"'{pair}'" for pair in PAIRS)}]) THEN
    RAISE EXCEPTION 'a policy does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF OLD.state = 'draft' THEN
    IF (NEW.province_id, NEW.programme_id, NEW.recorded_at, NEW.body->>'region')
        IS DISTINCT FROM (OLD.province_id, OLD.programme_id, OLD.recorded_at, OLD.body->>'region')
        OR NOT NEW.authors @> OLD.authors THEN
        RAISE EXCEPTION 'a policy stays of its place and programme' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END IF;
IF OLD.state = 'in_review' THEN
    IF NEW.published_by_id = ANY (NEW.authors) THEN
        RAISE EXCEPTION 'policy_editor_does_not_publish' USING ERRCODE = 'check_violation';
    END IF;
    IF {same_but("state", "engine", "published_by_id", "published_at", "returned_by_id", "returned_at", "returned_because")} THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a policy that was handed in is not changed' USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.state = 'published' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN
    IF NEW.state = 'published' AND upper_inf(OLD.valid) AND NOT upper_inf(NEW.valid)
        AND lower(NEW.valid) IS NOT DISTINCT FROM lower(OLD.valid) AND {same_but("valid", *ENDS)} THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'repealed' AND lower(OLD.valid) > (NEW.ended_at AT TIME ZONE 'Asia/Shanghai')::date
        AND {same_but("state", *ENDS)} THEN
        RETURN NEW;
    END IF;
END IF;
RAISE EXCEPTION 'a published policy is never changed' USING ERRCODE = 'restrict_violation';
"""

CASES = """
IF NOT EXISTS (SELECT 1 FROM subsidies_policyversion
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END AND state = 'draft' FOR SHARE)
    AND (TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM subsidies_policyversion WHERE id = OLD.version_id)) THEN
    RAISE EXCEPTION 'the cases of a policy that was handed in are not changed' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id THEN
    RAISE EXCEPTION 'a case stays with its version' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""

RUNS = """
IF OLD.state <> 'running' THEN
    RAISE EXCEPTION 'an impact run that has ended is not changed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

STAYS = """
CREATE FUNCTION subsidies_policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'a policy that was handed in is never deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subsidies_policy_stays BEFORE TRUNCATE ON subsidies_policyversion
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_policy_stays();
"""

GOES = (
    "DROP TRIGGER subsidies_policy_stays ON subsidies_policyversion; DROP FUNCTION subsidies_policy_stays();"
)

SKILL = {
    "code": "SKILL",
    "name_zh": "职业技能培训补贴",
    "name_en": "Subsidy for skill training",
    "kind": "level_certificate",
    "payees": ["person"],
    "funds": ["SKILL", "EMPLOY"],
}


def seed(apps, schema_editor):
    """The programme that every province begins with."""
    apps.get_model("subsidies", "Programme").objects.create(**SKILL)


class Migration(migrations.Migration):
    replaces = [("subsidies", "0021_policy_office")]
    # one that 0001 replaces: on a database where only some of them were applied, Django then refuses and says why
    dependencies = [("subsidies", "0001_squashed"), ("subsidies", "0013_objections")]
    operations = [
        Trigger("subsidies_policyversion", "subsidies_policy_moves", "INSERT OR UPDATE OR DELETE", MOVES),
        migrations.RunSQL(STAYS, GOES),
        Trigger("subsidies_policycase", "subsidies_policy_cases", "INSERT OR UPDATE OR DELETE", CASES),
        Trigger("subsidies_impactrun", "subsidies_impact_ended", "UPDATE", RUNS),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
