"""Providers and their dated licences, and the one answer to "does an enrolment count for the subsidy?"."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.models import Agreement, Contact, Course, Licence, Notice
from courses.selectors import shortfalls
from courses.workflow import COUNTS, LicenceState, State
from portal.accounts.access import ALL, has_role, in_provinces, organisations_of, provinces_of
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role

DESK_ROLES = (Role.PROVINCE_CATALOGUE, Role.AUDITOR)
REASONS: dict[str, Promise] = {
    "not_for_subsidy": _("The course is not offered for the subsidy."),
    "course_suspended": _("The course is suspended."),
    "provider_none": _("The provider has no licence in the province of the course."),
    "provider_suspended": _("The provider is suspended in the province of the course."),
    "provider_removed": _("The provider was removed from the list of the province of the course."),
    "standard_overdue": _("The course falls short of the standard, and the time to mend it has passed."),
    "provider_probation": _("The provider is on probation. New enrolments count all the same."),
}
"""What is said of a standing. The last one is a remark: it stands where an enrolment counts."""


@dataclass(frozen=True)
class Standing:
    """Whether an enrolment of that day counts for the subsidy. `reasons` are (code, sentence), the weightiest first."""

    counts: bool
    codes: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, str(REASONS[code])) for code in self.codes)

    @property
    def code(self) -> str:
        """The first reason's code, empty where nothing needs saying."""
        return self.codes[0] if self.codes else ""


def standings(courses: Iterable[Course], *, on: dt.date) -> dict[int, Standing]:
    """By course id, in three statements however many courses are asked."""
    rows = list(courses)
    licences = Licence.objects.in_force(on).filter(
        organisation_id__in={row.organisation_id for row in rows},
        province_id__in={row.province_id for row in rows},
    )
    states = {
        (org, province): state
        for org, province, state in licences.values_list("organisation_id", "province_id", "state")
    }
    overdue = shortfalls.overdue([row.pk for row in rows if row.for_subsidy], on)
    return {
        row.pk: _standing(
            row, states.get((row.organisation_id, row.province_id), LicenceState.NONE), row.pk in overdue
        )
        for row in rows
    }


def _standing(course: Course, licence: str, overdue: bool) -> Standing:
    against = (
        ("not_for_subsidy", not course.for_subsidy),
        ("course_suspended", course.state == State.SUSPENDED),
        (f"provider_{licence}", licence not in COUNTS),
        ("standard_overdue", overdue),
    )
    if codes := tuple(code for code, holds in against if holds):
        return Standing(counts=False, codes=codes)
    return Standing(True, ("provider_probation",) if licence == LicenceState.PROBATION else ())


def subsidy_standing(course: Course, *, on: dt.date) -> Standing:
    """Whether somebody who enrols in the course on that day can claim the subsidy, and why (not)."""
    return standings([course], on=on)[course.pk]


# -- who supplies ---------------------------------------------------------------------------------------------------


def licence_of(organisation_id: int, province_id: str, *, on: dt.date) -> Licence | None:
    rows = Licence.objects.in_force(on).filter(organisation_id=organisation_id, province_id=province_id)
    return rows.select_related("province", "decided_by").first()


def licences_in_force(organisation_id: int, *, on: dt.date) -> list[Licence]:
    """In all provinces: what anybody may know of a provider."""
    rows = Licence.objects.in_force(on).filter(organisation_id=organisation_id)
    return list(rows.select_related("province").order_by("province_id"))


def public_provider(organisation_id: int) -> Organisation:
    """A body that was ever licensed or has a listed course. Raises Http404 for any other."""
    listed = Course.objects.listed().filter(organisation=OuterRef("pk"))
    licensed = Licence.objects.filter(organisation=OuterRef("pk"))
    rows = Organisation.objects.filter(Exists(listed) | Exists(licensed)).select_related("province")
    return _found(rows, organisation_id)


def public_courses(organisation_id: int) -> QuerySet[Course]:
    rows = Course.objects.listed().filter(organisation_id=organisation_id)
    return rows.select_related("occupation", "organisation", "province").order_by("-published_at", "-id")


def _found(rows: QuerySet, pk: int) -> Organisation:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


# -- the province's desk --------------------------------------------------------------------------------------------


def providers_at_the_desk(user: User, *, on: dt.date) -> QuerySet[Organisation]:
    """Who is at home in the user's provinces, was ever licensed there or has courses there; auditors see all.

    `licence_state` and `licence_from` are those in force in the user's province (auditors: in the provider's own).
    """
    provinces = provinces_of(user, *DESK_ROLES)
    rows = Organisation.objects.select_related("province")
    licences = Licence.objects.filter(organisation=OuterRef("pk"))
    if provinces is ALL:
        licences = licences.filter(province=OuterRef("province"))
    else:
        licences = licences.filter(province_id__in=provinces)
        courses = Course.objects.filter(organisation=OuterRef("pk"), province_id__in=provinces)
        rows = rows.filter(Q(province_id__in=provinces) | Exists(licences) | Exists(courses))
    current = licences.in_force(on).order_by("-valid_from")
    return rows.annotate(
        licence_state=Subquery(current.values("state")[:1]),
        licence_from=Subquery(current.values("valid_from")[:1]),
    )


def provider_at_the_desk(user: User, organisation_id: int, *, on: dt.date) -> Organisation:
    """Raises Http404 for a provider that has nothing to do with the user's provinces."""
    return _found(providers_at_the_desk(user, on=on), organisation_id)


def decides_in(user: User) -> str | None:
    """The province whose licences the user decides; None for a reader."""
    provinces = provinces_of(user, Role.PROVINCE_CATALOGUE)
    return min(provinces) if provinces and provinces is not ALL else None


def provider_to_decide(user: User, organisation_id: int, *, on: dt.date) -> Organisation:
    """Raises Http404 where the user decides nothing."""
    if decides_in(user) is None:
        raise Http404
    return provider_at_the_desk(user, organisation_id, on=on)


def licences_visible_to(user: User) -> QuerySet[Licence]:
    """Those of the user's provinces, and those of the user's own organisation everywhere."""
    rows = Licence.objects.select_related("province", "organisation", "decided_by", "ended_by")
    return _own_or_at_the_desk(rows, user)


def agreement_in_force(organisation_id: int, province_code: str, on: dt.date) -> Agreement | None:
    """What a province has signed with a provider and holds on a day; the newest."""
    rows = _agreements_on(on).filter(organisation_id=organisation_id, province_id=province_code)
    return rows.order_by("-signed_on", "-pk").first()


def agreed_providers(province_codes: Iterable[str], on: dt.date) -> list[Organisation]:
    """Providers at home in these provinces with which their province has an agreement in force on a day, by name."""
    held = _agreements_on(on).filter(organisation=OuterRef("pk"), province=OuterRef("province"))
    rows = Organisation.objects.filter(Exists(held), province__in=list(province_codes))
    return list(rows.order_by("name_zh", "pk"))


def _agreements_on(day: dt.date) -> QuerySet[Agreement]:
    return Agreement.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))


def agreements_visible_to(user: User) -> QuerySet[Agreement]:
    return _own_or_at_the_desk(Agreement.objects.select_related("province"), user)


def _own_or_at_the_desk(rows: QuerySet, user: User) -> QuerySet:
    provinces = provinces_of(user, *DESK_ROLES)
    if provinces is ALL:
        return rows
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return rows.filter(Q(province_id__in=provinces) | Q(organisation_id__in=own))


def licence_to_call_off(user: User, licence_id: int) -> Licence:
    """Raises Http404 for a decision of another province."""
    rows = in_provinces(Licence.objects.all(), provinces_of(user, Role.PROVINCE_CATALOGUE))
    row = rows.filter(pk=licence_id).first()
    if row is None:
        raise Http404
    return row


def contacts_visible_to(user: User, *, on: dt.date) -> QuerySet[Contact]:
    """Of the user's own organisation, and of the providers at the user's desk; those that left are not shown."""
    rows = Contact.objects.filter(removed_at=None)
    provinces = provinces_of(user, *DESK_ROLES)
    if provinces is ALL:
        return rows
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    at_desk = providers_at_the_desk(user, on=on).values("pk") if provinces else []
    return rows.filter(Q(organisation_id__in=own) | Q(organisation_id__in=at_desk))


def contact_to_use(user: User, contact_id: int, *, on: dt.date) -> Contact:
    """For who may read the full numbers or take the contact away. Raises Http404; auditors see masks only."""
    contact = contacts_visible_to(user, on=on).filter(pk=contact_id).first()
    if contact is None or not has_role(user, Role.PROVINCE_CATALOGUE, Role.PROVIDER_MANAGER):
        raise Http404
    return contact


# -- the provider's own desk ----------------------------------------------------------------------------------------


def own_organisations(user: User) -> QuerySet[Organisation]:
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return Organisation.objects.filter(pk__in=own).select_related("province")


def own_organisation(user: User, organisation_id: int | None = None) -> Organisation:
    """The one asked for, or the first. Raises Http404 for what is not the user's own."""
    rows = own_organisations(user)
    row = (rows.filter(pk=organisation_id) if organisation_id else rows).first()
    if row is None:
        raise Http404
    return row


def notices_visible_to(user: User | AnonymousUser) -> QuerySet[Notice]:
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return Notice.objects.filter(organisation_id__in=own).select_related("course", "province", "organisation")


def unread_notices(user: User | AnonymousUser) -> QuerySet[Notice]:
    return notices_visible_to(user).filter(read_at=None)


def by_province(licences: Iterable[Licence]) -> dict[str, list[Licence]]:
    heaps: dict[str, list[Licence]] = defaultdict(list)
    for licence in licences:
        heaps[licence.province_id].append(licence)
    return dict(heaps)
