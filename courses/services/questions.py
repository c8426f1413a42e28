"""The questions of a draft, and how its closing exam is made from them."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseVersion, ExamBlueprint, Lesson, Question
from courses.services.drafts import (
    NotHere,
    change,
    draft_with,
    next_position,
    of_a_length,
    put_in_order,
    room_for_questions,
)
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

_TWO = 2


class BadQuestion(RuleBroken):
    code = "bad_question"
    message = _("A question needs at least two different options, and the right answer must be among them.")


class BadMoment(RuleBroken):
    code = "bad_moment"
    message = _("A question can only stand at a moment of its lesson's film, before the film ends.")


def _in_the_film(moment: int | None, lesson: Lesson | None) -> None:
    """Raises BadMoment."""
    if moment is not None and (lesson is None or not lesson.is_film or not 0 < moment < lesson.seconds):
        raise BadMoment


def _options(rows: Iterable[dict[str, str]], right: set[str]) -> list[dict[str, str]]:
    """The options as they are stored. Raises BadQuestion."""
    rows = list(rows)
    keys = [row.get("key", "") for row in rows]
    texts = [row.get("zh", "").strip() for row in rows]
    whole = len(keys) >= _TWO and len(set(keys)) == len(keys) and all(keys) and all(texts)
    if not whole or not right <= set(keys):
        raise BadQuestion
    return [{"key": row["key"], "zh": row["zh"], "en": row.get("en", "")} for row in rows]


@transaction.atomic
def add_question(
    course: Course,
    *,
    kind: str,
    stem_zh: str,
    options: list[dict[str, str]],
    right: set[str],
    by: User,
    at: dt.datetime,
    lesson: Lesson | None = None,
    for_exam: bool = False,
    stem_en: str = "",
    why_zh: str = "",
    why_en: str = "",
    moment: int | None = None,
) -> Question:
    """A question of the draft, for a lesson, for the exam, or both; at `moment`, in seconds, of the lesson's film.

    Raises BadQuestion, BadMoment, NotHere, IllegalMove, TooMuch, django ValidationError.
    """
    version = draft_of(locked(course))
    if lesson is not None and lesson.version_id != version.pk:
        raise NotHere
    room_for_questions(version)
    of_a_length(stem_zh, stem_en, why_zh, why_en)
    _in_the_film(moment, lesson)
    kept = _options(options, right)
    question = Question(
        version=version,
        lesson=lesson,
        position=next_position(version.questions),
        for_exam=for_exam,
        moment=moment,
        kind=kind,
        stem_zh=stem_zh,
        stem_en=stem_en,
        options=kept,
        right_keys=sorted(right),
        why_zh=why_zh,
        why_en=why_en,
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
    if "options" in words:
        right = set(words.get("right_keys", question.right_keys))
        words["options"] = _options(words["options"], right)
        words["right_keys"] = sorted(right)
    if {"moment", "lesson"} & set(words):
        _in_the_film(words.get("moment", question.moment), words.get("lesson", question.lesson))
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
    revision: int | None = None,
) -> ExamBlueprint:
    """How the closing exam of the draft is made. `revision` is 0 where there was none; None asks for no guard.

    Raises Conflict, IllegalMove, django ValidationError.
    """
    version = draft_of(locked(course))
    row = ExamBlueprint.objects.filter(version=version).first() or ExamBlueprint(version=version, revision=0)
    words = {
        "questions": questions,
        "pass_mark_percent": pass_mark_percent,
        "minutes": minutes,
        "attempts": attempts,
    }
    if change(row, words, revision=row.revision if revision is None else revision):
        record(by=by, action="blueprint.set", thing=row, at=at, province=course.province_id)
    return row
