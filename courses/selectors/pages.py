"""What the course page and the desk show, gathered in a bounded number of statements."""

import datetime as dt
from collections import Counter

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count

from courses.models import Course, CourseVersion, ExamBlueprint
from courses.selectors.catalogue import at_the_desk
from courses.selectors.content import media_url, outline
from courses.selectors.facts import LessonFacts
from courses.workflow import State
from portal.accounts.models import User
from portal.accounts.roles import Role, has_role
from portal.audit.selectors import history_of

SPECIAL_WEAVES = {
    "4-10": "care",
    "4-14": "care",
    "4-02": "move",
    "6-22": "move",
    "6-29": "build",
    "6-09": "build",
}
_WEAVE_OF_MAJOR = {"3": "trade", "4": "trade", "5": "care", "6": "make"}


def weave_of(occupation_mid: str, major: str) -> str:
    """The weave that stands for the occupation's family (ui design, weave grammar)."""
    return SPECIAL_WEAVES.get(occupation_mid) or _WEAVE_OF_MAJOR.get(major, "make")


def version_shown(course: Course) -> CourseVersion:
    """The published version, or the first draft of a course that was never published."""
    return course.current_version or course.versions.order_by("-number")[0]


def course_page(course: Course, *, user: User | AnonymousUser, at: dt.datetime) -> dict[str, object]:
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
        "weave": weave_of(course.occupation.mid_code, course.occupation.major_code),
        "user_known": user.is_authenticated,
    }


def _megabytes(films: list[LessonFacts]) -> int:
    """Whole megabytes to download for all films, rounded up."""
    return -(-sum(lesson.video.bytes for lesson in films) // 1_000_000)


def desk_counts(user: User) -> dict[str, int]:
    rows = at_the_desk(user).order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def keeps(user: User, course: Course) -> bool:
    """Whether the user decides about this course: the catalogue's administrator of its province."""
    return has_role(user, Role.PROVINCE_CATALOGUE, province=course.province_id)


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
        "history": history_of("courses.course", course.pk).order_by("-id")[:20],
        "may_decide": may_decide,
        "is_own": own and course.state == State.SUBMITTED,
    }
