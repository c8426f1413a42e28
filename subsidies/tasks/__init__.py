"""What is due is found in the database by each task; a task may run twice, or late, and nothing more happens."""

from subsidies.tasks.claims import check_due_claims, close_unmended_claims
from subsidies.tasks.impacts import work_on_due_impacts
from subsidies.tasks.money import (
    apply_due_answers,
    end_due_notices,
    fund_waiting_claims,
    write_due_payment_files,
)
from subsidies.tasks.proofs import reconcile_nightly
from subsidies.tasks.recovery import propose_recoveries
from subsidies.tasks.years import carry_closed_years

__all__ = [
    "apply_due_answers",
    "carry_closed_years",
    "check_due_claims",
    "close_unmended_claims",
    "end_due_notices",
    "fund_waiting_claims",
    "propose_recoveries",
    "reconcile_nightly",
    "work_on_due_impacts",
    "write_due_payment_files",
]
