"""What is due is found in the database by each task; a task may run twice, or late, and nothing more happens."""

from subsidies.tasks.batches import (
    apply_due_answers,
    ask_due_names,
    read_due_answer_files,
    work_on_due_batches,
    write_due_payment_files,
)
from subsidies.tasks.claims import check_due_claims
from subsidies.tasks.money import end_due_notices, fund_waiting_claims

__all__ = [
    "apply_due_answers",
    "ask_due_names",
    "check_due_claims",
    "end_due_notices",
    "fund_waiting_claims",
    "read_due_answer_files",
    "work_on_due_batches",
    "write_due_payment_files",
]
