"""The questions of a draft, and how its closing exam is made from them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses import drawing
from courses.documents import MOST_PARTS
from courses.models import Course, CourseVersion, ExamBlueprint, Lesson, Question
from courses.question_documents import (
    OptionDocument,
    QuestionDocument,
    in_stored_order,
    question_problems,
)
from courses.services.drafts import (
    NotHere,
    change,
    draft_with,
    next_position,
    of_a_length,
    put_in_order,
    room_for_questions,
)
from courses.services.filling import stored_options
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

_OWN = {
    "options": list,
    "right_keys": list,
    "number": lambda: None,
    "tolerance": lambda: None,
    "tolerance_in_percent": bool,
    "unit": str,
    "accepted": list,
    "picture_key": str,
    "picture_zh": str,
    "picture_en": str,
}
"""What only some kinds have, and what stands there in the others."""
_OF_KIND = {
    Question.Kind.NUMERIC: {"number", "tolerance", "tolerance_in_percent", "unit"},
    Question.Kind.SHORT_TEXT: {"accepted"},
    Question.Kind.HOTSPOT: {"options", "right_keys", "picture_key", "picture_zh", "picture_en"},
}
_CHOICE = {"options", "right_keys"}


class BadQuestion(RuleBroken):
    """The sentence says what is wrong with this kind of question."""

    code = "bad_question"
    message = _("A question needs at least two different options, and the right answer must be among them.")


class BadMoment(RuleBroken):
    code = "bad_moment"
    message = _("A question can only stand at a moment of its lesson's film, before the film ends.")


def _in_the_film(kind: str, moment: int | None, lesson: Lesson | None) -> None:
    """Raises BadMoment."""
    if moment is None:
        return
    if kind not in Question.CHOSEN:
        raise BadMoment(_("A question in a film is answered with a tick, while the film stands still."))
    if lesson is None or not lesson.is_film or not 0 < moment < lesson.seconds:
        raise BadMoment


_SAID = {"few_options", "bad_right"}
"""Rules that BadQuestion's own sentence tells of."""


def fitting(words: Mapping[str, object]) -> dict[str, object]:
    """The columns that make a question of its kind as they are stored: nothing of another kind stays. Raises BadQuestion.

    Looked at by the rules of the course document, so that nothing is stored that could not be told.
    """
    kind = words["kind"]
    own = _OF_KIND.get(kind, _CHOICE)
    kept = {name: words.get(name, empty()) if name in own else empty() for name, empty in _OWN.items()}
    asked = QuestionDocument(
        kind=kind,
        stem_zh=str(words.get("stem_zh", "")),
        options=tuple(_option(row) for row in kept.pop("options")),
        right=tuple(kept.pop("right_keys")),
        accepted=tuple(text.strip() for text in kept.pop("accepted") if text.strip()),
        topic=str(words.get("topic", "")),
        difficulty=words.get("difficulty", Question.Difficulty.MEDIUM),
        **kept,
    )
    if asked.kind != Question.Kind.ORDERING:
        asked = replace(asked, right=tuple(sorted(set(asked.right))))
    keys = [option.key for option in asked.options]
    if len(set(keys)) < len(keys) or not all(keys) or not set(asked.right) <= set(keys):
        raise BadQuestion
    for problem in question_problems(asked):
        if problem.place != "stem_zh" and problem.rule != "too_long":
            raise BadQuestion(problem.sentence) if problem.rule not in _SAID else BadQuestion()
    asked = in_stored_order(asked)
    return kept | {
        "options": stored_options(asked),
        "right_keys": list(asked.right),
        "accepted": list(asked.accepted),
    }


def _option(row: Mapping[str, object]) -> OptionDocument:
    area = row.get("area")
    return OptionDocument(
        str(row.get("key", "")),
        str(row.get("zh", "")).strip(),
        str(row.get("en", "")),
        tuple(area) if area else None,
    )


@transaction.atomic
def add_question(
    course: Course,
    *,
    kind: str,
    stem_zh: str,
    by: User,
    at: dt.datetime,
    options: Iterable[Mapping[str, object]] = (),
    right: Iterable[str] = (),
    lesson: Lesson | None = None,
    for_exam: bool = False,
    stem_en: str = "",
    why_zh: str = "",
    why_en: str = "",
    topic: str = "",
    difficulty: int = Question.Difficulty.MEDIUM,
    moment: int | None = None,
    **more: object,
) -> Question:
    """A question of the draft, for a lesson, for the exam, or both; at `moment`, in seconds, of the lesson's film.

    `more` are the columns that only its kind has.

    Raises BadQuestion, BadMoment, NotHere, IllegalMove, TooMuch, django ValidationError.
    """
    version = draft_of(locked(course))
    if lesson is not None and lesson.version_id != version.pk:
        raise NotHere
    room_for_questions(version)
    of_a_length(stem_zh, stem_en, why_zh, why_en)
    _in_the_film(kind, moment, lesson)
    told = {"kind": kind, "topic": topic, "difficulty": difficulty, "options": options, "right_keys": right}
    question = Question(
        version=version,
        lesson=lesson,
        position=next_position(version.questions),
        for_exam=for_exam,
        moment=moment,
        kind=kind,
        topic=topic,
        difficulty=difficulty,
        stem_zh=stem_zh,
        stem_en=stem_en,
        why_zh=why_zh,
        why_en=why_en,
        **fitting(more | told),
    )
    question.full_clean()
    question.save(force_insert=True)
    record(by=by, action="question.added", thing=question, at=at, province=course.province_id)
    return question


@transaction.atomic
def save_question(
    question: Question, *, words: dict[str, object], revision: int, by: User, at: dt.datetime
) -> Question:
    """Change a question; `words` are its columns, `right_keys` a list.

    Raises Conflict, BadQuestion, BadMoment, IllegalMove, NotHere, Gone, TooMuch, django ValidationError.
    """
    course, _version, question = draft_with(question)
    words = dict(words)
    if {"kind", "topic", "difficulty", *_OWN} & set(words):
        stands = {name: getattr(question, name) for name in ("kind", "topic", "difficulty", *_OWN)}
        words |= fitting(stands | words)
    stands = {name: words.get(name, getattr(question, name)) for name in ("kind", "moment", "lesson")}
    _in_the_film(**stands)
    of_a_length(*(str(words.get(name, "")) for name in ("stem_zh", "stem_en", "why_zh", "why_en")))
    if names := change(question, words, revision=revision):
        record(
            by=by,
            action="question.changed",
            thing=question,
            at=at,
            province=course.province_id,
            detail={"fields": names},
        )
    return question


@transaction.atomic
def delete_question(question: Question, *, by: User, at: dt.datetime) -> CourseVersion:
    """Raises IllegalMove, NotHere, Gone."""
    course, version, question = draft_with(question)
    record(by=by, action="question.deleted", thing=question, at=at, province=course.province_id)
    question.delete()
    return version


@transaction.atomic
def place_question(
    question: Question, *, before: Question | None, in_bank: bool, by: User, at: dt.datetime
) -> Question:
    """Put a question before another one of its lesson, or at that list's end; `in_bank`: of the exam's bank.

    Raises IllegalMove, NotHere, Gone.
    """
    course, version, question = draft_with(question)
    listed = list(_beside(question, in_bank=in_bank).exclude(pk=question.pk).values_list("pk", flat=True))
    ids = list(version.questions.exclude(pk=question.pk).values_list("pk", flat=True))
    if before and before.pk in listed:
        here = ids.index(before.pk)
    elif listed:
        here = ids.index(listed[-1]) + 1
    else:
        return question
    put_in_order(Question, [*ids[:here], question.pk, *ids[here:]])
    record(by=by, action="question.moved", thing=question, at=at, province=course.province_id)
    question.refresh_from_db()
    return question


def _beside(question: Question, *, in_bank: bool) -> QuerySet[Question]:
    """The list in which a question stands, in order: its lesson's, or the bank."""
    rows = Question.objects.filter(version=question.version_id).order_by("position")
    return rows.filter(for_exam=True) if in_bank else rows.filter(lesson=question.lesson_id)


def shift_question(question: Question, places: int, *, in_bank: bool, by: User, at: dt.datetime) -> Question:
    """One up (-1) or down (1) in that list; at either end nothing happens. Raises what place_question raises."""
    row = list(_beside(question, in_bank=in_bank))
    here = next((n for n, other in enumerate(row) if other.pk == question.pk), 0)
    there = here + places
    if not 0 <= there < len(row):
        return question
    after = there + 1 if places > 0 else there
    before = row[after] if after < len(row) else None
    return place_question(question, before=before, in_bank=in_bank, by=by, at=at)


class BadParts(RuleBroken):
    code = "bad_parts"
    message = _("At most %(most)s parts, and no more questions in them than the exam asks.")


def _parts(parts: Iterable[Mapping[str, object]], questions: int) -> list[dict[str, object]]:
    """As they are stored. Raises BadParts."""
    rows = [drawing.Part(**part) for part in parts]
    whole = all(
        row.count >= 1 and row.kind in ("", *Question.Kind.values) and row.difficulty in (0, 1, 2, 3)
        for row in rows
    )
    if not whole or len(rows) > MOST_PARTS or sum(row.count for row in rows) > questions:
        raise BadParts(BadParts.message % {"most": MOST_PARTS})
    return [asdict(row) for row in rows]


@transaction.atomic
def set_blueprint(
    course: Course,
    *,
    questions: int,
    pass_mark_percent: int,
    minutes: int,
    attempts: int,
    by: User,
    at: dt.datetime,
    parts: Iterable[Mapping[str, object]] | None = None,
    revision: int | None = None,
) -> ExamBlueprint:
    """How the closing exam of the draft is made. `revision` is 0 where there was none; None asks for no guard.

    `parts` say where the questions come from (courses.drawing.Part); None leaves what is there.
    Raises BadParts, Conflict, IllegalMove, django ValidationError.
    """
    version = draft_of(locked(course))
    row = ExamBlueprint.objects.filter(version=version).first() or ExamBlueprint(version=version, revision=0)
    words = {
        "questions": questions,
        "pass_mark_percent": pass_mark_percent,
        "minutes": minutes,
        "attempts": attempts,
        "parts": row.parts if parts is None else _parts(parts, questions),
    }
    if change(row, words, revision=row.revision if revision is None else revision):
        record(by=by, action="blueprint.set", thing=row, at=at, province=course.province_id)
    return row
