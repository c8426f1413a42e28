"""Exams graded anew: what the desk shows, and who decides about a pass that would fall. Never whose they are."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from courses import selectors as courses
from learners.models import Regrade
from learners.selectors.desks import on_the_desk
from portal.accounts.models import User
from portal.accounts.roles import Role

DECIDERS = (Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR)
REGRADE_ROLES = (*DECIDERS, Role.AUDITOR)


def _within(user: User, roles: Iterable[Role]) -> QuerySet[Regrade]:
    return on_the_desk(Regrade.objects.exclude(attempt__enrolment__user=user), user, roles)


def regrades_visible_to(user: User) -> QuerySet[Regrade]:
    """After corrections; `.held()` are those that wait for a person."""
    return _within(user, REGRADE_ROLES).corrected().select_related("attempt__enrolment", "decided_by")


def may_decide(user: User, regrade: Regrade) -> bool:
    return _within(user, DECIDERS).filter(pk=regrade.pk).exists()


@dataclass(frozen=True)
class RegradeLine:
    id: int
    course: str
    course_title: str
    question: str
    number: int
    old_state: str
    old_score: int
    new_state: str
    new_score: int
    pass_mark: int
    outcome: str
    regraded_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str
    reason: str


def described(rows: Iterable[Regrade]) -> list[RegradeLine]:
    """In few statements however many there are."""
    rows = list(rows)
    asked = courses.questions({row.question_id for row in rows})
    outlines = courses.outlines({row.version_id for row in rows})
    return [
        RegradeLine(
            id=row.pk,
            course=outlines[row.version_id].course_code,
            course_title=outlines[row.version_id].title,
            question=asked[row.question_id].stem,
            number=row.attempt.enrolment_id,
            old_state=row.old_state,
            old_score=row.old_score_percent,
            new_state=row.new_state,
            new_score=row.new_score_percent,
            pass_mark=row.attempt.pass_mark_percent,
            outcome=row.outcome,
            regraded_at=row.regraded_at,
            decided_at=row.decided_at,
            decided_by=str(row.decided_by) if row.decided_by else "",
            reason=row.reason,
        )
        for row in rows
    ]
