"""Two at the same moment at the bank, in a recovery and at the end of a year: see `test_locks.py` for the list of locks."""

from portal.accounts.roles import Role
from subsidies import tasks
from subsidies.models import BankAnswer, BankProfile, Batch, NameAnswer, NameCheck, RecoveryOrder
from subsidies.name_port import Answer
from subsidies.services import (
    answers,
    assembling,
    batches,
    files,
    ledger,
    names,
    profiles,
    recovery,
    sanctions,
    settlements,
    yearend,
)
from subsidies.services.reconcile import breaches
from tests.subsidies import money_world as world
from tests.subsidies import recovery_world as made_by
from tests.subsidies.test_budgets import NEXT_YEAR, enter
from tests.subsidies.test_four_eyes import officer, profile
from tests.subsidies.test_locks import in_notice, logged, refused

AT = world.AT


# -- the bank ---------------------------------------------------------------------------------------------------------


def _question():
    _made, _notice = in_notice()
    names.ask_for(names.unchecked_accounts(at=AT).values_list("pk", "province_id"), at=AT)


def test_one_question_is_taken_up_by_one_worker(together):
    _question()
    outcomes = together(lambda _n: names.take_up(at=AT), 4)
    assert sum(isinstance(one, NameCheck) for one in outcomes) == 1
    assert NameCheck.objects.get().attempts == 1


def test_of_two_answers_to_one_question_one_is_used(together):
    _question()
    check = names.take_up(at=AT)
    outcomes = together(
        lambda n: names.told(check, Answer("no_match" if n % 2 else "match", AT.date()), at=AT), 4
    )
    assert refused(outcomes) == 0
    assert sorted(NameAnswer.objects.values_list("used", flat=True)) == [False, False, False, True]
    assert NameCheck.objects.get().result == NameAnswer.objects.get(used=True).result


def test_two_workers_write_one_payment_file(together, monkeypatch):
    world.budget(500_000)
    batch, after = world.batch_of([world.claim()])
    world.released(batch, at=after)
    monkeypatch.setattr("portal.clock.now", lambda: after)
    assert sum(together(lambda _n: tasks.write_due_payment_files(), 3)) == 1
    assert logged("batch.file_written") == 1
    assert files.write_payment_file(batch, at=after).state == "sent"


def test_a_batch_taken_back_and_a_year_that_ends_meet_at_its_claims(together):
    """Lines freed and reservations carried at the same moment: every sum is set aside once, in one year."""
    world.budget(900_000)
    batch, _after = world.batch_of([world.claim(), world.claim()])
    enter("close", at=NEXT_YEAR)
    book = ledger.open_book("520000", "SKILL", AT.year)
    by = world.officer(Role.FINANCE_CHECKER)

    def act(n):
        if n:
            return yearend.carry_some(book, at=NEXT_YEAR)
        return batches.cancel_batch(batch, by=by, at=NEXT_YEAR, reason="年终")

    assert refused(together(act, 3)) == 0
    while yearend.carry_some(book, at=NEXT_YEAR):
        pass
    assert Batch.objects.get().state == "cancelled"
    assert set(world.balances(book).values()) == {0}
    assert list(breaches()) == []


def test_a_bank_profile_is_put_live_once(together):
    row = profile(officer())
    people = [officer() for _ in range(3)]
    outcomes = together(lambda n: profiles.put_live(row, by=people[n], at=AT), 3)
    assert refused(outcomes) == 2
    assert BankProfile.objects.filter(code="own", state="live").count() == 1


def test_two_drafts_of_one_bank_profile_are_one(together):
    people = [officer() for _ in range(3)]
    assert refused(together(lambda n: profile(people[n]), 3)) == 2


# -- recovery ---------------------------------------------------------------------------------------------------------


def test_papers_are_numbered_without_gaps_under_load(together):
    world.budget(900_000)
    made = [world.claim() for _ in range(4)]
    after = made_by.paid(made)
    people = [made_by.officer() for _ in range(4)]
    outcomes = together(lambda n: made_by.proposed(made[n], at=after, by=people[n]), 4)
    numbers = sorted(one.number for one in outcomes)
    assert numbers == [f"RC-52-2026-{n:04}" for n in range(1, 5)]


def test_a_recovery_is_ordered_or_cancelled_and_once(together):
    book = world.budget(500_000)
    claim = world.claim()
    order = made_by.told(claim, at=made_by.paid([claim]))
    people = [world.officer(Role.FINANCE_CHECKER) for _ in range(4)]

    def act(n):
        told = {"by": people[n], "at": order.reply_due_at}
        if n % 2:
            return recovery.cancel_recovery(order, reason="查无实据", **told)
        return recovery.order_recovery(order, document="1 号", **told)

    together(act, 4)
    order.refresh_from_db()
    assert order.state == "cancelled"  # in whichever order: what was ordered can still be cancelled, once
    assert logged("recovery.cancelled") == 1
    assert world.balances(book)["receivable"] == 0
    assert list(breaches()) == []


def test_a_payment_that_comes_back_is_not_asked_back_as_well(together):
    book = world.budget(500_000)
    claim = world.claim()
    batch, after = world.sent([claim])
    world.answered(batch, at=after)
    order = made_by.told(claim, at=after)
    late = order.reply_due_at
    taken = answers.apply_answer_file(
        batch,
        name="l.csv",
        content=world.late_csv(batch.lines.get()),
        by=world.officer(Role.FINANCE_MAKER),
        at=late,
    )
    row, by = BankAnswer.objects.get(file=taken), world.officer(Role.FINANCE_CHECKER)

    def act(n):
        if n:
            return recovery.order_recovery(order, document="1 号", by=by, at=late)
        return answers.apply_answer(row, at=late)

    assert refused(together(act, 2)) == 1
    balances = world.balances(book)
    assert balances["paid"] == 0
    assert sorted([balances["receivable"], balances["reserved"]]) == [0, 120_000]
    assert list(breaches()) == []


def test_a_settlement_is_confirmed_or_refused(together):
    book = world.budget(500_000)
    claim = world.claim()
    order, at = made_by.ordered(claim, at=made_by.paid([claim]))
    row = settlements.enter_repayment(order, fen=10, reference="B", by=made_by.officer(), at=at)
    people = [made_by.officer() for _ in range(4)]

    def act(n):
        if n % 2:
            return settlements.refuse_settlement(row, reason="未到账", by=people[n], at=at)
        return settlements.confirm_settlement(row, by=people[n], at=at)

    assert refused(together(act, 4)) == 3
    row.refresh_from_db()
    owed = {"confirmed": 119_990, "refused": 120_000}[row.state]
    assert world.balances(book)["receivable"] == owed == RecoveryOrder.objects.get().owed_fen


def test_a_sanction_is_lifted_once(together):
    world.budget(500_000)
    claim = world.claim()
    order, at = made_by.ordered(claim, at=made_by.paid([claim]))
    told = {
        "kind": "blacklist",
        "starts_on": at.date(),
        "ends_on": None,
        "document": "1 号",
        "reason": "骗取",
    }
    row = sanctions.impose_sanction(order, by=made_by.officer(), at=at, **told)
    people = [made_by.officer() for _ in range(3)]
    outcomes = together(lambda n: sanctions.lift_sanction(row, reason="申诉成立", by=people[n], at=at), 3)
    assert refused(outcomes) == 2
    assert logged("sanction.lifted") == 1


def test_pieces_of_a_batch_are_gathered_once(together, monkeypatch):
    monkeypatch.setattr(assembling, "CHUNK", 2)
    world.budget(2_000_000)
    _notice, after = world.noticed([world.claim() for _ in range(7)])
    batch = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=after)
    outcomes = together(lambda _n: assembling.assemble_more(batch, at=after), 4)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    while assembling.assemble_more(batch, at=after):
        pass
    batch.refresh_from_db()
    assert (batch.state, batch.line_count, batch.lines.count()) == ("assembled", 7, 7)
    assert list(breaches()) == []
