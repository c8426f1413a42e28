"""What is due is found in the database by each task; a task may run twice, or late, and nothing more happens."""

from courses.tasks.packages import check_due_packages

__all__ = ["check_due_packages"]
