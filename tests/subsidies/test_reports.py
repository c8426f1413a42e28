"""The reports: sums equal to the ledger, counts equal to the claims, one's own provinces, small groups kept back, inert cells."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from portal.accounts.models import Organisation
from portal.accounts.roles import Role
from subsidies.models import Account, Claim, ClaimFigure, FiguresRun, MoneyFigure, TallyFigure
from subsidies.selectors import reports
from subsidies.services import figures
from subsidies.workflow.money import Kind
from tests import factories
from tests.subsidies import making
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    return at


@pytest.fixture
def taken(at, now):
    """Two provinces with money and claims, and the figures of them."""
    world.budget(1_000_000)
    world.budget(500_000, fund="EMPLOY")
    world.budget(300_000, code="530000")
    for code in ("520000", "520000", "530000"):
        world.approve(world.claim(code=code), at=at)
    making.row("rejected")
    making.row("withdrawn")
    making.row("checked", code="530000")
    return figures.take_figures(at=at)


def asked(**said):
    return reports.Asked(year=2026, **said)


def values(section, name):
    at = [column.name for column in section.columns].index(name)
    return {line.key: line.values[at] for line in section.lines}


def balance(kind, **narrowed):
    return abs(Account.objects.filter(kind=kind, **narrowed).aggregate(fen=Sum("balance_fen"))["fen"])


def test_money_is_what_the_ledger_holds(taken, at):
    auditor = factories.staff(Role.AUDITOR)
    (section,), taken_at = reports.report(auditor, "money", asked(), at=at)
    assert taken_at == at
    for name, kind in (
        ("issued", Kind.APPROPRIATION),
        ("available", Kind.AVAILABLE),
        ("reserved", Kind.RESERVED),
    ):
        assert values(section, name) == {
            code: balance(kind, book__province=code) for code in ("520000", "530000")
        }
    names = [column.name for column in section.columns]
    assert dict(zip(names, section.total, strict=True))["issued"] == balance(Kind.APPROPRIATION)


@pytest.mark.parametrize("by", reports.MONEY_BY)
def test_however_it_is_grouped_the_sum_is_the_same(taken, at, by):
    auditor = factories.staff(Role.AUDITOR)
    (section,), _taken_at = reports.report(auditor, "money", asked(by=by), at=at)
    assert sum(values(section, "reserved").values()) == balance(Kind.RESERVED) == 360_000


@pytest.mark.parametrize("by", reports.CLAIMS_BY)
def test_claims_are_each_counted_once(taken, at, by):
    auditor = factories.staff(Role.AUDITOR)
    (section,), _taken_at = reports.report(auditor, "claims", asked(by=by), at=at)
    assert sum(values(section, "claims").values()) == Claim.objects.count() == 6
    assert sum(values(section, "approved").values()) == 3
    assert sum(values(section, "rejected").values()) == 1
    assert sum(values(section, "amount").values()) == 360_000


def test_filters_narrow(taken, at):
    auditor = factories.staff(Role.AUDITOR)
    (fund,), _at = reports.report(auditor, "money", asked(fund="EMPLOY"), at=at)
    assert values(fund, "issued") == {"520000": 500_000}
    (month,), _at = reports.report(auditor, "money", asked(month=4), at=at)
    assert month.lines == ()
    (year,), _at = reports.report(auditor, "claims", reports.Asked(year=2025), at=at)
    assert year.total is None
    (one,), _at = reports.report(auditor, "claims", asked(province="530000"), at=at)
    assert values(one, "claims") == {"530000": 2}


def test_an_officer_reads_the_own_province_only(taken, at):
    maker = factories.staff(Role.FINANCE_MAKER, code="530000")
    (money,), _at = reports.report(maker, "money", asked(), at=at)
    assert set(values(money, "issued")) == {"530000"}
    (other,), _at = reports.report(maker, "money", asked(province="520000"), at=at)
    assert other.lines == ()
    ages, _at = reports.report(maker, "ageing", asked(), at=at)
    assert values(ages[-1], "waiting") == {"530000": 2}


def test_what_waits_is_counted_by_working_days(at, now):
    """Monday 2026-03-16. Five working days before is Monday the ninth, ten are the second, twenty reach into the holidays."""
    monday = dt.date(2026, 3, 16)
    assert reports.first_day_within(monday, 5) == dt.date(2026, 3, 9)
    assert reports.first_day_within(monday, 10) == dt.date(2026, 3, 2)
    assert reports.first_day_within(dt.date(2026, 3, 15), 0) == dt.date(2026, 3, 13)
    for days, late in ((0, False), (3, False), (8, True), (15, True), (60, True)):
        row = making.row("checked", at=at - days * DAY, due_at=at + DAY)
        Claim.objects.filter(pk=row.pk).update(due_at=at if late else at + DAY)
    making.row("paid")
    making.row("withdrawn")
    auditor = factories.staff(Role.AUDITOR)
    (desks, provinces), _at = reports.report(auditor, "ageing", asked(), at=at)
    (line,) = desks.lines
    names = [column.name for column in desks.columns]
    told = dict(zip(names, line.values, strict=True))
    assert line.key == ("checked", "intake")
    oldest = told.pop("oldest")
    assert told == {"waiting": 5, "up_to_5": 2, "up_to_10": 1, "up_to_20": 1, "more": 1, "late": 3}
    assert 20 < oldest <= 43
    assert provinces.total[:-1] == line.values[:-1]


def group_figures(run, **counts):
    return [
        TallyFigure.objects.create(
            run=run,
            province_id="520000",
            year=2026,
            kind="group",
            key=key,
            claims=n,
            approved=n,
            paid_fen=n * 100,
        )
        for key, n in counts.items()
    ]


def test_small_groups_are_kept_from_who_need_not_know(taken, at, client):
    group_figures(taken, veteran=9, disabled=10)
    for role, seen in ((Role.AUDITOR, 9), (Role.MINISTRY_REVIEWER, None), (Role.PROVINCE_REVIEWER, None)):
        (section,), _at = reports.report(factories.staff(role), "groups", asked(), at=at)
        assert values(section, "claims") == {"disabled": 10, "veteran": seen}, role
        assert values(section, "paid_fen")["veteran"] == (seen and 900)
        assert section.total is None
    desk = factories.sign_in(client, factories.staff(Role.MINISTRY_REVIEWER))
    page = desk.get(reverse("subsidies:report", args=["groups"])).content.decode()
    assert "少于 10" in page
    assert "退役军人" in page
    file = desk.get(reverse("subsidies:report_file", args=["groups", "xlsx"]))
    cells = [cell.value for row in load_workbook(io.BytesIO(file.content)).active.iter_rows() for cell in row]
    assert 9 not in cells
    assert "9.00" not in cells
    told = desk.get(reverse("api-report", args=["groups"])).json()["sections"][0]["lines"]
    assert {line["key"]: line["values"][0] for line in told} == {"disabled": 10, "veteran": None}


def test_groups_come_from_the_facts_of_the_newest_decision(at, now):
    claim = making.checked(at=at)
    first = claim.decisions.get()
    first.pk = None
    first.facts = {
        **first.facts,
        "person": {**first.facts.get("person", {}), "groups": ["veteran", "disabled", "veteran"]},
    }
    first.save(force_insert=True)
    figures.take_figures(at=at)
    rows = TallyFigure.objects.filter(kind="group").order_by("key")
    assert list(rows.values_list("key", "claims", "year")) == [("disabled", 1, 2026), ("veteran", 1, 2026)]


def test_before_the_first_night_the_page_says_so(client, now):
    desk = factories.sign_in(client, factories.staff(Role.AUDITOR))
    for view in ("money", "claims", "outcomes", "groups"):
        answer = desk.get(reverse("subsidies:report", args=[view]))
        assert "还没有数据" in answer.content.decode(), view
        for form in ("csv", "xlsx"):
            assert desk.get(reverse("subsidies:report_file", args=[view, form])).status_code == 200


@pytest.mark.parametrize("view", reports.VIEWS)
def test_pages_files_and_api(client, taken, view):
    desk = factories.sign_in(client, factories.staff(Role.AUDITOR))
    page = desk.get(reverse("subsidies:report", args=[view]))
    assert page.status_code == 200
    assert desk.get(reverse("api-report", args=[view])).status_code == 200
    book = load_workbook(io.BytesIO(desk.get(reverse("subsidies:report_file", args=[view, "xlsx"])).content))
    text = b"".join(desk.get(reverse("subsidies:report_file", args=[view, "csv"]))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [book.worksheets[0].title]
    assert desk.get(reverse("subsidies:report", args=["nothing"])).status_code == 404
    assert desk.get(reverse("api-report", args=["nothing"])).status_code == 404


BAD = {"year": "1", "month": "13", "province": "999999", "by": "name", "fund": "\x00", "q": "9" * 5000}


def test_bad_filters_narrow_nothing_and_say_so(client, taken):
    desk = factories.sign_in(client, factories.staff(Role.AUDITOR))
    answer = desk.get(reverse("subsidies:report", args=["money"]), BAD)
    assert answer.status_code == 200
    assert answer.content.decode().count('class="error') or "error" in answer.content.decode()
    assert "¥1,800,000.00" not in answer.content.decode()
    assert "¥18,000.00" in answer.content.decode()
    assert desk.get(reverse("api-report", args=["money"]), BAD).status_code == 400
    assert desk.get(reverse("subsidies:report_file", args=["money", "csv"]), BAD).status_code == 200


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_cells_are_asleep(client, taken, word):
    ClaimFigure.objects.filter(occupation_name="电工").update(occupation_name=word)
    desk = factories.sign_in(client, factories.staff(Role.AUDITOR))
    url = reverse("subsidies:report_file", args=["claims", "xlsx"])
    sheet = load_workbook(io.BytesIO(desk.get(url, {"by": "occupation"}).content)).active
    names = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert all(cell.data_type == "s" for cell in names)
    assert any(
        str(cell.value).startswith("'" + word.strip()[:1]) or cell.value.startswith("'\t") for cell in names
    )
    text = b"".join(desk.get(reverse("subsidies:report_file", args=["claims", "csv"]), {"by": "occupation"}))
    cells = [cell for row in csv.reader(io.StringIO(text.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t" and cell and cell != "-"]


def test_no_query_count_grows_with_rows(client, taken):
    desk = factories.sign_in(client, factories.staff(Role.AUDITOR))
    url = reverse("subsidies:report", args=["claims"]) + "?by=provider"

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(url).status_code == 200
        return len(seen)

    def add(number: int) -> None:
        school = Organisation.objects.create(
            uscc=f"91520100MA6DK{number:05d}", kind="school", name_zh=f"学校{number}", province_id="520000"
        )
        ClaimFigure.objects.create(
            run=FiguresRun.objects.get(), province_id="520000", month=dt.date(2026, 3, 1), programme="SKILL",
            occupation="x", occupation_name="x", provider=school, state="paid", claims=1, amount_fen=1,
        )  # fmt: skip

    add(0)
    count()
    before = count()
    for number in range(1, 6):
        add(number)
    assert count() == before
    assert "学校3" in desk.get(url).content.decode()


def test_money_that_was_taken_back_stands_below_zero(client, taken, at):
    MoneyFigure.objects.filter(province="530000").exclude(occupation="").update(reserved_fen=-12_345)
    desk = factories.sign_in(client, factories.staff(Role.AUDITOR))
    assert "-¥123.45" in desk.get(reverse("subsidies:report", args=["money"])).content.decode()
    text = b"".join(desk.get(reverse("subsidies:report_file", args=["money", "csv"]))).decode("utf-8-sig")
    assert "'-123.45" in text
