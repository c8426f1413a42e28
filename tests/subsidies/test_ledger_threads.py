"""Never overspent, never paid twice: many at the same moment on a real PostgreSQL."""

import datetime as dt

from django.db import transaction

from portal.accounts.roles import Role
from portal.moves import IllegalMove
from portal.rules import RuleBroken
from subsidies.models import BankAnswer, Claim, Entitlement, JournalEntry
from subsidies.services import answers, assembling, batches, budgets, entitlements, ledger, notices
from subsidies.services.claims import locked
from subsidies.services.reconcile import breaches
from subsidies.tasks import apply_due_answers, fund_waiting_claims
from subsidies.tasks import money as tasks
from subsidies.workflow.money import Kind
from tests.subsidies import money_world as world

AT = world.AT
N = 8


def test_a_budget_for_all_but_one_is_never_overspent(together):
    book = world.budget(120_000 * (N - 1))
    claims = [world.claim() for _ in range(N)]

    def act(index):
        with transaction.atomic():
            return entitlements.reserve(locked(claims[index]), by=None, at=AT)

    outcomes = together(act, N)
    assert sum(isinstance(outcome, entitlements.BudgetExhausted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, list) for outcome in outcomes) == N - 1
    assert world.balances(book)[Kind.AVAILABLE] == 0
    assert JournalEntry.objects.filter(book=book).count() == N


def test_two_funds_in_any_order_do_not_wait_for_each_other(together):
    world.budget(10_000_000)
    world.budget(10_000_000, "EMPLOY")
    claims = [
        world.claim(lines=[("SKILL", 100), ("EMPLOY", 7)][:: 1 if index % 2 else -1]) for index in range(N)
    ]

    def act(index):
        with transaction.atomic():
            return entitlements.reserve(locked(claims[index]), by=None, at=AT)

    assert all(len(outcome) == 2 for outcome in together(act, N))


def test_one_claim_is_reserved_once(together):
    book = world.budget(10_000_000)
    made = world.claim()

    def act(_index):
        with transaction.atomic():
            return entitlements.reserve(locked(made), by=None, at=AT)

    together(act, N)
    assert Entitlement.objects.filter(claim=made).count() == 1
    assert world.balances(book)[Kind.RESERVED] == 120_000


def test_a_budget_is_confirmed_once(together):
    proposal = budgets.propose_budget(
        province="520000",
        fund="SKILL",
        year=2026,
        fen=1_000,
        document="1",
        by=world.officer(Role.FINANCE_MAKER),
        at=AT,
    )
    checkers = [world.officer(Role.FINANCE_CHECKER) for _ in range(4)]
    outcomes = together(lambda index: budgets.issue_budget(proposal, by=checkers[index], at=AT), 4)
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 3
    assert world.balances(ledger.open_book("520000", "SKILL", 2026))[Kind.AVAILABLE] == 1_000


def test_two_makers_assemble_one_batch(together):
    world.budget(500_000)
    _notice, after = world.noticed([world.claim(), world.claim()])
    makers = [world.officer(Role.FINANCE_MAKER) for _ in range(4)]
    outcomes = together(lambda index: assembling.make_batch(province="520000", by=makers[index], at=after), 4)
    assert sum(isinstance(outcome, assembling.NothingToPay) for outcome in outcomes) == 3
    assert list(breaches()) == []


def test_two_publishers_publish_one_notice(together):
    world.budget(500_000)
    world.approve(world.claim())
    makers = [world.officer(Role.FINANCE_MAKER) for _ in range(3)]
    outcomes = together(lambda index: notices.publish_notice(province="520000", by=makers[index], at=AT), 3)
    assert sum(isinstance(outcome, notices.NothingToPublish) for outcome in outcomes) == 2


def test_two_checkers_release_a_batch_once(together):
    book = world.budget(500_000)
    batch, after = world.batch_of([world.claim(), world.claim()])
    checkers = [world.officer(Role.FINANCE_CHECKER) for _ in range(4)]
    batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)
    outcomes = together(lambda index: batches.release_batch(batch, by=checkers[index], at=after), 4)
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 3
    assert world.balances(book)[Kind.IN_TRANSIT] == 240_000
    assert list(breaches()) == []


def test_release_and_cancel_exclude_each_other(together):
    world.budget(500_000)
    batch, after = world.batch_of([world.claim()])
    checker = world.officer(Role.FINANCE_CHECKER)
    batches.check_batch(batch, by=world.officer(Role.FINANCE_CHECKER), at=after)

    def act(index):
        if index:
            return batches.cancel_batch(batch, by=checker, at=after, reason="x")
        return batches.release_batch(batch, by=checker, at=after)

    outcomes = together(act, 2)
    assert sum(isinstance(outcome, RuleBroken) for outcome in outcomes) == 1
    assert list(breaches()) == []


def test_the_same_answers_at_the_same_moment_are_applied_once(together, monkeypatch):
    book = world.budget(500_000)
    batch, after = world.sent([world.claim(), world.claim()])
    content = world.answer_csv(batch, {2: "退票"})
    maker = world.officer(Role.FINANCE_MAKER)

    def take(_index):
        return answers.apply_answer_file(batch, name="a.csv", content=content, by=maker, at=after)

    files = together(take, 4)
    assert len({file.pk for file in files}) == 1
    assert BankAnswer.objects.count() == 2
    monkeypatch.setattr(tasks.clock, "now", lambda: after)
    assert sum(together(lambda _index: apply_due_answers(), 4)) == 2
    batch.refresh_from_db()
    assert batch.state == "answered"
    assert world.balances(book)[Kind.PAID] == 120_000
    assert world.balances(book)[Kind.RESERVED] == 120_000
    assert list(breaches()) == []


def test_both_lines_of_one_claim_answered_at_the_same_moment(together, monkeypatch):
    world.budget(500_000)
    world.budget(500_000, "EMPLOY")
    made = world.claim(lines=[("SKILL", 120_000), ("EMPLOY", 7)])
    batch, after = world.sent([made])
    maker = world.officer(Role.FINANCE_MAKER)
    answers.apply_answer_file(batch, name="a.csv", content=world.answer_csv(batch), by=maker, at=after)
    rows = list(BankAnswer.objects.all())
    together(lambda index: answers.apply_answer(rows[index], at=after), 2)
    made.refresh_from_db()
    assert made.state == "paid"
    assert list(breaches()) == []


def test_waiting_claims_are_funded_once(together, monkeypatch):
    monkeypatch.setattr(tasks.clock, "now", lambda: AT + dt.timedelta(hours=1))
    claims = [world.wait_for_funds(world.claim(), at=AT + dt.timedelta(seconds=n)) for n in range(4)]
    book = world.budget(120_000 * 3)
    together(lambda _index: fund_waiting_claims(), 3)
    fund_waiting_claims()
    states = list(
        Claim.objects.filter(pk__in=[c.pk for c in claims])
        .order_by("moved_at")
        .values_list("state", flat=True)
    )
    assert sorted(states) == ["approved", "approved", "approved", "awaiting_funds"]
    assert world.balances(book)[Kind.AVAILABLE] == 0
    assert list(breaches()) == []
