"""What is due is taken from its index in order: a list of thousands that is due at one moment is not sorted for each piece."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subsidies import tasks

TAKEN = {
    "claims to check": (tasks.check_due_claims, "check_due_at"),
    "claims to look at": (tasks.look_at_new_claims, "look_due_at"),
    "answers of a bank to apply": (tasks.apply_due_answers, "due_at"),
    "accounts whose name is to be asked": (tasks.ask_due_names, "due_at"),
    "registers to be asked": (tasks.ask_due_registers, "due_at"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", TAKEN)
def test_it_is_read_in_order_and_never_sorted(what):
    act, column = TAKEN[what]
    with CaptureQueriesContext(connection) as asked:
        assert act() == 0
    [statement] = [one["sql"] for one in asked if f'"{column}" ASC' in one["sql"]]
    with connection.cursor() as cursor:
        # few rows are read whole, or by any index, and sorted: whether it can be done without is asked
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "Index" in plan, plan
    assert "Sort" not in plan, plan
