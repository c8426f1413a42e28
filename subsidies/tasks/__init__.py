"""What is due is found in the database by each task; a task may run twice, or late, and nothing more happens."""

from subsidies.tasks.claims import check_due_claims

__all__ = ["check_due_claims"]
