"""What the ledger does, and what the database refuses however it is asked."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from portal.accounts.roles import Role
from portal.moves import IllegalMove
from subsidies.models import Account, Book, BudgetProposal, Claim, Entitlement, JournalEntry, Posting
from subsidies.services import batches, budgets, entitlements, ledger
from subsidies.services.reconcile import breaches
from subsidies.tasks import fund_waiting_claims
from subsidies.workflow.money import EntitlementState, Event, Kind
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT


def test_a_budget_is_entered_by_one_and_confirmed_by_another():
    maker, checker = world.officer(Role.FINANCE_MAKER), world.officer(Role.FINANCE_CHECKER)
    proposal = budgets.propose_budget(
        province="520000", fund="SKILL", year=2026, fen=5_000_000, document=" 黔财 1 号 ", by=maker, at=AT
    )
    book = Book.objects.get(province_id="520000", fund_id="SKILL", year=2026)
    assert world.balances(book)[Kind.AVAILABLE] == 0
    budgets.issue_budget(proposal, by=checker, at=AT)
    assert world.balances(book)[Kind.AVAILABLE] == 5_000_000
    assert world.balances(book)[Kind.APPROPRIATION] == -5_000_000
    with pytest.raises(IllegalMove):
        budgets.issue_budget(proposal, by=checker, at=AT)


def test_the_one_who_entered_a_budget_cannot_confirm_it():
    maker = world.officer(Role.FINANCE_MAKER)
    from portal.accounts.services import appoint
    from tests import factories

    appoint(maker, Role.FINANCE_CHECKER, by=None, at=AT, province=factories.province())
    vars(maker).pop("_live_appointments", None)
    proposal = budgets.propose_budget(
        province="520000", fund="SKILL", year=2026, fen=1, document="1", by=maker, at=AT
    )
    with pytest.raises(budgets.SamePerson):
        budgets.issue_budget(proposal, by=maker, at=AT)


def test_another_province_is_not_yours():
    stranger = world.officer(Role.FINANCE_MAKER, "510000")
    with pytest.raises(budgets.NotYours):
        budgets.propose_budget(
            province="520000", fund="SKILL", year=2026, fen=1, document="1", by=stranger, at=AT
        )
    proposal = budgets.propose_budget(
        province="510000", fund="SKILL", year=2026, fen=1, document="1", by=stranger, at=AT
    )
    with pytest.raises(budgets.NotYours):
        budgets.issue_budget(proposal, by=world.officer(Role.FINANCE_CHECKER), at=AT)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"fund": "NONE"}, budgets.UnknownFund),
        ({"fen": 0}, budgets.BadAmount),
        ({"fen": -5}, budgets.BadAmount),
        ({"fen": 10**18}, budgets.BadAmount),
        ({"year": 1999}, budgets.BadYear),
        ({"document": "  "}, budgets.DocumentMissing),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(changes, rule):
    values = {"province": "520000", "fund": "SKILL", "year": 2026, "fen": 1, "document": "1", **changes}
    with pytest.raises(rule):
        budgets.propose_budget(**values, by=world.officer(Role.FINANCE_MAKER), at=AT)


def test_a_document_is_entered_once_until_it_is_refused():
    maker, checker = world.officer(Role.FINANCE_MAKER), world.officer(Role.FINANCE_CHECKER)
    values = {
        "province": "520000",
        "fund": "SKILL",
        "year": 2026,
        "fen": 1,
        "document": "1",
        "by": maker,
        "at": AT,
    }
    first = budgets.propose_budget(**values)
    with pytest.raises(budgets.DocumentTwice):
        budgets.propose_budget(**values)
    with pytest.raises(budgets.ReasonMissing):
        budgets.refuse_budget(first, by=checker, at=AT, reason=" ")
    budgets.refuse_budget(first, by=checker, at=AT, reason="金额不符")
    assert budgets.propose_budget(**values).pk != first.pk


def test_approval_sets_money_aside_from_each_fund():
    skill, employ = world.budget(500_000), world.budget(90_000, "EMPLOY")
    made = world.approve(world.claim(lines=[("SKILL", 120_000), ("SKILL", 24_000), ("EMPLOY", 6_000)]))
    assert [(e.fund_id, e.fen) for e in world.entitlements(made)] == [("EMPLOY", 6_000), ("SKILL", 144_000)]
    assert world.balances(skill)[Kind.RESERVED] == 144_000
    assert world.balances(skill)[Kind.AVAILABLE] == 356_000
    assert world.balances(employ)[Kind.RESERVED] == 6_000
    assert list(breaches()) == []


def test_reserving_twice_changes_nothing():
    book = world.budget(500_000)
    made = world.claim()
    first = entitlements.reserve(made, by=None, at=AT)
    assert entitlements.reserve(made, by=None, at=AT) == first
    assert world.balances(book)[Kind.RESERVED] == 120_000


def test_all_funds_or_none():
    book = world.budget(500_000)
    world.budget(5_999, "EMPLOY")
    made = world.claim(lines=[("SKILL", 120_000), ("EMPLOY", 6_000)])
    with pytest.raises(entitlements.BudgetExhausted):
        entitlements.reserve(made, by=None, at=AT)
    assert world.balances(book)[Kind.RESERVED] == 0
    assert world.entitlements(made) == []


def test_no_book_for_the_year_is_no_budget():
    world.budget(500_000, year=2025)
    with pytest.raises(entitlements.BudgetExhausted):
        entitlements.reserve(world.claim(), by=None, at=AT)


def test_lines_that_do_not_sum_to_the_amount_reserve_nothing():
    world.budget(500_000)
    made = world.claim()
    made.amount_fen = 1
    with pytest.raises(entitlements.NothingToReserve):
        entitlements.reserve(made, by=None, at=AT)


def test_release_gives_back_once():
    book = world.budget(500_000)
    made = world.approve(world.claim())
    assert entitlements.release(made, by=None, at=AT) == 120_000
    assert entitlements.release(made, by=None, at=AT) == 0
    assert world.balances(book)[Kind.AVAILABLE] == 500_000
    entitlements.reserve(made, by=None, at=AT)
    assert world.balances(book)[Kind.RESERVED] == 120_000
    assert list(breaches()) == []


def test_money_in_a_batch_is_not_released():
    world.budget(500_000)
    made = world.claim()
    batch, after = world.batch_of([made])
    with pytest.raises(entitlements.MoneyOnItsWay):
        entitlements.release(made, by=None, at=after)
    maker = world.officer(Role.FINANCE_MAKER)
    batches.cancel_batch(batch, by=maker, at=after, reason="重做")
    assert entitlements.release(made, by=None, at=after) == 120_000


def test_who_waits_for_funds_is_served_in_order(monkeypatch):
    """A smaller claim does not overtake a larger one that waits for the same fund."""
    first, second, other = (
        world.claim(lines=[("SKILL", 300_000)]),
        world.claim(),
        world.claim(lines=[("EMPLOY", 100)]),
    )
    for minute, made in enumerate([first, second, other]):
        world.wait_for_funds(made, at=AT + dt.timedelta(minutes=minute))
    world.budget(200_000)
    world.budget(1_000, "EMPLOY")
    newcomer = world.claim(lines=[("SKILL", 100)])
    with pytest.raises(entitlements.BudgetExhausted):
        entitlements.reserve(newcomer, by=None, at=AT)
    assert fund_waiting_claims() == 1
    states = set(Claim.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
    assert states == {"awaiting_funds"}


def test_a_province_without_money_keeps_nobody_waiting_elsewhere(monkeypatch):
    from subsidies.tasks import money

    monkeypatch.setattr(money, "CHUNK", 1)
    poor, rich = world.claim(), world.claim(code="510000")
    world.wait_for_funds(poor, at=AT)
    world.wait_for_funds(rich, at=AT + dt.timedelta(minutes=1))
    world.budget(500_000, code="510000")
    monkeypatch.setattr(money.clock, "now", lambda: AT + dt.timedelta(hours=1))
    assert fund_waiting_claims() == 1
    rich.refresh_from_db()
    assert rich.state == "approved"


def test_waiting_claims_are_funded_when_the_budget_comes(monkeypatch):
    from subsidies.tasks import money

    monkeypatch.setattr(money.clock, "now", lambda: AT + dt.timedelta(hours=1))
    first, second = world.claim(lines=[("SKILL", 300_000)]), world.claim()
    world.wait_for_funds(first)
    world.wait_for_funds(second, at=AT + dt.timedelta(minutes=1))
    assert fund_waiting_claims() == 0
    world.budget(400_000)
    assert fund_waiting_claims() == 1
    assert fund_waiting_claims() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "awaiting_funds")
    world.budget(20_000)
    assert fund_waiting_claims() == 1
    assert list(breaches()) == []


# -- what the database refuses ----------------------------------------------------------------------------------------


def _commit_refused(says):
    """What would happen at commit: deferred triggers run now. Nothing else can be asked of the transaction then."""
    with pytest.raises(IntegrityError, match=says), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)


def _entry(book, cause="x"):
    return JournalEntry.objects.create(
        province_id=book.province_id,
        book=book,
        place=book.length + 1,
        event=Event.ISSUED,
        cause=cause,
        at=AT,
        previous=b"",
        digest=b"",
    )


def test_a_balance_below_zero_is_refused_even_by_raw_postings():
    book = world.budget(100)
    kinds = dict(book.accounts.values_list("kind", "pk"))
    book.refresh_from_db()
    entry = _entry(book)
    Posting.objects.create(province_id="520000", entry=entry, account_id=kinds["reserved"], debit_fen=101)
    with pytest.raises(IntegrityError, match="account_never_below_zero"), transaction.atomic():
        Posting.objects.create(
            province_id="520000", entry=entry, account_id=kinds["available"], credit_fen=101
        )
    transaction.set_rollback(True)


def test_an_appropriation_above_zero_is_refused():
    book = world.budget(100)
    book.refresh_from_db()
    kinds = dict(book.accounts.values_list("kind", "pk"))
    with pytest.raises(IntegrityError, match="account_never_below_zero"), transaction.atomic():
        Posting.objects.create(
            province_id="520000", entry=_entry(book), account_id=kinds["appropriation"], debit_fen=101
        )


def test_an_entry_that_does_not_balance_is_refused_at_commit():
    book = world.budget(100)
    book.refresh_from_db()
    kinds = dict(book.accounts.values_list("kind", "pk"))
    entry = _entry(book)
    Posting.objects.create(province_id="520000", entry=entry, account_id=kinds["available"], debit_fen=50)
    Posting.objects.create(
        province_id="520000", entry=entry, account_id=kinds["appropriation"], credit_fen=49
    )
    _commit_refused("does not balance")


def test_an_entry_without_postings_is_refused_at_commit():
    book = world.budget(100)
    book.refresh_from_db()
    _entry(book)
    _commit_refused("does not balance")


def test_a_posting_to_another_book_is_refused():
    book, other = world.budget(100), world.budget(100, "EMPLOY")
    book.refresh_from_db()
    with pytest.raises(IntegrityError, match="book of its entry"), transaction.atomic():
        Posting.objects.create(
            province_id="520000",
            entry=_entry(book),
            account=other.accounts.get(kind="available"),
            debit_fen=1,
        )


@pytest.mark.parametrize(("debit", "credit"), [(0, 0), (5, 5), (-5, 0), (0, -5)])
def test_a_posting_has_one_side_above_zero(debit, credit):
    book = world.budget(100)
    book.refresh_from_db()
    with pytest.raises(IntegrityError, match="posting_debits_or_credits"), transaction.atomic():
        Posting.objects.create(
            province_id="520000",
            entry=_entry(book),
            account=book.accounts.get(kind="available"),
            debit_fen=debit,
            credit_fen=credit,
        )


def test_a_cause_posts_once():
    book = world.budget(100)
    book.refresh_from_db()
    cause = JournalEntry.objects.get(book=book).cause
    with pytest.raises(IntegrityError, match="journal_entry_once_per_cause"), transaction.atomic():
        _entry(book, cause)


def test_balances_are_written_by_postings_only():
    book = world.budget(100)
    with pytest.raises(IntegrityError, match="by postings only"), transaction.atomic():
        book.accounts.update(balance_fen=99)
    other = ledger.open_book("510000", "SKILL", 2026)
    with pytest.raises(IntegrityError, match="begins empty"), transaction.atomic():
        Account.objects.create(book=other, kind="other", balance_fen=5)


def test_a_book_has_one_account_of_a_kind_and_only_known_ones():
    book = world.budget(100)
    with pytest.raises(IntegrityError, match="account_one_per_kind"), transaction.atomic():
        Account.objects.create(book=book, kind="available")
    with pytest.raises(IntegrityError, match="account_kind_is_known"), transaction.atomic():
        Account.objects.create(book=book, kind="pocket")
    with pytest.raises(IntegrityError, match="book_one_per_fund_and_year"), transaction.atomic():
        Book.objects.create(province_id="520000", fund_id="SKILL", year=2026, head=b"")


@pytest.mark.parametrize("table", ["journalentry", "posting"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_journal_is_append_only(table, verb):
    """By the role's rights and, for the owner, by triggers."""
    from django.db import ProgrammingError

    world.budget(100)
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        connection.cursor().execute(verb.format(f"subsidies_{table}"))


def test_a_proposal_is_confirmed_by_another_person_in_the_table_too():
    maker = world.officer(Role.FINANCE_MAKER)
    proposal = budgets.propose_budget(
        province="520000", fund="SKILL", year=2026, fen=1, document="1", by=maker, at=AT
    )
    row = BudgetProposal.objects.filter(pk=proposal.pk)
    with pytest.raises(IntegrityError, match="budget_confirmed_by_another_person"), transaction.atomic():
        row.update(state="issued", checked_by=maker, checked_at=AT)
    with pytest.raises(IntegrityError, match="budget_checked_by_somebody"), transaction.atomic():
        row.update(state="issued")
    checker = world.officer(Role.FINANCE_CHECKER)
    with pytest.raises(IntegrityError, match="budget_refused_with_a_reason"), transaction.atomic():
        row.update(state="refused", checked_by=checker, checked_at=AT)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.update(fen=2)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError, match="budget_above_zero"), transaction.atomic():
        BudgetProposal.objects.create(
            province_id="520000", fund_id="SKILL", year=2026, fen=0, document="2", made_by=maker, made_at=AT
        )


def test_an_entitlement_keeps_to_its_road():
    world.budget(500_000)
    made = world.approve(world.claim())
    row = Entitlement.objects.filter(claim=made)
    with pytest.raises(IntegrityError, match="wholly offset"), transaction.atomic():
        row.update(state=EntitlementState.PAID, paid_at=AT)
    with pytest.raises(IntegrityError, match="entitlement_state_and_times_agree"), transaction.atomic():
        row.update(state=EntitlementState.RELEASED)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.update(fen=1)
    one = row.get()
    values = {
        "province_id": "520000",
        "claim": made,
        "book_id": one.book_id,
        "fund_id": "SKILL",
        "reserved_at": AT,
    }
    with pytest.raises(IntegrityError, match="entitlement_one_live_per_fund"), transaction.atomic():
        Entitlement.objects.create(**values, fen=5)
    with pytest.raises(IntegrityError, match="entitlement_above_zero"), transaction.atomic():
        Entitlement.objects.create(**{**values, "fund_id": "EMPLOY"}, fen=0)
    with pytest.raises(IntegrityError, match="begins as reserved"), transaction.atomic():
        Entitlement.objects.create(**{**values, "fund_id": "EMPLOY"}, fen=1, state="paid", paid_at=AT)


def test_a_fund_that_a_published_policy_names_can_have_a_budget():
    from subsidies.models import Programme
    from subsidies.selectors.ledger import funds
    from tests.subsidies import making

    Programme.objects.filter(pk="SKILL").update(funds=["SKILL", "EMPLOY", "CITY"])
    body = making.body()
    body["amount"]["lines"].append({"fund": "CITY", "item": "CITY", "type": "flat", "fen": 5})
    making.published(body)
    assert set(funds()) == {"SKILL", "EMPLOY", "CITY"}
    book = world.budget(100, "CITY")
    assert world.balances(book)[Kind.AVAILABLE] == 100
