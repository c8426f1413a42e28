"""Certificates that others issued: a person's own, those on a desk, and the course that one stands beside."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.urls import reverse

from certificates.models import ExternalCertificate, Ruling
from certificates.selectors.certificates import DESK_ROLES, PROPOSERS
from courses import selectors as courses
from courses.selectors.papers import Paper, papers_of
from learners import selectors as learners
from portal import numbers
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import User


def externals_of(user: User) -> QuerySet[ExternalCertificate]:
    """A person's own, the newest first."""
    return ExternalCertificate.objects.filter(user_id=user.pk)


def externals_at_desk(user: User) -> QuerySet[ExternalCertificate]:
    return in_provinces(ExternalCertificate.objects.all(), provinces_of(user, *DESK_ROLES))


def rulings_visible_to(user: User) -> QuerySet[Ruling]:
    return in_provinces(Ruling.objects.all(), provinces_of(user, *DESK_ROLES))


def waiting_at_desk(user: User) -> QuerySet[ExternalCertificate]:
    """For which a person is needed: the register names another occupation, is silent, or takes back what it said."""
    rows = in_provinces(ExternalCertificate.objects.all(), provinces_of(user, *PROPOSERS))
    return rows.filter(needs_a_person())


def needs_a_person() -> Q:
    stuck = Q(state="reported", said__in=["named_otherwise", "silent", "stale"])
    return stuck | Q(state="checked", doubted_at__isnull=False)


def may_rule(user: User, external: ExternalCertificate) -> bool:
    """To propose what becomes of it, or to decide what another one proposed; never about one's own."""
    return user.pk != external.user_id and has_role(user, *PROPOSERS, province=external.province_id)


def search(
    rows: QuerySet[ExternalCertificate], *, state: str = "", words: str = ""
) -> QuerySet[ExternalCertificate]:
    """By state (or `person`: where one is needed), and by our serial's beginning or the whole number on the paper."""
    if state == "person":
        rows = rows.filter(needs_a_person())
    elif state in ExternalCertificate.State.values:
        rows = rows.filter(state=state)
    if words:
        asked = numbers.plain(words)
        rows = rows.filter(Q(serial__startswith=asked) | Q(number=asked))
    return rows


def paper_of(external: ExternalCertificate, *, user: User, at: dt.datetime) -> Paper:
    """The photo or scan, as far as this reader may see it now."""
    return papers_of([external], user=user, at=at)[0]


def path_of_external(external: ExternalCertificate) -> str:
    """The holder's page."""
    return reverse("certificates:external", args=[external.serial])


def fitting_completion(external: ExternalCertificate) -> int | None:
    """The id of the newest of the person's own completed courses that a claim with this certificate may rest on.

    Of the same occupation and edition, in the same province, begun by the day of issue. A course for a level certificate
    has the same level; for one of a special ability it has none. A course without a level of its own fits both.
    """
    rows = learners.completions().filter(user_id=external.user_id, province_id=external.province_id)
    ids = list(rows.order_by("-completed_at", "-pk").values_list("pk", flat=True))
    learned = learners.learning_facts_of(ids)
    taught = courses.certificate_facts_of({facts.version_id for facts in learned.values()})
    for pk in ids:
        course = taught[learned[pk].version_id]
        same = (course.occupation_code, course.edition) == (
            external.occupation_code,
            external.occupation_edition,
        )
        if same and course.level in {None, external.level} and learned[pk].started_on <= external.issued_on:
            return pk
    return None
