"""What the pages of a provider show, gathered in a bounded number of statements."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from courses.models import Agreement, Contact, Course, Licence
from courses.selectors.papers import Paper, papers_of
from courses.selectors.providers import (
    Standing,
    agreements_visible_to,
    by_province,
    contacts_visible_to,
    decides_in,
    licences_in_force,
    licences_visible_to,
    providers_at_the_desk,
    public_courses,
    standings,
)
from courses.workflow import LicenceState
from portal import clock
from portal.accounts.access import has_role, organisations_of
from portal.accounts.models import Organisation, Province, User
from portal.accounts.roles import Role

COURSES_SHOWN = 50
STATE_TAGS = {
    LicenceState.LISTED: "ok",
    LicenceState.PROBATION: "wait",
    LicenceState.SUSPENDED: "bad",
    LicenceState.REMOVED: "bad",
}


@dataclass(frozen=True)
class Entry:
    """One decision of the timeline. `when` is planned, in_force, past or dropped."""

    licence: Licence
    when: str
    tag: str
    paper: Paper


@dataclass(frozen=True)
class Timeline:
    """All decisions of one province, newest first, and the one in force."""

    province: Province
    current: Licence | None
    tag: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Supplied:
    course: Course
    standing: Standing


def licence_shown(state: str | None) -> tuple[str, str]:
    """Kind of tag and name of a state; None is no licence."""
    known = LicenceState(state or LicenceState.NONE)
    return STATE_TAGS.get(known, "plain"), str(known.label)


def desk_tabs(rows: QuerySet[Organisation]) -> dict[str, int]:
    """Providers in all ("") and by the state of their licence."""
    counts: Counter[str] = Counter()
    for state, number in rows.order_by().values_list("licence_state").annotate(n=Count("pk")):
        counts[""] += number
        counts[state or LicenceState.NONE.value] += number
    return dict(counts)


def opens_to(user: User, organisation_id: int, *, on: dt.date) -> Organisation | None:
    """The provider, where it is the user's own or lies at the user's desk."""
    if organisation_id in organisations_of(user, Role.PROVIDER_MANAGER):
        return Organisation.objects.select_related("province").get(pk=organisation_id)
    if not has_role(user, Role.PROVINCE_CATALOGUE, Role.AUDITOR):
        return None
    return providers_at_the_desk(user, on=on).filter(pk=organisation_id).first()


def provider_page(organisation: Organisation, *, user: User, at: dt.datetime) -> dict[str, object]:
    """Context of a provider's page at the desk and of its own: what this user may see of it, and may do."""
    today = clock.today(at)
    own = organisation.pk in organisations_of(user, Role.PROVIDER_MANAGER)
    province = decides_in(user)
    timelines = _timelines(organisation, user=user, at=at)
    here = next((line for line in timelines if line.province.pk == province), None)
    return {
        "organisation": organisation,
        "today": today,
        "is_own": own,
        "decides_in": province,
        "keeps_contacts": own or province is not None,
        "timelines": timelines,
        "states": _states(here, today),
        "today_is_decided": here is not None
        and here.current is not None
        and here.current.valid_from == today,
        "contacts": contacts_of(organisation, user=user, on=today),
        "agreements": agreements_of(organisation, user=user, at=at),
        "supplied": _supplied(organisation, user=user, today=today),
        "courses_shown": COURSES_SHOWN,
    }


def _states(here: Timeline | None, today: dt.date) -> set[str]:
    """From which states a decision may start: that of today, and those that are planned."""
    if here is None:
        return {LicenceState.NONE.value}
    planned = {entry.licence.state for entry in here.entries if entry.when == "planned"}
    return planned | {here.current.state if here.current else LicenceState.NONE.value}


def _timelines(organisation: Organisation, *, user: User, at: dt.datetime) -> list[Timeline]:
    today = clock.today(at)
    rows = licences_visible_to(user).filter(organisation=organisation)
    lines = []
    for licences in by_province(rows).values():
        current = next((row for row in licences if row.is_in_force(today)), None)
        lines.append(
            Timeline(
                province=licences[0].province,
                current=current,
                tag=STATE_TAGS[LicenceState(current.state)] if current else "plain",
                entries=tuple(
                    _entry(row, paper, today)
                    for row, paper in zip(licences, papers_of(licences, user=user, at=at), strict=True)
                ),
            )
        )
    return sorted(lines, key=lambda line: line.province.pk)


def _entry(row: Licence, paper: Paper, today: dt.date) -> Entry:
    if row.was_dropped:
        when = "dropped"
    elif row.is_planned(today):
        when = "planned"
    else:
        when = "in_force" if row.is_in_force(today) else "past"
    return Entry(row, when, STATE_TAGS[LicenceState(row.state)], paper)


def contacts_of(organisation: Organisation, *, user: User, on: dt.date) -> list[Contact]:
    return list(contacts_visible_to(user, on=on).filter(organisation=organisation))


def agreements_of(
    organisation: Organisation, *, user: User, at: dt.datetime
) -> list[tuple[Agreement, Paper, bool]]:
    """(agreement, its paper for this reader, holds today)."""
    today = clock.today(at)
    rows = list(agreements_visible_to(user).filter(organisation=organisation))
    shown = papers_of(rows, user=user, at=at)
    return [(row, paper, row.holds_on(today)) for row, paper in zip(rows, shown, strict=True)]


def _supplied(organisation: Organisation, *, user: User, today: dt.date) -> list[Supplied]:
    """The newest courses, each with whether enrolments of today count."""
    rows = Course.objects.filter(organisation=organisation).select_related("province")
    if (province := decides_in(user)) and organisation.pk not in organisations_of(
        user, Role.PROVIDER_MANAGER
    ):
        rows = rows.filter(province_id=province)
    courses = list(rows.order_by("-published_at", "-pk")[:COURSES_SHOWN])
    standing = standings(courses, on=today)
    return [Supplied(course, standing[course.pk]) for course in courses]


def public_page(organisation: Organisation, *, at: dt.datetime) -> dict[str, object]:
    """Context of the page anybody may read."""
    licences = licences_in_force(organisation.pk, on=clock.today(at))
    return {
        "organisation": organisation,
        "licences": [(row, STATE_TAGS[LicenceState(row.state)]) for row in licences],
        "courses": public_courses(organisation.pk),
    }
