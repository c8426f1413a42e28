"""Four eyes wherever money goes, pair by pair: the second of a pair is refused by the service and by the table; two people pass (I6).

The pairs of those who review one claim are walked in test_seats.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.bank.template import STANDARD
from subsidies.models import BankProfile, Batch, BudgetProposal, PolicyVersion, RecoveryOrder, Settlement
from subsidies.services import (
    assembling,
    batches,
    budgets,
    contracts,
    policies,
    profiles,
    recovery,
    seats,
    settlements,
)
from subsidies.workflow.claims import Seat
from tests import factories
from tests.subsidies import contract_world, making, recovery_world
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT
OFFICES = (
    Role.FINANCE_MAKER,
    Role.FINANCE_CHECKER,
    Role.RECOVERY_OFFICER,
    Role.POLICY_EDITOR,
    Role.POLICY_PUBLISHER,
)


def officer(name: str = "officer", user: User | None = None) -> User:
    """Somebody who holds every office of money in the province: only four eyes keep them from a step."""
    made = user or factories.user(name)
    for role in OFFICES:
        accounts.appoint(made, role, by=None, at=AT, province=factories.province())
    return User.objects.get(pk=made.pk)


@dataclass(frozen=True)
class Pair:
    """`first` acts by one person and gives the thing; `second` is what that person may not do with it, and another may.

    `row` is the change by which the table would be told that they had.
    """

    first: Callable[[User], Any]
    second: Callable[[Any, User], Any]
    rule: str
    row: Callable[[Any, User], dict[str, Any]]
    says: str


def budget(by: User) -> BudgetProposal:
    told = {"province": "520000", "fund": "SKILL", "year": 2026, "fen": 5, "document": "1 号"}
    return budgets.propose_budget(**told, by=by, at=AT)


def profile(by: User) -> BankProfile:
    return profiles.draft_profile(
        province="520000",
        code="own",
        by=by,
        at=AT,
        name="示例银行",
        bank_code="",
        template=STANDARD,
        needs_name_check=True,
        releaser_may_be_checker=False,
        cooling_days=0,
        valid_from=AT.date(),
        valid_to=None,
    )


def drafted(by: User) -> PolicyVersion:
    """Written by one person, handed in by another."""
    draft = policies.draft_policy(factories.province(), making.body(), by=by, at=AT)
    policies.keep_cases(draft, making.cases_for(making.body()), by=by, at=AT)
    draft.refresh_from_db()
    return policies.submit_policy(draft, by=officer(), at=AT)


def handed_in(by: User) -> PolicyVersion:
    """Written by another person, handed in by this one."""
    return policies.submit_policy(making.drafted(making.body()), by=by, at=AT)


def batch(by: User) -> Batch:
    world.budget(500_000)
    _notice, after = world.noticed([world.claim()])
    return assembling.make_batch(province="520000", by=by, at=after)


def checked(by: User) -> Batch:
    return batches.check_batch(batch(officer()), by=by, at=LATER)


def paid() -> Any:
    world.budget(500_000)
    claim = world.claim()
    recovery_world.paid([claim])
    return recovery_world.entitlement(claim)


def proposed(by: User) -> RecoveryOrder:
    """Proposed by one person, announced by another."""
    told = {"ground": "audit", "reason": "x", "at": LATER}
    return recovery.notify_payee(recovery.propose_recovery(paid(), by=by, **told), by=officer(), at=LATER)


def announced(by: User) -> RecoveryOrder:
    told = {"ground": "audit", "reason": "x", "at": LATER}
    return recovery.notify_payee(recovery.propose_recovery(paid(), by=officer(), **told), by=by, at=LATER)


def _owed() -> RecoveryOrder:
    order = announced(officer())
    return recovery.order_recovery(order, document="x", by=officer(), at=order.reply_due_at)


def repayment(by: User) -> Settlement:
    return settlements.enter_repayment(_owed(), fen=5, reference="B", by=by, at=MUCH_LATER)


def write_off(by: User) -> Settlement:
    return settlements.enter_write_off(_owed(), fen=5, document="1 号", by=by, at=MUCH_LATER)


def approved_once(by: User) -> Settlement:
    return settlements.confirm_settlement(write_off(officer()), by=by, at=MUCH_LATER)


LATER = AT + 30 * world.HOUR * 24
MUCH_LATER = AT + 90 * world.HOUR * 24
PAIRS = {
    "budget: maker, checker": Pair(
        budget,
        lambda row, by: budgets.issue_budget(row, by=by, at=AT),
        "same_person",
        lambda _row, by: {"state": "issued", "checked_by": by, "checked_at": AT},
        "budget_",
    ),
    "bank profile: author, second person": Pair(
        profile,
        lambda row, by: profiles.put_live(row, by=by, at=AT),
        "same_person",
        lambda _row, by: {"state": "live", "live_by": by, "live_at": AT},
        "profile_",
    ),
    "policy: editor, publisher": Pair(
        drafted,
        lambda row, by: policies.publish_policy(row, by=by, at=AT),
        "policy_same_editor",
        lambda _row, by: {"state": "published", "published_by": by, "published_at": AT, "engine": "1"},
        "policy_",
    ),
    "policy: who handed it in, publisher": Pair(
        handed_in,
        lambda row, by: policies.publish_policy(row, by=by, at=AT),
        "policy_same_editor",
        lambda _row, by: {"state": "published", "published_by": by, "published_at": AT, "engine": "1"},
        "policy_",
    ),
    "contract: drafter, who puts it in force": Pair(
        lambda by: contract_world.drafted(by=by),
        lambda row, by: contracts.enforce_contract(row, by=by, at=AT),
        "same_person",
        lambda _row, by: {"state": "in_force", "enforced_by": by, "enforced_at": AT},
        "contract_drafter_does_not_enforce",
    ),
    "batch: maker, checker": Pair(
        batch,
        lambda row, by: batches.check_batch(row, by=by, at=LATER),
        "same_person",
        lambda _row, by: {"state": "checked", "checked_by": by, "checked_at": LATER},
        "batch_maker_neither",
    ),
    "batch: checker, releaser": Pair(
        checked,
        lambda row, by: batches.release_batch(row, by=by, at=LATER),
        "checked_by_you",
        lambda _row, by: {"state": "releasing", "released_by": by, "released_at": LATER, "due_at": LATER},
        "whoever checked a batch",
    ),
    "recovery: proposer, who orders": Pair(
        proposed,
        lambda row, by: recovery.order_recovery(row, document="x", by=by, at=row.reply_due_at),
        "same_person",
        lambda row, by: {
            "state": "ordered",
            "ordered_by": by,
            "ordered_at": row.reply_due_at,
            "document": "x",
            "pay_due_at": MUCH_LATER,
        },
        "recovery_",
    ),
    "recovery: who announced it, who orders": Pair(
        announced,
        lambda row, by: recovery.order_recovery(row, document="x", by=by, at=row.reply_due_at),
        "same_person",
        lambda row, by: {
            "state": "ordered",
            "ordered_by": by,
            "ordered_at": row.reply_due_at,
            "document": "x",
            "pay_due_at": MUCH_LATER,
        },
        "recovery_",
    ),
    "repayment: who entered, who confirms": Pair(
        repayment,
        lambda row, by: settlements.confirm_settlement(row, by=by, at=MUCH_LATER),
        "same_person",
        lambda _row, by: {"state": "confirmed", "checked_by": by, "checked_at": MUCH_LATER},
        "settlement_by_different_people",
    ),
    "write-off: who entered, who approves": Pair(
        write_off,
        lambda row, by: settlements.confirm_settlement(row, by=by, at=MUCH_LATER),
        "same_person",
        lambda _row, by: {"state": "approved_once", "approved_by": by, "approved_at": MUCH_LATER},
        "settlement_by_different_people",
    ),
    "write-off: the first approval, the second": Pair(
        approved_once,
        lambda row, by: settlements.confirm_settlement(row, by=by, at=MUCH_LATER),
        "same_person",
        lambda _row, by: {"state": "confirmed", "checked_by": by, "checked_at": MUCH_LATER},
        "settlement_by_different_people",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_one_person_is_not_a_pair(name):
    pair, one, other = PAIRS[name], officer("one"), officer("other")
    thing = pair.first(one)
    with pytest.raises(RuleBroken) as broken:
        pair.second(thing, one)
    assert broken.value.code == pair.rule
    with pytest.raises(IntegrityError, match=pair.says), transaction.atomic():
        type(thing).objects.filter(pk=thing.pk).update(**pair.row(thing, one))
    pair.second(thing, other)


@pytest.mark.parametrize("seat", [*Seat.values, "claimant"])
def test_whoever_has_a_part_in_a_claim_does_not_pay_it(seat):
    """Each seat against the maker, the checker and the releaser; a seat given up is no part."""
    world.budget(500_000)
    claim = world.claim()
    _notice, after = world.noticed([claim])
    row = claim.seats.filter(seat=seat, given_up_at=None).first()
    if seat == "claimant":
        one = officer(user=claim.claimant)
    elif row:
        one = officer(user=row.user)
    else:
        one = officer("one")
        row = seats.take_seat(claim, seat, by=one, at=AT, note="亲属")
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=one, at=after)
    made = assembling.make_batch(province="520000", by=officer("maker"), at=after)
    table = Batch.objects.filter(pk=made.pk)
    with pytest.raises(batches.NotIndependent):
        batches.check_batch(made, by=one, at=after)
    with pytest.raises(IntegrityError, match="does not pay it"), transaction.atomic():
        table.update(state="checked", checked_by=one, checked_at=after)
    batches.check_batch(made, by=officer("checker"), at=after)
    with pytest.raises(batches.NotIndependent):
        batches.release_batch(made, by=one, at=after)
    releasing = {"state": "releasing", "released_by": one, "released_at": after, "due_at": after}
    with pytest.raises(IntegrityError, match="does not pay it"), transaction.atomic():
        table.update(**releasing)
    if row:
        claim.seats.filter(pk=row.pk).update(given_up_at=after)
        assert batches.release_batch(made, by=one, at=after).state == "released"


def test_the_maker_of_the_last_line_has_no_part_in_it_in_the_table_too():
    world.budget(500_000)
    claim = world.claim()
    _notice, after = world.noticed([claim])
    maker = officer("maker")
    made = assembling.make_batch(province="520000", by=maker, at=after)
    seats.take_seat(claim, Seat.OBJECTION, by=maker, at=AT)
    with pytest.raises(IntegrityError, match="does not pay it"), transaction.atomic():
        batches.check_batch(made, by=officer("checker"), at=after)


def test_whoever_changed_an_account_neither_checks_nor_releases():
    world.budget(500_000)
    person, one = factories.learner(), officer("one")
    accounts.set_bank_account(
        person, number="9999991285726840905", bank_name="示例银行", agreed=True, by=one, at=AT
    )
    made, after = world.batch_of([world.claim(person=person)])
    table = Batch.objects.filter(pk=made.pk)
    with pytest.raises(batches.AccountChangedByYou):
        batches.check_batch(made, by=one, at=after)
    with pytest.raises(IntegrityError, match="does not pay to it"), transaction.atomic():
        table.update(state="checked", checked_by=one, checked_at=after)
    batches.check_batch(made, by=officer("checker"), at=after)
    with pytest.raises(batches.AccountChangedByYou):
        batches.release_batch(made, by=one, at=after)
    with pytest.raises(IntegrityError, match="does not pay to it"), transaction.atomic():
        table.update(state="releasing", released_by=one, released_at=after, due_at=after)
    assert batches.release_batch(made, by=officer("releaser"), at=after).state == "released"
