"""The hands of the catalogue: each task pays what the database says is due. Safe to run twice, and at once."""

from courses.tasks.films import make_films, tend_films
from courses.tasks.licences import apply_due_licences, refresh_subsidised
from courses.tasks.standards import recheck_due_courses

__all__ = ["apply_due_licences", "make_films", "recheck_due_courses", "refresh_subsidised", "tend_films"]
