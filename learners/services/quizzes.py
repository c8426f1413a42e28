"""The short quiz of a lesson: as many tries as somebody likes, answers checked at once, time credited once it is passed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import answers as shapes
from learners import terms
from learners.models import Enrolment, QuizResult
from learners.selectors.progress import passed_quizzes
from learners.services import alone, intake, time
from learners.workflow import WITHDRAWN
from portal.rules import RuleBroken

SECONDS_A_QUESTION = 60
"""Longest time credited per question: reading, thinking, answering."""


class NotAnswered(RuleBroken):
    code = "not_answered"
    message = _("Some questions have no answer yet.")


class BadAnswer(RuleBroken):
    code = "bad_answer"
    message = _("This question has no such option.")


class EnrolmentEnded(RuleBroken):
    code = "enrolment_ended"
    message = _("You have left this course.")


@dataclass(frozen=True)
class Mark:
    """One question after the quiz was handed in. `why` may be empty.

    `open`: no rule decides; in a quiz nobody waits, so it does not count as right.
    """

    question: courses.QuestionFacts
    chosen: tuple[str, ...]
    right: bool
    why: str
    open: bool = False

    @property
    def said(self) -> str:
        """The answer in words."""
        return shapes.spoken(self.question, self.chosen)


@transaction.atomic
def submit_quiz(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    answers: Mapping[int, list[str]],
    *,
    opened_at: dt.datetime,
    at: dt.datetime,
) -> tuple[QuizResult, list[Mark]]:
    """Check every answer. `opened_at` is when the server showed the questions (signed in the page).

    The time between, at most a minute per question, is credited with the first pass; the caps of the counting edition hold there.
    Raises NotAnswered, BadAnswer, EnrolmentEnded, intake.LearningOver, alone.BeingHelped, and what answers.shaped raises.
    Not in the audit: the result is append-only itself.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state == WITHDRAWN:
        raise EnrolmentEnded
    intake.must_be_open(enrolment, at=at)
    opened_at = alone.alone_since(enrolment.user, min(opened_at, at), at=at)
    questions = courses.check_questions(lesson.id)
    chosen = {question.id: _checked(question, answers.get(question.id, [])) for question in questions}
    points = courses.marks(chosen)
    marks = [
        Mark(
            question,
            tuple(keys),
            right=(fits := points[question.id] == 1),
            why=_why(question, fits=fits),
            open=points[question.id] is None,
        )
        for question, keys in ((question, chosen[question.id]) for question in questions)
    ]
    right = [mark.question.id for mark in marks if mark.right]
    first_pass = lesson.id not in passed_quizzes(enrolment)
    result = QuizResult.objects.create(
        enrolment=enrolment,
        province_id=enrolment.province_id,
        lesson_id=lesson.id,
        number=enrolment.quiz_results.filter(lesson_id=lesson.id).count() + 1,
        answers={str(key): value for key, value in chosen.items()},
        right_ids=right,
        total=len(questions),
        passed=100 * len(right) >= terms.QUIZ_PASS_PERCENT * len(questions),
        opened_at=min(opened_at, at),
        submitted_at=at,
    )
    if result.passed and first_pass:
        _credit(enrolment, lesson, result)
    return result, marks


def _checked(question: courses.QuestionFacts, chosen: list[str]) -> list[str]:
    try:
        keys = shapes.shaped(question, chosen)
    except (shapes.UnknownOption, shapes.OneOnly) as bad:
        raise BadAnswer from bad
    if not keys:
        raise NotAnswered
    return keys


def _why(question: courses.QuestionFacts, *, fits: bool) -> str:
    """The reason goes with a right answer only: a wrong one may be tried again."""
    return courses.why(question.id) if fits else ""


def _credit(enrolment: Enrolment, lesson: courses.LessonFacts, result: QuizResult) -> None:
    most = dt.timedelta(seconds=SECONDS_A_QUESTION * result.total)
    spent = min(result.submitted_at - result.opened_at, most)
    if spent >= dt.timedelta(seconds=1):
        time.credit(
            enrolment,
            lesson,
            kind="quiz",
            wall=(result.submitted_at - spent, result.submitted_at),
            seconds=int(spent.total_seconds()),
            at=result.submitted_at,
        )
