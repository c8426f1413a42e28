"""What the course page and the desk show, gathered in a bounded number of statements."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import Course, CourseVersion, ExamBlueprint
from courses.selectors.catalogue import at_the_desk
from courses.selectors.content import media_url, outline
from courses.selectors.facts import LessonFacts
from courses.workflow import State
from portal.accounts.models import User
from portal.audit.selectors import history_of

EVENTS = {
    "course.created": _("Entered"),
    "course.submitted": _("Submitted"),
    "course.returned": pgettext_lazy("course", "Returned"),
    "course.published": _("Published"),
    "course.suspended": _("Suspended"),
    "course.resumed": _("Resumed"),
}


@dataclass(frozen=True)
class Event:
    at: dt.datetime
    said: str
    by: User | None
    reason: str


def version_shown(course: Course) -> CourseVersion:
    """The published version, or the first draft of a course that was never published."""
    return course.current_version or course.versions.order_by("-number")[0]


def course_page(course: Course, *, at: dt.datetime) -> dict[str, object]:
    """Context of the course page: at most four statements besides who is asking."""
    version = version_shown(course)
    shown = outline(version.pk)
    films = [lesson for lesson in shown.lessons if lesson.video]
    poster = media_url(films[0].video.poster_key, user=None, at=at) if films else ""
    return {
        "course": course,
        "version": version,
        "outline": shown,
        "kinds": Counter(lesson.kind for lesson in shown.lessons),
        "film_seconds": sum(lesson.seconds for lesson in films),
        "film_megabytes": _megabytes(films),
        "poster": poster,
        "blueprint": ExamBlueprint.objects.filter(version=version).first(),
        "may_enrol": course.is_open and bool(shown.lessons),
    }


def _megabytes(films: list[LessonFacts]) -> int:
    """Whole megabytes to download for all films, rounded up."""
    return -(-sum(lesson.video.bytes for lesson in films) // 1_000_000)


def desk_counts(user: User) -> dict[str, int]:
    rows = at_the_desk(user).order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def desk_page(course: Course, *, may_decide: bool, user: User) -> dict[str, object]:
    """Context of one course at the desk, with its history, newest first."""
    version = version_shown(course)
    own = user.pk in {course.created_by_id, course.submitted_by_id}
    return {
        "course": course,
        "version": version,
        "outline": outline(version.pk),
        "blueprint": ExamBlueprint.objects.filter(version=version).first(),
        "bank": version.questions.filter(for_exam=True).count(),
        "history": _history(course),
        "may_decide": may_decide,
        "is_own": own and course.state == State.SUBMITTED,
    }


def _history(course: Course) -> list[Event]:
    entries = history_of("courses.course", course.pk).order_by("-id")[:20]
    return [
        Event(entry.at, str(EVENTS.get(entry.action, entry.action)), entry.by, entry.reason)
        for entry in entries
    ]
