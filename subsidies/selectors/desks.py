"""Who may act on a claim at its desk, and what keeps somebody from it."""

from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import ALL, has_role, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.models import Claim, ClaimSeat
from subsidies.selectors.payees import has_interest
from subsidies.workflow.claims import Desk, Seat

DESKS: Final[dict[str, tuple[tuple[Role, ...], Seat]]] = {
    Desk.INTAKE: ((Role.INTAKE_OFFICER,), Seat.INTAKE),
    Desk.FIRST: ((Role.PROVINCE_REVIEWER,), Seat.FIRST),
    Desk.SECOND: ((Role.SECOND_REVIEWER,), Seat.SECOND),
    Desk.MINISTRY: ((Role.MINISTRY_REVIEWER,), Seat.MINISTRY),
    Desk.MINISTRY_SECOND: ((Role.MINISTRY_REVIEWER,), Seat.MINISTRY_SECOND),
    Desk.CONFIRM_PROVINCE: ((Role.SECOND_REVIEWER, Role.PROVINCE_REVIEWER), Seat.CONFIRMER),
    Desk.CONFIRM_MINISTRY: ((Role.MINISTRY_REVIEWER,), Seat.CONFIRMER),
    Desk.APPEAL_PROVINCE: ((Role.SECOND_REVIEWER, Role.PROVINCE_REVIEWER), Seat.APPEAL),
    Desk.APPEAL_MINISTRY: ((Role.MINISTRY_REVIEWER,), Seat.APPEAL),
}
"""Desk → the roles that sit there, and the seat that whoever acts takes."""
OFFICERS: Final = (
    Role.INTAKE_OFFICER,
    Role.PROVINCE_REVIEWER,
    Role.SECOND_REVIEWER,
    Role.MINISTRY_REVIEWER,
)
READERS: Final = (*OFFICERS, Role.INVESTIGATOR, Role.AUDITOR)


class NotTheReviewer(RuleBroken):
    code = "not_the_reviewer"
    message = _("This claim is not at a desk of yours at the moment.")


class OwnClaim(RuleBroken):
    code = "own_claim"
    message = _("Nobody reviews their own claim.")


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("You have acted on this claim already. Another person must take the next step.")


class StaysOut(RuleBroken):
    code = "stays_out"
    message = _("You stay out of this claim, as you stated. Another person decides.")


class TakenByAnother(RuleBroken):
    code = "taken_by_another"
    message = _("A colleague has taken this claim. Take it over first.")


def why_not(claim: Claim, by: User) -> RuleBroken | None:
    """The rule that keeps this person from acting on the claim now; None where nothing does."""
    if not claim.desk or not has_role(by, *DESKS[claim.desk][0], province=claim.province_id):
        return NotTheReviewer()
    if has_interest(claim, by):
        return OwnClaim()
    seated = claim.seats.filter(user=by, given_up_at=None).values_list("seat", flat=True).first()
    if seated:
        return StaysOut() if seated == Seat.RECUSED else SamePerson()
    if claim.assignee_id not in (None, by.pk):
        return TakenByAnother()
    return None


def waiting_for(user: User) -> Q:
    """Which claims wait for a step that this very person may take, taken by nobody else."""
    desks: dict[Any, list[str]] = {}
    for desk, (roles, _seat) in DESKS.items():
        if office := provinces_of(user, *roles):
            desks.setdefault(office if office is ALL else frozenset(office), []).append(desk)
    # Desks of the same provinces are asked for together: a condition that says a province twice misleads the planner.
    here = Q(pk__in=[])
    for office, names in desks.items():
        there = Q(desk__in=names)
        here |= there if office is ALL else there & Q(province_id__in=sorted(office))
    seated = ClaimSeat.objects.filter(claim=OuterRef("pk"), user=user, given_up_at=None)
    return here & ~Exists(seated) & (Q(assignee=None) | Q(assignee=user))


def seated_at(claims: Any, user: User) -> set[int]:
    """Of the claims (ids, or a query for them), those at which this person sits."""
    rows = ClaimSeat.objects.filter(claim__in=claims, user=user, given_up_at=None)
    return set(rows.values_list("claim_id", flat=True))
