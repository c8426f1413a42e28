"""What learners are told of their learning. Each is called in the transaction of the step it tells of."""

import datetime as dt

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import pgettext_lazy

from courses import selectors as courses
from learners import terms
from learners.models import (
    Appeal,
    Attempt,
    Contest,
    Correction,
    Coverage,
    Enquiry,
    Enrolment,
    Invitation,
    Meeting,
    WaitingPlace,
)
from learners.models.time import Mine
from learners.selectors.editions import edition as edition_of
from learners.services.due import work_on_next
from learners.workflow import ACTIVE, CANCELLED, GRANTED, PLANNED
from portal import clock
from portal.accounts.models import User
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


def of_contest(contest: Contest, *, at: dt.datetime) -> None:
    granted = contest.state == GRANTED
    notices.send(
        contest.user,
        "contest.answered",
        about=f"contest:{contest.pk}",
        path=reverse("learners:hours", args=[contest.enrolment_id]),
        at=at,
        result=pgettext_lazy("contest", "it counts now")
        if granted
        else pgettext_lazy("contest", "it stays as it is"),
        **_lesson(contest),
    )


def of_correction(correction: Correction, *, at: dt.datetime) -> None:
    notices.send(
        correction.user,
        "time.taken",
        about=f"correction:{correction.pk}",
        path=reverse("learners:hours", args=[correction.enrolment_id]),
        at=at,
        minutes=max(1, round(correction.ms / 60_000)),
        **_lesson(correction),
    )


def of_next_meeting(*, at: dt.datetime) -> bool:
    """Tell the next CHUNK of those enrolled that a class was planned, moved or called off. False where there is no news.

    A failure is pushed forward.
    """
    due = Meeting.objects.filter(news_due_at__lte=at).order_by("news_due_at", "pk")
    return work_on_next(due, lambda meeting: _tell(meeting, at=at), news_due_at=at + terms.CLOSE_RETRY)


def _tell(meeting: Meeting, *, at: dt.datetime) -> None:
    meeting.news_due_at = _tell_some(meeting, at=at)
    meeting.save(update_fields=["news_due_at", "news_told"])


def _tell_some(meeting: Meeting, *, at: dt.datetime) -> dt.datetime | None:
    """Gives when the others are told; None where everybody knows, or the class has begun and nothing is news any more."""
    cancelled = meeting.state == CANCELLED
    if not cancelled and (meeting.state != PLANNED or meeting.begins_at <= at):
        return None
    kind = "class.cancelled" if cancelled else "class.moved" if meeting.moved_from_at else "class.planned"
    rows = Enrolment.objects.filter(version_id=meeting.version_id, state=ACTIVE, pk__gt=meeting.news_told)
    rows = list(rows.select_related("user").order_by("pk")[:CHUNK])
    words = {
        "lesson": courses.lesson_title(meeting.lesson_id),
        "course": courses.title(meeting.version_id),
        "begins": f"{meeting.begins_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
    }
    for row in rows:
        notices.send(
            row.user,
            kind,
            about=f"meeting:{meeting.pk}:{meeting.news_at:%Y%m%dT%H%M%S%f}",
            path=reverse("learners:class", args=[row.pk, meeting.pk]),
            at=at,
            **words,
        )
    meeting.news_told = rows[-1].pk if rows else meeting.news_told
    return meeting.news_due_at if len(rows) == CHUNK else None


def of_seat(place: WaitingPlace, *, at: dt.datetime) -> None:
    notices.send(
        place.user,
        "seat.offered",
        about=f"place:{place.pk}",
        path=reverse("learners:enrol", args=[place.course_code]),
        at=at,
        course=_title(place.course_code),
        until=_until(place.offer_ends_at),
    )


def of_invitation(row: Invitation, user: User, *, at: dt.datetime) -> None:
    """`user` is the invited person's account. A changed invitation is told anew."""
    notices.send(
        user,
        "staff.invited",
        about=f"invitation:{row.pk}:{row.tell_at:%Y%m%dT%H%M%S}",
        path=reverse("my"),
        at=at,
        **_invitation(row),
    )


def a_stranger(row: Invitation, *, at: dt.datetime) -> dt.datetime | None:
    """Of an invitation, where no account belongs to it. Gives what `notices.ring` does."""
    return notices.ring(row.phone, "staff.invited", at=at, **_invitation(row))


def _invitation(row: Invitation) -> dict[str, object]:
    employer = notices.either(row.organisation.name_zh, row.organisation.name_en)
    return {"employer": employer, "course": _title(row.course_code)}


def _title_of(course_code: str) -> str:
    return courses.titles_of([course_code]).get(course_code, course_code)


_title = lazy(_title_of, str)


def _until(at: dt.datetime) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


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
        until=_until(until),
        **_lesson(row),
    )


def _lesson(of: Mine) -> dict[str, object]:
    return {
        "lesson": courses.lesson_title(of.lesson_id),
        "course": courses.title(of.enrolment.version_id),
    }


def _lesson_path(coverage: Coverage) -> str:
    lesson = next(
        row for row in courses.outline(coverage.enrolment.version_id).lessons if row.id == coverage.lesson_id
    )
    return reverse("learners:lesson", args=[coverage.enrolment_id, lesson.key])
