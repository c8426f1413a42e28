"""A ledger that does not hold makes no report."""

import pytest

from subsidies.models import FiguresRun
from subsidies.services import figures
from tests.subsidies import money_world as world


def test_figures_that_do_not_add_up_are_not_kept(committed_db, owner_sql, at):
    """An account whose balance is not the sum of its postings: no report is made of such a ledger."""
    world.budget(1_000)
    owner_sql("ALTER TABLE subsidies_account DISABLE TRIGGER USER")
    owner_sql("UPDATE subsidies_account SET balance_fen = balance_fen + 1 WHERE kind = 'available'")
    with pytest.raises(figures.FiguresDisagree, match="available"):
        figures.take_figures(at=at)
    assert not FiguresRun.objects.exists()
