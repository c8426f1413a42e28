"""What is due is found in the database by each task; a task may run twice, or late, and nothing more happens."""

from subsidies.tasks.batches import (
    apply_due_answers,
    ask_due_names,
    read_due_answer_files,
    work_on_due_batches,
    write_due_payment_files,
)
from subsidies.tasks.claims import check_due_claims, close_unmended_claims
from subsidies.tasks.figures import take_figures
from subsidies.tasks.fraud import (
    ask_due_registers,
    look_at_new_claims,
    look_hourly,
    look_monthly,
    look_nightly,
    look_weekly,
)
from subsidies.tasks.impacts import work_on_due_impacts
from subsidies.tasks.lists import clear_old_lists, work_on_due_lists
from subsidies.tasks.money import end_due_notices, fund_waiting_claims
from subsidies.tasks.packs import delete_old_packs, make_due_packs
from subsidies.tasks.proofs import reconcile_nightly
from subsidies.tasks.recovery import propose_recoveries
from subsidies.tasks.years import carry_closed_years

__all__ = [
    "apply_due_answers",
    "ask_due_names",
    "ask_due_registers",
    "carry_closed_years",
    "check_due_claims",
    "clear_old_lists",
    "close_unmended_claims",
    "delete_old_packs",
    "end_due_notices",
    "fund_waiting_claims",
    "look_at_new_claims",
    "look_hourly",
    "look_monthly",
    "look_nightly",
    "look_weekly",
    "make_due_packs",
    "propose_recoveries",
    "read_due_answer_files",
    "reconcile_nightly",
    "take_figures",
    "work_on_due_batches",
    "work_on_due_impacts",
    "work_on_due_lists",
    "write_due_payment_files",
]
