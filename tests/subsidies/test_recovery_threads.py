"""Recovery and the end of a year: many at the same moment on a real PostgreSQL."""

import datetime as dt

from django.db import transaction

from portal.accounts.roles import Role
from portal.moves import IllegalMove
from portal.rules import RuleBroken
from subsidies.models import Entitlement, RecoveryOrder
from subsidies.services import (
    assembling,
    budgets,
    entitlements,
    ledger,
    recovery,
    settlements,
    yearend,
)
from subsidies.services.claims import locked
from subsidies.services.reconcile import breaches
from subsidies.workflow.money import EntitlementState, Kind
from tests.subsidies import money_world as world
from tests.subsidies import recovery_world as made_by
from tests.subsidies.test_budgets import NEXT_YEAR, enter

N = 4


def test_one_payment_is_recovered_by_one_order(together):
    world.budget(500_000)
    claim = world.claim()
    at = made_by.paid([claim])
    row, officers = made_by.entitlement(claim), [made_by.officer() for _ in range(N)]

    def act(index):
        said = {"ground": "audit", "reason": "x", "by": officers[index], "at": at}
        return recovery.propose_recovery(row, **said)

    outcomes = together(act, N)
    assert sum(isinstance(outcome, RecoveryOrder) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, recovery.AlreadyRunning) for outcome in outcomes) == N - 1


def test_repayments_confirmed_at_once_never_settle_more_than_is_owed(together):
    book = world.budget(500_000)
    claim = world.claim()
    order, at = made_by.ordered(claim, at=made_by.paid([claim]))
    rows = [
        settlements.enter_repayment(order, fen=50_000, reference=f"B{n}", by=made_by.officer(), at=at)
        for n in range(N)
    ]
    second = [made_by.officer() for _ in range(N)]
    outcomes = together(lambda n: settlements.confirm_settlement(rows[n], by=second[n], at=at), N)
    assert sum(isinstance(outcome, settlements.MoreThanOwed) for outcome in outcomes) == 2
    order.refresh_from_db()
    assert (order.repaid_fen, world.balances(book)[Kind.RECEIVABLE]) == (100_000, 20_000)
    assert list(breaches()) == []


def test_a_settlement_is_confirmed_once(together):
    book = world.budget(500_000)
    claim = world.claim()
    order, at = made_by.ordered(claim, at=made_by.paid([claim]))
    row = settlements.enter_repayment(order, fen=10, reference="B", by=made_by.officer(), at=at)
    second = [made_by.officer() for _ in range(N)]
    outcomes = together(lambda n: settlements.confirm_settlement(row, by=second[n], at=at), N)
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == N - 1
    assert world.balances(book)[Kind.RECEIVABLE] == 119_990


def test_a_sum_is_offset_or_batched_but_not_both(together):
    world.budget(900_000)
    person = world.payee()
    old, new = world.claim(person=person), world.claim(person=person)
    order, at = made_by.ordered(old, at=made_by.paid([old]))
    _notice, at = world.noticed([new], at=at)
    row = settlements.enter_offset(order, made_by.entitlement(new), fen=20_000, by=made_by.officer(), at=at)
    second, maker = made_by.officer(), world.officer(Role.FINANCE_MAKER)

    def act(index):
        if index:
            return assembling.make_batch(province="520000", by=maker, at=at)
        return settlements.confirm_settlement(row, by=second, at=at)

    together(act, 2)
    target = Entitlement.objects.get(claim=new)
    line = target.batch_lines.first()
    assert line is None or line.fen == target.due_fen
    assert list(breaches()) == []


def test_a_reservation_is_carried_once_and_given_back_by_one_of_both(together):
    world.budget(900_000)
    made = [world.approve(world.claim()) for _ in range(N)]
    enter("close", at=NEXT_YEAR)
    book = ledger.open_book("520000", "SKILL", world.AT.year)

    def act(index):
        if index % 2:
            return yearend.carry_some(book, at=NEXT_YEAR)
        with transaction.atomic():
            return entitlements.release(locked(made[index]), by=None, at=NEXT_YEAR)

    together(act, N)
    while yearend.carry_some(book, at=NEXT_YEAR):
        pass
    yearend.give_back(book, at=NEXT_YEAR)
    live = Entitlement.objects.live().filter(claim__in=made)
    assert live.count() == N // 2
    assert set(live.values_list("state", "book__year")) == {(EntitlementState.RESERVED, NEXT_YEAR.year)}
    assert set(world.balances(book).values()) == {0}


def test_a_cut_and_a_reservation_never_spend_the_same_money(together):
    book = world.budget(120_000)
    cut = enter("cut", 120_000, confirm=False)
    claim, checker = world.claim(), world.officer(Role.FINANCE_CHECKER)

    def act(index):
        if index:
            return budgets.issue_budget(cut, by=checker, at=world.AT + dt.timedelta(minutes=1))
        with transaction.atomic():
            return entitlements.reserve(locked(claim), by=None, at=world.AT)

    outcomes = together(act, 2)
    assert sum(isinstance(outcome, RuleBroken) for outcome in outcomes) == 1
    assert world.balances(book)[Kind.AVAILABLE] == 0
