"""Whether promised answers come: late questions reach the provider's manager, and how it was kept is written down."""

import datetime as dt
import statistics

from django.db import transaction

from courses import selectors as courses
from courses import services as catalogue
from learners import asking
from learners.models import Enquiry, Post
from portal import clock
from portal.audit.services import record

_MINUTE = 60


@transaction.atomic
def pass_next_late(*, at: dt.datetime) -> bool:
    """Mark the question that has been due longest, and tell the provider's manager. False when there is none."""
    due = Enquiry.objects.waiting().filter(due_at__lte=at, late_at=None)
    enquiry = due.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if enquiry is None:
        return False
    enquiry.late_at = at
    enquiry.save(update_fields=["late_at"])
    lesson = courses.outline(enquiry.version_id).lesson(enquiry.lesson_key)
    catalogue.tell_of_late_question(
        enquiry.course_code,
        lesson=lesson.title if lesson else enquiry.lesson_key,
        day=clock.today(enquiry.due_at - dt.timedelta(seconds=1)),
        at=at,
    )
    record(by=None, action="enquiry.late", thing=enquiry, at=at)
    return True


def figure(course_code: str, *, at: dt.datetime) -> None:
    """How the course kept its promise in the last 90 days: answers that were given, and questions that are overdue."""
    answers = Post.objects.answers().filter(
        enquiry__course_code=course_code, at__gt=at - asking.FIGURED_OVER, at__lte=at
    )
    rows = list(answers.values_list("waiting_since_at", "due_at", "at"))
    overdue = Enquiry.objects.waiting().filter(course_code=course_code, due_at__lte=at).count()
    waited = [(given - since).total_seconds() / _MINUTE for since, _due, given in rows]
    catalogue.note_answers(
        course_code,
        due=len(rows) + overdue,
        in_time=sum(given <= due for _since, due, given in rows),
        median_minutes=round(statistics.median(waited)) if waited else None,
        at=at,
    )


def courses_asked_about() -> list[str]:
    """Codes of the courses with a question, in order."""
    rows = Enquiry.objects.order_by("course_code").values_list("course_code", flat=True)
    return list(rows.distinct())
