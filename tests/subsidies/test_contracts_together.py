"""Threads: two decisions about one contract, a withdrawal beside a grant, and two officers with one draft; and the proof."""

from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.insurance_port import Recorder
from subsidies.models import Claim
from subsidies.services import claims, contracts, reviews
from subsidies.services.reconcile import breaches
from subsidies.workflow.claims import State
from tests import factories
from tests.subsidies import contract_world as world
from tests.subsidies import list_world, making, money_world
from tests.subsidies.contract_world import AT

UNCAPPED = world.PROJECT | {
    "amount": {"lines": [{"fund": "SKILL", "item": "BASE", "type": "flat", "fen": 80_000}]}
}
"""A policy that forgets the sum of the contract."""


def _passed(**terms: object) -> list[Claim]:
    """Two claims of a contract at the ministry's desk, with money enough for both."""
    Recorder.forget()
    money_world.budget(500_000)
    list_world.published(UNCAPPED)
    contract = world.in_force(**terms)
    papers = [world.trained("王建国"), world.trained("李四")]
    found = world.claims(contract, *papers, by=world.manager(contract.organisation))
    return [making.passed(claim) for claim in found]


def test_two_decisions_do_not_grant_more_than_a_contract_holds(together):
    rows = _passed(sum_fen=80_000)
    reviewers = [factories.staff(Role.MINISTRY_REVIEWER, name=name) for name in ("one", "two")]

    def act(number):
        try:
            return reviews.pass_on(rows[number], by=reviewers[number], at=AT).state
        except RuleBroken as broken:
            return broken.code

    assert sorted(together(act, 2)) == [State.APPROVED, "contract_sum_used_up"]
    contract = rows[0].contract
    contract.refresh_from_db()
    assert (contract.granted_fen, contract.granted_people) == (80_000, 1)


def test_a_claim_is_granted_while_another_is_taken_back(together):
    """Both move the contract and the book; they take them in the same order, so neither waits for the other in a ring."""
    rows = _passed()
    manager = rows[0].agent
    making.approved(rows[0])
    reviewer = factories.staff(Role.MINISTRY_REVIEWER)

    def act(number):
        if number:
            return reviews.pass_on(rows[1], by=reviewer, at=AT).state
        return claims.withdraw(Claim.objects.get(pk=rows[0].pk), by=manager, at=AT).state

    assert together(act, 2) == [State.WITHDRAWN, State.APPROVED]
    contract = rows[0].contract
    contract.refresh_from_db()
    assert (contract.granted_fen, contract.granted_people) == (80_000, 1)


def test_a_contract_is_put_in_force_or_dropped_and_not_both(together):
    draft = world.drafted()
    publisher, editor = world.publisher(), world.editor()

    def act(number):
        try:
            if number:
                return contracts.drop_contract(draft, reason="重签", by=editor, at=AT).state
            return contracts.enforce_contract(draft, by=publisher, at=AT).state
        except RuleBroken as broken:
            return broken.code

    found = together(act, 2)
    draft.refresh_from_db()
    assert sorted(found) == sorted([draft.state, "illegal_move"])


def test_the_proof_names_a_contract_that_counts_wrongly(committed_db, owner_sql):
    rows = _passed()
    making.approved(rows[0])
    assert list(breaches()) == []
    owner_sql("ALTER TABLE subsidies_projectcontract DISABLE TRIGGER USER")
    owner_sql("UPDATE subsidies_projectcontract SET granted_fen = 1")
    found = [breach for breach in breaches() if breach.code == "contract_counts_what_it_granted"]
    assert [breach.invariant for breach in found] == ["I9"]
    assert "80000" in found[0].sentence
