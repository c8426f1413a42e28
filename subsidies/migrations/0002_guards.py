"""What the database itself refuses: changed history, and moves that the workflow does not know."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

PAIRS = [
    "approved>in_notice",
    "approved>withdrawn",
    "awaiting_funds>approved",
    "awaiting_funds>withdrawn",
    "in_batch>payable",
    "in_batch>sent",
    "in_ministry_review>approved",
    "in_ministry_review>awaiting_funds",
    "in_ministry_review>rejected",
    "in_ministry_review>returned",
    "in_ministry_review>withdrawn",
    "in_notice>payable",
    "in_notice>rejected",
    "in_notice>withdrawn",
    "in_province_review>in_ministry_review",
    "in_province_review>rejected",
    "in_province_review>returned",
    "in_province_review>withdrawn",
    "payable>in_batch",
    "payable>withdrawn",
    "returned>submitted",
    "returned>withdrawn",
    "sent>paid",
    "sent>payable",
    "submitted>in_province_review",
    "submitted>withdrawn",
]

MOVES = """
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'submitted' THEN
        RAISE EXCEPTION 'a claim starts as submitted, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
ELSIF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{pairs}]) THEN
    RAISE EXCEPTION 'a claim does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
""".replace("{pairs}", ", ".join(f"'{pair}'" for pair in PAIRS))

PUBLISHED = """
IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published policy is never changed' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]
    operations = [
        AppendOnly("subsidies_decision"),
        Trigger("subsidies_claim", "subsidies_claim_moves", "INSERT OR UPDATE OF state", MOVES),
        Trigger("subsidies_policyversion", "subsidies_policy_frozen", "UPDATE OR DELETE", PUBLISHED),
    ]
