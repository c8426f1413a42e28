"""Appeals: what the learner sees of one, whose desk it lies on, and what whoever decides it sees. Never whose it is."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from courses import selectors as courses
from learners import answers as shapes
from learners import terms
from learners.models import Appeal, Attempt, Regrade
from learners.selectors.desks import on_the_desk
from learners.selectors.enrolment import saved_answers
from learners.selectors.marking import points_standing
from portal.accounts.models import User
from portal.accounts.roles import Role

DECIDERS = (Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR)
APPEAL_ROLES = (*DECIDERS, Role.AUDITOR)
SET_ASIDE = {
    "is_set_aside": Exists(Appeal.objects.filter(attempt=OuterRef("pk"), remedy=Appeal.Remedy.SET_ASIDE))
}
"""To annotate attempts with: whether an appeal said that the attempt does not count."""


def appeal_until(attempt: Attempt) -> dt.datetime:
    return attempt.graded_at + terms.APPEAL_WITHIN


@dataclass(frozen=True)
class AppealStanding:
    """What a learner's page says of appealing. `appeals` are made before, the newest first."""

    until: dt.datetime
    is_open: bool
    appeals: tuple["AppealLine", ...]


def appeal_standing(attempt: Attempt, *, at: dt.datetime) -> AppealStanding | None:
    """None before the exam is graded."""
    if not attempt.is_graded:
        return None
    rows = list(attempt.appeals.select_related("attempt__enrolment", "decided_by", "regrade"))
    until = appeal_until(attempt)
    waits = any(row.state == Appeal.State.OPEN for row in rows)
    return AppealStanding(until, at <= until and not waits, tuple(described(rows)))


@dataclass(frozen=True)
class Stem:
    """A question by its place in the exam and its first words."""

    id: int
    number: int
    stem: str


def stems(attempt: Attempt) -> list[Stem]:
    """To name the questions meant. Neither options nor key: the questions are used again."""
    asked = courses.questions(attempt.question_ids)
    return [Stem(qid, number, asked[qid].stem) for number, qid in enumerate(attempt.question_ids, 1)]


def appeals_visible_to(user: User) -> QuerySet[Appeal]:
    rows = on_the_desk(Appeal.objects.exclude(user=user), user, APPEAL_ROLES)
    return rows.select_related("attempt__enrolment", "decided_by", "regrade")


def appeals_to_decide(user: User) -> QuerySet[Appeal]:
    """Those at the user's desk, but for exams in which they marked an answer or decided something before."""
    rows = on_the_desk(Appeal.objects.open().exclude(user=user), user, DECIDERS)
    return (
        rows.exclude(attempt__hand_marks__marked_by=user)
        .exclude(attempt__regrades__decided_by=user)
        .exclude(attempt__appeals__decided_by=user)
    )


def may_decide(user: User, appeal: Appeal) -> bool:
    return appeals_to_decide(user).filter(pk=appeal.pk).exists()


def must_wait_for_regrade(attempt: Attempt) -> bool:
    """A pass that is held after a correction is decided first: it was worked out from what stands now."""
    return Regrade.objects.held().filter(attempt=attempt).exists()


@dataclass(frozen=True)
class AppealLine:
    """`old_score` and `new_score` where marks were changed, else the score as it stands in both."""

    id: int
    course: str
    course_title: str
    number: int
    attempt: int
    words: str
    questions: int
    """How many are meant; 0: the whole exam."""
    meant: tuple[int, ...]
    """Their places in the exam."""
    state: str
    state_in_words: str
    remedy: str
    remedy_in_words: str
    appealed_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str
    reason: str
    result: str
    score: int
    pass_mark: int
    old_score: int
    new_score: int
    new_result: str


def described(rows: Iterable[Appeal]) -> list[AppealLine]:
    """In few statements however many there are, where attempts, deciders and regrades come with the rows."""
    rows = list(rows)
    outlines = courses.outlines({row.version_id for row in rows}) if rows else {}
    return [_line(row, outlines[row.version_id]) for row in rows]


def _line(row: Appeal, outline: courses.Outline) -> AppealLine:
    attempt = row.attempt
    regrade = getattr(row, "regrade", None)
    return AppealLine(
        id=row.pk,
        course=outline.course_code,
        course_title=outline.title,
        number=attempt.enrolment_id,
        attempt=attempt.number,
        words=row.words,
        questions=len(row.question_ids),
        meant=tuple(n for n, qid in enumerate(attempt.question_ids, 1) if qid in row.question_ids),
        state=row.state,
        state_in_words=row.get_state_display(),
        remedy=row.remedy,
        remedy_in_words=row.get_remedy_display() if row.remedy else "",
        appealed_at=row.appealed_at,
        decided_at=row.decided_at,
        decided_by=str(row.decided_by) if row.decided_by else "",
        reason=row.reason,
        result=attempt.state,
        score=attempt.score_percent,
        pass_mark=attempt.pass_mark_percent,
        old_score=regrade.old_score_percent if regrade else attempt.score_percent,
        new_score=regrade.new_score_percent if regrade else attempt.score_percent,
        new_result=regrade.new_state if regrade else attempt.state,
    )


@dataclass(frozen=True)
class Paper:
    """One question of the exam as whoever decides sees it. `points_percent` is what it is worth now."""

    id: int
    number: int
    stem: str
    given: str
    right: str
    why: str
    points_percent: int
    meant: bool
    ruling: str


def papers(appeal: Appeal) -> list[Paper]:
    """The questions meant in front, then the others, each in the order of the exam."""
    attempt = appeal.attempt
    guide = courses.marking_guide(attempt.question_ids)
    saved, points = saved_answers(attempt.pk), points_standing(attempt)
    rulings = {mark.question_id: mark.get_ruling_display() for mark in appeal.marks.all()}
    rows = [
        Paper(
            id=qid,
            number=number,
            stem=guide[qid].question.stem,
            given=shapes.spoken(guide[qid].question, saved[qid].chosen if qid in saved else []),
            right=guide[qid].right,
            why=guide[qid].why,
            points_percent=int(100 * points[qid]),
            meant=qid in appeal.question_ids,
            ruling=rulings.get(qid, ""),
        )
        for number, qid in enumerate(attempt.question_ids, 1)
    ]
    return sorted(rows, key=lambda row: (not row.meant, row.number))
