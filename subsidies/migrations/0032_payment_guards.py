"""What PostgreSQL itself refuses about payments: lines added to a finished batch, a live profile rewritten, a changed answer."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

CREATE = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$;"

MOVES = """BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> '{first}' THEN
            RAISE EXCEPTION '% begins as {first}, not as %', TG_TABLE_NAME, NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({legal}) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END"""

# The state moves as they were when this migration was written (subsidies/money_workflow.py).
BATCH = ["assembling>assembled", "assembling>cancelling", "assembled>checked", "assembled>cancelling",
         "checked>cancelling", "checked>releasing", "releasing>released", "releasing>checked", "cancelling>cancelled",
         "released>sent", "sent>answered"]  # fmt: skip
LINE = ["open>sent", "open>removed", "sent>settled", "sent>returned", "settled>returned"]
BATCH_BEFORE = ["assembled>checked", "assembled>cancelled", "checked>cancelled", "checked>released", "released>sent",
                "sent>answered"]  # fmt: skip
PROFILE = ["draft>live", "draft>discarded", "live>ended"]


def moves(name, first, pairs):
    legal = ", ".join("('{}', '{}')".format(*pair.split(">")) for pair in pairs)
    body = MOVES.replace("{first}", first).replace("{legal}", legal)
    return CREATE.replace("{name}", name).replace("{body}", body)


FROZEN = """BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF {changed} THEN
        RAISE EXCEPTION 'what % said is frozen', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END"""


def differs(columns):
    new, old = (", ".join(f"{side}.{column}" for column in columns.split()) for side in ("NEW", "OLD"))
    return f"({new}) IS DISTINCT FROM ({old})"


def frozen(name, changed):
    return CREATE.replace("{name}", name).replace("{body}", FROZEN.replace("{changed}", changed))


BATCH_ALWAYS = "province_id year place number profile_id made_by_id made_at"
BATCH_SUMS = "line_count total_fen done total reached lines_sha256"
BATCH_FROZEN = f"{differs(BATCH_ALWAYS)} OR (OLD.state <> 'assembling' AND {differs(BATCH_SUMS)})"
ANSWER_FROZEN = differs("province_id file_id line_id answer_id result fen reason late")

# Totals equal lines: what a batch says is compared with its lines at commit, each time it says something new; a line
# that is added is refused where the batch is finished or does not count it, once per statement and not per row.
TOTALS = """
DROP TRIGGER batch_totals_equal_lines ON subsidies_batch;
CREATE CONSTRAINT TRIGGER batch_totals_equal_lines AFTER INSERT OR UPDATE OF line_count, total_fen ON subsidies_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subsidies_batch_totals();
"""
TOTALS_BEFORE = """
DROP TRIGGER batch_totals_equal_lines ON subsidies_batch;
CREATE CONSTRAINT TRIGGER batch_totals_equal_lines AFTER INSERT ON subsidies_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subsidies_batch_totals();
"""
CURRENT_TOTALS = """DECLARE
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
END"""
FULL = """BEGIN
    PERFORM 1 FROM subsidies_batch b
        JOIN (SELECT l.batch_id, count(*) AS lines, sum(l.fen) AS total FROM subsidies_batchline l
              WHERE l.batch_id IN (SELECT batch_id FROM fresh) GROUP BY l.batch_id) s ON s.batch_id = b.id
        WHERE s.lines > b.line_count OR s.total > b.total_fen OR b.state <> '{state}';
    IF FOUND THEN
        RAISE EXCEPTION 'a line was added to a finished batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_totals_equal_lines';
    END IF;
    RETURN NULL;
END"""


def function(name, body):
    return CREATE.replace("{name}", name).replace("{body}", body)


ANSWER_FILE = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an answer file is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.accepted IS NOT NULL OR {changed} THEN
        RAISE EXCEPTION 'what an answer file said is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;"""
FILE_SAID = differs("province_id batch_id name sha256 content_name received_by_id received_at")
PROFILE_SAID = differs(
    "province_id code version name bank_code template needs_name_check releaser_may_be_checker cooling_days valid_from "
    "valid_to made_by_id made_at"
)
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
    RETURN NEW;""".replace("{pairs}", ", ".join(f"'{pair}'" for pair in PROFILE))


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0031_payment")]
    operations = [
        migrations.RunSQL(
            moves("subsidies_batch_moves", "assembling", BATCH),
            moves("subsidies_batch_moves", "assembled", BATCH_BEFORE),
        ),
        migrations.RunSQL(
            moves("subsidies_batchline_moves", "open", LINE),
            moves("subsidies_batchline_moves", "open", LINE[:4]),
        ),
        migrations.RunSQL(
            frozen("subsidies_batch_frozen", BATCH_FROZEN),
            frozen(
                "subsidies_batch_frozen",
                differs("province_id year place number line_count total_fen made_by_id made_at"),
            ),
        ),
        migrations.RunSQL(
            frozen("subsidies_bankanswer_frozen", ANSWER_FROZEN),
            frozen(
                "subsidies_bankanswer_frozen",
                differs("province_id file_id line_id answer_id result fen reason"),
            ),
        ),
        migrations.RunSQL(function("subsidies_batch_totals", CURRENT_TOTALS), migrations.RunSQL.noop),
        migrations.RunSQL(TOTALS, TOTALS_BEFORE),
        migrations.RunSQL(
            function("subsidies_batch_full", FULL.replace("{state}", "assembling")),
            function("subsidies_batch_full", FULL.replace("{state}", "assembled")),
        ),
        Trigger(
            "subsidies_answerfile",
            "subsidies_answerfile_kept",
            "UPDATE OR DELETE",
            ANSWER_FILE.replace("{changed}", FILE_SAID),
        ),
        Trigger(
            "subsidies_bankprofile",
            "subsidies_bankprofile_kept",
            "UPDATE OR DELETE",
            PROFILE_KEPT.replace("{changed}", PROFILE_SAID),
        ),
        AppendOnly("subsidies_nameanswer"),
    ]
