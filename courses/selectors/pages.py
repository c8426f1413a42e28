"""What the course page and the desk show, gathered in a bounded number of statements."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import Course, CourseVersion, ExamBlueprint
from courses.selectors.catalogue import at_the_desk
from courses.selectors.content import media_url, outline
from courses.selectors.facts import LessonFacts
from courses.selectors.promises import promise_of
from courses.selectors.standards import report_on
from courses.workflow import EDITABLE, State, VersionState
from portal.accounts.models import User
from portal.audit.selectors import history_of

EVENTS = {
    "course.created": _("Entered"),
    "course.submitted": _("Submitted"),
    "course.returned": pgettext_lazy("course", "Returned"),
    "course.published": _("Published"),
    "course.suspended": _("Suspended"),
    "course.resumed": _("Resumed"),
    "course.recalled": pgettext_lazy("course", "Taken back"),
    "course.withdrawn": pgettext_lazy("course", "Withdrawn"),
    "course.version_started": _("Next version begun"),
    "course.version_discarded": _("Draft given up"),
}
DESK_STATES = {
    VersionState.UNDER_REVIEW: _("To decide"),
    VersionState.SUBMITTED: pgettext_lazy("course", "Being checked"),
    VersionState.RETURNED: VersionState.RETURNED.label,
    VersionState.DRAFT: _("Drafts"),
    State.PUBLISHED: State.PUBLISHED.label,
    State.SUSPENDED: State.SUSPENDED.label,
    State.WITHDRAWN: State.WITHDRAWN.label,
}
"""The heaps of a desk: a version on its way lies in one, a listed course in another; a course may lie in both."""


@dataclass(frozen=True)
class Event:
    at: dt.datetime
    said: str
    by: User | None
    reason: str
    version: int | None = None


def version_shown(course: Course) -> CourseVersion:
    """The published version, or the first draft of a course that was never published."""
    return course.current_version or course.versions.order_by("-number")[0]


def open_version(course: Course) -> CourseVersion | None:
    """The version that is not frozen yet."""
    return course.versions.filter(frozen_at=None).first()


def course_page(
    course: Course, *, at: dt.datetime, version: CourseVersion | None = None
) -> dict[str, object]:
    """Context of the course page, of `version` where one is named: at most five statements besides who is asking."""
    version = version or version_shown(course)
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
        "promise": promise_of(course.code),
        "blueprint": ExamBlueprint.objects.filter(version=version).first(),
        "may_enrol": course.is_open and bool(shown.lessons),
    }


def _megabytes(films: list[LessonFacts]) -> int:
    """Whole megabytes to download for all films, rounded up."""
    return -(-sum(lesson.video.bytes for lesson in films) // 1_000_000)


def in_desk_state(rows: QuerySet[Course], state: str) -> QuerySet[Course]:
    """Rows of `at_the_desk` that lie in this heap of DESK_STATES."""
    listed = state in {State.PUBLISHED, State.SUSPENDED, State.WITHDRAWN}
    return rows.filter(state=state) if listed else rows.filter(open_state=state)


def heaps(rows: QuerySet[Course]) -> dict[str, int]:
    """How many of these rows, which know their `open_state`, lie in all ("") and in each heap of DESK_STATES."""
    counts: Counter[str] = Counter()
    for row in rows.order_by().values("state", "open_state").annotate(n=Count("id")):
        for heap in {"", row["state"], row["open_state"]} - {None}:
            counts[heap] += row["n"]
    return dict(counts)


def desk_counts(user: User) -> dict[str, int]:
    return heaps(at_the_desk(user))


def desk_page(course: Course, *, may_decide: bool, user: User) -> dict[str, object]:
    """Context of one course at the desk: the version that waits, or the one listed; its history, newest first."""
    waiting = open_version(course)
    version = waiting or version_shown(course)
    own = waiting is not None and user.pk in {waiting.created_by_id, waiting.submitted_by_id}
    return {
        "course": course,
        "version": version,
        "outline": outline(version.pk),
        "blueprint": ExamBlueprint.objects.filter(version=version).first(),
        "bank": version.questions.filter(for_exam=True).count(),
        "history": history(course),
        "report": report_on(version) if waiting else None,
        "may_decide": may_decide,
        "is_own": own and waiting.state not in EDITABLE,
    }


def history(course: Course) -> list[Event]:
    """The steps of a course and its versions, newest first."""
    entries = history_of("courses.course", course.pk).order_by("-id")[:20]
    return [
        Event(
            entry.at,
            str(EVENTS.get(entry.action, entry.action)),
            entry.by,
            entry.reason,
            entry.detail.get("version"),
        )
        for entry in entries
    ]
