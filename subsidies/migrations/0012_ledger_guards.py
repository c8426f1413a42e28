"""What PostgreSQL itself refuses about closed years, carried sums, offsets and recovery."""

from django.db import migrations

from portal.postgres import AppendOnly, Trigger

# The state moves as they were when this migration was written (subsidies/money_workflow.py, recovery_workflow.py).
OWED = ("ordered", "part_repaid", "in_enforcement")
STATES = {
    "subsidies_entitlement": (
        "reserved",
        [
            ("reserved", "sent"),
            ("sent", "paid"),
            ("sent", "reserved"),
            ("paid", "reserved"),
            ("reserved", "paid"),
            ("reserved", "released"),
            ("reserved", "carried"),
        ],
    ),
    "subsidies_recoveryorder": (
        "proposed",
        [
            ("proposed", "notified"),
            ("notified", "ordered"),
            ("ordered", "part_repaid"),
            ("ordered", "in_enforcement"),
            ("part_repaid", "in_enforcement"),
            *[(state, ended) for state in OWED for ended in ("repaid", "offset", "written_off")],
            *[(state, "cancelled") for state in ("proposed", "notified", *OWED)],
        ],
    ),
    "subsidies_settlement": (
        "entered",
        [
            ("entered", "approved_once"),
            ("entered", "confirmed"),
            ("approved_once", "confirmed"),
            ("entered", "refused"),
            ("approved_once", "refused"),
        ],
    ),
}
FROZEN = {
    "subsidies_budgetproposal": "province_id, fund_id, year, kind, fen, document, purpose, made_by_id, made_at",
    "subsidies_entitlement": "province_id, claim_id, book_id, fund_id, fen, carried_from_id, reserved_at",
    "subsidies_recoveryorder": "number, province_id, claim_id, entitlement_id, book_id, payee_id, ground, reason, "
    "paid_fen, ordered_fen, proposed_by_id, proposed_at",
    "subsidies_settlement": "order_id, province_id, kind, fen, reference, entitlement_id, made_by_id, made_at",
    "subsidies_sanction": "province_id, person_id, order_id, kind, starts_on, ends_on, document, reason, "
    "imposed_by_id, imposed_at",
}
BEFORE = {
    "subsidies_budgetproposal": "province_id, fund_id, year, fen, document, made_by_id, made_at",
    "subsidies_entitlement": "province_id, claim_id, book_id, fund_id, fen, reserved_at",
}
MOVES_BEFORE = {
    "subsidies_entitlement": (
        "reserved",
        [("reserved", "sent"), ("sent", "paid"), ("sent", "reserved"), ("reserved", "released")],
    ),
}


def _row(side: str, columns: str) -> str:
    return "(" + ", ".join(f"{side}.{column.strip()}" for column in columns.split(",")) + ")"


def _frozen_body(columns: str) -> str:
    same = f"{_row('NEW', columns)} IS DISTINCT FROM {_row('OLD', columns)}"
    return f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% is never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF {same} THEN
        RAISE EXCEPTION 'what % said is frozen', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;"""


def _moves_body(first: str, pairs: list[tuple[str, str]]) -> str:
    legal = ", ".join(f"('{source}', '{target}')" for source, target in pairs)
    return f"""
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
    RETURN NEW;"""


def _replaced(name: str, body: str, before: str) -> migrations.RunSQL:
    text = "CREATE OR REPLACE FUNCTION {} () RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$;"
    return migrations.RunSQL(text.format(name, body), text.format(name, before))


NEW_TABLES = ("subsidies_recoveryorder", "subsidies_settlement")

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


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0011_ledger")]
    operations = [
        *[AppendOnly(f"subsidies_{name}") for name in ("recoverymove", "instalment", "reconcilerun")],
        *[
            _replaced(f"{table}_frozen", _frozen_body(FROZEN[table]), _frozen_body(columns))
            for table, columns in BEFORE.items()
        ],
        *[
            _replaced(f"{table}_moves", _moves_body(*STATES[table]), _moves_body(*before))
            for table, before in MOVES_BEFORE.items()
        ],
        *[
            Trigger(table, f"{table}_frozen", "UPDATE OR DELETE", _frozen_body(FROZEN[table]))
            for table in (*NEW_TABLES, "subsidies_sanction")
        ],
        *[
            Trigger(table, f"{table}_moves", "INSERT OR UPDATE", _moves_body(*STATES[table]))
            for table in NEW_TABLES
        ],
        BOOK_CLOSED_ONCE,
        NO_NEW_MONEY,
        OFFSET_ONLY_GROWS,
        RECOVERED_WITHIN_PAID,
    ]
