import random
from collections.abc import Iterable

from django.db.models import QuerySet

from courses.models import CourseVersion, ExamBlueprint, Lesson, Question
from courses.models.catalogue import spoken
from courses.selectors.facts import Blueprint, QuestionFacts


def _facts(question: Question) -> QuestionFacts:
    return QuestionFacts(
        id=question.pk,
        kind=question.kind,
        stem=question.stem,
        options=tuple((row["key"], spoken(row["zh"], row.get("en", ""))) for row in question.options),
        moment=question.moment,
    )


def check_questions(lesson_id: int) -> list[QuestionFacts]:
    """The lesson's own questions, to show presence or to practise."""
    return [_facts(row) for row in Question.objects.filter(lesson_id=lesson_id).order_by("position")]


def presence_questions(lesson_id: int) -> list[QuestionFacts]:
    """What may be asked to see that somebody is there: not what stands in the film, where one may try as one likes.

    A lesson all of whose questions stand in its film has only those.
    """
    asked = check_questions(lesson_id)
    return [question for question in asked if question.moment is None] or asked


def pinned_questions(lesson_id: int) -> list[QuestionFacts]:
    """The lesson's questions that stand at a moment of its film, in the order of time."""
    rows = Question.objects.filter(lesson_id=lesson_id, moment__isnull=False).order_by("moment", "position")
    return [_facts(row) for row in rows]


def questions(ids: Iterable[int]) -> dict[int, QuestionFacts]:
    return {row.pk: _facts(row) for row in Question.objects.filter(pk__in=list(ids))}


def exam_blueprint(version_id: int) -> Blueprint:
    """Raises ExamBlueprint.DoesNotExist for a version without a closing exam."""
    row = ExamBlueprint.objects.get(version_id=version_id)
    return Blueprint(
        questions=row.questions,
        pass_mark_percent=row.pass_mark_percent,
        minutes=row.minutes,
        attempts=row.attempts,
    )


def draw(version_id: int, *, seed: int) -> list[int]:
    """Question ids for one attempt: the same seed draws the same questions in the same order."""
    bank = list(
        Question.objects.filter(version_id=version_id, for_exam=True)
        .order_by("position")
        .values_list("id", flat=True)
    )
    wanted = exam_blueprint(version_id).questions
    return random.Random(seed).sample(bank, min(wanted, len(bank)))  # noqa: S311 - repeatable, not secret


def is_right(question_id: int, answer: frozenset[str]) -> bool:
    """Whether exactly the right options were chosen. Raises Question.DoesNotExist."""
    keys = Question.objects.values_list("right_keys", flat=True).get(pk=question_id)
    return frozenset(answer) == frozenset(keys)


def why(question_id: int) -> str:
    """Why the right answer is right, to be shown after an answer; may be empty."""
    return Question.objects.get(pk=question_id).why


def questions_of(lesson: Lesson) -> QuerySet[Question]:
    """For authors: a lesson's questions in order. Their answers are the caller's to keep from others."""
    return lesson.questions.order_by("position")


def bank_of(version: CourseVersion) -> QuerySet[Question]:
    """For authors: every question of the closing exam's bank."""
    return version.questions.filter(for_exam=True).select_related("lesson").order_by("position")


def all_of(version: CourseVersion) -> QuerySet[Question]:
    """For authors: the questions of lessons and bank."""
    return version.questions.select_related("lesson")
