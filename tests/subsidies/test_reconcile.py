"""`manage.py reconcile` finds what is wrong, names it and fails; here the triggers are switched off to do wrong."""

import io

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.roles import Role
from subsidies.services import batches
from subsidies.services.reconcile import breaches
from tests.subsidies import money_world as world


@pytest.fixture
def paid(committed_db):
    """One claim paid and one at the bank, committed."""
    world.budget(900_000)
    batch, after = world.sent([world.claim()])
    world.answered(batch, at=after)
    return world.sent([world.claim()])[0]


FENCES = [
    "ALTER TABLE subsidies_batchline DROP CONSTRAINT batch_line_after_the_notice",
    "DROP INDEX claim_one_live_per_certificate",
]


def _do_wrong(owner_sql, sql):
    """As the owner, with triggers and the fences that would refuse it taken down; the database is made anew after."""
    words = sql.split()
    table = words[1] if words[0] == "UPDATE" else words[2]
    for fence in [f"ALTER TABLE {table} DISABLE TRIGGER USER", *FENCES, sql]:
        owner_sql(fence)


def test_nothing_is_wrong_at_first(paid):
    out = io.StringIO()
    call_command("reconcile", stdout=out)
    assert "Everything agrees" in out.getvalue()


def test_an_empty_database_agrees(committed_db):
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("sql", "invariants"),
    [
        ("UPDATE subsidies_posting SET debit_fen = debit_fen + 1 WHERE debit_fen > 0", {"I1", "I2", "I7"}),
        (
            "DELETE FROM subsidies_posting WHERE id = (SELECT max(id) FROM subsidies_posting)",
            {"I1", "I2", "I7"},
        ),
        ("UPDATE subsidies_account SET balance_fen = balance_fen + 1 WHERE kind = 'available'", {"I2"}),
        ("UPDATE subsidies_journalentry SET at = at + interval '1 day' WHERE place = 1", {"I7"}),
        ("UPDATE subsidies_book SET length = length + 1", {"I7"}),
        ("UPDATE subsidies_notice SET paper = '{}'", {"I7"}),
        ("UPDATE subsidies_entitlement SET fen = fen + 1 WHERE state = 'paid'", {"I3", "I5", "I13"}),
        ("UPDATE subsidies_claim SET certificate_serial = 'ONE'", {"I4"}),
        ("UPDATE subsidies_batch SET total_fen = 1", {"I5"}),
        ("UPDATE subsidies_notice SET ended_at = NULL", {"I10"}),
        ("UPDATE subsidies_batchline SET made_at = made_at - interval '1 year'", {"I10"}),
        (
            "UPDATE accounts_bankaccount SET user_id = (SELECT min(id) FROM accounts_user) WHERE id = (SELECT min(id) FROM accounts_bankaccount)",
            {"I10"},
        ),
        ("UPDATE subsidies_bankanswer SET result = 'returned', reason = 'x'", {"I11"}),
        ("DELETE FROM subsidies_bankanswer", {"I11"}),
        ("UPDATE subsidies_claim SET state = 'payable' WHERE state = 'sent'", {"I13"}),
        ("UPDATE subsidies_claim SET state = 'withdrawn' WHERE state = 'paid'", {"I13"}),
        ("UPDATE subsidies_claim SET amount_fen = 5", {"I9", "I13"}),
        ("UPDATE subsidies_claim SET lines = '[]' WHERE state = 'paid'", {"I9"}),
        ("UPDATE subsidies_entitlement SET offset_fen = 7 WHERE state = 'paid'", {"I5", "I12"}),
        ("UPDATE subsidies_book SET closed_at = now()", {"I3"}),
    ],
)
def test_each_breach_is_named(paid, owner_sql, sql, invariants):
    _do_wrong(owner_sql, sql)
    found = {breach.invariant for breach in breaches()}
    assert invariants <= found
    out = io.StringIO()
    with pytest.raises(CommandError, match="breaches found"):
        call_command("reconcile", stdout=out)
    assert next(iter(invariants)) in out.getvalue()


def test_lines_that_are_not_those_assembled_are_not_paid(committed_db, owner_sql):
    world.budget(900_000)
    batch, after = world.batch_of([world.claim()])
    account = world.payee().bank_accounts.get().pk
    owner_sql("ALTER TABLE subsidies_batchline DISABLE TRIGGER USER")
    owner_sql(f"UPDATE subsidies_batchline SET account_id = {account}")  # noqa: S608 - ours
    with pytest.raises(batches.LinesChanged):
        batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
