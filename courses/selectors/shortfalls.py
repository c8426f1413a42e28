"""Published courses that fall short of a standard published after them, and until when they may."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from courses.models import ContentStandard, Course, Shortfall
from courses.selectors.standard_words import Speech
from courses.selectors.standards import of_version, reports_on, scope_name
from courses.standards import Finding
from courses.workflow import State
from portal import clock
from portal.accounts.access import ALL, organisations_of, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

READERS = (Role.PROVINCE_CATALOGUE, Role.MINISTRY_REVIEWER, Role.AUDITOR)
SUPPLIERS = (Role.PROVIDER_MANAGER, Role.INSTRUCTOR)
LOOKED_AT = 200
"""Courses an impact is counted over, so that a page never waits long."""


def courses_under(standard: ContentStandard) -> QuerySet[Course]:
    """Listed courses offered for the subsidy that the standard is about, by id."""
    rows = Course.objects.filter(
        state__in=[State.PUBLISHED, State.SUSPENDED],
        for_subsidy=True,
        occupation=standard.occupation_id,
        certificate_kind=standard.certificate_kind,
        level=standard.level,
    )
    if standard.province_id is not None:
        rows = rows.filter(province=standard.province_id)
    return rows.select_related("current_version__occupation", "occupation").order_by("pk")


def first_day_of_check(standard: ContentStandard, today: dt.date) -> dt.date:
    """A standard of the future is held against courses as on its first day."""
    return max(today, standard.first_day)


@dataclass(frozen=True)
class Impact:
    """How many of the `looked_at` courses would fall short; `courses` are the first of them."""

    total: int
    looked_at: int
    short: int
    courses: tuple[Course, ...] = ()


def impact_of(draft: ContentStandard, *, at: dt.datetime, shown: int = 10) -> Impact:
    """What publishing a draft would mean for courses that are published now."""
    on = first_day_of_check(draft, clock.today(at))
    rows = courses_under(draft)
    courses = list(rows[:LOOKED_AT])
    by_province: dict[str, list[Course]] = {}
    for course in courses:
        course.current_version.course = course
        by_province.setdefault(course.province_id, []).append(course)
    short = []
    for listed in by_province.values():
        in_force = of_version(listed[0].current_version, on=on).with_draft(draft)
        reports = reports_on([course.current_version for course in listed], in_force, on=on)
        short += [course for course in listed if not reports[course.current_version_id].passed]
    return Impact(rows.count(), len(courses), len(short), tuple(short[:shown]))


def shortfalls_visible_to(user: User | AnonymousUser) -> QuerySet[Shortfall]:
    """A province's catalogue sees its own, a supplier its own, the ministry and auditors all."""
    rows = Shortfall.objects.select_related(
        "course__organisation", "course__province", "version", "standard__province", "mended_version"
    )
    provinces = provinces_of(user, *READERS)
    if provinces is ALL:
        return rows
    own = organisations_of(user, *SUPPLIERS)
    return rows.filter(Q(province__in=provinces) | Q(course__organisation__in=own))


def open_on(rows: QuerySet[Shortfall], on: dt.date) -> QuerySet[Shortfall]:
    """Not mended by the end of that day, and the standard still in force or coming."""
    rows = rows.filter(Q(standard__valid__endswith=None) | Q(standard__valid__endswith__gt=on))
    tomorrow = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)
    return rows.filter(Q(mended_at=None) | Q(mended_at__gte=tomorrow))


def overdue_rows(rows: QuerySet[Shortfall], on: dt.date) -> QuerySet[Shortfall]:
    return open_on(rows, on).filter(due_on__lt=on)


def overdue(course_ids: Iterable[int], on: dt.date) -> set[int]:
    """Ids of the courses whose deadline has passed unmended on that day: new enrolments do not count for subsidy.

    Asked of a day in the past it answers as of that day, whatever was mended since.
    """
    rows = Shortfall.objects.filter(course__in=list(course_ids))
    return set(overdue_rows(rows, on).values_list("course_id", flat=True))


def reasons(row: Shortfall) -> list[str]:
    """What the course lacked when it was found, in the reader's language."""
    speech = Speech(row.standard.rules.names, {}, scope_name(row.version))
    return [speech.reason(Finding(**one)) for one in row.findings]
