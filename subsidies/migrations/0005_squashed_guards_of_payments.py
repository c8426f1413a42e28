"""What PostgreSQL itself refuses about payments: lines added to a finished batch, a live profile rewritten, a changed answer."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger, differs, frozen, moves

# The state moves as they were when this migration was written (subsidies/workflow/money.py).
BATCH = ["assembling>assembled", "assembling>cancelling", "assembled>checked", "assembled>cancelling",
         "checked>cancelling", "checked>releasing", "releasing>released", "releasing>checked", "cancelling>cancelled",
         "released>sent", "sent>answered"]  # fmt: skip  # fmt: skip
LINE = ["open>sent", "open>removed", "sent>settled", "sent>returned", "settled>returned"]
PROFILE = ["draft>live", "draft>discarded", "live>ended"]

BATCH_SAID = "province_id, year, place, number, profile_id, made_by_id, made_at"
BATCH_SUMS = "line_count, total_fen, done, total, reached, lines_sha256"
LINE_SAID = (
    "province_id, batch_id, line_no, claim_id, entitlement_id, fen, account_id, account_changed_by_id, holder_masked, "
    "account_masked, bank_name, notice_ended_at, made_at"
)
ANSWER_SAID = "province_id, file_id, line_id, answer_id, result, fen, reason, late"
FILE_SAID = "province_id, batch_id, name, sha256, content_name, received_by_id, received_at"
PROFILE_SAID = (
    "province_id, code, version, name, bank_code, template, needs_name_check, releaser_may_be_checker, cooling_days, "
    "valid_from, valid_to, made_by_id, made_at"
)

# Totals equal lines: what a batch says is compared with its lines at commit, each time it says something new; a line
# that is added is refused where the batch is finished or does not count it, once per statement and not per row, so that
# a batch of 100,000 lines does not sum itself 100,000 times.
TOTALS = """
CREATE FUNCTION subsidies_batch_totals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    total numeric;
    said subsidies_batch;
BEGIN
    SELECT * INTO said FROM subsidies_batch WHERE id = NEW.id;
    SELECT count(*), coalesce(sum(fen), 0) INTO lines, total FROM subsidies_batchline WHERE batch_id = NEW.id;
    IF lines <> said.line_count OR total <> said.total_fen THEN
        RAISE EXCEPTION 'batch % says % lines of % fen; it has % of %', said.number, said.line_count, said.total_fen,
            lines, total USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_totals_equal_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER batch_totals_equal_lines AFTER INSERT OR UPDATE OF line_count, total_fen ON subsidies_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subsidies_batch_totals();
CREATE FUNCTION subsidies_batch_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM 1 FROM subsidies_batch b
        JOIN (SELECT l.batch_id, count(*) AS lines, sum(l.fen) AS total FROM subsidies_batchline l
              WHERE l.batch_id IN (SELECT batch_id FROM fresh) GROUP BY l.batch_id) s ON s.batch_id = b.id
        WHERE s.lines > b.line_count OR s.total > b.total_fen OR b.state <> 'assembling';
    IF FOUND THEN
        RAISE EXCEPTION 'a line was added to a finished batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_totals_equal_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_batchline_full AFTER INSERT ON subsidies_batchline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_batch_full();
"""
TOTALS_BACK = """
DROP TRIGGER subsidies_batchline_full ON subsidies_batchline;
DROP FUNCTION subsidies_batch_full();
DROP TRIGGER batch_totals_equal_lines ON subsidies_batch;
DROP FUNCTION subsidies_batch_totals();
"""

ANSWER_FILE = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an answer file is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.accepted IS NOT NULL OR {changed} THEN
        RAISE EXCEPTION 'what an answer file said is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""".replace("{changed}", differs(FILE_SAID))
PROFILE_KEPT = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a bank profile is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND {changed} THEN
        RAISE EXCEPTION 'a bank profile that was put live is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({pairs}) THEN
        RAISE EXCEPTION 'a bank profile does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""".replace("{pairs}", ", ".join(f"'{pair}'" for pair in PROFILE)).replace(
    "{changed}", differs(PROFILE_SAID)
)


class Migration(migrations.Migration):
    replaces = [("subsidies", "0032_payment_guards")]
    dependencies = [("subsidies", "0004_squashed_guards_of_money")]
    operations = [
        frozen(
            "subsidies_batch",
            f"{differs(BATCH_SAID)} OR (OLD.state <> 'assembling' AND {differs(BATCH_SUMS)})",
        ),
        frozen("subsidies_batchline", differs(LINE_SAID)),
        frozen("subsidies_bankanswer", differs(ANSWER_SAID)),
        moves("subsidies_batch", BATCH),
        moves("subsidies_batchline", LINE),
        migrations.RunSQL(TOTALS, TOTALS_BACK),
        Trigger("subsidies_answerfile", "subsidies_answerfile_kept", "UPDATE OR DELETE", ANSWER_FILE),
        Trigger("subsidies_bankprofile", "subsidies_bankprofile_kept", "UPDATE OR DELETE", PROFILE_KEPT),
        AppendOnly("subsidies_nameanswer"),
    ]
