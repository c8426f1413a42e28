"""What the database refuses of claims by organisations, their lists, materials and mandates; and the programmes of theirs."""

from django.db import migrations

from portal.postgres import Trigger

PROGRAMMES = (
    {
        "code": "ENTERPRISE",
        "name_zh": "企业职工培训补贴",
        "name_en": "Subsidy for training by enterprises",
        "kind": "enterprise",
        "payees": ["enterprise"],
        "funds": ["SKILL"],
    },
    {
        "code": "LIVING",
        "name_zh": "培训期间生活费补贴",
        "name_en": "Living allowance during training",
        "kind": "living_allowance",
        "payees": ["person"],
        "funds": ["EMPLOY"],
    },
    {
        "code": "PROVIDER",
        "name_zh": "职业培训补贴（机构代领）",
        "name_en": "Training subsidy claimed by the provider",
        "kind": "completion",
        "payees": ["provider"],
        "funds": ["SKILL"],
    },
)


def seed(apps, schema_editor):
    programmes = apps.get_model("subsidies", "Programme").objects
    for told in PROGRAMMES:
        programmes.get_or_create(code=told["code"], defaults=told)


def _frozen(what: str, *columns: str) -> str:
    new, old = (", ".join(f"{side}.{column}" for column in columns) for side in ("NEW", "OLD"))
    return f"""
IF ({new}) IS DISTINCT FROM ({old}) THEN
    RAISE EXCEPTION '{what} is frozen' USING ERRCODE = 'restrict_violation';
END IF;"""


CLAIM = f"""
IF TG_OP = 'UPDATE' THEN
    {_frozen("for whom and by whom a claim was made", "purpose", "channel", "agent_id", "claim_list_id", "payee_organisation_id")}
    RETURN NEW;
END IF;
IF NEW.purpose <> coalesce((SELECT CASE kind WHEN 'living_allowance' THEN 'living' ELSE 'training' END
        FROM subsidies_programme WHERE code = NEW.programme), 'training') THEN
    RAISE EXCEPTION 'a claim is for what its programme pays for' USING ERRCODE = 'check_violation';
END IF;
IF NEW.channel <> 'person' AND NOT EXISTS (SELECT 1 FROM subsidies_programme WHERE code = NEW.programme
        AND CASE WHEN NEW.payee_organisation_id IS NULL THEN 'person' ELSE NEW.channel END = ANY (payees)) THEN
    RAISE EXCEPTION 'the programme does not pay this payee' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

MOVES = [
    "checking>cancelled",
    "checking>checked",
    "checked>cancelled",
    "checked>checking",
    "checked>submitting",
    "submitting>submitted",
]
LIST = f"""
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a list of claims is never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'checking' THEN
        RAISE EXCEPTION 'a list of claims begins as checking, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
{_frozen("what a list of claims said", "organisation_id", "province_id", "programme_id", "channel", "sha256", "rows", "uploaded_by_id", "uploaded_at")}
IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{", ".join(f"'{move}'" for move in MOVES)}]) THEN
    RAISE EXCEPTION 'a list of claims does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

ROW = f"""
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a row of a list of claims is never deleted' USING ERRCODE = 'restrict_violation';
END IF;
{_frozen("what a row of a list said", "uid", "claim_list_id", "province_id", "number")}
IF OLD.fate = 'claimed' THEN
    {_frozen("a row that became a claim", "user_id", "person_key", "certificate_serial", "fate", "insured", "insured_as_of", "claim_id")}
END IF;
RETURN NEW;
"""

MATERIAL = f"""
IF TG_OP = 'DELETE' THEN
    IF OLD.claim_id IS NOT NULL THEN
        RAISE EXCEPTION 'a paper of a claim is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END IF;
{_frozen("a paper", "province_id", "claim_list_id", "kind", "document_key", "document_name", "document_bytes", "document_sha256", "added_by_id", "added_at")}
IF OLD.draft_id IS NULL OR NEW.claim_id IS NULL THEN
    RAISE EXCEPTION 'a paper goes from what is prepared to its claim, and stays there' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

MANDATE = f"""
IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL THEN
    RAISE EXCEPTION 'a mandate is never deleted, nor given anew' USING ERRCODE = 'restrict_violation';
END IF;
{_frozen("a mandate", "person_id", "organisation_id", "province_id", "certificate_serial", "version", "given_at")}
RETURN NEW;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subsidies", "0012_claims_by_organisations"),
        ("accounts", "0004_organisation_accounts"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        Trigger(
            "subsidies_claim",
            "subsidies_claim_channel",
            "INSERT OR UPDATE OF purpose, channel, agent_id, claim_list_id, payee_organisation_id",
            CLAIM,
        ),
        Trigger(
            "subsidies_claimseat",
            "subsidies_claimseat_agent",
            "UPDATE OF agent_id",
            _frozen("who sat at a claim", "agent_id") + "RETURN NEW;",
        ),
        Trigger(
            "subsidies_recoveryorder",
            "subsidies_recoveryorder_payee",
            "UPDATE OF payee_organisation_id",
            _frozen("who owes", "payee_organisation_id") + "RETURN NEW;",
        ),
        Trigger(
            "subsidies_sanction",
            "subsidies_sanction_organisation",
            "UPDATE OF organisation_id",
            _frozen("whom a sanction bars", "organisation_id") + "RETURN NEW;",
        ),
        Trigger("subsidies_claimlist", "subsidies_claimlist_guard", "INSERT OR UPDATE OR DELETE", LIST),
        Trigger("subsidies_claimlistrow", "subsidies_claimlistrow_guard", "UPDATE OR DELETE", ROW),
        Trigger("subsidies_material", "subsidies_material_guard", "UPDATE OR DELETE", MATERIAL),
        Trigger("subsidies_mandate", "subsidies_mandate_guard", "UPDATE OR DELETE", MANDATE),
    ]
