"""Whether a course meets what is asked of it. Every rule is answered: met or not, and where.

A rule about each lesson gives one finding per lesson that breaks it, and one for the course when none does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from courses.standards.rules import Bound, Standard, type_of
from courses.standards.shapes import CourseShape, Finding, LessonShape

_TENTHS, _PERCENT, _MINUTE = 10, 100, 60


def check_complete(course: CourseShape) -> Iterator[Finding]:
    """What every course needs before anybody may study it, whatever its standard says."""
    yield Finding("has_lessons", bool(course.lessons), actual=len(course.lessons), needed=1)
    for lesson in course.lessons:
        place = {"section": lesson.section, "lesson": lesson.key}
        if lesson.is_film and not lesson.films:
            yield Finding("lesson_has_film", ok=False, needed=1, **place)
        if lesson.kind == "reading" and not lesson.characters:
            yield Finding("lesson_has_text", ok=False, needed=1, **place)
        if (lesson.is_film or lesson.kind == "quiz") and not lesson.questions:
            yield Finding("lesson_has_questions", ok=False, needed=1, **place)
    if course.exam is None:
        yield Finding("has_exam", ok=False, needed=1)
    else:
        enough = course.bank >= course.exam.questions
        yield Finding("bank_holds_exam", enough, actual=course.bank, needed=course.exam.questions)


@dataclass(frozen=True, slots=True)
class _Timed:
    """The time of each lesson under a standard, and what it adds up to. Seconds."""

    lessons: tuple[tuple[LessonShape, int], ...]

    @classmethod
    def of(cls, course: CourseShape, standard: Standard) -> "_Timed":
        pace = standard.value("reading_pace") or 1
        return cls(
            tuple(
                (lesson, lesson.seconds or lesson.characters * _MINUTE // pace) for lesson in course.lessons
            )
        )

    @property
    def total(self) -> int:
        return self.sum(lambda _lesson: True)

    def sum(self, counts: Callable[[LessonShape], bool]) -> int:
        return sum(seconds for lesson, seconds in self.lessons if counts(lesson))

    def share(self, counts: Callable[[LessonShape], bool]) -> tuple[int, int]:
        """Percent of the whole time, rounded down and rounded up; nothing of nothing is none."""
        part, total = self.sum(counts) * _PERCENT, self.total
        return (part // total, -(-part // total)) if total else (0, 0)


def check(course: CourseShape, standard: Standard) -> list[Finding]:
    """Every rule of the standard held against the course. The order of lessons does not matter."""
    timed = _Timed.of(course, standard)
    found = [_covers(course, standard, timed)]
    for key, bound in standard.bounds.items():
        if key in _WHOLE:
            actual = _WHOLE[key](course, timed)
            ok = type_of(key).holds(actual, bound.value)
            found.append(Finding(key, ok, actual=actual, needed=bound.value, warns=bound.warns))
        elif key in _EACH:
            found += _each(key, bound, timed)
    found += [_module(code, bound, course, standard, timed) for code, bound in standard.modules.items()]
    return found


def _covers(course: CourseShape, standard: Standard, timed: _Timed) -> Finding:
    """The material must last as long as the hours the course declares."""
    hour = standard.value("class_hour_seconds") or 1
    needed = -(-course.hours_tenths * hour // _TENTHS)
    return Finding("material_covers_hours", timed.total >= needed, actual=timed.total, needed=needed)


def _module(code: str, bound: Bound, course: CourseShape, standard: Standard, timed: _Timed) -> Finding:
    """Class hours taught in the sections of a module. The place is its first section, if it has one."""
    sections = [section.key for section in course.sections if section.module == code]
    hour = standard.value("class_hour_seconds") or 1
    tenths = timed.sum(lambda lesson: lesson.section in sections) * _TENTHS // hour
    return Finding(
        "module",
        tenths >= bound.value,
        section=sections[0] if sections else "",
        actual=tenths,
        needed=bound.value,
        warns=bound.warns,
        module=code,
    )


def _each(key: str, bound: Bound, timed: _Timed) -> list[Finding]:
    broken = [
        Finding(
            key,
            ok=False,
            section=one.section,
            lesson=one.key,
            actual=actual,
            needed=bound.value,
            warns=bound.warns,
        )
        for one, seconds in timed.lessons
        if (actual := _EACH[key](one, seconds)) is not None and not type_of(key).holds(actual, bound.value)
    ]
    if broken:
        return broken
    measured = [actual for one, seconds in timed.lessons if (actual := _EACH[key](one, seconds)) is not None]
    worst = (min if type_of(key).holds(1, 0) else max)(measured, default=bound.value)
    return [Finding(key, ok=True, actual=worst, needed=bound.value, warns=bound.warns)]


def _captions(lesson: LessonShape, _seconds: int) -> int | None:
    return int(lesson.captioned) if lesson.kind == "workshop" and lesson.films else None


_EACH: dict[str, Callable[[LessonShape, int], int | None]] = {
    "lesson_max_seconds": lambda _lesson, seconds: seconds,
    "workshop_captions": _captions,
}
"""Measured on each lesson; None where the rule does not look at such a lesson."""

_WHOLE: dict[str, Callable[[CourseShape, _Timed], int]] = {
    "min_hours": lambda course, _timed: course.hours_tenths,
    "max_hours": lambda course, _timed: course.hours_tenths,
    "theory_min": lambda _course, timed: timed.share(lambda lesson: lesson.teaching == "theory")[0],
    "practice_min": lambda _course, timed: timed.share(lambda lesson: lesson.teaching == "practice")[0],
    "online_max": lambda _course, timed: timed.share(lambda lesson: not lesson.on_site)[1],
    "bank_min": lambda course, _timed: course.bank,
    "exam_questions": lambda course, _timed: course.exam.questions if course.exam else 0,
    "exam_pass_mark": lambda course, _timed: course.exam.pass_mark_percent if course.exam else 0,
    "exam_minutes": lambda course, _timed: course.exam.minutes if course.exam else 0,
    "exam_attempts": lambda course, _timed: course.exam.attempts if course.exam else 0,
}
"""Measured on the course as a whole."""
