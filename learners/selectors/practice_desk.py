"""Practical work at the provider's desk: who has which film, what is late, and how far assessors agree."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from courses import selectors as courses
from learners.agreement import Agreement, agreement
from learners.models import Assessment, Submission
from portal.accounts import selectors as people
from portal.accounts.access import has_role, organisations_of
from portal.accounts.models import User
from portal.accounts.roles import Role

DESK_ROLES = (Role.PROVIDER_MANAGER, Role.AUDITOR)


def submissions_at_the_desk(user: User) -> QuerySet[Submission]:
    """Of the courses of the reader's organisation; an auditor sees all."""
    rows = Submission.objects.select_related("enrolment")
    if has_role(user, Role.AUDITOR):
        return rows
    return rows.filter(organisation_id__in=organisations_of(user, Role.PROVIDER_MANAGER))


def submission_at_the_desk(user: User, uid: uuid.UUID) -> Submission:
    """Raises Http404."""
    found = submissions_at_the_desk(user).filter(pk=uid).first()
    if found is None:
        raise Http404
    return found


def open_at_the_desk(user: User) -> QuerySet[Assessment]:
    rows = Assessment.objects.open().filter(submission__in=submissions_at_the_desk(user).values("pk"))
    return rows.select_related("submission__enrolment")


def assessment_to_reassign(user: User, pk: int) -> Assessment:
    """Raises Http404 for another organisation's."""
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    found = Assessment.objects.filter(submission__organisation_id__in=own, pk=pk).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class PaperRow:
    """A paper in a list. It says nothing of marks, and does not name the learner."""

    id: int
    submission: uuid.UUID
    seat: int
    state: str
    assessor: str
    assessor_id: int
    course_title: str
    course_code: str
    lesson_title: str
    number: int
    drawn_at: dt.datetime
    due_at: dt.datetime
    handed_in_at: dt.datetime | None
    age_days: int
    is_late: bool


def _lesson_titles(rows: list[Assessment]) -> dict[int, tuple[str, str]]:
    """(course, lesson) titles by lesson id, in as many statements as an outline takes."""
    versions = {row.submission.enrolment.version_id for row in rows}
    return {
        lesson.id: (outline.title, lesson.title)
        for outline in courses.outlines(versions).values()
        for lesson in outline.lessons
        if lesson.has_task
    }


def described(found: Iterable[Assessment], *, at: dt.datetime) -> list[PaperRow]:
    rows = list(found)
    titles = _lesson_titles(rows) if rows else {}
    names = people.names_shown({row.assessor_id for row in rows})
    return [
        PaperRow(
            id=row.pk,
            submission=row.submission_id,
            seat=row.seat,
            state=row.state,
            assessor=names.get(row.assessor_id, ""),
            assessor_id=row.assessor_id,
            course_title=titles[row.submission.lesson_id][0],
            course_code=row.submission.enrolment.course_code,
            lesson_title=titles[row.submission.lesson_id][1],
            number=row.submission.number,
            drawn_at=row.drawn_at,
            due_at=row.due_at,
            handed_in_at=row.handed_in_at,
            age_days=(at - row.drawn_at).days,
            is_late=row.is_open and row.due_at < at,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Load:
    name: str
    open: int
    late: int
    oldest_days: int


def loads(rows: Iterable[PaperRow]) -> list[Load]:
    """Whoever has most open comes first."""
    found: dict[int, list[PaperRow]] = defaultdict(list)
    for row in rows:
        found[row.assessor_id].append(row)
    told = [
        Load(
            name=papers[0].assessor,
            open=len(papers),
            late=sum(paper.is_late for paper in papers),
            oldest_days=max(paper.age_days for paper in papers),
        )
        for papers in found.values()
    ]
    return sorted(told, key=lambda load: (-load.open, load.name))


@dataclass(frozen=True)
class Agreed:
    """How two people, or everybody on one task, agree."""

    who: str
    how: Agreement


def _levels(one: Assessment, other: Assessment) -> list[tuple[int, int]]:
    """The levels both gave, criterion by criterion."""
    first, second = one.sheet.get("marks", {}), other.sheet.get("marks", {})
    return [(first[key]["level"], second[key]["level"]) for key in first if key in second]


def agreements(user: User) -> tuple[list[Agreed], list[Agreed]]:
    """By pair of assessors, and by task: over films on which both blind papers are handed in."""
    rows = Assessment.objects.handed_in().filter(
        submission__in=submissions_at_the_desk(user).values("pk"), seat__lte=2
    )
    both: dict[uuid.UUID, list[Assessment]] = defaultdict(list)
    for row in rows.select_related("submission__enrolment").order_by("assessor_id"):
        both[row.submission_id].append(row)
    couples = [tuple(found) for found in both.values() if len(found) == 2]  # noqa: PLR2004 - two seats
    names = people.names_shown({row.assessor_id for couple in couples for row in couple})
    titles = _lesson_titles([one for one, _other in couples]) if couples else {}
    by_pair: dict[str, list[tuple[Assessment, Assessment]]] = defaultdict(list)
    by_task: dict[str, list[tuple[Assessment, Assessment]]] = defaultdict(list)
    for one, other in couples:
        by_pair[f"{names[one.assessor_id]} · {names[other.assessor_id]}"].append((one, other))
        by_task[" · ".join(titles[one.submission.lesson_id])].append((one, other))
    return _agreed(by_pair), _agreed(by_task)


def _agreed(found: dict[str, list[tuple[Assessment, Assessment]]]) -> list[Agreed]:
    return [
        Agreed(
            who,
            agreement(
                [(one.passed, other.passed) for one, other in couples],
                [levels for one, other in couples for levels in _levels(one, other)],
            ),
        )
        for who, couples in sorted(found.items())
    ]
