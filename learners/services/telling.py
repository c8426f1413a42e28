"""What learners are told of their learning. Each is called in the transaction of the step it tells of."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from courses import selectors as courses
from learners.models import Appeal, Attempt, Coverage, Enquiry, Enrolment
from learners.selectors.editions import edition as edition_of
from portal import clock
from portal.notices import services as notices

NEAR = dt.timedelta(hours=6)
"""How long before its end a deadline is told of."""
CHUNK = 500


def of_completion(enrolment: Enrolment, *, at: dt.datetime) -> None:
    notices.send(
        enrolment.user,
        "course.completed",
        about=f"enrolment:{enrolment.pk}",
        path=reverse("learners:course", args=[enrolment.pk]),
        at=at,
        course=courses.title(enrolment.version_id),
    )


def of_result(attempt: Attempt, *, at: dt.datetime) -> None:
    notices.send(
        attempt.enrolment.user,
        "exam.graded",
        about=f"attempt:{attempt.pk}",
        path=reverse("learners:result", args=[attempt.pk]),
        at=at,
        course=courses.title(attempt.enrolment.version_id),
        score=attempt.score_percent,
        result=pgettext_lazy("exam", "passed") if attempt.is_passed else pgettext_lazy("exam", "not passed"),
    )


def of_appeal(appeal: Appeal, *, at: dt.datetime) -> None:
    """What was decided; the page of the result says why, and what stands now."""
    notices.send(
        appeal.user,
        "appeal.decided",
        about=f"appeal:{appeal.pk}",
        path=reverse("learners:result", args=[appeal.attempt_id]),
        at=at,
        course=courses.title(appeal.version_id),
        result=_OUTCOMES[appeal.remedy],
    )


_OUTCOMES = {
    "": pgettext_lazy("appeal outcome", "the result stands"),
    Appeal.Remedy.MARKS: pgettext_lazy("appeal outcome", "granted, some answers got more"),
    Appeal.Remedy.SET_ASIDE: pgettext_lazy("appeal outcome", "granted, the attempt does not count"),
}


def of_lesson(coverage: Coverage, kind: str, *, at: dt.datetime) -> None:
    """`kind` is lesson.shut or lesson.reopened; either may happen again."""
    lesson = _lesson(coverage)
    notices.send(
        coverage.user,
        kind,
        about=f"coverage:{coverage.pk}:{at:%Y%m%dT%H%M%S}",
        path=_lesson_path(coverage),
        at=at,
        **lesson,
    )


def of_answer(enquiry: Enquiry, kind: str, *, about: str, at: dt.datetime) -> None:
    """`kind` is question.answered or question.returned; `about` names what was said."""
    lesson = courses.outline(enquiry.version_id).lesson(enquiry.lesson_key)
    notices.send(
        enquiry.user,
        kind,
        about=about,
        path=reverse("learners:enquiry", args=[enquiry.pk]),
        at=at,
        lesson=courses.lesson_title(lesson.id),
        course=courses.title(enquiry.version_id),
    )


def of_near_deadlines(*, at: dt.datetime) -> int:
    """Tell of provisional time that will be refused within NEAR. Gives how many lessons that is. A second run tells nobody twice."""
    rows = Coverage.objects.filter(held_at__lte=at).select_related("enrolment", "user").order_by("pk")
    told, last = 0, 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        for row in chunk:
            until = row.held_at + dt.timedelta(
                hours=edition_of(row.enrolment.edition_id).confirm_within_hours
            )
            if at < until <= at + NEAR:
                _tell_of_deadline(row, until, at=at)
                told += 1
    return told


def _tell_of_deadline(row: Coverage, until: dt.datetime, *, at: dt.datetime) -> None:
    notices.send(
        row.user,
        "deadline.near",
        about=f"coverage:{row.pk}:{row.held_at:%Y%m%dT%H%M%S}",
        path=_lesson_path(row),
        at=at,
        until=f"{until.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
        **_lesson(row),
    )


def _lesson(coverage: Coverage) -> dict[str, object]:
    return {
        "lesson": courses.lesson_title(coverage.lesson_id),
        "course": courses.title(coverage.enrolment.version_id),
    }


def _lesson_path(coverage: Coverage) -> str:
    lesson = next(
        row for row in courses.outline(coverage.enrolment.version_id).lessons if row.id == coverage.lesson_id
    )
    return reverse("learners:lesson", args=[coverage.enrolment_id, lesson.key])
