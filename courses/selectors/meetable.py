"""Lessons that people vouch for, live or on site, and the films that may stand in for a class that was missed."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from courses.models import Lesson, Video
from courses.selectors.content import video_facts
from courses.selectors.facts import VideoFacts


def lessons_to_meet(organisations: Iterable[int]) -> QuerySet[Lesson]:
    """Live lessons and practice on site of the published versions of these organisations' courses."""
    rows = Lesson.objects.filter(
        Q(kind=Lesson.Kind.LIVE) | Q(kind=Lesson.Kind.PRACTICAL, on_site=True),
        version__course__organisation_id__in=organisations,
        version__frozen_at__isnull=False,
    )
    return rows.select_related("version__course").order_by(
        "version__course__code", "-version__number", "position"
    )


def published_films(course_code: str) -> QuerySet[Video]:
    """The main films of the lessons of a course's published versions: they stay as long as the course."""
    rows = Video.objects.filter(
        lesson__version__course__code=course_code, lesson__version__frozen_at__isnull=False, position=1
    )
    return rows.select_related("lesson__version").order_by("-lesson__version__number", "lesson__position")


def film_facts(video_id: int) -> VideoFacts:
    """Raises Video.DoesNotExist."""
    return video_facts(Video.objects.get(pk=video_id))


def planned_seconds(lesson_id: int) -> int:
    """Raises Lesson.DoesNotExist."""
    return Lesson.objects.values_list("planned_seconds", flat=True).get(pk=lesson_id)


def lesson_to_meet(lesson_id: int) -> Lesson | None:
    """A lesson of any kind with its course, whoever asks; None where there is none."""
    return Lesson.objects.select_related("version__course").filter(pk=lesson_id).first()
