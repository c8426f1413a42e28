"""What the policies behind claims say of notices, and what a public list shows of each person by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.accounts.services import many_to_mask
from subsidies.masks import DEFAULT, MASKS
from subsidies.models import Claim, Decision, PolicyVersion
from subsidies.policy import read_policy
from subsidies.policy.body import Notice as Terms
from subsidies.workflow.claims import Act


@dataclass(frozen=True)
class Masked:
    name: str
    number: str


def terms_of_all(claims: Sequence[Claim]) -> dict[int, Terms]:
    """By claim id, of the policy behind the newest approval; the usual terms where there was none. Two statements."""
    approvals = Decision.objects.filter(claim__in=claims, act=Act.APPROVED, policy__isnull=False)
    versions = dict(approvals.order_by("pk").values_list("claim_id", "policy_id"))
    behind = PolicyVersion.objects.filter(pk__in=set(versions.values()))
    terms = {version.pk: read_policy(version.body).notice for version in behind}
    return {claim.pk: terms.get(versions.get(claim.pk), Terms()) for claim in claims}


def masked(claims: Sequence[Claim], terms: Mapping[int, Terms]) -> dict[int, Masked]:
    """By claim id. An identity is opened only where the policy wants another mask than claims keep anyway."""
    opened = many_to_mask({claim.claimant_id for claim in claims if terms[claim.pk].mask != DEFAULT})
    shown = {}
    for claim in claims:
        name, number = claim.holder_masked, claim.number_masked
        if claim.claimant_id in opened and terms[claim.pk].mask != DEFAULT:
            mask = MASKS[terms[claim.pk].mask]
            name, number = (
                hide(plain)
                for hide, plain in zip((mask.name, mask.number), opened[claim.claimant_id], strict=True)
            )
        shown[claim.pk] = Masked(name, number)
    return shown
