"""Which programmes are open for a certificate: those whose policy is in force for it. Each says beforehand what it would pay."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from certificates import selectors as certificates
from portal.accounts.models import User
from subsidies.models import Claim, PolicyVersion, Programme
from subsidies.selectors.claims import answers_to_all
from subsidies.selectors.facts import Explained, explain_all
from subsidies.selectors.papers import Paper
from subsidies.selectors.records import purpose_of, subjects_of

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
    explained: Explained
    claim: Claim | None


def offers_for(user: User, paper: Paper, *, at: dt.datetime) -> list[Offer]:
    """What one can claim for one's own certificate. The user is registered with a real name."""
    line = certificates.lineages([paper.serial])[paper.serial]
    live = Claim.objects.live().filter(certificate_serial__in=line, claimant=user).order_by("pk")
    standing = {claim.purpose: claim for claim in live}
    paying = programmes_paying(Programme.Payee.PERSON)
    found = explain_all(subjects_of(user, paper, paying, answers_to_all(user, paper.serial), at=at), at=at)
    offered = [
        Offer(programme, explained, standing.get(purpose_of(programme)))
        for programme, explained in zip(paying, found, strict=True)
        if explained.policy is not None or programme.code == DEFAULT
    ]
    return sorted(offered, key=lambda offer: offer.programme.code != DEFAULT)
