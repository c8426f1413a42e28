"""Claims by who is asking, and what stands beside one."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from portal.accounts.access import ALL, in_provinces, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from subsidies.models import Claim, ClaimDraft, Decision, Hold, Notice
from subsidies.selectors.desks import READERS
from subsidies.selectors.payees import interests_of
from subsidies.workflow.claims import AGAINST, CODED, LETTERED, Act, State

DESK_ROLES = (
    *READERS,
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.RECOVERY_OFFICER,
)


def claims_visible_to(user: User) -> QuerySet[Claim]:
    """A person's own claims, and those of the provinces in which he or she holds an office for claims or money."""
    if not user.is_authenticated:
        return Claim.objects.none()
    office = provinces_of(user, *DESK_ROLES)
    if office is ALL:
        return Claim.objects.all()
    return Claim.objects.filter(Q(claimant=user) | Q(province_id__in=office))


def own_claims(user: User) -> QuerySet[Claim]:
    return Claim.objects.filter(claimant_id=user.pk)


def reviews_visible_to(user: User) -> QuerySet[Claim]:
    """Claims that an officer of review, an investigator or an auditor may read, by provinces; nobody's own is among them."""
    office = provinces_of(user, *READERS)
    return in_provinces(Claim.objects.select_related("province"), office).exclude(interests_of(user))


def decisions_of(claim: Claim) -> QuerySet[Decision]:
    return claim.decisions.select_related("by")


def explanation_of(claim: Claim) -> dict[str, Any] | None:
    """The explanation record of the newest decision."""
    newest = claim.decisions.order_by("-pk").first()
    return newest.record if newest else None


def decision_against(claim: Claim) -> Decision | None:
    """The newest decision that turned the claim down or sent it back, with what it rests on; None where it goes on."""
    if claim.state not in AGAINST or claim.state == State.REJECT_PROPOSED:
        return None  # nobody is told of what is only proposed
    return claim.decisions.filter(act__in=CODED).exclude(act=Act.PROPOSED).order_by("-pk").first()


def trail_for_claimant(claim: Claim) -> list[Decision]:
    """What has been decided, without what only one person has proposed."""
    return list(claim.decisions.exclude(act__in=[Act.PROPOSED, Act.OVERRULED, Act.SENT_DOWN]).order_by("pk"))


def letters_of(claim: Claim) -> QuerySet[Decision]:
    """The decisions of which there is a letter, the newest first."""
    rows = claim.decisions.filter(act__in=LETTERED).select_related("claim__province", "policy")
    return rows.order_by("-pk")


def notice_of(claim: Claim) -> Notice | None:
    """The newest public notice in which the claim stands."""
    line = claim.notice_lines.select_related("notice").order_by("-pk").first()
    return line.notice if line else None


def returned_by_bank(claim: Claim) -> bool:
    """The bank could not pay into the account, and nobody has cleared it up yet."""
    return claim.holds.filter(category=Hold.Category.BANK_DETAILS, closed_at=None).exists()


def draft_of(user: User, serial: str, programme: str) -> ClaimDraft | None:
    """A claim that is being prepared."""
    return ClaimDraft.objects.filter(
        claimant_id=user.pk, certificate_serial=serial, programme=programme
    ).first()


def answers_so_far(user: User, serial: str, programme: str) -> dict[str, bool]:
    """What was answered for a claim that is being prepared."""
    draft = draft_of(user, serial, programme)
    return draft.answers if draft else {}


def answers_to_all(user: User, serial: str) -> dict[str, dict[str, bool]]:
    """As `answers_so_far`, by programme, for those that are being prepared."""
    rows = ClaimDraft.objects.filter(claimant_id=user.pk, certificate_serial=serial)
    return dict(rows.values_list("programme", "answers"))


def road_of(user: User) -> list[Claim]:
    """A person's claims, newest first, for the desk of the learner."""
    return list(own_claims(user).select_related("province", "claim_list__organisation"))


def status_counts_by_province() -> dict[str, dict[str, int]]:
    """Province code → claimed, approved, paid (numbers of claims) and amount_fen, paid_fen (integer fen)."""
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: {"claimed": 0, "approved": 0, "paid": 0, "amount_fen": 0, "paid_fen": 0}
    )
    decided = {State.APPROVED, State.IN_NOTICE, State.PAYABLE, State.IN_BATCH, State.SENT, State.PAID}
    rows = Claim.objects.values("province_id", "state").annotate(count=Count("pk"), fen=Sum("amount_fen"))
    for row in rows.order_by():
        here = found[row["province_id"]]
        here["claimed"] += row["count"]
        if row["state"] in decided:
            here["approved"] += row["count"]
            here["amount_fen"] += row["fen"]
        if row["state"] == State.PAID:
            here["paid"] += row["count"]
            here["paid_fen"] += row["fen"]
    return dict(found)
