"""Whether a course meets what is asked of it: a pure function over plain values, without Django.

Every finding names its rule and its place in the course. Words for people are made in courses/selectors/standards.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LessonShape:
    """What is checked of a lesson. Seconds are media seconds of a film, or the planned time of what has no measure."""

    key: str
    section: str
    kind: str
    seconds: int = 0
    characters: int = 0
    teaching: str = "theory"
    on_site: bool = False
    films: int = 0
    captioned: bool = False
    questions: int = 0

    @property
    def is_film(self) -> bool:
        return self.kind in {"video", "workshop"}


@dataclass(frozen=True)
class SectionShape:
    key: str
    module: str = ""


@dataclass(frozen=True)
class ExamShape:
    questions: int
    pass_mark_percent: int
    minutes: int
    attempts: int


@dataclass(frozen=True)
class CourseShape:
    """A version as the check sees it. `bank` counts the questions for the exam; hours are tenths of a class hour."""

    hours_tenths: int
    sections: tuple[SectionShape, ...] = ()
    lessons: tuple[LessonShape, ...] = ()
    exam: ExamShape | None = None
    bank: int = 0
    for_subsidy: bool = False


@dataclass(frozen=True)
class Finding:
    """One rule held against one place. `ok` is whether it is met; what only `warns` does not block.

    `section` and `lesson` are keys, both empty for the course as a whole. `actual` and `needed` are in the rule's unit.
    """

    rule: str
    ok: bool
    section: str = ""
    lesson: str = ""
    actual: int = 0
    needed: int = 0
    warns: bool = False
    more: dict[str, object] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        return not self.ok and not self.warns


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
