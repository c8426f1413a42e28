"""A course told as one value: what an import or a partner sends, and what lies in the database, in the same shape.

`None` for an English text, the sections, the questions or the blueprint says nothing about it: what is there stays. What belongs to a
film (its files, its length, the transcript, whether it may be skipped), and the task of a practical lesson, is no part of a
document; it stays with its lesson as long as the lesson keeps its key. Keys are the supplier's names for sections and lessons.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import nh3

from courses.models.content import MOST_LESSONS
from courses.problems import Problem
from courses.question_documents import (
    KINDS,
    QuestionDocument,
    choice,
    clean_question,
    key,
    number,
    question_problems,
    texts,
    texts_tidied,
)

MOST = {"sections": 300, "lessons": MOST_LESSONS, "questions": 5_000}
MOST_FEN = 10_000_000_00
MOST_SECONDS = 24 * 3600
MOST_HOURS_TENTHS = 100_000
CHOICES = {
    "delivery": ("video", "workshop_filmed", "live", "assessment"),
    "certificate_kind": ("level", "special", "completion"),
    "kind": ("video", "workshop", "reading", "quiz", "exam", "practical", "live", "package"),
    "teaching": ("theory", "practice"),
}
MOST_PARTS = 20
MEASURED = frozenset({"video", "workshop", "reading"})
"""Lessons with a length of their own: nobody plans it."""
ENGLISH = ("title_en", "summary_en", "body_en")
_TWO = 2


@dataclass(frozen=True)
class LessonDocument:
    key: str
    kind: str
    title_zh: str
    title_en: str | None = ""
    body_zh: str = ""
    body_en: str | None = ""
    planned_seconds: int = 0
    teaching: str = "theory"
    on_site: bool = False
    questions: tuple[QuestionDocument, ...] | None = None


@dataclass(frozen=True)
class SectionDocument:
    key: str
    title_zh: str
    title_en: str | None = ""
    module: str = ""
    lessons: tuple[LessonDocument, ...] = ()


@dataclass(frozen=True)
class BlueprintPartDocument:
    """So many questions of a section (its key), kind and difficulty; empty or 0 is any."""

    count: int
    section: str = ""
    kind: str = ""
    difficulty: int = 0


@dataclass(frozen=True)
class BlueprintDocument:
    """`parts` say where the questions come from; what they leave comes from the whole bank."""

    questions: int
    pass_mark_percent: int
    minutes: int
    attempts: int
    parts: tuple[BlueprintPartDocument, ...] = ()


@dataclass(frozen=True)
class CourseDocument:
    """`hours_tenths` are tenths of a class hour (学时). `bank` are the closing exam's own questions."""

    partner_ref: str
    title_zh: str
    hours_tenths: int
    delivery: str
    certificate_kind: str
    occupation: str
    edition: str = "2022"
    level: int | None = None
    title_en: str | None = ""
    summary_zh: str = ""
    summary_en: str | None = ""
    for_subsidy: bool = False
    price_fen: int = 0
    key_groups: tuple[str, ...] = ()
    sections: tuple[SectionDocument, ...] | None = None
    bank: tuple[QuestionDocument, ...] | None = None
    blueprint: BlueprintDocument | None = None

    @property
    def lessons(self) -> list[LessonDocument]:
        return [lesson for section in self.sections or () for lesson in section.lessons]


def _clean_questions(
    asked: tuple[QuestionDocument, ...] | None, *, for_exam: bool = False
) -> tuple[QuestionDocument, ...] | None:
    return None if asked is None else tuple(clean_question(row, for_exam=for_exam) for row in asked)


def _clean_lesson(lesson: LessonDocument) -> LessonDocument:
    tidy = texts_tidied(lesson)
    return replace(
        tidy,
        body_zh=nh3.clean(tidy.body_zh) if tidy.body_zh else "",
        body_en=nh3.clean(tidy.body_en) if tidy.body_en else tidy.body_en,
        questions=_clean_questions(lesson.questions),
    )


def cleaned(document: CourseDocument) -> CourseDocument:
    """The document as it will be stored: spaces trimmed, HTML sanitised. Cleaning twice is cleaning once."""
    sections = document.sections
    if sections is not None:
        sections = tuple(
            replace(texts_tidied(section), lessons=tuple(map(_clean_lesson, section.lessons)))
            for section in sections
        )
    return replace(
        texts_tidied(document),
        key_groups=tuple(sorted(set(document.key_groups))),
        sections=sections,
        bank=_clean_questions(document.bank, for_exam=True),
    )


def over(said: CourseDocument, found: CourseDocument | None) -> CourseDocument:
    """What `said` makes of `found`, or of nothing: where it says nothing, what is there stays.

    A section keeps its English title only under the same Chinese one: files without keys number their sections.
    """
    sections = said.sections
    if sections is None:
        sections = found and found.sections
    else:
        titled = {(row.key, row.title_zh): row for row in (found and found.sections) or ()}
        known = {lesson.key: lesson for lesson in (found.lessons if found else ())}
        sections = tuple(
            replace(
                _with_english(section, titled.get((section.key, section.title_zh))),
                lessons=tuple(_lesson_over(lesson, known.get(lesson.key)) for lesson in section.lessons),
            )
            for section in sections
        )
    return replace(
        _with_english(said, found),
        sections=sections,
        bank=found.bank if found and said.bank is None else said.bank,
        blueprint=said.blueprint or (found and found.blueprint),
    )


def _lesson_over(said: LessonDocument, found: LessonDocument | None) -> LessonDocument:
    told = _with_english(said, found)
    if told.questions is not None:
        return told
    return replace(told, questions=found.questions if found else ())


def _with_english(said: Any, found: object) -> Any:
    """The very thing where all its English is told."""
    silent = [name for name in ENGLISH if getattr(said, name, "") is None]
    return replace(said, **{name: getattr(found, name, "") for name in silent}) if silent else said


def _lesson_problems(lesson: LessonDocument, place: str) -> Iterator[Problem]:
    yield from key(place + "key", lesson.key)
    yield from texts(lesson, place, needed=("title_zh",))
    yield from choice(place + "kind", lesson.kind, CHOICES["kind"])
    yield from choice(place + "teaching", lesson.teaching, CHOICES["teaching"])
    yield from number(place + "planned_seconds", lesson.planned_seconds, 0, MOST_SECONDS)
    if lesson.planned_seconds and lesson.kind in MEASURED:
        yield Problem(place + "planned_seconds", "planned_not_wanted")
    for n, asked in enumerate(lesson.questions or ()):
        yield from question_problems(asked, f"{place}questions.{n}.")


def _sections_problems(document: CourseDocument) -> Iterator[Problem]:
    section_keys, lesson_keys = Counter[str](), Counter[str]()
    for n, section in enumerate(document.sections or ()):
        place = f"sections.{n}."
        yield from key(place + "key", section.key)
        if section.module:
            yield from key(place + "module", section.module)
        yield from texts(section, place, needed=("title_zh",))
        section_keys[section.key] += 1
        if section_keys[section.key] == _TWO:
            yield Problem(place + "key", "key_twice", {"value": section.key})
        for m, lesson in enumerate(section.lessons):
            lesson_keys[lesson.key] += 1
            if lesson_keys[lesson.key] == _TWO:
                yield Problem(f"{place}lessons.{m}.key", "key_twice", {"value": lesson.key})
            yield from _lesson_problems(lesson, f"{place}lessons.{m}.")


def _sizes(document: CourseDocument) -> Iterator[Problem]:
    lessons = document.lessons
    counts = {
        "sections": len(document.sections or ()),
        "lessons": len(lessons),
        "questions": len(document.bank or ()) + sum(len(lesson.questions or ()) for lesson in lessons),
    }
    for what, most in MOST.items():
        if counts[what] > most:
            yield Problem("", f"too_many_{what}", {"most": most, "actual": counts[what]})


def _words_problems(document: CourseDocument) -> Iterator[Problem]:
    yield from texts(document, "", needed=("partner_ref", "title_zh"))
    yield from choice("delivery", document.delivery, CHOICES["delivery"])
    yield from choice("certificate_kind", document.certificate_kind, CHOICES["certificate_kind"])
    yield from number("hours_tenths", document.hours_tenths, 1, MOST_HOURS_TENTHS)
    yield from number("price_fen", document.price_fen, 0, MOST_FEN)
    fits = document.level in range(1, 6) if document.certificate_kind == "level" else document.level is None
    if not fits:
        yield Problem("level", "level_needed")
    for group in document.key_groups:
        yield from key("key_groups", group)


def _blueprint_problems(plan: BlueprintDocument) -> Iterator[Problem]:
    bounds = {"questions": 200, "pass_mark_percent": 100, "minutes": 300, "attempts": 20}
    for name, most in bounds.items():
        yield from number(f"blueprint.{name}", getattr(plan, name), 1, most)
    for n, part in enumerate(plan.parts):
        place = f"blueprint.parts.{n}."
        yield from number(place + "count", part.count, 1, 200)
        yield from number(place + "difficulty", part.difficulty, 0, 3)
        yield from choice(place + "kind", part.kind, ("", *KINDS))
        if part.section:
            yield from key(place + "section", part.section)
    if len(plan.parts) > MOST_PARTS or sum(part.count for part in plan.parts) > plan.questions:
        yield Problem("blueprint.parts", "too_many_parts", {"most": MOST_PARTS})


def validate(document: CourseDocument) -> list[Problem]:
    """What is wrong with a document in itself; whether its occupation exists is asked when it is applied."""
    problems = list(_sizes(document))
    if problems:
        return problems
    problems += _words_problems(document)
    problems += _sections_problems(document)
    for n, asked in enumerate(document.bank or ()):
        problems += question_problems(asked, f"bank.{n}.")
    if document.blueprint is not None:
        problems += _blueprint_problems(document.blueprint)
    return problems
