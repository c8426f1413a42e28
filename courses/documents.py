"""A course told as one value: what an import or a partner sends, and what lies in the database, in the same shape.

`None` for an English text, the sections, the questions or the blueprint says nothing about it: what is there stays. What belongs to a
film (its files, its length, the transcript, whether it may be skipped), and the task of a practical lesson, is no part of a
document; it stays with its lesson as long as the lesson keeps its key. Keys are the supplier's names for sections and lessons.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import nh3

from courses.models.content import MOST_LESSONS
from courses.problems import Problem, storable

MOST = {"sections": 300, "lessons": MOST_LESSONS, "questions": 5_000}
MOST_BODY = 200_000
MOST_STEM = 4_000
MOST_FEN = 10_000_000_00
MOST_SECONDS = 24 * 3600
MOST_HOURS_TENTHS = 100_000
KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
OPTION_KEYS = "ABCDEFGH"
CHOICES = {
    "delivery": ("video", "workshop_filmed", "live", "assessment"),
    "certificate_kind": ("level", "special", "completion"),
    "kind": ("video", "workshop", "reading", "quiz", "exam", "practical", "live", "package"),
    "teaching": ("theory", "practice"),
    "question": ("single", "multiple", "true_false"),
}
MEASURED = frozenset({"video", "workshop", "reading"})
"""Lessons with a length of their own: nobody plans it."""
LENGTHS = {
    "partner_ref": 80,
    "title_zh": 120,
    "title_en": 200,
    "summary_zh": 600,
    "summary_en": 1000,
    "body_zh": MOST_BODY,
    "body_en": MOST_BODY,
    "stem_zh": MOST_STEM,
    "stem_en": MOST_STEM,
    "why_zh": MOST_STEM,
    "why_en": MOST_STEM,
}
ENGLISH = ("title_en", "summary_en", "body_en")
_TWO = 2


@dataclass(frozen=True)
class OptionDocument:
    key: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class QuestionDocument:
    """`right` are the keys of the right options, sorted. A question of a lesson may also be `for_exam`."""

    kind: str
    stem_zh: str
    options: tuple[OptionDocument, ...]
    right: tuple[str, ...]
    stem_en: str = ""
    why_zh: str = ""
    why_en: str = ""
    for_exam: bool = False


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
class BlueprintDocument:
    questions: int
    pass_mark_percent: int
    minutes: int
    attempts: int


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


def _texts_tidied(thing: Any) -> Any:
    """The very thing where nothing is to be tidied: most are sound, and there are many."""
    untidy = {
        name: value.replace("\r\n", "\n").strip()
        for name, value in vars(thing).items()
        if isinstance(value, str) and (value != value.strip() or "\r\n" in value)
    }
    return replace(thing, **untidy) if untidy else thing


def _clean_question(asked: QuestionDocument, *, for_exam: bool) -> QuestionDocument:
    return replace(
        _texts_tidied(asked),
        options=tuple(_texts_tidied(option) for option in asked.options),
        right=tuple(sorted(set(asked.right))),
        for_exam=for_exam or asked.for_exam,
    )


def _clean_questions(
    asked: tuple[QuestionDocument, ...] | None, *, for_exam: bool = False
) -> tuple[QuestionDocument, ...] | None:
    return None if asked is None else tuple(_clean_question(row, for_exam=for_exam) for row in asked)


def _clean_lesson(lesson: LessonDocument) -> LessonDocument:
    tidy = _texts_tidied(lesson)
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
            replace(_texts_tidied(section), lessons=tuple(map(_clean_lesson, section.lessons)))
            for section in sections
        )
    return replace(
        _texts_tidied(document),
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


def _texts(thing: object, place: str, *, needed: tuple[str, ...]) -> Iterator[Problem]:
    for name, most in LENGTHS.items():
        text = getattr(thing, name, None)
        if text is None:
            continue
        if len(text) > most:
            yield Problem(place + name, "too_long", {"most": most, "actual": len(text)})
        if storable(text) != text:
            yield Problem(place + name, "unstorable")
        if name in needed and not text.strip():
            yield Problem(place + name, "missing")


def _choice(place: str, value: str, choices: tuple[str, ...]) -> Iterator[Problem]:
    if value not in choices:
        yield Problem(place, "bad_choice", {"value": value[:40], "choices": ", ".join(choices)})


def _number(place: str, value: int, least: int, most: int) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(place, "bad_number", {"value": value, "least": least, "most": most})


def _key(place: str, value: str) -> Iterator[Problem]:
    if not KEY.fullmatch(value):
        yield Problem(place, "bad_key", {"value": value[:60]})


def question_problems(asked: QuestionDocument, place: str = "") -> Iterator[Problem]:
    yield from _texts(asked, place, needed=("stem_zh",))
    yield from _choice(place + "kind", asked.kind, CHOICES["question"])
    keys = [option.key for option in asked.options]
    texts = [option.zh for option in asked.options]
    if (
        not _TWO <= len(keys) <= len(OPTION_KEYS)
        or len(set(keys)) < len(keys)
        or len(set(texts)) < len(texts)
    ):
        yield Problem(place + "options", "few_options")
    if not set(keys) <= set(OPTION_KEYS) or not all(texts):
        yield Problem(place + "options", "few_options")
    for text in (*texts, *(option.en for option in asked.options)):
        if len(text) > MOST_STEM:
            yield Problem(place + "options", "too_long", {"most": MOST_STEM, "actual": len(text)})
        if storable(text) != text:
            yield Problem(place + "options", "unstorable")
    fits = len(asked.right) >= _TWO if asked.kind == "multiple" else len(asked.right) == 1
    if not fits or not set(asked.right) <= set(keys):
        yield Problem(place + "right", "bad_right")


def _lesson_problems(lesson: LessonDocument, place: str) -> Iterator[Problem]:
    yield from _key(place + "key", lesson.key)
    yield from _texts(lesson, place, needed=("title_zh",))
    yield from _choice(place + "kind", lesson.kind, CHOICES["kind"])
    yield from _choice(place + "teaching", lesson.teaching, CHOICES["teaching"])
    yield from _number(place + "planned_seconds", lesson.planned_seconds, 0, MOST_SECONDS)
    if lesson.planned_seconds and lesson.kind in MEASURED:
        yield Problem(place + "planned_seconds", "planned_not_wanted")
    for n, asked in enumerate(lesson.questions or ()):
        yield from question_problems(asked, f"{place}questions.{n}.")


def _sections_problems(document: CourseDocument) -> Iterator[Problem]:
    section_keys, lesson_keys = Counter[str](), Counter[str]()
    for n, section in enumerate(document.sections or ()):
        place = f"sections.{n}."
        yield from _key(place + "key", section.key)
        if section.module:
            yield from _key(place + "module", section.module)
        yield from _texts(section, place, needed=("title_zh",))
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
    yield from _texts(document, "", needed=("partner_ref", "title_zh"))
    yield from _choice("delivery", document.delivery, CHOICES["delivery"])
    yield from _choice("certificate_kind", document.certificate_kind, CHOICES["certificate_kind"])
    yield from _number("hours_tenths", document.hours_tenths, 1, MOST_HOURS_TENTHS)
    yield from _number("price_fen", document.price_fen, 0, MOST_FEN)
    fits = document.level in range(1, 6) if document.certificate_kind == "level" else document.level is None
    if not fits:
        yield Problem("level", "level_needed")
    for group in document.key_groups:
        yield from _key("key_groups", group)


def _blueprint_problems(plan: BlueprintDocument) -> Iterator[Problem]:
    bounds = {"questions": 200, "pass_mark_percent": 100, "minutes": 300, "attempts": 20}
    for name, most in bounds.items():
        yield from _number(f"blueprint.{name}", getattr(plan, name), 1, most)


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
