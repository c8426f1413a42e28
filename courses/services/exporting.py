"""Questions of a version taken out as a file. It holds the right answers, so who took it is written down."""

import datetime as dt

from django.db import transaction

from courses.models import CourseVersion
from courses.selectors.exporting import entries_of
from courses.sheets import exporting
from portal.accounts.models import User
from portal.audit.services import record


@transaction.atomic
def export_questions(version: CourseVersion, form: str, *, by: User, at: dt.datetime) -> exporting.Export:
    """The caller has let `by` in to the course, and knows `form` as one of exporting.FORMS."""
    entries = entries_of(version)
    made = exporting.exported(entries, form)
    detail = {"form": form, "version": version.number, "questions": len(entries)}
    record(by=by, action="questions.exported", thing=version.course, at=at, detail=detail)
    return made
