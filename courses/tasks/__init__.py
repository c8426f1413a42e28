"""The hands of the catalogue: each task pays what the database says is due. Safe to run twice, and at once."""

from courses.tasks.films import make_films, tend_films
from courses.tasks.finding import index_renamed_courses, learn_words
from courses.tasks.imports import work_on_due_imports
from courses.tasks.licences import apply_due_licences, refresh_subsidised
from courses.tasks.packages import check_due_packages
from courses.tasks.papers import check_due_papers
from courses.tasks.partners import send_due_deliveries
from courses.tasks.retention import clear_old_imports, forget_deliveries, forget_partner_calls
from courses.tasks.standards import recheck_due_courses

__all__ = [
    "apply_due_licences",
    "check_due_packages",
    "check_due_papers",
    "clear_old_imports",
    "forget_deliveries",
    "forget_partner_calls",
    "index_renamed_courses",
    "learn_words",
    "make_films",
    "recheck_due_courses",
    "refresh_subsidised",
    "send_due_deliveries",
    "tend_films",
    "work_on_due_imports",
]
