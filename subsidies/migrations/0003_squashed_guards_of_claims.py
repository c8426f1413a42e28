"""What the database refuses of claims: steps the table has not, a yes of one person, changed facts; it keeps every step."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger, differs

STEPS = [
    "accept:checked>in_first_review",
    "appeal:rejected>in_appeal",
    "approve:in_ministry_review>approved",
    "approve:in_ministry_second>approved",
    "approve:in_second_review>approved",
    "batch:payable>in_batch",
    "bounce:sent>payable",
    "check:submitted>checked",
    "end_notice:in_notice>payable",
    "fund:awaiting_funds>approved",
    "grant:in_appeal>in_second_review",
    "lapse:returned>lapsed",
    "offset:payable>paid",
    "overrule:reject_proposed>in_first_review",
    "pass_to_another:in_ministry_review>in_ministry_second",
    "pass_to_ministry:in_first_review>in_ministry_review",
    "pass_to_ministry:in_second_review>in_ministry_review",
    "pass_to_second:in_first_review>in_second_review",
    "propose_reject:in_first_review>reject_proposed",
    "propose_reject:in_ministry_review>reject_proposed",
    "propose_reject:in_ministry_second>reject_proposed",
    "propose_reject:in_second_review>reject_proposed",
    "publish:approved>in_notice",
    "reject:reject_proposed>rejected",
    "resubmit:returned>submitted",
    "return_late:paid>payable",
    "send:in_batch>sent",
    "send_back:checked>returned",
    "send_back:in_first_review>returned",
    "send_down_to_first:in_second_review>in_first_review",
    "send_down_to_second:in_ministry_review>in_second_review",
    "send_down_to_second:in_ministry_second>in_second_review",
    "settle:sent>paid",
    "strike:in_notice>rejected",
    "unbatch:in_batch>payable",
    "uphold:in_appeal>rejected_final",
    "wait_for_funds:in_ministry_review>awaiting_funds",
    "wait_for_funds:in_ministry_second>awaiting_funds",
    "wait_for_funds:in_second_review>awaiting_funds",
    "withdraw:approved>withdrawn",
    "withdraw:awaiting_funds>withdrawn",
    "withdraw:checked>withdrawn",
    "withdraw:in_appeal>withdrawn",
    "withdraw:in_first_review>withdrawn",
    "withdraw:in_ministry_review>withdrawn",
    "withdraw:in_ministry_second>withdrawn",
    "withdraw:in_notice>withdrawn",
    "withdraw:in_second_review>withdrawn",
    "withdraw:payable>withdrawn",
    "withdraw:reject_proposed>withdrawn",
    "withdraw:returned>withdrawn",
    "withdraw:submitted>withdrawn",
]
SAID = (
    "number, province_id, claimant_id, person_key, programme, holder_masked, number_masked, certificate_serial, "
    "certificate_kind, certificate_issued_on, occupation, occupation_name, level, course_code, course_title, "
    "course_title_en, provider_id, key, submitted_at, declaration"
)

GUARD = f"""
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a claim is never deleted' USING ERRCODE = 'restrict_violation';
END IF;
IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'submitted' OR NEW.moved_step <> 'submit' THEN
        RAISE EXCEPTION 'a claim starts as submitted, not as %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END IF;
IF {differs(SAID)} THEN
    RAISE EXCEPTION 'what a claim said is frozen' USING ERRCODE = 'restrict_violation';
END IF;
IF NEW.state = OLD.state THEN
    RETURN NEW;
END IF;
IF NOT (NEW.moved_step || ':' || OLD.state || '>' || NEW.state) = ANY (ARRAY[{", ".join(f"'{step}'" for step in STEPS)}]) THEN
    RAISE EXCEPTION 'a claim does not go from % to % by %', OLD.state, NEW.state, NEW.moved_step
        USING ERRCODE = 'check_violation';
END IF;
IF NEW.moved_at < OLD.moved_at THEN
    RAISE EXCEPTION 'a claim does not move back in time' USING ERRCODE = 'check_violation';
END IF;
IF NEW.state IN ('approved', 'awaiting_funds') AND OLD.state <> 'awaiting_funds' AND (
    SELECT count(DISTINCT user_id) FROM subsidies_claimseat
    WHERE claim_id = NEW.id AND given_up_at IS NULL AND seat IN ('first', 'second', 'ministry', 'ministry_second')
) < 2 THEN
    RAISE EXCEPTION 'claim_approved_by_two_people' USING ERRCODE = 'check_violation';
END IF;
IF NEW.moved_step = 'reject' AND (
    SELECT count(DISTINCT user_id) FROM subsidies_claimseat
    WHERE claim_id = NEW.id AND given_up_at IS NULL AND seat IN ('proposer', 'confirmer')
) < 2 THEN
    RAISE EXCEPTION 'claim_rejected_by_two_people' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

HISTORY = """
CREATE FUNCTION subsidies_claim_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.state = OLD.state THEN RETURN NULL; END IF;
        INSERT INTO subsidies_claimmove (claim_id, province_id, place, step, source, target, by_id, at)
            SELECT NEW.id, NEW.province_id, coalesce(max(place), 0) + 1, NEW.moved_step, OLD.state, NEW.state,
                NEW.moved_by_id, NEW.moved_at
            FROM subsidies_claimmove WHERE claim_id = NEW.id;
    ELSE
        INSERT INTO subsidies_claimmove (claim_id, province_id, place, step, source, target, by_id, at)
            VALUES (NEW.id, NEW.province_id, 1, NEW.moved_step, '', NEW.state, NEW.moved_by_id, NEW.moved_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_claim_history AFTER INSERT OR UPDATE OF state ON subsidies_claim
    FOR EACH ROW EXECUTE FUNCTION subsidies_claim_history();
"""

HISTORY_BACK = """
DROP TRIGGER subsidies_claim_history ON subsidies_claim;
DROP FUNCTION subsidies_claim_history();
"""

SEATS = """
IF TG_OP = 'DELETE' OR (NEW.claim_id, NEW.province_id, NEW.claimant_id, NEW.seat, NEW.user_id, NEW.taken_at, NEW.note)
        IS DISTINCT FROM (OLD.claim_id, OLD.province_id, OLD.claimant_id, OLD.seat, OLD.user_id, OLD.taken_at, OLD.note)
        OR (OLD.given_up_at IS NOT NULL AND NEW.given_up_at IS DISTINCT FROM OLD.given_up_at) THEN
    RAISE EXCEPTION 'who sat at a claim is never changed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

APPEALS = """
IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL OR (NEW.claim_id, NEW.province_id, NEW.words, NEW.filed_at)
        IS DISTINCT FROM (OLD.claim_id, OLD.province_id, OLD.words, OLD.filed_at) THEN
    RAISE EXCEPTION 'what an appeal said, and how it was decided, is never changed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

OBJECTIONS = """
IF TG_OP = 'DELETE' OR OLD.state <> 'open' OR (NEW.province_id, NEW.line_id, NEW.claim_id, NEW.hold_id, NEW.receipt, NEW.words,
        NEW.contact_sealed, NEW.document_key, NEW.document_sha256, NEW.raised_at, NEW.due_at)
        IS DISTINCT FROM (OLD.province_id, OLD.line_id, OLD.claim_id, OLD.hold_id, OLD.receipt, OLD.words,
        OLD.contact_sealed, OLD.document_key, OLD.document_sha256, OLD.raised_at, OLD.due_at) THEN
    RAISE EXCEPTION 'what an objection said, and how it was decided, is never changed' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""


class Migration(migrations.Migration):
    replaces = [("subsidies", "0022_policy_office_guards")]
    dependencies = [("subsidies", "0002_squashed_guards_of_policies")]
    operations = [
        Trigger("subsidies_claim", "subsidies_claim_guard", "INSERT OR UPDATE OR DELETE", GUARD),
        migrations.RunSQL(HISTORY, HISTORY_BACK),
        AppendOnly("subsidies_claimmove"),
        AppendOnly("subsidies_decision"),
        AppendOnly("subsidies_reviewsample"),
        Trigger("subsidies_claimseat", "subsidies_claimseat_frozen", "UPDATE OR DELETE", SEATS),
        Trigger("subsidies_appeal", "subsidies_appeal_frozen", "UPDATE OR DELETE", APPEALS),
        Trigger("subsidies_objection", "subsidies_objection_frozen", "UPDATE OR DELETE", OBJECTIONS),
    ]
