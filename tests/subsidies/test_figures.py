"""The figures of the reports: the same as the ledger and the claims, of one moment, once a day."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from portal.accounts.roles import Role
from subsidies.models import (
    Account,
    Book,
    Claim,
    ClaimFigure,
    FiguresRun,
    MoneyFigure,
    TallyFigure,
)
from subsidies.services import figures, rejections
from subsidies.tasks import take_figures
from subsidies.workflow.claims import State
from subsidies.workflow.money import Kind
from tests import factories
from tests.subsidies import making, recovery_world
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
COLUMNS = {kind: f"{kind}_fen" for kind in Kind.values} | {Kind.APPROPRIATION: "issued_fen"}


def sums(**narrowed: object) -> dict[str, int]:
    rows = MoneyFigure.objects.filter(**narrowed)
    return rows.aggregate(**{kind: Sum(column, default=0) for kind, column in COLUMNS.items()})


def held(book: Book) -> dict[str, int]:
    found = dict(Account.objects.filter(book=book).values_list("kind", "balance_fen"))
    return found | {Kind.APPROPRIATION: -found[Kind.APPROPRIATION]}


@pytest.fixture
def history(at):
    """Two funds; claims paid, returned by the bank, recovered, settled by offset, in notice and only handed in."""
    book = world.budget(1_000_000)
    other = world.budget(500_000, fund="EMPLOY")
    far = world.budget(300_000, code="530000")
    paid = world.claim(lines=[("SKILL", 120_000), ("EMPLOY", 30_000)])
    bounced, more = world.claim(), world.claim(lines=[("SKILL", 90_000)])
    batch, after = world.sent([paid, bounced, more])
    world.answered(batch, at=after, results={batch.lines.get(claim=bounced).line_no: "失败"})
    order, later = recovery_world.ordered(more, at=after, fen=50_000)
    recovery_world.repaid(order, 20_000, at=later)
    fresh = world.claim(person=more.claimant, lines=[("SKILL", 70_000)])
    world.approve(fresh, at=later)

    waiting = world.claim(code="530000")
    world.approve(waiting, at=at)
    return {"books": [book, other, far], "at": later, "paid": paid, "more": more, "bounced": bounced}


def test_the_figures_add_up_to_the_books(history):
    assert figures.take_figures(at=history["at"]) is not None
    for book in history["books"]:
        at_once = {"province": book.province_id, "fund": book.fund_id, "year": book.year}
        assert sums(**at_once) == held(book)
    assert sums(province="520000")[Kind.PAID] > 0


def test_each_claim_has_its_own_part_of_a_batch(history):
    figures.take_figures(at=history["at"])
    for name, paid in (("paid", 150_000), ("bounced", 0), ("more", 40_000)):
        row = history[name]
        assert sums(occupation=row.occupation)[Kind.PAID] == paid, name
        assert sums(occupation=row.occupation)[Kind.IN_TRANSIT] == 0, name
    recovered = MoneyFigure.objects.filter(occupation=history["more"].occupation)
    assert recovered.aggregate(fen=Sum("recovered_fen"))["fen"] == 20_000


def test_claims_are_counted_once_by_state(history):
    figures.take_figures(at=history["at"])
    rows = ClaimFigure.objects.values_list("state").annotate(Sum("claims"))
    assert dict(rows) == {state: Claim.objects.filter(state=state).count() for state, _n in rows}
    assert ClaimFigure.objects.aggregate(n=Sum("claims"))["n"] == Claim.objects.count()


def test_a_second_run_on_a_day_changes_nothing_and_old_days_go(history, monkeypatch):
    at = history["at"]
    monkeypatch.setattr("portal.clock.now", lambda: at)
    assert take_figures() is True
    before = list(MoneyFigure.objects.values_list("pk", flat=True))
    assert take_figures() is False
    assert list(MoneyFigure.objects.values_list("pk", flat=True)) == before
    for days in (1, 2):
        monkeypatch.setattr("portal.clock.now", lambda days=days: at + days * DAY)
        assert take_figures() is True
    assert FiguresRun.objects.count() == figures.KEPT
    assert not MoneyFigure.objects.filter(pk__in=before).exists()


def test_reasons_and_appeals_are_counted(at):
    heard = making.heard(at=at)
    other = making.rejected(person=making.claimant("李四"), at=at)
    second = factories.staff(Role.SECOND_REVIEWER)
    rejections.decide_appeal(heard, by=second, at=at, granted=False, reason="核实无误")
    figures.take_figures(at=at)
    found = {(row.kind, row.key): row for row in TallyFigure.objects.all()}
    assert found["reason", "STATED_WRONGLY"].claims == 2
    assert found["reason", "STATED_WRONGLY"].title_en
    assert found["appeal", "upheld"].claims == 1
    assert other.state == State.REJECTED


@pytest.mark.parametrize("model", [ClaimFigure, TallyFigure])
def test_a_figure_counts_something(at, history, model):
    figures.take_figures(at=at)
    row = model.objects.first() or TallyFigure(
        run=FiguresRun.objects.get(), province_id="520000", year=2026, kind="group", key="veteran", claims=1
    )
    row.claims = 0
    with pytest.raises(IntegrityError, match="counts_something"), transaction.atomic():
        row.save()


def test_a_figure_stands_once(at, history):
    figures.take_figures(at=at)
    for model, name in ((MoneyFigure, "money_figure_once"), (ClaimFigure, "claim_figure_once")):
        row = model.objects.filter(level=None).first()
        row.pk = None
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)
