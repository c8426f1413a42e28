"""Lessons that failed presence checks have shut: who may know of them, who opens them, and what the desk shows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from courses import selectors as courses
from learners.models import Coverage, Enrolment
from learners.selectors.desks import on_the_desk
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.accounts.roles import Role

REOPENERS = (Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR)
DESK_ROLES = (*REOPENERS, Role.AUDITOR)


def _within(user: User, roles: Iterable[Role]) -> QuerySet[Coverage]:
    return on_the_desk(Coverage.objects.ever_shut(), user, roles, version="enrolment__version")


def shut_lessons_visible_to(user: User) -> QuerySet[Coverage]:
    """Those that are shut or were once, on the reader's desk; `.shut()` are those that wait."""
    return _within(user, DESK_ROLES).select_related("enrolment__edition", "province", "reopened_by")


def may_reopen(user: User, coverage: Coverage) -> bool:
    """Nobody opens a lesson of their own."""
    return coverage.user_id != user.pk and _within(user, REOPENERS).filter(pk=coverage.pk).exists()


@dataclass(frozen=True)
class ShutLesson:
    """A line of the desk. The learner's name is masked, and empty for whoever has not registered with one."""

    id: int
    learner: str
    course: str
    course_title: str
    lesson: str
    lesson_title: str
    lesson_kind: str
    province: str
    province_name: str
    shut_at: dt.datetime | None
    failures: int
    passed: int
    counted_seconds: int
    enrolled_at: dt.datetime
    reopened_at: dt.datetime | None
    reopened_by: str


def described(rows: Iterable[Coverage]) -> list[ShutLesson]:
    """In four statements however many there are."""
    rows = list(rows)
    names = people.masked_names_of({row.user_id for row in rows})
    outlines = courses.outlines({row.enrolment.version_id for row in rows})
    return [_described(row, names.get(row.user_id, ""), outlines[row.enrolment.version_id]) for row in rows]


def _described(row: Coverage, learner: str, outline: courses.Outline) -> ShutLesson:
    lesson = next(facts for facts in outline.lessons if facts.id == row.lesson_id)
    return ShutLesson(
        id=row.pk,
        learner=learner,
        course=outline.course_code,
        course_title=outline.title,
        lesson=lesson.key,
        lesson_title=lesson.title,
        lesson_kind=lesson.kind,
        province=row.province_id,
        province_name=row.province.name,
        shut_at=row.shut_at,
        failures=row.failures,
        passed=row.passed,
        counted_seconds=row.covered_ms // 1000,
        enrolled_at=row.enrolment.enrolled_at,
        reopened_at=row.reopened_at,
        reopened_by=str(row.reopened_by) if row.reopened_by else "",
    )


@dataclass(frozen=True)
class Reopeners:
    """Whom a learner may turn to, by name."""

    provider: str
    province: str


def reopeners_of(enrolment: Enrolment) -> Reopeners:
    outline = courses.outline(enrolment.version_id)
    return Reopeners(people.organisation(outline.organisation_id).name, enrolment.province.name)
