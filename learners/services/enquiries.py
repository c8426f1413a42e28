"""The one place where a question changes its state; and the promise behind its due time."""

import datetime as dt

from courses import selectors as courses
from learners.models import Enquiry
from learners.workflow import ENQUIRY_MOVES, WAITING
from portal import calendar, moves


def locked(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update().get(pk=enquiry.pk)


def due_after(course_code: str, at: dt.datetime) -> dt.datetime:
    """The midnight that ends the last promised working day; the day of asking does not count."""
    return calendar.span_after(at, courses.promise_of(course_code).working_days).ends_at


def move(enquiry: Enquiry, step: str, *, at: dt.datetime, **fields: object) -> Enquiry:
    """Where it begins to wait its clock starts anew; where it ends waiting nothing of that is left. Raises IllegalMove."""
    enquiry.state = moves.check(ENQUIRY_MOVES, step, enquiry.state)
    enquiry.late_at = enquiry.claimed_by = enquiry.claimed_until_at = None
    if enquiry.state == WAITING:
        enquiry.waiting_since_at, enquiry.due_at = at, due_after(enquiry.course_code, at)
        enquiry.satisfied_at = enquiry.duplicate_of = None
    else:
        enquiry.waiting_since_at = enquiry.due_at = None
    for name, value in fields.items():
        setattr(enquiry, name, value)
    enquiry.save()
    return enquiry
