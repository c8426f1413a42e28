"""What is asked of questions. What makes an answer right never leaves this module but to authors and markers."""

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses import drawing, marking
from courses.models import CourseVersion, ExamBlueprint, Lesson, Question
from courses.models.catalogue import spoken
from courses.selectors.content import outline
from courses.selectors.corrections import corrected, void_since
from courses.selectors.facts import Blueprint, Outline, QuestionFacts


def facts_of(question: Question) -> QuestionFacts:
    return QuestionFacts(
        id=question.pk,
        kind=question.kind,
        stem=question.stem,
        options=tuple((row["key"], spoken(row["zh"], row.get("en", ""))) for row in question.options),
        moment=question.moment,
        several=question.kind == "multiple" or (question.kind == "hotspot" and len(question.right_keys) > 1),
        unit=question.unit,
        picture_key=question.picture_key,
        picture_text=spoken(question.picture_zh, question.picture_en),
        spots=tuple((row["key"], *row["area"]) for row in question.options if row.get("area")),
    )


def rule_of(question: Question) -> marking.Rule:
    return marking.Rule(
        kind=question.kind,
        right=tuple(question.right_keys),
        number=question.number,
        tolerance=question.tolerance,
        in_percent=question.tolerance_in_percent,
        unit=question.unit,
        accepted=tuple(question.accepted),
        is_void=getattr(question, "is_void", False),
    )


def check_questions(lesson_id: int) -> list[QuestionFacts]:
    """The lesson's own questions, to show presence or to practise."""
    return [facts_of(row) for row in Question.objects.filter(lesson_id=lesson_id).order_by("position")]


def presence_questions(lesson_id: int, kinds: Container[str]) -> list[QuestionFacts]:
    """What of these kinds may be asked to see that somebody is there: not what stands in the film, where one may try
    as one likes. A lesson that has only questions in its film has those.
    """
    asked = [question for question in check_questions(lesson_id) if question.kind in kinds]
    return [question for question in asked if question.moment is None] or asked


def pinned_questions(lesson_id: int) -> list[QuestionFacts]:
    """The lesson's questions that stand at a moment of its film, in the order of time."""
    rows = Question.objects.filter(lesson_id=lesson_id, moment__isnull=False).order_by("moment", "position")
    return [facts_of(row) for row in rows]


def questions(ids: Iterable[int]) -> dict[int, QuestionFacts]:
    return {row.pk: facts_of(row) for row in Question.objects.filter(pk__in=list(ids))}


def exam_blueprint(version: Outline) -> Blueprint:
    """Raises ExamBlueprint.DoesNotExist for a version without a closing exam."""
    if version.blueprint is None:
        raise ExamBlueprint.DoesNotExist
    return version.blueprint


def right_answer(question: Question) -> str:
    """What is right, in words, for authors and markers."""
    if question.kind == Question.Kind.NUMERIC:
        told = f"{_exact(question.number)} {question.unit}".strip()
        if not question.tolerance:
            return told
        return f"{told} ± {_exact(question.tolerance)}{' %' if question.tolerance_in_percent else ''}"
    if question.kind == Question.Kind.SHORT_TEXT:
        return " / ".join(question.accepted)
    texts = {row["key"]: spoken(row["zh"], row.get("en", "")) for row in question.options}
    told = [texts[key] for key in question.right_keys]
    return (" → " if question.kind == Question.Kind.ORDERING else "; ").join(told)


@dataclass(frozen=True)
class Guide:
    """What somebody who marks answers or looks after questions needs to know. For no learner's eyes."""

    question: QuestionFacts
    right: str
    right_keys: tuple[str, ...]
    why: str


def marking_guide(ids: Iterable[int]) -> dict[int, Guide]:
    """For markers and those who teach alone: what a rule would accept, by question id."""
    rows = corrected(Question.objects.filter(pk__in=list(ids)))
    return {row.pk: Guide(facts_of(row), right_answer(row), tuple(row.right_keys), row.why) for row in rows}


def lasting_keys(ids: Iterable[int]) -> dict[int, str]:
    """The questions' names through the versions of their course, by id."""
    return dict(Question.objects.filter(pk__in=list(ids)).values_list("pk", "key"))


def versions_holding(keys: Iterable[str], *, versions: Iterable[int]) -> dict[str, list[int]]:
    """Which of these versions have a question of that name in the bank of their exam."""
    rows = Question.objects.filter(key__in=list(keys), version_id__in=list(versions), for_exam=True)
    holding: dict[str, list[int]] = {key: [] for key in keys}
    for key, version in rows.values_list("key", "version_id"):
        holding[key].append(version)
    return holding


def question_kinds() -> list[tuple[str, str]]:
    return list(Question.Kind.choices)


def _exact(number: Decimal) -> str:
    return f"{number.normalize():f}"


@dataclass(frozen=True)
class Filling:
    """One part of an exam, in words, and how many questions the bank lacks for it once all parts have their own."""

    words: str
    wanted: int
    lacking: int


def exam_filling(version: CourseVersion) -> list[Filling]:
    """Whether the bank can fill the exam as it is saved: its parts, and the rest from the whole bank."""
    content = outline(version.pk)
    plan, bank = content.blueprint, content.bank
    if plan is None:
        return []
    parts, titles = plan.parts, {row.key: row.title for row in content.sections}
    rows = [
        Filling(_part_in_words(part, titles), part.count, lacking)
        for part, lacking in zip(parts, drawing.shortfalls(bank, parts), strict=True)
    ]
    rest = plan.questions - sum(part.count for part in parts)
    if rest:
        lacking = max(0, rest - (len(bank) - sum(row.wanted - row.lacking for row in rows)))
        rows.append(Filling(_("From the whole bank"), rest, lacking))
    return rows


def _part_in_words(part: drawing.Part, titles: Mapping[str, str]) -> str:
    told = [titles.get(part.section, part.section)] if part.section else []
    told += [str(Question.Kind(part.kind).label)] if part.kind else []
    told += [str(Question.Difficulty(part.difficulty).label)] if part.difficulty else []
    return " · ".join(told) or _("Any question")


def draw(version: Outline, *, seed: int, at: dt.datetime) -> list[int]:
    """Question ids for an attempt that begins then: the same seed and moment draw the same in the same order.

    What had been made void by then is left out.
    """
    plan, void = exam_blueprint(version), void_since(version.version_id, at=at)
    bank = [one for one in version.bank if one.id not in void]
    return drawing.draw(bank, plan.questions, plan.parts, seed=seed)


def marks(answers: Mapping[int, Sequence[str]]) -> dict[int, Fraction | None]:
    """Points from 0 to 1 by question id; None for an answer that a person has to mark. Two statements.

    Raises Question.DoesNotExist.
    """
    rows = corrected(Question.objects.filter(pk__in=list(answers)))
    if len(rows) < len(answers):
        raise Question.DoesNotExist
    return {row.pk: marking.mark(rule_of(row), answers[row.pk]) for row in rows}


def is_right(question_id: int, answer: Iterable[str]) -> bool:
    """Whether the answer is right by rule. Raises Question.DoesNotExist."""
    (row,) = corrected([Question.objects.get(pk=question_id)])
    rule = rule_of(row)
    return marking.mark(rule, tuple(answer)) == marking.RIGHT


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
