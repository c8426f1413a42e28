"""Budget documents that raise, cut and close; what closing a year carries on."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.roles import Role
from subsidies.models import Book, Entitlement, JournalEntry
from subsidies.selectors import ledger as asked
from subsidies.services import assembling, batches, budgets, entitlements, files, ledger, yearend
from subsidies.services.reconcile import breaches
from subsidies.tasks import carry_closed_years
from subsidies.workflow.money import EntitlementState, Event, Kind
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT
NEXT_YEAR = dt.datetime(AT.year + 1, 1, 5, 2, tzinfo=dt.UTC)


def enter(kind, fen=0, *, at=AT, year=AT.year, confirm=True, document=None):
    proposal = budgets.propose_budget(
        province="520000",
        fund="SKILL",
        year=year,
        kind=kind,
        fen=fen,
        document=document or f"黔财〔{year}〕调 {kind} {fen}",
        purpose="年中调整",
        by=world.officer(Role.FINANCE_MAKER),
        at=at,
    )
    if confirm:
        budgets.issue_budget(proposal, by=world.officer(Role.FINANCE_CHECKER), at=at)
    return proposal


@pytest.fixture
def clock_at(monkeypatch):
    from subsidies.tasks import years

    monkeypatch.setattr(years.clock, "now", lambda: NEXT_YEAR)


def test_a_budget_is_raised_and_cut():
    book = world.budget(100_000)
    enter("raise", 50_000)
    enter("cut", 30_000)
    assert world.balances(book)[Kind.AVAILABLE] == 120_000
    assert world.balances(book)[Kind.APPROPRIATION] == -120_000
    assert list(breaches()) == []


def test_a_cut_above_what_is_free_says_how_much_is_free():
    world.budget(200_000)
    world.approve(world.claim())
    with pytest.raises(budgets.CutAboveFree) as refused:
        enter("cut", 80_001)
    assert "¥800.00" in str(refused.value)
    assert refused.value.details == {"free_fen": 80_000}
    enter("cut", 80_000)


def test_a_cut_that_no_longer_fits_is_refused_when_it_is_confirmed():
    book = world.budget(200_000)
    proposal = enter("cut", 200_000, confirm=False)
    world.approve(world.claim())
    with pytest.raises(budgets.CutAboveFree):
        budgets.issue_budget(proposal, by=world.officer(Role.FINANCE_CHECKER), at=AT)
    assert world.balances(book)[Kind.AVAILABLE] == 80_000


@pytest.mark.parametrize(
    ("kind", "fen", "changes", "rule"),
    [
        ("cut", 0, {}, budgets.BadAmount),
        ("raise", -1, {}, budgets.BadAmount),
        ("close", 5, {}, budgets.AmountNotNeeded),
        ("close", 0, {}, budgets.YearNotOver),
        ("raise", 5, {"year": AT.year - 1}, budgets.NothingIssued),
        ("raise", 5, {"purpose": " "}, budgets.ReasonMissing),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(kind, fen, changes, rule):
    world.budget(100_000)
    values = {
        "province": "520000",
        "fund": "SKILL",
        "year": AT.year,
        "document": "9",
        "purpose": "x",
        **changes,
    }
    with pytest.raises(rule):
        budgets.propose_budget(**values, kind=kind, fen=fen, by=world.officer(Role.FINANCE_MAKER), at=AT)


def test_closing_a_year_gives_back_what_is_free_and_carries_what_is_set_aside(clock_at):
    book = world.budget(500_000)
    made = [world.claim(), world.claim()]
    for one in made:
        world.approve(one)
    enter("close", at=NEXT_YEAR)
    book.refresh_from_db()
    assert book.closed_at == NEXT_YEAR
    assert world.balances(book)[Kind.AVAILABLE] == 0
    assert carry_closed_years() == 2
    assert carry_closed_years() == 0
    assert set(world.balances(book).values()) == {0}
    later = Book.objects.get(province_id="520000", fund_id="SKILL", year=AT.year + 1)
    assert world.balances(later)[Kind.RESERVED] == 240_000
    assert world.balances(later)[Kind.AVAILABLE] == 0
    for one in made:
        old, new = world.entitlements(one)
        assert (old.state, new.state) == (EntitlementState.CARRIED, EntitlementState.RESERVED)
        assert (new.carried_from, new.book, new.fen) == (old, later, old.fen)
    assert asked.closing_of(book).done
    assert list(breaches()) == []


def test_closing_in_small_chunks_may_stop_anywhere_and_go_on(clock_at):
    book = world.budget(500_000)
    for _n in range(3):
        world.approve(world.claim())
    enter("close", at=NEXT_YEAR)
    book.refresh_from_db()
    assert yearend.carry_some(book, at=NEXT_YEAR, most=2) == 2
    closing = asked.closing_of(book)
    assert (closing.carried, closing.left, closing.left_fen) == (2, 1, 120_000)
    assert list(breaches()) == []
    assert carry_closed_years() == 1
    assert Entitlement.objects.filter(state=EntitlementState.RESERVED, book=book).count() == 0


def test_what_stands_in_a_batch_stays_until_the_batch_is_over(clock_at):
    book = world.budget(500_000)
    batch, after = world.batch_of([world.claim()])
    enter("close", at=NEXT_YEAR)
    assert carry_closed_years() == 0
    assert world.balances(book)[Kind.RESERVED] == 120_000
    batches.cancel_batch(batch, by=world.officer(Role.FINANCE_MAKER), at=max(after, NEXT_YEAR), reason="重做")
    assert carry_closed_years() == 1
    assert list(breaches()) == []


def test_money_that_becomes_free_in_a_closed_book_goes_back_too(clock_at):
    book = world.budget(500_000)
    made = world.approve(world.claim())
    enter("close", at=NEXT_YEAR)
    entitlements.release(made, by=None, at=NEXT_YEAR)
    assert world.balances(book)[Kind.AVAILABLE] == 120_000
    carry_closed_years()
    assert set(world.balances(book).values()) == {0}
    assert JournalEntry.objects.filter(book=book, event=Event.UNSPENT).count() == 2


def test_a_carried_reservation_is_paid_from_the_new_book(clock_at):
    world.budget(500_000)
    made = world.claim()
    _notice, after = world.noticed([made])
    enter("close", at=max(NEXT_YEAR, after))
    carry_closed_years()
    at = max(NEXT_YEAR, after)
    world.vouched(at=at)
    batch = assembling.make_batch(province="520000", by=world.officer(Role.FINANCE_MAKER), at=at)
    world.released(batch, at=at)
    world.answered(files.write_payment_file(batch, at=at), at=at)
    later = Book.objects.get(province_id="520000", fund_id="SKILL", year=AT.year + 1)
    assert world.balances(later)[Kind.PAID] == 120_000
    assert list(breaches()) == []


def test_a_closed_book_takes_no_new_money():
    book = world.budget(500_000)
    enter("close", at=NEXT_YEAR)
    book.refresh_from_db()
    for kind in ("issue", "raise", "cut"):
        with pytest.raises(ledger.BookClosed):
            enter(kind, 5, at=NEXT_YEAR)
    with pytest.raises(ledger.BookClosed), transaction.atomic():
        ledger.post(book, Event.RAISED, 5, cause="budget:0", by=None, at=NEXT_YEAR)
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        JournalEntry.objects.create(
            province_id="520000", book=book, place=book.length + 1, event="raised", cause="x", at=AT,
            previous=b"", digest=b"",
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="never opened again"), transaction.atomic():
        Book.objects.filter(pk=book.pk).update(closed_at=None)


def test_a_closing_is_entered_once():
    world.budget(500_000)
    enter("close", at=NEXT_YEAR, confirm=False)
    with pytest.raises(budgets.DocumentTwice):
        enter("close", at=NEXT_YEAR, confirm=False, document="另一份")


def test_a_late_return_sets_the_money_aside_again():
    book = world.budget(500_000)
    batch, after = world.sent([world.claim()])
    world.answered(batch, at=after)
    line = batch.lines.select_related("entitlement").get()
    for _twice in range(2):
        entitlements.bounce_late(line, at=after)
    assert world.balances(book)[Kind.RESERVED] == 120_000
    assert world.balances(book)[Kind.PAID] == 0
    assert Entitlement.objects.get(pk=line.entitlement_id).state == EntitlementState.RESERVED


def test_many_entries_are_posted_by_as_many_statements_as_one(django_assert_num_queries):
    book = world.budget(500_000)
    one, many = (
        [ledger.Item(Event.RESERVED, f"entitlement:{n}", 1) for n in numbers]
        for numbers in (range(1), range(1, 50))
    )
    for items in (one, many):
        held = ledger.locked([book.pk])[book.pk]
        with django_assert_num_queries(5):
            assert len(ledger.post_all(held, items, by=None, at=AT)) == len(items)
        assert ledger.post_all(held, items, by=None, at=AT) == []
    assert world.balances(book)[Kind.RESERVED] == 50


def test_posting_more_than_an_account_holds_posts_nothing():
    book = world.budget(100)
    held = ledger.locked([book.pk])[book.pk]
    items = [ledger.Item(Event.RESERVED, f"entitlement:{n}", 60) for n in range(2)]
    with pytest.raises(ledger.BudgetExhausted):
        ledger.post_all(held, items, by=None, at=AT)
    assert world.balances(book)[Kind.RESERVED] == 0


def test_the_successor_of_a_carried_sum_takes_exactly_the_rest():
    book = world.budget(500_000)
    made = world.approve(world.claim())
    old = world.entitlements(made)[0]
    other = ledger.open_book("520000", "SKILL", AT.year + 1)
    values = {"province_id": "520000", "claim": made, "fund_id": "SKILL", "reserved_at": AT}
    with pytest.raises(IntegrityError, match="takes the rest"), transaction.atomic():
        Entitlement.objects.create(**values, book=other, fen=120_000, carried_from=old)
    Entitlement.objects.filter(pk=old.pk).update(state="carried", carried_at=AT)
    with pytest.raises(IntegrityError, match="takes the rest"), transaction.atomic():
        Entitlement.objects.create(**values, book=other, fen=119_999, carried_from=old)
    with pytest.raises(IntegrityError, match="takes the rest"), transaction.atomic():
        Entitlement.objects.create(**values, book=book, fen=120_000, carried_from=old)
    Entitlement.objects.create(**values, book=other, fen=120_000, carried_from=old)
