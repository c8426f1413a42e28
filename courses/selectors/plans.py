"""Versions as a list of many courses shows them: titles, hours and lessons' lengths, without films, texts and questions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from courses.models import CourseVersion, Lesson
from courses.models.catalogue import spoken

COUNTED = (*Lesson.FILMS, Lesson.Kind.READING, Lesson.Kind.QUIZ)


@dataclass(frozen=True)
class LessonLength:
    """A lesson that earns time or a passed quiz. `seconds` of film, `characters` of a page."""

    id: int
    key: str
    kind: str
    title: str
    seconds: int
    characters: int


@dataclass(frozen=True)
class Plan:
    """`attempts` at the closing exam before they have to renew; None where there is no exam."""

    version_id: int
    title: str
    hours: Fraction
    attempts: int | None
    lessons: tuple[LessonLength, ...] = ()


def plans(version_ids: Iterable[int], *, with_lessons: Iterable[int] = ()) -> dict[int, Plan]:
    """By version id, in two statements however many there are. Lessons, in order, of those `with_lessons` alone."""
    lessons: dict[int, list[LessonLength]] = defaultdict(list)
    rows = Lesson.objects.filter(version_id__in=list(with_lessons), kind__in=COUNTED).order_by("position")
    for version, pk, key, kind, zh, en, seconds, characters in rows.values_list(
        "version_id", "id", "key", "kind", "title_zh", "title_en", "seconds", "characters"
    ):
        lessons[version].append(LessonLength(pk, key, kind, spoken(zh, en), seconds, characters))
    found = CourseVersion.objects.filter(pk__in=list(version_ids)).values_list(
        "pk", "title_zh", "title_en", "hours_tenths", "blueprint__attempts"
    )
    return {
        pk: Plan(pk, spoken(zh, en), Fraction(tenths, 10), attempts, tuple(lessons[pk]))
        for pk, zh, en, tenths, attempts in found
    }
