"""What PostgreSQL itself refuses about money: changed history, unbalanced entries, balances written by hand, closed years."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger, differs, frozen, moves

# The state moves as they were when this migration was written (subsidies/workflow/money.py, recovery.py).
OWED = ("ordered", "part_repaid", "in_enforcement")
STATES = {
    "subsidies_budgetproposal": ["proposed>issued", "proposed>refused"],
    "subsidies_entitlement": [
        "reserved>sent", "sent>paid", "sent>reserved", "paid>reserved", "reserved>paid", "reserved>released",
        "reserved>carried",
    ],
    "subsidies_recoveryorder": [
        "proposed>notified", "notified>ordered", "ordered>part_repaid", "ordered>in_enforcement",
        "part_repaid>in_enforcement",
        *[f"{state}>{ended}" for state in OWED for ended in ("repaid", "offset", "written_off")],
        *[f"{state}>cancelled" for state in ("proposed", "notified", *OWED)],
    ],
    "subsidies_settlement": [
        "entered>approved_once", "entered>confirmed", "approved_once>confirmed", "entered>refused",
        "approved_once>refused",
    ],
}  # fmt: skip
"""The first move begins where a row begins."""
FROZEN = {
    "subsidies_account": "book_id, kind",
    "subsidies_book": "province_id, fund_id, year",
    "subsidies_budgetproposal": "province_id, fund_id, year, kind, fen, document, purpose, made_by_id, made_at",
    "subsidies_entitlement": "province_id, claim_id, book_id, fund_id, fen, carried_from_id, reserved_at",
    "subsidies_notice": "province_id, year, place, number, published_by_id, published_at, working_days, starts_on, "
    "ends_on, ends_at, basis, paper, sha256",
    "subsidies_recoveryorder": "number, province_id, claim_id, entitlement_id, book_id, payee_id, ground, reason, "
    "paid_fen, ordered_fen, proposed_by_id, proposed_at",
    "subsidies_settlement": "order_id, province_id, kind, fen, reference, entitlement_id, made_by_id, made_at",
    "subsidies_sanction": "province_id, person_id, order_id, kind, starts_on, ends_on, document, reason, "
    "imposed_by_id, imposed_at",
}
"""Columns that are never changed after the row was written; the row is never deleted either."""

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

BOOK_CLOSED_ONCE = Trigger(
    "subsidies_book",
    "subsidies_book_closed_once",
    "UPDATE",
    """
    IF OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at THEN
        RAISE EXCEPTION 'a closed year is never opened again' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""",
)
NO_NEW_MONEY = Trigger(
    "subsidies_journalentry",
    "subsidies_closed_book_winds_up",
    "INSERT",
    """
    IF NEW.event IN ('issued', 'raised', 'cut', 'reserved', 'repaid', 'offset_repaid', 'carried_in')
        AND EXISTS (SELECT 1 FROM subsidies_book WHERE id = NEW.book_id AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'book % is closed: no % any more', NEW.book_id, NEW.event
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""",
)
OFFSET_ONLY_GROWS = Trigger(
    "subsidies_entitlement",
    "subsidies_entitlement_offset",
    "INSERT OR UPDATE",
    """
    IF TG_OP = 'INSERT' THEN
        IF NEW.offset_fen <> 0 THEN
            RAISE EXCEPTION 'an entitlement begins without offset' USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.carried_from_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM subsidies_entitlement t WHERE t.id = NEW.carried_from_id AND t.state = 'carried'
                AND t.claim_id = NEW.claim_id AND t.fund_id = NEW.fund_id AND t.book_id <> NEW.book_id
                AND t.fen - t.offset_fen = NEW.fen) THEN
            RAISE EXCEPTION 'a successor takes the rest of a carried entitlement'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.offset_fen <> OLD.offset_fen AND (OLD.state <> 'reserved' OR NEW.offset_fen < OLD.offset_fen
        OR EXISTS (SELECT 1 FROM subsidies_batchline l WHERE l.entitlement_id = NEW.id
            AND l.state IN ('open', 'sent'))) THEN
        RAISE EXCEPTION 'only what is set aside and in no batch is offset' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'reserved' AND NEW.state = 'paid' AND NEW.offset_fen <> NEW.fen THEN
        RAISE EXCEPTION 'only a sum that is wholly offset is paid without the bank'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;""",
)
# I12 over all orders of a payment; the row of the entitlement is the lock that makes two orders wait for each other.
RECOVERED_WITHIN_PAID = Trigger(
    "subsidies_recoveryorder",
    "subsidies_recovery_within_paid",
    "INSERT OR UPDATE",
    """
    IF TG_OP = 'UPDATE' AND NEW.cancelled_fen = OLD.cancelled_fen THEN RETURN NEW; END IF;
    PERFORM 1 FROM subsidies_entitlement WHERE id = NEW.entitlement_id FOR UPDATE;
    IF (SELECT coalesce(sum(o.ordered_fen - o.cancelled_fen), 0) FROM subsidies_recoveryorder o
            WHERE o.entitlement_id = NEW.entitlement_id AND o.id IS DISTINCT FROM NEW.id
                AND NOT (o.state = 'cancelled' AND o.ordered_at IS NULL))
        + NEW.ordered_fen - NEW.cancelled_fen
        > (SELECT fen FROM subsidies_entitlement WHERE id = NEW.entitlement_id) THEN
        RAISE EXCEPTION 'more would be recovered than was paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'recovery_not_above_what_was_paid';
    END IF;
    RETURN NEW;""",
)


def name_funds(apps, schema_editor):
    fund = apps.get_model("subsidies", "Fund")
    for code, zh, en in [
        ("SKILL", "职业技能提升资金", "Skills upgrading fund"),
        ("EMPLOY", "就业补助资金", "Employment subsidy fund"),
    ]:
        fund.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en})


class Migration(migrations.Migration):
    replaces = [("subsidies", "0031_payment")]
    dependencies = [("subsidies", "0003_squashed_guards_of_claims")]
    operations = [
        *[
            AppendOnly(f"subsidies_{name}")
            for name in (
                "journalentry",
                "posting",
                "noticeline",
                "recoverymove",
                "instalment",
                "reconcilerun",
            )
        ],
        *[frozen(table, differs(columns)) for table, columns in FROZEN.items()],
        *[moves(table, pairs) for table, pairs in STATES.items()],
        BALANCE_BY_POSTING,
        migrations.RunSQL(POSTING_MOVES_BALANCE, POSTING_MOVES_BALANCE_BACK),
        migrations.RunSQL(ENTRY_BALANCES, ENTRY_BALANCES_BACK),
        BOOK_CLOSED_ONCE,
        NO_NEW_MONEY,
        OFFSET_ONLY_GROWS,
        RECOVERED_WITHIN_PAID,
        migrations.RunPython(name_funds, migrations.RunPython.noop),
    ]
