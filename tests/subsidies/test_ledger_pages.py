"""Budgets, the ledger, recovery and the proofs as pages without JavaScript, and their API twins."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.roles import Role
from subsidies.models import BudgetProposal, JournalEntry, RecoveryOrder, Sanction, Settlement
from subsidies.services import ledger, reconcile
from subsidies.services.ledger import Item
from tests import factories
from tests.subsidies import money_world as world
from tests.subsidies import recovery_world as made_by

pytestmark = pytest.mark.django_db
AT = world.AT
BUDGET = {"province": "520000", "fund": "SKILL", "year": "2026", "document": "黔财〔2026〕5 号"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The site's clock stands at a moment that a test may move."""
    from portal import clock as real

    class Clock:
        at = AT

    monkeypatch.setattr(real, "now", lambda: Clock.at)
    return Clock


def desk(client, role, code="520000"):
    person = world.officer(role, code)
    factories.sign_in(client, person)
    return person


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


# -- budgets ----------------------------------------------------------------------------------------------------------


def test_a_cut_above_what_is_free_keeps_what_was_typed_and_says_how_much_is_free(client):
    world.budget(200_000)
    world.approve(world.claim())
    desk(client, Role.FINANCE_MAKER)
    said = BUDGET | {"kind": "cut", "amount": "1,000.00", "purpose": "年中收回"}
    text = text_of(client.post(reverse("subsidies:propose_budget"), said), 409)
    assert "¥800.00" in text
    assert "年中收回" in text
    assert "1,000.00" in text


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("-5", 422),
        ("NaN", 422),
        ("1.234", 422),
        ("1e9", 422),
        ("", 422),
        ("0", 409),
        ("9" * 16, 409),
        ("9" * 30, 422),
    ],
)
def test_an_amount_that_is_none_is_refused_with_a_sentence(client, typed, status):
    world.budget(200_000)
    desk(client, Role.FINANCE_MAKER)
    said = BUDGET | {"kind": "raise", "amount": typed, "purpose": "追加"}
    text = text_of(client.post(reverse("subsidies:propose_budget"), said), status)
    assert typed in text
    assert not BudgetProposal.objects.filter(kind="raise").exists()


def test_a_full_width_amount_raises_the_budget(client):
    book = world.budget(200_000)
    desk(client, Role.FINANCE_MAKER)
    said = BUDGET | {"kind": "raise", "amount": "１，２００．５", "purpose": "追加"}
    assert client.post(reverse("subsidies:propose_budget"), said).status_code == 302
    desk(client, Role.FINANCE_CHECKER)
    proposal = BudgetProposal.objects.get(kind="raise")
    client.post(reverse("subsidies:issue_budget", args=[proposal.pk]))
    assert world.balances(book)["available"] == 320_050


def test_a_year_is_closed_in_the_browser_and_its_progress_is_shown(client, clock):
    from subsidies.tasks import carry_closed_years

    book = world.budget(200_000)
    world.approve(world.claim())
    clock.at = dt.datetime(2027, 1, 5, 2, tzinfo=dt.UTC)
    desk(client, Role.FINANCE_MAKER)
    said = BUDGET | {"kind": "close", "amount": "", "purpose": "年度关账"}
    assert client.post(reverse("subsidies:propose_budget"), said).status_code == 302
    desk(client, Role.FINANCE_CHECKER)
    client.post(reverse("subsidies:issue_budget", args=[BudgetProposal.objects.get(kind="close").pk]))
    url = reverse("subsidies:book", args=[book.pk])
    assert "¥1,200.00" in text_of(client.get(url))
    carry_closed_years()
    text = text_of(client.get(url))
    assert "已结转：¥1,200.00" in text
    closing = client.get(reverse("api-book", args=[book.pk])).json()["closing"]
    assert closing == {"carried": 1, "carried_fen": 120_000, "left": 0, "left_fen": 0, "done": True}


# -- the ledger -------------------------------------------------------------------------------------------------------


def test_a_book_shows_every_account_from_the_ledger(client):
    book = world.budget(500_000)
    claim = world.claim()
    made_by.ordered(claim, at=made_by.paid([claim]))
    desk(client, Role.AUDITOR)
    text = text_of(client.get(reverse("subsidies:book", args=[book.pk])))
    assert "¥3,800.00" in text
    assert "¥1,200.00" in text
    assert "科目平衡" in text
    shown = client.get(reverse("api-book", args=[book.pk])).json()
    assert {row["kind"]: row["balance_fen"] for row in shown["accounts"]} == world.balances(book)
    assert sum(row["balance_fen"] for row in shown["accounts"]) == 0


def _many(book, count):
    items = [Item("raised", f"budget:{900_000 + n}", 100) for n in range(count)]
    ledger.post_all(ledger.locked([book.pk])[book.pk], items, by=None, at=AT)


def test_a_statement_pages_with_the_running_balance(client):
    book = world.budget(500_000)
    _many(book, 60)
    desk(client, Role.FINANCE_CHECKER)
    url = reverse("subsidies:statement", args=[book.pk, "available"])
    page = client.get(url)
    rows = page.context["rows"]
    assert [row.balance for row, _cause, _link in rows[:2]] == [506_000, 505_900]
    older = client.get(url, {"before": page.context["older"]}).context
    assert [row.balance for row, _cause, _link in older["rows"]][-1] == 500_000
    assert len(rows) + len(older["rows"]) == 61
    assert older["older"] is None


def test_a_statement_is_narrowed_by_days_and_by_what_happened(client):
    book = world.budget(500_000)
    world.approve(world.claim(), at=AT + dt.timedelta(days=2))
    desk(client, Role.AUDITOR)
    url = reverse("subsidies:statement", args=[book.pk, "available"])
    day = f"{AT + dt.timedelta(days=2):%Y-%m-%d}"
    rows = client.get(url, {"since": day, "until": day}).context["rows"]
    assert [(row.amount, row.balance) for row, _cause, _link in rows] == [(-120_000, 380_000)]
    rows = client.get(url, {"event": "issued"}).context["rows"]
    assert [(row.amount, row.balance) for row, _cause, _link in rows] == [(500_000, None)]
    for garbage in (
        {"since": "NaN"},
        {"event": "x"},
        {"before": "x"},
        {"before": "9" * 40},
        {"before": "-1"},
    ):
        assert client.get(url, garbage).status_code == 200
    assert client.get(reverse("subsidies:statement", args=[book.pk, "pocket"])).status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_statement_is_taken_away_as_a_table_in_which_nothing_is_computed(client, kind):
    proposal = {"document": "=HYPERLINK(1)", "province": "520000", "fund": "SKILL", "year": 2026, "fen": 100}
    from subsidies.services import budgets

    row = budgets.propose_budget(**proposal, by=world.officer(Role.FINANCE_MAKER), at=AT)
    budgets.issue_budget(row, by=world.officer(Role.FINANCE_CHECKER), at=AT)
    book = ledger.open_book("520000", "SKILL", 2026)
    desk(client, Role.AUDITOR)
    answer = client.get(reverse("subsidies:statement_file", args=[book.pk, "available", kind]))
    content = b"".join(answer)
    assert answer["Content-Disposition"].endswith(f'available.{kind}"')
    if kind == "csv":
        assert b"'=HYPERLINK(1)" in content
        assert content.decode("utf-8-sig").splitlines()[1].endswith("1.00,,1.00")
    else:
        assert content[:2] == b"PK"


def test_an_entry_shows_its_postings_its_cause_and_its_place(client):
    book = world.budget(500_000)
    claim = world.approve(world.claim())
    entry = JournalEntry.objects.get(book=book, event="reserved")
    reader = desk(client, Role.AUDITOR)
    text = text_of(client.get(reverse("subsidies:entry", args=[entry.pk])))
    assert claim.number in text
    assert reverse("subsidies:review", args=[claim.number]) in text
    assert bytes(entry.digest).hex() in text
    assert "与入账时一致" in text
    shown = client.get(reverse("api-entry", args=[entry.pk])).json()
    assert shown["holds"] is True
    assert [(row["account"], row["debit_fen"], row["credit_fen"]) for row in shown["postings"]] == [
        ("reserved", 120_000, 0),
        ("available", 0, 120_000),
    ]
    assert reader is not None
    desk(client, Role.FINANCE_MAKER, "510000")
    assert client.get(reverse("subsidies:entry", args=[entry.pk])).status_code == 404


@pytest.mark.parametrize("name", ["statement", "recoveries", "money", "book"])
def test_no_query_count_grows_with_the_rows(client, name):
    book = world.budget(5_000_000)
    desk(client, Role.AUDITOR)
    args = {"statement": [book.pk, "paid"], "book": [book.pk]}.get(name, [])
    url = reverse(f"subsidies:{name}", args=args)

    def grow():
        claims = [world.claim() for _ in range(2)]
        at = made_by.paid(claims)
        for claim in claims:
            made_by.told(claim, at=at)

    grow()
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    grow()
    grow()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)


# -- recovery ---------------------------------------------------------------------------------------------------------


def act(client, number, step, status=302, **said):
    answer = client.post(reverse("subsidies:recovery_step", args=[number, step]), said)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def test_the_whole_road_of_a_recovery_in_the_browser(client, clock):
    world.budget(500_000)
    claim = world.claim()
    clock.at = made_by.paid([claim])
    desk(client, Role.RECOVERY_OFFICER)
    said = {"claim": claim.number, "ground": "audit", "reason": "审计发现不符合条件", "amount": ""}
    client.post(reverse("subsidies:propose_recovery"), said)
    order = RecoveryOrder.objects.get()
    act(client, order.number, "notify")
    factories.sign_in(client, claim.claimant, second_factor=False)
    assert reverse("subsidies:debts") in text_of(client.get(reverse("subsidies:mine")))
    assert order.number in text_of(client.get(reverse("subsidies:debts")))
    url = reverse("subsidies:debt", args=[order.number])
    assert "审计发现不符合条件" in text_of(client.get(url))
    text_of(client.post(url, {"text": " "}), 422)
    assert client.post(url, {"text": "我符合条件。"}).status_code == 302
    clock.at += world.HOUR
    desk(client, Role.FINANCE_CHECKER)
    assert "我符合条件。" in text_of(client.get(reverse("subsidies:recovery", args=[order.number])))
    act(client, order.number, "order", 422, document="")
    act(client, order.number, "order", document="黔人社追 1 号")
    desk(client, Role.RECOVERY_OFFICER)
    text = act(client, order.number, "plan", 422, parts="明天 五百").content.decode()
    assert "明天 五百" in text
    text = act(client, order.number, "plan", 409, parts="2026-12-01 1.00").content.decode()
    assert "2026-12-01 1.00" in text
    act(client, order.number, "plan", parts="2026-11-01 700.00\n2026-12-01 500.00")
    act(client, order.number, "repayment", 422, amount="NaN", reference="B1")
    assert (
        "9999" in act(client, order.number, "repayment", 409, amount="9999", reference="B1").content.decode()
    )
    act(client, order.number, "repayment", amount="1,200.00", reference="B1")
    row = Settlement.objects.get()
    confirm = reverse("subsidies:confirm_settlement", args=[order.number, row.pk])
    assert client.post(confirm).status_code == 409
    desk(client, Role.FINANCE_CHECKER)
    assert client.post(confirm).status_code == 302
    order.refresh_from_db()
    assert order.state == "repaid"
    factories.sign_in(client, claim.claimant, second_factor=False)
    assert "¥1,200.00" in text_of(client.get(url))


def test_a_claim_that_was_not_paid_is_refused_beside_its_number(client):
    desk(client, Role.RECOVERY_OFFICER)
    said = {"claim": "CL-52-2026-000009", "ground": "audit", "reason": "查", "amount": "-5"}
    text = text_of(client.post(reverse("subsidies:propose_recovery"), said), 422)
    assert "CL-52-2026-000009" in text
    assert 'value="-5"' in text


def test_an_offset_a_refusal_and_a_sanction_in_the_browser(client, clock):
    world.budget(900_000)
    person = world.payee()
    old, new = world.claim(person=person), world.claim(person=person)
    order, at = made_by.ordered(old, at=made_by.paid([old]), fen=50_000)
    _notice, clock.at = world.noticed([new], at=at)
    desk(client, Role.RECOVERY_OFFICER)
    target = made_by.entitlement(new)
    act(client, order.number, "offset", entitlement=target.pk, amount="")
    row = Settlement.objects.get()
    desk(client, Role.FINANCE_CHECKER)
    refuse = reverse("subsidies:refuse_settlement", args=[order.number, row.pk])
    assert client.post(refuse, {"reason": ""}).status_code == 409
    assert client.post(refuse, {"reason": "金额不对"}).status_code == 302
    desk(client, Role.RECOVERY_OFFICER)
    said = {"kind": "suspension", "starts_on": "2026-05-01", "document": "1 号", "reason": "骗取"}
    act(client, order.number, "sanction", 409, **said)
    act(client, order.number, "sanction", **said, ends_on="2027-05-01")
    sanction = Sanction.objects.get()
    client.post(reverse("subsidies:lift_sanction", args=[sanction.pk]), {"reason": "申诉成立"})
    sanction.refresh_from_db()
    assert sanction.lifted_at is not None


def test_the_api_takes_the_same_road(client, clock):
    world.budget(500_000)
    claim = world.claim()
    clock.at = made_by.paid([claim])
    keys = iter(range(100))

    def post(name, *args, **body):
        return client.post(
            reverse(name, args=args), body, content_type="application/json",
            headers={"Idempotency-Key": f"ledger-key-{next(keys)}"},
        )  # fmt: skip

    desk(client, Role.RECOVERY_OFFICER)
    said = {"claim": claim.number, "fund": "SKILL", "ground": "error", "reason": "误发"}
    made = post("api-recoveries", **said)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert post("api-recoveries", **said).json()["code"] == "already_running"
    assert post("api-recovery-notify", number).json()["state"] == "notified"
    desk(client, Role.FINANCE_CHECKER)
    assert post("api-recovery-order", number, document="1").json()["code"] == "reply_still_open"
    factories.sign_in(client, claim.claimant, second_factor=False)
    assert client.get(reverse("api-debts")).json()["results"][0]["number"] == number
    assert post("api-debt-reply", number, text="好的").status_code == 200
    desk(client, Role.FINANCE_CHECKER)
    assert post("api-recovery-order", number, document="1").json()["owed"] == "1200.00"
    desk(client, Role.RECOVERY_OFFICER)
    row = post("api-recovery-repayment", number, fen=120_000, reference="B1").json()
    desk(client, Role.FINANCE_CHECKER)
    assert post("api-settlement-confirm", number, row["id"]).json()["state"] == "confirmed"
    shown = client.get(reverse("api-recovery", args=[number])).json()
    assert (shown["state"], shown["owed_fen"]) == ("repaid", 0)
    assert [move["step"] for move in shown["moves"]] == ["propose", "notify", "order", "repay"]


# -- proofs -----------------------------------------------------------------------------------------------------------


def test_a_proof_is_kept_and_read(client):
    world.budget(500_000)
    run = reconcile.prove(at=AT)
    assert run.breaches == 0
    assert run.counts["entries"] == 1
    desk(client, Role.AUDITOR)
    assert "全部相符" in text_of(client.get(reverse("subsidies:proofs")))
    assert "全部相符" in text_of(client.get(reverse("subsidies:proof", args=[run.pk])))
    assert client.get(reverse("api-proof", args=[run.pk])).json()["findings"] == []


def test_what_a_proof_found_is_said_in_the_readers_language(client):
    from subsidies.models import ReconcileRun

    kept = {
        "invariant": "I2",
        "check": "book_sums_to_zero",
        "values": ["7", "5"],
        "sentence": "the accounts of book 7 sum to 5 fen",
    }
    unknown = kept | {"check": "gone", "sentence": "an older sentence"}
    run = ReconcileRun.objects.create(
        started_at=AT, ended_at=AT, milliseconds=1, breaches=3, findings=[kept, unknown]
    )
    desk(client, Role.AUDITOR)
    text = text_of(client.get(reverse("subsidies:proof", args=[run.pk])))
    assert "账簿 7 各科目合计 5 分" in text
    assert "an older sentence" in text


def test_the_nightly_proof_keeps_a_run():
    from subsidies.models import ReconcileRun
    from subsidies.tasks import reconcile_nightly

    world.budget(500_000)
    assert reconcile_nightly() == 0
    assert reconcile_nightly() == 0
    assert ReconcileRun.objects.count() == 2


def test_every_check_has_a_code_of_its_own_and_a_place_for_each_value():
    checks = reconcile._checks()
    assert len({check.code for check in checks}) == len(checks)
    with connection.cursor() as cursor:
        for check in checks:
            cursor.execute(check.query)
            assert len(cursor.description) == str(check.sentence).count("{}"), check.code
