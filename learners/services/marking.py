"""Marking by hand: one answer after the other; with the last one the exam is graded as any other."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners.models import Attempt, HandMark
from learners.selectors.marking import may_mark, points_of
from learners.services.assessment import grade
from learners.services.completion import complete_if_due
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NotYoursToMark(RuleBroken):
    code = "not_yours_to_mark"
    message = _("Only instructors of the course's provider mark an answer, and nobody their own.")


class AlreadyMarked(RuleBroken):
    code = "already_marked"
    message = _("Somebody has marked this answer already. The first mark stays.")


class NoSuchMark(RuleBroken):
    code = "no_such_mark"
    message = _("An answer is right, half right or not right.")


def mark_answer(mark: HandMark, *, points_percent: int, by: User, at: dt.datetime) -> HandMark:
    """Mark one answer; with the last one grade the exam and, if it was the last thing missing, complete the course.

    Raises NotYoursToMark, AlreadyMarked, NoSuchMark.
    """
    mark = _give(mark, points_percent=points_percent, by=by, at=at)
    if mark.attempt.is_passed:
        complete_if_due(mark.attempt.enrolment, at=at)
    return mark


@transaction.atomic
def _give(mark: HandMark, *, points_percent: int, by: User, at: dt.datetime) -> HandMark:
    attempt = (
        Attempt.objects.select_for_update(of=["self"]).select_related("enrolment").get(pk=mark.attempt_id)
    )
    mark = HandMark.objects.select_for_update().get(pk=mark.pk)
    mark.attempt = attempt
    if not may_mark(by, mark):
        raise NotYoursToMark
    if points_percent not in HandMark.POINTS:
        raise NoSuchMark
    if mark.marked_at is not None:
        raise AlreadyMarked
    mark.points_percent, mark.marked_at, mark.marked_by = points_percent, at, by
    mark.save(update_fields=["points_percent", "marked_at", "marked_by"])
    record(
        by=by,
        action="exam.answer_marked",
        thing=attempt,
        at=at,
        detail={"question": mark.question_id, "points_percent": points_percent},
    )
    if not attempt.hand_marks.waiting().exists():
        grade(attempt, points_of(attempt), by=None, at=at)
    return mark
