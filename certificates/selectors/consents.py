"""Consents of holders: their own list of them, and what an employer is shown who has a code."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from certificates.models import Certificate, ConsentCode, ConsentUse
from certificates.models.consents import MOST_USES
from portal.accounts import selectors as accounts
from portal.accounts.access import organisations_of
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role

MOST_LISTED = 50
"""Consents on a holder's page, and uses of each."""


@dataclass(frozen=True)
class Given:
    """A consent as its holder sees it. `state` is open, withdrawn, over or used_up."""

    consent: ConsentCode
    state: str
    certificates: list[str]
    uses: list[ConsentUse]
    count: int
    last_used_at: dt.datetime | None


def consents_of(user: User) -> QuerySet[ConsentCode]:
    return ConsentCode.objects.filter(user_id=user.pk)


def given_by(user: User, *, at: dt.datetime) -> list[Given]:
    """The newest first, with who used each and when."""
    rows = consents_of(user).select_related("organisation").prefetch_related("certificates")
    rows = list(rows.annotate(count=Count("uses"), last=Max("uses__used_at"))[:MOST_LISTED])
    uses: dict[int, list[ConsentUse]] = {}
    for use in ConsentUse.objects.filter(consent__in=rows).select_related("organisation"):
        uses.setdefault(use.consent_id, []).append(use)
    return [
        Given(
            consent=row,
            state=state_of(row, row.count, at=at),
            certificates=[certificate.number for certificate in row.certificates.all()],
            uses=uses.get(row.pk, [])[:MOST_LISTED],
            count=row.count,
            last_used_at=row.last,
        )
        for row in rows
    ]


def state_of(consent: ConsentCode, uses: int, *, at: dt.datetime) -> str:
    if consent.withdrawn_at is not None:
        return "withdrawn"
    if consent.ends_at <= at:
        return "over"
    return "used_up" if uses >= MOST_USES else "open"


def covered_by(consents: Sequence[ConsentCode]) -> dict[int, list[Certificate]]:
    """By the id of a consent the certificates that it opens, as they are now. Two statements, however many consents."""
    chosen: dict[int, set[int]] = {consent.pk: set() for consent in consents}
    for consent_id, certificate_id in ConsentCode.certificates.through.objects.filter(
        consentcode_id__in=chosen
    ).values_list("consentcode_id", "certificate_id"):
        chosen[consent_id].add(certificate_id)
    holders = {consent.user_id for consent in consents}
    rows = Certificate.objects.on_paper().filter(user_id__in=holders).select_related("replacement")
    papers: dict[int, list[Certificate]] = {}
    for row in rows:
        papers.setdefault(row.user_id, []).append(row)
    return {
        consent.pk: [
            row
            for row in papers.get(consent.user_id, [])
            if consent.covers_all or row.pk in chosen[consent.pk]
        ]
        for consent in consents
    }


def may_be_covered(user: User) -> QuerySet[Certificate]:
    """What a holder can let an employer check."""
    return Certificate.objects.on_paper().filter(user_id=user.pk)


def employers_of(user: User) -> list[Organisation]:
    """For whom the user may check."""
    found = accounts.organisations(organisations_of(user, Role.EMPLOYER))
    return sorted(found.values(), key=lambda organisation: organisation.uscc)
