"""Which programmes are open for a certificate: those whose policy is in force for it. Each says beforehand what it would pay."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from certificates import selectors as certificates
from portal.accounts.models import User
from subsidies.models import Claim, PolicyVersion, Programme
from subsidies.selectors import facts, records
from subsidies.selectors.claims import answers_so_far
from subsidies.selectors.papers import Paper
from subsidies.workflow.claims import Purpose

DEFAULT: Final = "SKILL"
"""Always offered to people: where no policy is in force, its page says so."""


def programmes_paying(payee: str) -> list[Programme]:
    """Those that need no contract to claim under."""
    return list(Programme.objects.filter(payees__contains=[payee]).exclude(kind=Programme.Kind.PROJECT))


def programme_for(payee: str, code: str) -> Programme | None:
    """One that pays such a payee without a contract. None where there is none of that code."""
    return next((one for one in programmes_paying(payee) if one.code == code), None)


def published_in(province_code: str, programmes: Iterable[Programme]) -> list[Programme]:
    """Of these, those of which the province has a policy."""
    rows = PolicyVersion.objects.published().filter(region=province_code)
    known = set(rows.order_by().values_list("programme_id", flat=True).distinct())
    return [one for one in programmes if one.code in known]


@dataclass(frozen=True)
class Offer:
    """A programme, what it says of the certificate beforehand, and the claim that is in its way, if there is one."""

    programme: Programme
    record: dict[str, Any]
    claim: Claim | None

    @property
    def is_open(self) -> bool:
        return self.claim is None


def offers_for(user: User, paper: Paper, *, at: dt.datetime) -> list[Offer]:
    """What one can claim for one's own certificate. The user is registered with a real name."""
    line = certificates.lineages([paper.serial])[paper.serial]
    live = Claim.objects.live().filter(certificate_serial__in=line, claimant=user).order_by("pk")
    standing = {claim.purpose: claim for claim in live}
    offered = []
    for programme in programmes_paying(Programme.Payee.PERSON):
        subject = records.subject_of(
            user, paper, answers_so_far(user, paper.serial, programme.code), programme=programme.code, at=at
        )
        record = facts.explain(subject, at=at).record
        if record["version"] is not None or programme.code == DEFAULT:
            offered.append(Offer(programme, record, standing.get(_purpose(programme))))
    return sorted(offered, key=lambda offer: offer.programme.code != DEFAULT)


def _purpose(programme: Programme) -> Purpose:
    return Purpose.LIVING if programme.kind == Programme.Kind.LIVING else Purpose.TRAINING
