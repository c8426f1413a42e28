"""What a partner and those who watch over it may see of its keys, calls and messages."""

import contextlib
import json
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from courses.models import (
    Course,
    CourseVersion,
    PartnerCall,
    PartnerKey,
    WebhookDelivery,
    WebhookEndpoint,
)
from courses.selectors.standards import Report, report_on
from courses.workflow import DeliveryState, EndpointState
from portal import clock
from portal.accounts.access import ALL, has_role, organisations_of, provinces_of
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role

WATCHERS = (Role.PROVINCE_CATALOGUE, Role.AUDITOR)
MOST_SHOWN = 50_000
"""Signs of a body on a page; the API gives all of it."""
DESK = (Role.PROVIDER_MANAGER, *WATCHERS)


def _seen_by(user: User | AnonymousUser, rows: QuerySet) -> QuerySet:
    """Rows with a province and an organisation: a manager's own, a catalogue administrator's province, all for auditors."""
    provinces = provinces_of(user, *WATCHERS)
    if provinces is ALL:
        return rows
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return rows.filter(Q(organisation__in=own) | Q(province__in=provinces))


def keys_visible_to(user: User | AnonymousUser) -> QuerySet[PartnerKey]:
    rows = PartnerKey.objects.with_makers(clock.today(clock.now()))
    return _seen_by(user, rows.select_related("organisation", "province", "created_by", "revoked_by"))


def endpoints_visible_to(user: User | AnonymousUser) -> QuerySet[WebhookEndpoint]:
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    failed = Count("deliveries", filter=Q(deliveries__state=DeliveryState.FAILED))
    rows = WebhookEndpoint.objects.exclude(state=EndpointState.REMOVED).select_related(
        "organisation", "province"
    )
    return _seen_by(user, rows).annotate(waiting=waiting, failed=failed)


def endpoints_managed_by(user: User) -> QuerySet[WebhookEndpoint]:
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return endpoints_visible_to(user).filter(organisation__in=own)


def calls_visible_to(user: User | AnonymousUser) -> QuerySet[PartnerCall]:
    rows = PartnerCall.objects.select_related("organisation", "key", "resent_by").defer("body_packed")
    return _seen_by(user, rows)


def deliveries_visible_to(user: User | AnonymousUser) -> QuerySet[WebhookDelivery]:
    endpoints = _seen_by(user, WebhookEndpoint.objects.all())
    return WebhookDelivery.objects.filter(endpoint__in=endpoints).select_related(
        "endpoint__organisation", "course"
    )


def one(rows: QuerySet, **known: object) -> object:
    """Raises Http404."""
    storable = all("\x00" not in str(value) for value in known.values())
    found = rows.filter(**known).first() if storable else None
    if found is None:
        raise Http404
    return found


def acts_for(user: User, organisation_id: int) -> bool:
    """Whether the user manages this organisation: makes its keys, names its addresses, sends its calls again."""
    return has_role(user, Role.PROVIDER_MANAGER, organisation=organisation_id)


def may_revoke(user: User, key: PartnerKey) -> bool:
    return acts_for(user, key.organisation_id) or has_role(
        user, Role.PROVINCE_CATALOGUE, province=key.province_id
    )


def managed_by(user: User) -> list[Organisation]:
    """The organisations for which the user may make keys."""
    own = organisations_of(user, Role.PROVIDER_MANAGER)
    return list(Organisation.objects.filter(pk__in=own).select_related("province"))


def supplied_courses(organisation: Organisation) -> QuerySet[Course]:
    """What the organisation supplied by machine or file: its courses with a reference of its own."""
    rows = Course.objects.filter(organisation=organisation).exclude(partner_ref="")
    return rows.select_related("occupation", "current_version")


def supplied_course(organisation: Organisation, partner_ref: str) -> Course:
    """Raises Http404, also for another organisation's reference."""
    fits = partner_ref.isprintable() and partner_ref
    return one(supplied_courses(organisation), partner_ref=partner_ref if fits else "-")


@dataclass(frozen=True)
class Standing:
    """Where a course stands: its newest version, and what is missing in it before it can be submitted."""

    course: Course
    version: CourseVersion
    report: Report | None = None


def newest_versions(courses: list[Course]) -> dict[int, CourseVersion]:
    """By course id, in one statement."""
    rows = CourseVersion.objects.filter(course__in=courses).order_by("number")
    return {row.course_id: row for row in rows.select_related("course", "occupation")}


def standing_of(course: Course) -> Standing:
    version = newest_versions([course])[course.pk]
    return Standing(course, version, report_on(version) if version.frozen_at is None else None)


def shown_body(call: PartnerCall) -> str:
    """What was sent, indented where it is JSON; cut where nobody would read on."""
    text = call.body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    return text[:MOST_SHOWN].encode("utf-8", "replace").decode()
