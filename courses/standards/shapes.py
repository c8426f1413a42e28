"""What the check looks at, and what it finds: plain values, without Django."""

from dataclasses import dataclass


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
    """A version as the check sees it. `bank` counts the questions for the exam; hours are tenths of a class hour (学时)."""

    hours_tenths: int
    sections: tuple[SectionShape, ...] = ()
    lessons: tuple[LessonShape, ...] = ()
    exam: ExamShape | None = None
    bank: int = 0
    for_subsidy: bool = False


@dataclass(frozen=True)
class Finding:
    """One rule held against one place. `ok` is whether it is met; what only `warns` does not block.

    `section` and `lesson` are keys, both empty for the course as a whole. `actual` and `needed` are in the rule's unit;
    `module` is the module that the rule is about.
    """

    rule: str
    ok: bool
    section: str = ""
    lesson: str = ""
    actual: int = 0
    needed: int = 0
    warns: bool = False
    module: str = ""

    @property
    def blocks(self) -> bool:
        return not self.ok and not self.warns
