"""What is due is found in the database by each task; a task may run twice, or late, and nothing more happens."""

from courses.tasks.imports import work_on_due_imports

__all__ = ["work_on_due_imports"]
