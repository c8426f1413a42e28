"""The hands of the catalogue: each task pays what the database says is due. Safe to run twice, and at once."""

from courses.tasks.licences import apply_due_licences, refresh_subsidised

__all__ = ["apply_due_licences", "refresh_subsidised"]
