"""What changes while something is under way: an officer moves, a claim stands in a batch, a day lies between two policies."""

import datetime as dt

import pytest

from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from subsidies.models import Claim
from subsidies.selectors.desks import NotTheReviewer
from subsidies.services import assembling, batches, budgets, claims, recovery, reviews, seats, settlements
from subsidies.services.reconcile import breaches
from subsidies.tasks import work_on_due_batches
from subsidies.workflow.claims import State
from tests import factories
from tests.subsidies import making, recovery_world
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT
DAY = dt.timedelta(days=1)


def moved(person: User, role: Role, *, to: str = "510000") -> User:
    """Their office ended yesterday; today they hold the same one elsewhere."""
    person.appointments.update(valid_from=(AT - 9 * DAY).date(), valid_to=(AT - DAY).date())
    accounts.appoint(person, role, by=None, at=AT, province=factories.province(to))
    return User.objects.get(pk=person.pk)


def test_a_reviewer_who_moves_leaves_the_claim_to_others_and_stays_barred_from_it():
    by = factories.staff(Role.INTAKE_OFFICER)
    claim = making.accepted(making.checked(), by=by)
    reviewer = moved(factories.staff(Role.PROVINCE_REVIEWER), Role.PROVINCE_REVIEWER)
    with pytest.raises(NotTheReviewer):
        reviews.pass_on(claim, by=reviewer, at=AT, confirmed=True)
    by = moved(by, Role.PROVINCE_REVIEWER, to="520000")
    with pytest.raises(seats.SamePerson):
        reviews.pass_on(claim, by=by, at=AT, confirmed=True)
    assert making.first_passed(claim).state == State.IN_SECOND_REVIEW


def test_an_assignee_who_moves_does_not_keep_a_claim():
    claim = making.accepted()
    by = factories.staff(Role.PROVINCE_REVIEWER)
    seats.assign(claim, to=by, by=by, at=AT)
    moved(by, Role.PROVINCE_REVIEWER)
    other = factories.staff(Role.PROVINCE_REVIEWER)
    seats.assign(claim, to=other, by=other, at=AT)
    assert making.first_passed(Claim.objects.get(), by=other).state == State.IN_SECOND_REVIEW


def test_officers_of_money_who_move_take_no_step_more():
    world.budget(900_000)
    made = [world.claim(), world.claim()]
    maker, checker = world.officer(Role.FINANCE_MAKER), world.officer(Role.FINANCE_CHECKER)
    proposal = budgets.propose_budget(
        province="520000", fund="SKILL", year=2026, fen=5, document="1 号", by=maker, at=AT
    )
    batch, after = world.batch_of(made)
    checker = moved(checker, Role.FINANCE_CHECKER)
    for act in (
        lambda: budgets.issue_budget(proposal, by=checker, at=AT),
        lambda: batches.check_batch(batch, by=checker, at=after),
    ):
        with pytest.raises((budgets.NotYours, batches.NotYours)):
            act()
    world.released(batch, at=after)
    with pytest.raises(assembling.NotYours):
        assembling.make_batch(province="520000", by=moved(maker, Role.FINANCE_MAKER), at=after)


def test_a_maker_who_moves_while_a_batch_is_gathered_gathers_nothing_more(monkeypatch):
    monkeypatch.setattr(assembling, "CHUNK", 1)
    world.budget(900_000)
    _notice, after = world.noticed([world.claim() for _ in range(3)])
    maker = world.officer(Role.FINANCE_MAKER)
    batch = assembling.make_batch(province="520000", by=maker, at=after)
    moved(maker, Role.FINANCE_MAKER)
    with pytest.raises(assembling.NotYours):
        assembling.assemble_more(batch, at=after)
    monkeypatch.setattr("portal.clock.now", lambda: after)
    assert work_on_due_batches() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.line_count, batch.problem) == ("assembling", 1, "NotYours")
    batches.cancel_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after, reason="制单人调离")
    assert Claim.objects.filter(state=State.PAYABLE).count() == 3
    assert list(breaches()) == []


def test_a_recovery_officer_who_moves_settles_nothing_more():
    world.budget(900_000)
    claim = world.claim()
    order, at = recovery_world.ordered(claim, at=recovery_world.paid([claim]))
    row = settlements.enter_repayment(order, fen=5, reference="B", by=recovery_world.officer(), at=at)
    second = moved(recovery_world.officer(), Role.RECOVERY_OFFICER)
    with pytest.raises(recovery.NotYours):
        settlements.confirm_settlement(row, by=second, at=at)


@pytest.mark.parametrize("act", ["withdraw", "resubmit"])
def test_a_claim_in_a_batch_or_at_the_bank_is_not_changed(act):
    world.budget(900_000)
    made = world.claim()
    batch, after = world.batch_of([made])
    step = getattr(claims, act)
    with pytest.raises(IllegalMove):
        step(made, by=made.claimant, at=after)
    world.released(batch, at=after)
    with pytest.raises(IllegalMove):
        step(made, by=made.claimant, at=after)
    assert list(breaches()) == []


def test_a_day_between_two_versions_has_no_policy_and_nobody_passes_it_by_mistake():
    """The certificate is of 16 March: one version ends the day before, the next begins the day after."""
    early, late = making.body(version=3), making.body(version=4, first="2026-03-17")
    making.published(early | {"valid": ["2022-01-01", "2026-03-15"]})
    making.published(late)
    claim = making.checked()
    assert (claim.outcome, claim.amount_fen) == ("REJECT", 0)
    assert claim.decisions.get().record["reasons"] == ["NO_POLICY_VERSION"]
    with pytest.raises(reviews.RulesNotMet):
        making.first_passed(making.accepted(claim))
