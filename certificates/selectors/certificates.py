"""A person's certificates and those on a desk."""

import datetime as dt
from collections import defaultdict
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from certificates import archive, paper, signers, workflow
from certificates.models import Certificate, Proposal
from certificates.selectors.templates import wording_of
from learners import selectors as learners
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

DESK_ROLES = (Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER, Role.AUDITOR, Role.OPERATOR)
PROPOSERS = ISSUERS = (Role.PROVINCE_REVIEWER, Role.OPERATOR)


def uncertified_completions() -> QuerySet:
    """Completed enrolments for which no certificate has been asked yet, oldest first."""
    asked = Certificate.objects.filter(completion_id=OuterRef("pk"))
    return learners.completions().filter(~Exists(asked)).order_by("pk")


def certificates_of(user: User) -> QuerySet[Certificate]:
    """A person's own, newest first, those being made included."""
    return Certificate.objects.filter(user_id=user.pk)


def own_with_words(certificates: QuerySet[Certificate], words: str) -> QuerySet[Certificate]:
    """A person's own in which the words stand: in the title of the course, its code, the occupation, or the number."""
    if not words:
        return certificates
    places = (
        "facts__course_title",
        "facts__course_title_en",
        "facts__occupation_name",
        "course_code",
        "serial",
    )
    return certificates.filter(reduce(or_, (Q(**{f"{place}__icontains": words}) for place in places)))


def desk_visible_to(user: User) -> QuerySet[Certificate]:
    """What a member of staff may see: the own provinces', or all for a nation-wide role."""
    return in_provinces(Certificate.objects.all(), provinces_of(user, *DESK_ROLES))


def visible_to(user: User) -> QuerySet[Certificate]:
    """One's own, and those on one's desk."""
    return certificates_of(user) | desk_visible_to(user)


def proposals_visible_to(user: User) -> QuerySet[Proposal]:
    return in_provinces(Proposal.objects.all(), provinces_of(user, *DESK_ROLES))


def may_propose(user: User, certificate: Certificate) -> bool:
    """To revoke or replace it, or to decide what another one proposed."""
    return has_role(user, *PROPOSERS, province=certificate.province_id)


def may_retry(user: User) -> bool:
    return has_role(user, Role.OPERATOR)


def path_of(certificate: Certificate) -> str:
    """The holder's page."""
    return reverse("certificates:certificate", args=[certificate.number])


def pdf_of(certificate: Certificate, *, at: dt.datetime) -> bytes:
    """The paper as it was kept. One that is not kept, lost or damaged is made, and signed as of now; nothing is written.

    Where the key is still the one of the day it was made, the same facts make the same bytes, unless there are time-stamps or
    the key is an ECDSA key in a device. Raises KeyNotValid, KeyRevoked, OSError, ValueError, TemplateChanged.
    """
    if certificate.pdf_key:
        if kept := archive.get(certificate.pdf_key, bytes(certificate.pdf_sha256)):
            return kept
        if signers.repeatable(certificate.paper_made_at):
            at = certificate.paper_made_at
    pdf = paper.draw(certificate.paper_facts(), wording_of(certificate))
    return signers.signed(pdf, at=at, serial=certificate.serial)


def status_counts_by_province() -> dict[str, dict[str, int]]:
    """Province code → state → how many."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Certificate.State.values, 0))
    rows = Certificate.objects.order_by().values_list("province_id", "state").annotate(count=Count("id"))
    for province, state, count in rows:
        counts[province][state] = count
    return dict(counts)


def oldest_waiting(certificates: QuerySet[Certificate]) -> dt.datetime | None:
    """Since when the oldest of these has been waiting to be made."""
    row = certificates.filter(state=workflow.REQUESTED).order_by("requested_at").first()
    return row.requested_at if row else None
