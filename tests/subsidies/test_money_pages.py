"""The money desk, batches and notices in a browser without JavaScript, and their API twins."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.roles import Role
from subsidies.models import Batch, BudgetProposal, Hold, Notice
from subsidies.services import files, holds
from subsidies.tasks import apply_due_answers, ask_due_names, write_due_payment_files
from tests import factories
from tests.subsidies import money_world as world

pytestmark = pytest.mark.django_db
AT = world.AT


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


def follow(client, response, status=302):
    assert response.status_code == status, response.content.decode()[:3000]
    return client.get(response["Location"]) if status == 302 else response


BUDGET = {
    "kind": "issue",
    "province": "520000",
    "fund": "SKILL",
    "year": "2026",
    "amount": "5,000,000.00",
    "document": "黔财〔2026〕1 号",
}


def test_the_whole_road_of_money_in_the_browser(client, clock):
    desk(client, Role.FINANCE_MAKER)
    page = follow(client, client.post(reverse("subsidies:propose_budget"), BUDGET))
    assert "¥5,000,000.00" in page.content.decode()
    proposal = BudgetProposal.objects.get()
    desk(client, Role.FINANCE_CHECKER)
    follow(client, client.post(reverse("subsidies:issue_budget", args=[proposal.pk])))
    made = world.approve(world.claim())
    desk(client, Role.PROVINCE_REVIEWER)
    follow(client, client.post(reverse("subsidies:publish_notice"), {"province": "520000"}))
    notice = Notice.objects.get()
    clock.at = notice.ends_at + world.HOUR
    from subsidies.tasks import end_due_notices

    assert end_due_notices() == 1
    assert ask_due_names() == 1
    desk(client, Role.FINANCE_MAKER)
    follow(client, client.post(reverse("subsidies:assemble_batch"), {"province": "520000"}))
    batch = Batch.objects.get()
    assert client.post(reverse("subsidies:check_batch", args=[batch.number])).status_code == 404
    desk(client, Role.FINANCE_CHECKER)
    follow(client, client.post(reverse("subsidies:check_batch", args=[batch.number])))
    own = client.post(reverse("subsidies:release_batch", args=[batch.number]))
    assert own.status_code == 409
    desk(client, Role.FINANCE_CHECKER)
    page = follow(client, client.post(reverse("subsidies:release_batch", args=[batch.number])))
    assert "hx-get" in page.content.decode()
    assert write_due_payment_files() == 1
    response = client.post(reverse("subsidies:payment_file", args=[batch.number]))
    assert response["Content-Type"].startswith("text/csv")
    assert "9999991285726840905" in response.content.decode("utf-8-sig")
    assert response["Cache-Control"] == "no-store"
    upload = SimpleUploadedFile("answer.csv", world.answer_csv(batch))
    follow(client, client.post(reverse("subsidies:answer_file", args=[batch.number]), {"file": upload}))
    assert apply_due_answers() == 1
    page = client.get(reverse("subsidies:batch", args=[batch.number])).content.decode()
    made.refresh_from_db()
    assert made.state == "paid"
    assert "hx-get" not in page
    assert made.claimant.identity.full_name not in page
    assert "9999991285726840905" not in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount": "-5"}, "5,000,000.00"),
        ({"amount": "1.005"}, "5,000,000.00"),
        ({"amount": "NaN"}, "5,000,000.00"),
        ({"amount": "9" * 39}, "5,000,000.00"),
        ({"amount": "0"}, "summary"),
        ({"year": "x"}, "summary"),
        ({"fund": "NONE"}, "summary"),
        ({"document": ""}, "summary"),
        ({"province": "510000"}, "summary"),
    ],
)
def test_a_budget_that_makes_no_sense_is_said_and_kept(client, changes, says):
    desk(client, Role.FINANCE_MAKER)
    response = client.post(reverse("subsidies:propose_budget"), {**BUDGET, **changes})
    assert response.status_code in (409, 422)
    text = response.content.decode()
    assert says in text
    if "document" not in changes:
        assert "黔财〔2026〕1 号" in text
    assert not BudgetProposal.objects.exists()


def test_full_width_amounts_are_amounts(client):
    desk(client, Role.FINANCE_MAKER)
    client.post(reverse("subsidies:propose_budget"), {**BUDGET, "amount": "１２０，０００．５"})
    assert BudgetProposal.objects.get().fen == 12_000_050


def _world():
    world.budget(5_000_000)
    batch, after = world.sent([world.claim()])
    held = world.claim()
    holds.put_hold(held, Hold.Category.CHECK, "核对", by=None, at=after)
    return batch, after, held


def _addresses(batch):
    hold, proposal = Hold.objects.first(), BudgetProposal.objects.first()
    return {
        "money": ("GET", []),
        "batches": ("GET", []),
        "batch": ("GET", [batch.number]),
        "bank_profiles": ("GET", []),
        "bank_profile": ("GET", [batch.profile_id]),
        "account_changes": ("GET", []),
        "live_bank_profile": ("POST", [batch.profile_id]),
        "discard_bank_profile": ("POST", [batch.profile_id]),
        "notice_desk": ("GET", []),
        "publish_notice": ("POST", []),
        "propose_budget": ("POST", []),
        "issue_budget": ("POST", [proposal.pk]),
        "refuse_budget": ("POST", [proposal.pk]),
        "close_hold": ("POST", [hold.pk]),
        "assemble_batch": ("POST", []),
        "check_batch": ("POST", [batch.number]),
        "release_batch": ("POST", [batch.number]),
        "cancel_batch": ("POST", [batch.number]),
        "payment_file": ("POST", [batch.number]),
        "answer_file": ("POST", [batch.number]),
    }


def test_visitors_are_sent_to_sign_in_and_learners_find_nothing(client):
    batch, _after, _held = _world()
    for name, (method, args) in _addresses(batch).items():
        response = client.generic(method, reverse(f"subsidies:{name}", args=args))
        assert response.status_code == 302, name
        assert reverse("account_login") in response["Location"]
    factories.sign_in(client, factories.learner())
    for name, (method, args) in _addresses(batch).items():
        assert client.generic(method, reverse(f"subsidies:{name}", args=args)).status_code == 404, name


def test_the_wrong_method_is_refused(client):
    batch, _after, _held = _world()
    desk(client, Role.FINANCE_MAKER)
    for name, (method, args) in _addresses(batch).items():
        other = "GET" if method == "POST" else "POST"
        assert client.generic(other, reverse(f"subsidies:{name}", args=args)).status_code in (404, 405), name


@pytest.mark.parametrize("role", [Role.FINANCE_MAKER, Role.FINANCE_CHECKER])
def test_another_province_is_not_there(client, role):
    batch, _after, held = _world()
    desk(client, role, "510000")
    page = client.get(reverse("subsidies:batches")).content.decode()
    assert batch.number not in page
    money = client.get(reverse("subsidies:money")).content.decode()
    assert held.number not in money
    for name, (method, args) in _addresses(batch).items():
        if args:
            assert client.generic(method, reverse(f"subsidies:{name}", args=args)).status_code == 404, name
    for name in ("assemble_batch", "publish_notice"):
        response = client.post(reverse(f"subsidies:{name}"), {"province": "520000"})
        assert response.status_code in (302, 404)
    assert Batch.objects.count() == 1


def test_auditors_read_everything_and_change_nothing(client):
    batch, _after, _held = _world()
    factories.sign_in(client, factories.staff(Role.AUDITOR))
    for name, (method, args) in _addresses(batch).items():
        expected = 200 if method == "GET" else 404
        assert client.generic(method, reverse(f"subsidies:{name}", args=args)).status_code == expected, name


def test_a_refusal_by_rule_is_said_on_the_page(client, clock):
    world.budget(5_000_000)
    batch, clock.at = world.batch_of([world.claim()])
    factories.sign_in(client, batch.made_by)
    page = client.get(reverse("subsidies:batch", args=[batch.number])).content.decode()
    assert reverse("subsidies:check_batch", args=[batch.number]) not in page
    response = client.post(reverse("subsidies:cancel_batch", args=[batch.number]), {"reason": ""})
    assert response.status_code == 422
    response = client.post(reverse("subsidies:payment_file", args=[batch.number]))
    assert response.status_code == 409
    upload = SimpleUploadedFile("a.csv", b"x")
    response = client.post(reverse("subsidies:answer_file", args=[batch.number]), {"file": upload})
    assert response.status_code == 409
    desk(client, Role.FINANCE_CHECKER)
    response = client.post(reverse("subsidies:release_batch", args=[batch.number]))
    assert response.status_code == 409


def test_a_refused_answer_file_is_reported_row_by_row(client, clock):
    batch, clock.at, _held = _world()
    desk(client, Role.FINANCE_MAKER)
    address = reverse("subsidies:answer_file", args=[batch.number])
    text = f"批次号,行号,回单号,金额,结果,原因\n{batch.number},7,R1,1200.00,成功,\n{batch.number},1,R1,9.99,成功,"
    response = client.post(
        address, {"file": SimpleUploadedFile("坏\U00020bb7.csv", text.encode())}, HTTP_ACCEPT_LANGUAGE="en"
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "7" in page
    assert "9.99" in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"file": SimpleUploadedFile("e.csv", b"")}).status_code == 422
    assert batch.lines.filter(state="sent").count() == 1


def test_the_public_reads_masked_notices_and_nobody_finds_a_name(client, clock):
    world.budget(5_000_000)
    person = factories.with_bank_account(factories.learner("欧阳\U00020bb7·阿依古丽"))
    made = world.approve(world.claim(person=person))
    from subsidies.services import notices

    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    listed = client.get(reverse("subsidies:notices"))
    assert notice.number in listed.content.decode()
    page = client.get(reverse("subsidies:notice", args=[notice.number])).content.decode()
    assert made.holder_masked in page
    assert "阿依古丽" not in page
    assert person.identity.number not in page
    assert client.get(reverse("subsidies:notices"), {"province": "510000"}).status_code == 200
    assert client.get(reverse("subsidies:notices"), {"province": "x\x00", "page": "z"}).status_code == 200
    assert client.get(reverse("subsidies:notice", args=["PN-00"])).status_code == 404
    clock.at = notice.ends_at + world.HOUR
    assert client.get(reverse("subsidies:notice", args=[notice.number])).status_code == 200


def test_holds_are_closed_with_a_reason(client, clock):
    _batch, clock.at, _held = _world()
    hold = Hold.objects.get()
    for role in (Role.PROVINCE_REVIEWER, Role.FINANCE_CHECKER):
        desk(client, role)
        response = client.post(reverse("subsidies:close_hold", args=[hold.pk]), {"reason": "\x00"})
        assert follow(client, response).status_code == 200
    hold.refresh_from_db()
    assert hold.closed_at is None
    client.post(reverse("subsidies:close_hold", args=[hold.pk]), {"reason": "无误"})
    hold.refresh_from_db()
    assert hold.closed_because == "无误"


@pytest.mark.parametrize("name", ["money", "batches", "notice_desk", "account_changes", "bank_profiles"])
def test_lists_cost_the_same_with_five_rows(client, name, clock):
    world.budget(5_000_000)
    desk(client, Role.FINANCE_MAKER)
    for _ in range(2):
        _b, clock.at = world.sent([world.claim()])
    client.get(reverse(f"subsidies:{name}"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse(f"subsidies:{name}"))
    for _ in range(3):
        world.sent([world.claim()], at=clock.at)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(f"subsidies:{name}"))
    assert len(many) <= len(few)
    assert len(many) < 40


# -- the API ----------------------------------------------------------------------------------------------------------


def test_the_api_walks_the_same_road(client, clock):
    desk(client, Role.FINANCE_MAKER)
    body = {"province": "520000", "fund": "SKILL", "year": 2026, "fen": 500_000, "document": "1"}
    key = {"HTTP_IDEMPOTENCY_KEY": "budget-0001"}
    first = client.post("/api/subsidies/money/budgets/", body, content_type="application/json", **key)
    again = client.post("/api/subsidies/money/budgets/", body, content_type="application/json", **key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    own = client.post(f"/api/subsidies/money/budgets/{first.json()['id']}/issue/")
    assert own.status_code == 403
    desk(client, Role.FINANCE_CHECKER)
    assert client.post(f"/api/subsidies/money/budgets/{first.json()['id']}/issue/").status_code == 200
    assert client.get("/api/subsidies/money/?year=2026").json()[0]["available"] == "5000.00"
    world.approve(world.claim())
    desk(client, Role.FINANCE_MAKER)
    made = client.post(
        "/api/subsidies/notices/publish/", {"province": "520000"}, content_type="application/json"
    )
    assert made.status_code == 201
    notice = Notice.objects.get()
    assert made.json()["days_left"] == 5
    clock.at = notice.ends_at + world.HOUR
    from subsidies.services import notices

    notices.end_notice(notice, at=clock.at)
    world.vouched(at=clock.at)
    made = client.post("/api/subsidies/batches/", {"province": "520000"}, content_type="application/json")
    number = made.json()["number"]
    assert made.json()["total"] == "1200.00"
    empty = client.post("/api/subsidies/batches/", {"province": "520000"}, content_type="application/json")
    assert (empty.status_code, empty.json()["code"]) == (409, "nothing_to_pay")
    for step in ("check", "release"):
        desk(client, Role.FINANCE_CHECKER)
        assert client.post(f"/api/subsidies/batches/{number}/{step}/").status_code == 200
    files.write_payment_file(Batch.objects.get(), at=clock.at)
    assert client.post(f"/api/subsidies/batches/{number}/file/").status_code == 200
    bad = client.post(f"/api/subsidies/batches/{number}/answer/", {"file": SimpleUploadedFile("a", b"x")})
    assert (bad.status_code, bad.json()["accepted"]) == (409, False)
    good = SimpleUploadedFile("a.csv", world.answer_csv(Batch.objects.get()))
    assert client.post(f"/api/subsidies/batches/{number}/answer/", {"file": good}).status_code == 200
    apply_due_answers()
    assert client.get(f"/api/subsidies/batches/{number}/").json()["settled"] == 1
    assert client.get(f"/api/subsidies/batches/{number}/lines/").json()["results"][0]["state"] == "settled"
    client.logout()
    assert client.get(f"/api/subsidies/notices/{notice.number}/lines/").json()["results"][0]["fen"] == 120_000
    assert client.get("/api/subsidies/notices/").json()["results"][0]["number"] == notice.number


@pytest.mark.parametrize("path", ["money/", "batches/", "money/holds/"])
def test_the_api_answers_nobody_without_a_role(client, path):
    assert client.get(f"/api/subsidies/{path}").status_code == 403
    factories.sign_in(client, factories.learner())
    assert client.get(f"/api/subsidies/{path}").status_code == 403


def test_the_api_hides_other_provinces(client):
    batch, _after, _held = _world()
    desk(client, Role.FINANCE_CHECKER, "510000")
    assert client.get("/api/subsidies/batches/").json()["results"] == []
    assert client.get("/api/subsidies/money/holds/").json()["results"] == []
    for step in ("", "lines/"):
        assert client.get(f"/api/subsidies/batches/{batch.number}/{step}").status_code == 404
    for step in ("check/", "release/", "file/"):
        assert client.post(f"/api/subsidies/batches/{batch.number}/{step}").status_code == 404
