"""Four eyes, pair by pair: whoever sits at a claim sits there once, in the services and in the database (I6)."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from portal.accounts import services as accounts
from portal.accounts.roles import Role
from subsidies.models import Claim, ClaimSeat
from subsidies.selectors.desks import DESKS, SamePerson, StaysOut, why_not
from subsidies.services import rejections, reviews, seats
from subsidies.workflow.claims import Desk, Seat
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT
ROLES = (Role.INTAKE_OFFICER, Role.PROVINCE_REVIEWER, Role.SECOND_REVIEWER, Role.MINISTRY_REVIEWER)
WAY = (
    (Desk.INTAKE, Role.INTAKE_OFFICER, reviews.accept, {}),
    (Desk.FIRST, Role.PROVINCE_REVIEWER, reviews.pass_on, {"confirmed": True}),
    (Desk.SECOND, Role.SECOND_REVIEWER, reviews.pass_on, {}),
    (Desk.MINISTRY, Role.MINISTRY_REVIEWER, reviews.pass_on, {}),
    (Desk.MINISTRY_SECOND, Role.MINISTRY_REVIEWER, reviews.pass_on, {}),
)
NO = {"reason": "材料与记录不符", "codes": ["STATED_WRONGLY"]}


def everything():
    """Somebody who holds every office of review: only four eyes keep them from a desk."""
    by = factories.user("everything")
    for role in ROLES:
        province = None if role == Role.MINISTRY_REVIEWER else factories.province()
        accounts.appoint(by, role, by=None, at=AT, province=province)
    return type(by).objects.get(pk=by.pk)


def large(**_more):
    """A policy under which two of the ministry look."""
    return making.policy(review={"two_in_ministry_if_fen_at_least": 1})


def test_every_desk_has_its_roles_and_its_seat():
    assert set(DESKS) == set(Desk.values)
    assert {seat for _roles, seat in DESKS.values()} | {
        Seat.PROPOSER,
        Seat.OBJECTION,
        Seat.RECUSED,
    } == set(Seat)


@pytest.mark.parametrize(("early", "late"), list(itertools.combinations(range(len(WAY)), 2)))
def test_nobody_says_two_of_the_yeses(early, late):
    large()
    claim, one = making.checked(), everything()
    for place, (desk, role, act, told) in enumerate(WAY[: late + 1]):
        assert claim.desk == desk
        if place == late:
            with pytest.raises(SamePerson):
                act(claim, by=one, at=AT, **told)
        claim = act(claim, by=one if place == early else factories.staff(role), at=AT, **told)


@pytest.mark.parametrize("early", range(4))
def test_nobody_who_acted_proposes_or_confirms_a_rejection(early):
    large()
    claim, one = making.checked(), everything()
    for place, (_desk, role, act, told) in enumerate(WAY[: early + 1]):
        claim = act(claim, by=one if place == early else factories.staff(role), at=AT, **told)
    with pytest.raises(SamePerson):
        rejections.propose_reject(claim, by=one, at=AT, **NO)
    role = WAY[early + 1][1]
    claim = rejections.propose_reject(claim, by=factories.staff(role), at=AT, **NO)
    with pytest.raises(SamePerson):
        rejections.confirm_reject(claim, by=one, at=AT)


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(Seat.values, 2)))
def test_the_database_seats_nobody_twice(one, other):
    claim = making.row()
    claim.seats.update(given_up_at=AT)
    person = factories.user("one")
    told = {"claim": claim, "province_id": claim.province_id, "claimant": claim.claimant, "taken_at": AT}
    ClaimSeat.objects.create(seat=one, user=person, note="因由", **told)
    with pytest.raises(IntegrityError, match="claim_seat_one_per_person"), transaction.atomic():
        ClaimSeat.objects.create(seat=other, user=person, note="因由", **told)


@pytest.mark.parametrize("seat", Seat.values)
def test_the_claimant_sits_nowhere(seat):
    claim = making.row()
    with pytest.raises(IntegrityError, match="claim_seat_not_the_claimants"), transaction.atomic():
        seats.take_seat(claim, seat, by=claim.claimant, at=AT, note="因由")


def test_a_seat_is_history():
    claim = making.row()
    for change in ({"user": factories.user("other")}, {"seat": "intake"}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            claim.seats.filter(seat="first").update(**change)
    claim.seats.filter(seat="first").update(given_up_at=AT)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        claim.seats.filter(seat="first").update(given_up_at=None)


def test_whoever_stays_out_stays_out_of_every_desk():
    claim, one = making.checked(), everything()
    with pytest.raises(seats.ReasonMissing):
        seats.stay_out(claim, by=one, at=AT, reason=" ")
    seats.assign(claim, to=one, by=one, at=AT)
    seats.stay_out(claim, by=one, at=AT, reason="申领人是我表弟")
    claim = making.accepted(Claim.objects.get())
    assert claim.assignee is None
    assert isinstance(why_not(claim, one), StaysOut)


def test_a_claim_goes_back_to_everybody_with_its_next_step():
    claim = making.checked()
    by = factories.staff(Role.INTAKE_OFFICER)
    seats.assign(claim, to=by, by=by, at=AT)
    assert making.accepted(claim, by=by).assignee is None
