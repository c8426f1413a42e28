"""Papers that a policy asks for: which kinds, which are there, and what a reader may see of them."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from courses.selectors.papers import Paper, papers_of
from portal.accounts.models import User
from subsidies.models import Claim, ClaimDraft, ClaimList, Material
from subsidies.policy import Policy, words

ON_RECORD: Final = frozenset({"resident_id", "certificate", "bank_account"})
"""Nobody is asked for a paper of what the portal's own records prove."""
Holder = ClaimDraft | Claim | ClaimList


def asked_by(policy: Policy | None) -> tuple[str, ...]:
    """The kinds of paper that a policy asks for and no record of the portal stands for, in its order."""
    return tuple(kind for kind in policy.materials if kind not in ON_RECORD) if policy else ()


def name_of(kind: str) -> str:
    named = words.material(kind)
    return named.en if (get_language() or "").startswith("en") else named.zh


def missing(policy: Policy | None, holder: Holder | None) -> list[str]:
    """The kinds of which there is no paper yet."""
    asked = asked_by(policy)
    there = set(holder.materials.values_list("kind", flat=True)) if holder and asked else set()
    return [kind for kind in asked if kind not in there]


@dataclass(frozen=True)
class Shown:
    """A paper with its kind in words, and the way to it while the reader may open it."""

    row: Material
    kind: str
    paper: Paper


def shown(rows: QuerySet[Material], *, user: User, at: dt.datetime) -> list[Shown]:
    """In two statements, however many."""
    found = list(rows.order_by("pk"))
    papers = papers_of(found, user=user, at=at)  # a material holds its document as every paper does
    return [Shown(row, name_of(row.kind), paper) for row, paper in zip(found, papers, strict=True)]


@dataclass(frozen=True)
class Wanted:
    """A kind of paper that is asked for, with what is there of it."""

    kind: str
    name: str
    papers: list[Shown]


def wanted(policy: Policy | None, holder: Holder | None, *, user: User, at: dt.datetime) -> list[Wanted]:
    kinds = asked_by(policy)
    if not kinds:
        return []
    there = shown(holder.materials.all(), user=user, at=at) if holder else []
    return [Wanted(kind, name_of(kind), [one for one in there if one.row.kind == kind]) for kind in kinds]


def rows_of(claim: Claim) -> QuerySet[Material]:
    """The papers of a claim, and those of the list on which it stands."""
    own = Q(claim=claim)
    if claim.claim_list_id:
        own |= Q(claim_list=claim.claim_list_id)
    return Material.objects.filter(own)


def of_claim(claim: Claim, *, user: User, at: dt.datetime) -> list[Shown]:
    return shown(rows_of(claim), user=user, at=at)
