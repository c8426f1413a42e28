"""Who looks at a claim next follows from the policy; a sample can be drawn again from its seed."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.roles import Role
from subsidies.drawing import drawn
from subsidies.models import ReviewSample
from subsidies.policy.body import Review
from subsidies.services import reviews
from subsidies.services.routing import Route, drawn_otherwise, route
from subsidies.workflow.claims import Desk
from tests import factories
from tests.subsidies import making, money_world

pytestmark = pytest.mark.django_db
AT = making.AT
HOW = st.sampled_from(["always", "sample", "never"])


def passed_first(**review):
    making.policy(review=review)
    return making.first_passed()


@pytest.mark.parametrize(
    ("review", "state"),
    [
        ({}, "in_second_review"),
        ({"second": "never"}, "in_ministry_review"),
        ({"ministry": "never"}, "in_second_review"),
        ({"second": "never", "ministry": "never"}, "in_second_review"),
        ({"second": "never", "ministry": "never", "ministry_if_fen_at_least": 160000}, "in_ministry_review"),
        ({"second": "never", "ministry": "sample", "sample_percent": 0}, "in_second_review"),
        ({"second": "never", "ministry": "sample", "sample_percent": 100}, "in_ministry_review"),
    ],
)
def test_where_the_first_yes_leads(review, state):
    assert passed_first(**review).state == state


def test_without_the_ministry_the_second_yes_approves():
    money_world.budget(500000)
    claim = passed_first(ministry="never")
    claim = reviews.pass_on(claim, by=factories.staff(Role.SECOND_REVIEWER), at=AT)
    assert claim.state == "approved"


def test_a_large_sum_takes_two_of_the_ministry():
    claim = passed_first(ministry="never", two_in_ministry_if_fen_at_least=160000)
    claim = reviews.pass_on(claim, by=factories.staff(Role.SECOND_REVIEWER), at=AT)
    claim = reviews.pass_on(claim, by=factories.staff(Role.MINISTRY_REVIEWER), at=AT)
    assert (claim.state, claim.desk) == ("in_ministry_second", "ministry_second")
    claim = reviews.pass_on(claim, by=factories.staff(Role.MINISTRY_REVIEWER), at=AT)
    assert claim.state == "awaiting_funds"


def test_a_draw_is_kept_with_the_decision_and_is_drawn_again_by_the_proof():
    claim = passed_first(second="sample", ministry="sample", sample_percent=30)
    decision = claim.decisions.last()
    told, sample = decision.routing, ReviewSample.objects.get()
    assert told["draws"] == {what: drawn(sample.seed, what, claim.number) for what in ("second", "ministry")}
    assert told["ministry"] == (told["draws"]["ministry"] < 3000)
    assert list(drawn_otherwise()) == []
    forged = {"ministry": (told["draws"]["ministry"] + 1) % 10_000}
    decision.pk, decision.routing = None, {**told, "draws": told["draws"] | forged}
    decision._state.adding = True
    decision.save()
    assert list(drawn_otherwise()) == [decision]


def test_a_limit_that_the_weights_do_not_give_is_named_even_where_it_is_nothing():
    claim = passed_first(second="sample", ministry="sample", sample_percent=30)
    decision = claim.decisions.last()
    decision.pk, decision.routing = None, decision.routing | {"below": 0}
    decision._state.adding = True
    decision.save()
    assert list(drawn_otherwise()) == [decision]


def test_a_sample_is_one_a_month_kept_for_good():
    passed_first(ministry="sample")
    sample = ReviewSample.objects.get()
    assert (sample.month, sample.month_over(AT)) == (AT.date().replace(day=1), False)
    assert sample.month_over(AT + dt.timedelta(days=32))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ReviewSample.objects.update(seed="0" * 64)


@given(seed=st.text(), number=st.integers(1, 10**9))
def test_a_draw_is_the_same_for_the_same_seed(seed, number):
    place = drawn(seed, "ministry", f"CL-52-2026-{number}")
    assert 0 <= place < 10_000
    assert place == drawn(seed, "ministry", f"CL-52-2026-{number}")


def test_draws_are_spread_evenly():
    hits = sum(drawn("seed", "ministry", f"CL-52-2026-{n:06d}") < 1000 for n in range(20_000))
    assert 1_800 < hits < 2_200, "ten percent of twenty thousand"


@given(
    second=HOW,
    ministry=HOW,
    percent=st.integers(0, 100),
    fen=st.integers(1, 10**7),
    two=st.none() | st.integers(1, 10**7),
)
def test_two_people_say_yes_under_every_policy(second, ministry, percent, fen, two):
    """Walks the desks that a route gives; nothing is approved with fewer than two yeses."""
    way = _route(second, ministry, percent, fen, two)
    desk, yeses, seen = Desk.FIRST, 1, []
    while (step := way.step(desk, yeses)) != "approve":
        seen.append(step)
        desk = {
            "pass_to_second": Desk.SECOND,
            "pass_to_ministry": Desk.MINISTRY,
            "pass_to_another": Desk.MINISTRY_SECOND,
        }[step]
        yeses += 1
        assert yeses <= 4, seen
    assert yeses >= 2
    if two is not None and fen >= two:
        assert desk == Desk.MINISTRY_SECOND


class _Unsaved:
    """A claim as far as routing reads it, where no sample has to be made."""

    number = "CL-52-2026-000001"


def _route(second, ministry, percent, fen, two) -> Route:
    fixed = {"sample": "always" if percent >= 50 else "never"}
    review = Review(
        second=fixed.get(second, second),
        ministry=fixed.get(ministry, ministry),
        sample_percent=percent,
        two_in_ministry_if_fen_at_least=two,
    )
    return route(_Unsaved(), fen, review, at=AT)
