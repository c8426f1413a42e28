"""Answers that wait for a person: whose desk they lie on, and what whoever marks them sees. Never whose they are."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from courses import selectors as courses
from learners.models import AppealMark, Attempt, HandMark
from learners.selectors.desks import on_the_desk
from learners.selectors.enrolment import saved_answers
from portal.accounts.models import User
from portal.accounts.roles import Role

MARKERS = (Role.INSTRUCTOR,)
MARKING_ROLES = (*MARKERS, Role.AUDITOR)


def _within(user: User, roles: Iterable[Role]) -> QuerySet[HandMark]:
    """Nobody's own exam is among them."""
    return on_the_desk(HandMark.objects.exclude(attempt__enrolment__user=user), user, roles)


def hand_marks_visible_to(user: User) -> QuerySet[HandMark]:
    """`.waiting()` are those to be marked."""
    return _within(user, MARKING_ROLES)


def may_mark(user: User, mark: HandMark) -> bool:
    return _within(user, MARKERS).filter(pk=mark.pk).exists()


def points_of(attempt: Attempt) -> dict[int, Fraction]:
    """By rule where a rule decides, by hand where none does; more where an appeal gave more.

    Nothing for what nobody has decided.
    """
    saved = saved_answers(attempt.pk)
    by_rule = courses.marks({qid: saved[qid].chosen if qid in saved else [] for qid in attempt.question_ids})
    by_hand = {row.question_id: row.points_percent for row in attempt.hand_marks.exclude(marked_at=None)}
    decided = {qid: points for qid, points in by_rule.items() if points is not None}
    points = {qid: Fraction(percent, 100) for qid, percent in by_hand.items()} | decided
    for mark in AppealMark.objects.filter(appeal__attempt=attempt):
        points[mark.question_id] = max(
            points.get(mark.question_id, Fraction(0)), Fraction(mark.points_percent, 100)
        )
    return points


def points_standing(attempt: Attempt) -> dict[int, Fraction]:
    """Of a graded attempt: what its result stands on, or more where a key was corrected since. All its questions."""
    now, right = points_of(attempt), frozenset(attempt.right_ids)
    return {qid: Fraction(1) if qid in right else now.get(qid, Fraction(0)) for qid in attempt.question_ids}


@dataclass(frozen=True)
class Waiting:
    """One answer on the desk. `accepted` is what a rule would have taken, `why` the author's reason."""

    id: int
    course: str
    course_title: str
    question: str
    answer: str
    accepted: str
    why: str
    waits_since_at: dt.datetime
    points_percent: int | None


def described(rows: Iterable[HandMark]) -> list[Waiting]:
    """In few statements however many there are."""
    rows = list(rows)
    guide = courses.marking_guide({row.question_id for row in rows})
    outlines = courses.outlines({row.version_id for row in rows})
    return [
        Waiting(
            id=row.pk,
            course=outlines[row.version_id].course_code,
            course_title=outlines[row.version_id].title,
            question=guide[row.question_id].question.stem,
            answer=row.answer,
            accepted=guide[row.question_id].right,
            why=guide[row.question_id].why,
            waits_since_at=row.waits_since_at,
            points_percent=row.points_percent,
        )
        for row in rows
    ]
