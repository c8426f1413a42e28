"""What PostgreSQL itself refuses about money: changed history, unbalanced entries, balances written by hand."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

# The state moves as they were when this migration was written (subsidies/money_workflow.py).
STATES = {
    "subsidies_budgetproposal": ("proposed", [("proposed", "issued"), ("proposed", "refused")]),
    "subsidies_entitlement": (
        "reserved",
        [("reserved", "sent"), ("sent", "paid"), ("sent", "reserved"), ("reserved", "released")],
    ),
    "subsidies_batch": (
        "assembled",
        [
            ("assembled", "checked"),
            ("assembled", "cancelled"),
            ("checked", "cancelled"),
            ("checked", "released"),
            ("released", "sent"),
            ("sent", "answered"),
        ],
    ),
    "subsidies_batchline": (
        "open",
        [("open", "sent"), ("open", "removed"), ("sent", "settled"), ("sent", "returned")],
    ),
}
FROZEN = {
    "subsidies_budgetproposal": "province_id, fund_id, year, fen, document, made_by_id, made_at",
    "subsidies_entitlement": "province_id, claim_id, book_id, fund_id, fen, reserved_at",
    "subsidies_batch": "province_id, year, place, number, line_count, total_fen, made_by_id, made_at",
    "subsidies_batchline": "province_id, batch_id, line_no, claim_id, entitlement_id, fen, account_id, "
    "account_changed_by_id, holder_masked, account_masked, bank_name, notice_ended_at, made_at",
    "subsidies_notice": "province_id, year, place, number, published_by_id, published_at, working_days, starts_on, "
    "ends_on, ends_at, basis, paper, sha256",
    "subsidies_bankanswer": "province_id, file_id, line_id, answer_id, result, fen, reason",
    "subsidies_account": "book_id, kind",
    "subsidies_book": "province_id, fund_id, year",
}
"""Columns that are never changed after the row was written; the row is never deleted either."""


def _row(side: str, columns: str) -> str:
    return "(" + ", ".join(f"{side}.{column.strip()}" for column in columns.split(",")) + ")"


def _frozen(table: str) -> Trigger:
    same = f"{_row('NEW', FROZEN[table])} IS DISTINCT FROM {_row('OLD', FROZEN[table])}"
    return Trigger(
        table,
        f"{table}_frozen",
        "UPDATE OR DELETE",
        f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF {same} THEN
        RAISE EXCEPTION 'what % said is frozen', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""",
    )


def _moves(table: str) -> Trigger:
    first, pairs = STATES[table]
    legal = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
    return Trigger(
        table,
        f"{table}_moves",
        "INSERT OR UPDATE",
        f"""
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
    RETURN NEW;""",
    )


BALANCE_BY_POSTING = Trigger(
    "subsidies_account",
    "subsidies_account_balance",
    "INSERT OR UPDATE",
    """
    IF TG_OP = 'INSERT' THEN
        IF NEW.balance_fen <> 0 THEN
            RAISE EXCEPTION 'an account begins empty' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.balance_fen <> OLD.balance_fen AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance is written by postings only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""",
)

POSTING_MOVES_BALANCE = """
CREATE FUNCTION subsidies_posting_applied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE subsidies_account a SET balance_fen = a.balance_fen + NEW.debit_fen - NEW.credit_fen
        FROM subsidies_journalentry e
        WHERE a.id = NEW.account_id AND e.id = NEW.entry_id AND e.book_id = a.book_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a posting stays in the book of its entry' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_posting_applied AFTER INSERT ON subsidies_posting
    FOR EACH ROW EXECUTE FUNCTION subsidies_posting_applied();
"""
POSTING_MOVES_BALANCE_BACK = """
DROP TRIGGER subsidies_posting_applied ON subsidies_posting;
DROP FUNCTION subsidies_posting_applied();
"""

ENTRY_BALANCES = """
CREATE FUNCTION subsidies_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
    debits numeric;
    credits numeric;
    sides integer;
BEGIN
    IF TG_TABLE_NAME = 'subsidies_posting' THEN number := NEW.entry_id; ELSE number := NEW.id; END IF;
    SELECT coalesce(sum(debit_fen), 0), coalesce(sum(credit_fen), 0), count(*) INTO debits, credits, sides
        FROM subsidies_posting WHERE entry_id = number;
    IF debits <> credits OR sides < 2 THEN
        RAISE EXCEPTION 'entry % does not balance: % debit, % credit, % postings', number, debits, credits, sides
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_balances AFTER INSERT ON subsidies_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subsidies_entry_balances();
CREATE CONSTRAINT TRIGGER posting_keeps_balance AFTER INSERT ON subsidies_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subsidies_entry_balances();
"""
ENTRY_BALANCES_BACK = """
DROP TRIGGER posting_keeps_balance ON subsidies_posting;
DROP TRIGGER journal_entry_balances ON subsidies_journalentry;
DROP FUNCTION subsidies_entry_balances();
"""

# Totals equal lines: the batch is compared at commit; a line added later would pass the totals and is refused per
# statement, not per row, so that a batch of 100,000 lines does not sum itself 100,000 times.
BATCH_TOTALS = """
CREATE FUNCTION subsidies_batch_totals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    total numeric;
BEGIN
    SELECT count(*), coalesce(sum(fen), 0) INTO lines, total FROM subsidies_batchline WHERE batch_id = NEW.id;
    IF lines <> NEW.line_count OR total <> NEW.total_fen THEN
        RAISE EXCEPTION 'batch % says % lines of % fen; it has % of %', NEW.number, NEW.line_count, NEW.total_fen,
            lines, total USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_totals_equal_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER batch_totals_equal_lines AFTER INSERT ON subsidies_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subsidies_batch_totals();
CREATE FUNCTION subsidies_batch_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM 1 FROM subsidies_batch b
        JOIN (SELECT l.batch_id, count(*) AS lines, sum(l.fen) AS total FROM subsidies_batchline l
              WHERE l.batch_id IN (SELECT batch_id FROM fresh) GROUP BY l.batch_id) s ON s.batch_id = b.id
        WHERE s.lines > b.line_count OR s.total > b.total_fen OR b.state <> 'assembled';
    IF FOUND THEN
        RAISE EXCEPTION 'a line was added to a finished batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_totals_equal_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_batchline_full AFTER INSERT ON subsidies_batchline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_batch_full();
"""
BATCH_TOTALS_BACK = """
DROP TRIGGER subsidies_batchline_full ON subsidies_batchline;
DROP FUNCTION subsidies_batch_full();
DROP TRIGGER batch_totals_equal_lines ON subsidies_batch;
DROP FUNCTION subsidies_batch_totals();
"""


def name_funds(apps, schema_editor):
    fund = apps.get_model("subsidies", "Fund")
    for code, zh, en in [
        ("SKILL", "职业技能提升资金", "Skills upgrading fund"),
        ("EMPLOY", "就业补助资金", "Employment subsidy fund"),
    ]:
        fund.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en})


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0003_money")]
    operations = [
        *[
            AppendOnly(f"subsidies_{name}")
            for name in ("journalentry", "posting", "noticeline", "answerfile")
        ],
        *[_frozen(table) for table in FROZEN],
        *[_moves(table) for table in STATES],
        BALANCE_BY_POSTING,
        migrations.RunSQL(POSTING_MOVES_BALANCE, POSTING_MOVES_BALANCE_BACK),
        migrations.RunSQL(ENTRY_BALANCES, ENTRY_BALANCES_BACK),
        migrations.RunSQL(BATCH_TOTALS, BATCH_TOTALS_BACK),
        migrations.RunPython(name_funds, migrations.RunPython.noop),
    ]
