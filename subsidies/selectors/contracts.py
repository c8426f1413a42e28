"""Project contracts by who is asking: the offices of their province, the provider, and a person whose course one is for."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum

from portal.accounts.access import ALL, has_role, in_provinces, organisations_of, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import Claim, Entitlement, Programme, ProjectContract
from subsidies.selectors.policies import OF_PROVINCES
from subsidies.workflow.claims import ENDED
from subsidies.workflow.contracts import CLAIMABLE, ContractState
from subsidies.workflow.money import EntitlementState

READERS: Final = (*OF_PROVINCES, Role.AUDITOR)
"""Who drafts contracts, who puts them in force, and who decides by them; auditors read all."""


def contracts_visible_to(user: User) -> QuerySet[ProjectContract]:
    """Those of the provinces in which somebody holds one of these offices, drafts among them."""
    rows = ProjectContract.objects.select_related(
        "province", "organisation", "programme", "drafted_by", "enforced_by", "ended_by"
    )
    return in_provinces(rows, provinces_of(user, *READERS))


def provinces_to_draft(user: User) -> list[str]:
    """Province codes in which somebody may draft a contract."""
    found = provinces_of(user, Role.POLICY_EDITOR)
    return [] if found is ALL else sorted(found)


def project_programmes() -> QuerySet[Programme]:
    """Those that pay by contracts."""
    return Programme.objects.filter(kind=Programme.Kind.PROJECT)


def may_change(user: User, contract: ProjectContract) -> bool:
    return (
        contract.state == ContractState.DRAFT
        and contract.drafted_by_id == user.pk
        and has_role(user, Role.POLICY_EDITOR, province=contract.province_id)
    )


def steps_of(user: User, contract: ProjectContract) -> list[str]:
    """The steps that this person may take now; of those that put in force, nobody who drafted it."""
    found = []
    if contract.state == ContractState.DRAFT:
        if (
            has_role(user, Role.POLICY_PUBLISHER, province=contract.province_id)
            and contract.drafted_by_id != user.pk
        ):
            found.append("enforce")
        if has_role(user, Role.POLICY_EDITOR, province=contract.province_id):
            found.append("drop")
    elif contract.state == ContractState.IN_FORCE and has_role(
        user, Role.POLICY_PUBLISHER, province=contract.province_id
    ):
        found.append("end")
    return found


@dataclass(frozen=True)
class Standing:
    """What has come of a contract: integer fen, people. `set_aside`, `at_bank` and `paid` are what the ledger holds."""

    claimed_people: int
    claimed_fen: int
    granted_people: int
    granted_fen: int
    set_aside_fen: int
    at_bank_fen: int
    paid_fen: int
    left_people: int
    left_fen: int


def standing_of(contract: ProjectContract) -> Standing:
    """Two statements. A claim that waits for funds is granted, and nothing is set aside for it yet.

    What paid a debt of the provider is paid, too, also of a right that was carried into a later book.
    """
    rows = contract.claims.exclude(state__in=ENDED)
    claimed = rows.aggregate(people=Count("pk"), fen=Sum("amount_fen", default=0))
    rights = Entitlement.objects.exclude(state=EntitlementState.RELEASED).filter(claim__contract=contract)
    sums = rights.order_by().values_list("state").annotate(fen=Sum("fen"), offset=Sum("offset_fen"))
    held = {state: (fen, offset) for state, fen, offset in sums}
    offset = sum(part for state, (_fen, part) in held.items() if state != EntitlementState.PAID)

    def owed(state: str) -> int:
        fen, part = held.get(state, (0, 0))
        return fen - part

    return Standing(
        claimed_people=claimed["people"],
        claimed_fen=claimed["fen"],
        granted_people=contract.granted_people,
        granted_fen=contract.granted_fen,
        set_aside_fen=owed(EntitlementState.RESERVED),
        at_bank_fen=owed(EntitlementState.SENT),
        paid_fen=held.get(EntitlementState.PAID, (0, 0))[0] + offset,
        left_people=contract.left_people,
        left_fen=contract.left_fen,
    )


def claims_of(contract: ProjectContract) -> QuerySet[Claim]:
    return contract.claims.order_by("-pk")


# -- the provider, and who learned ----------------------------------------------------------------------------------


def contracts_to_claim(organisation_ids: object) -> QuerySet[ProjectContract]:
    """Those by which these organisations can claim, newest first."""
    rows = ProjectContract.objects.filter(organisation__in=organisation_ids, state__in=sorted(CLAIMABLE))
    return rows.select_related("programme", "organisation")


def contracts_read_by(user: User) -> QuerySet[ProjectContract]:
    """Those of the provinces of one's office, and those by which one's own providers can claim."""
    own = Q(organisation__in=organisations_of(user, Role.PROVIDER_MANAGER), state__in=sorted(CLAIMABLE))
    return ProjectContract.objects.filter(own | Q(pk__in=contracts_visible_to(user).values("pk")))


def covers(contract: ProjectContract, *, course: str, occupation: str, level: int | None) -> bool:
    """Whether a contract is for a course (its code), or for an occupation and its level."""
    if contract.courses:
        return course in contract.courses
    if contract.level is not None and level != contract.level:
        return False
    return occupation == contract.occupation


def contracts_for(
    organisation_id: int, *, course: str, occupation: str, level: int | None
) -> list[ProjectContract]:
    """By which contracts the provider could claim for such a certificate."""
    return [
        one
        for one in contracts_to_claim([organisation_id])
        if covers(one, course=course, occupation=occupation, level=level)
    ]
