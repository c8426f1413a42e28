"""The desk of findings, its pages and its API."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.roles import Role
from subsidies.models import CheckTerms, Finding, Hold
from tests import factories
from tests.subsidies import fraud_world as world

pytestmark = pytest.mark.django_db
AT = world.AT


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: AT + dt.timedelta(hours=2))


def group(count=3):
    claims = [world.claim(state="in_first_review") for _n in range(count)]
    for claim in claims:
        factories.with_bank_account(claim.claimant, number="6222020000001230")
    world.looked(*claims)
    return claims


@pytest.fixture
def desk(client):
    return factories.sign_in(client, factories.staff(Role.INVESTIGATOR))


def test_the_list_says_what_was_seen_and_is_narrowed(desk):
    claims = group()
    page = desk.get(reverse("subsidies:findings")).content.decode()
    assert "3 人使用该银行账户" in page
    assert claims[0].number in page
    assert claims[0].number not in desk.get("/desk/findings/?view=late").content.decode()
    assert claims[0].number in desk.get("/desk/findings/?view=all&check=shared_account").content.decode()
    assert claims[0].number not in desk.get("/desk/findings/?view=all&check=same_person").content.decode()


def test_the_list_costs_the_same_for_five(desk):
    group(2)
    desk.get(reverse("subsidies:findings"))  # what a process asks once
    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("subsidies:findings"))
    group(5)
    with CaptureQueriesContext(connection) as many:
        desk.get(reverse("subsidies:findings"))
    assert len(many) == len(few)


def test_a_finding_is_dismissed_with_a_reason_and_keeps_what_was_typed(desk):
    claims = group()
    finding = Finding.objects.filter(claim=claims[0]).get()
    address = reverse("subsidies:decide_finding", args=[finding.pk, "dismiss"])
    answer = desk.post(address, {"reason": " "})
    assert answer.status_code == 422
    answer = desk.post(address, {"reason": "父子共用一张卡𠮷"})
    assert answer.status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.reason) == ("dismissed", "父子共用一张卡𠮷")
    assert Hold.objects.get(finding=finding).closed_at is not None
    again = desk.post(address, {"reason": "再来一次"})
    assert again.status_code == 409
    assert "该发现已处理" in again.content.decode()
    assert desk.post(reverse("subsidies:decide_finding", args=[finding.pk, "burn"])).status_code == 404


def test_the_review_page_says_what_the_checks_saw_and_leads_to_the_decision(client):
    claims = group()
    reviewer = factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    page = reviewer.get(reverse("subsidies:review", args=[claims[0].number])).content.decode()
    finding = Finding.objects.filter(claim=claims[0]).get()
    assert "3 人使用该银行账户" in page
    assert reverse("subsidies:finding", args=[finding.pk]) in page
    hold = Hold.objects.get(finding=finding)
    assert reverse("subsidies:close_hold", args=[hold.pk]) not in page


def test_groups_are_a_table_and_a_drawing(desk):
    claims = group()
    page = desk.get(reverse("subsidies:fraud_groups")).content.decode()
    assert reverse("subsidies:fraud_group", args=[claims[0].number]) in page
    page = desk.get(reverse("subsidies:fraud_group", args=[claims[2].number])).content.decode()
    assert page.count("<circle") == 3
    assert all(claim.number in page for claim in claims)
    assert "6222020000001230" not in page
    assert desk.get(reverse("subsidies:fraud_group", args=["CL-0"])).status_code == 404


def test_the_policy_office_sets_a_number_and_the_auditor_reads_it(client):
    office = factories.sign_in(client, factories.staff(Role.MINISTRY_POLICY))
    told = {"name": "account_persons", "value": "3", "starts_on": "2026-03-17", "reason": "夫妻共用账户太多"}
    address = reverse("subsidies:set_fraud_number")
    wrong = office.post(address, told | {"value": "1"})
    assert wrong.status_code == 409
    assert "夫妻共用账户太多" in wrong.content.decode()
    assert office.post(address, told | {"starts_on": "2026-03-16"}).status_code == 409
    assert office.post(address, told | {"value": "x"}).status_code == 422
    assert office.post(address, told).status_code == 302
    assert CheckTerms.objects.get().numbers == {"account_persons": 3}
    assert office.post(address, told).status_code == 409


def test_the_api_lists_shows_and_decides(desk):
    claims = group()
    found = desk.get(reverse("api-findings"), {"view": "open"}).json()["results"]
    assert {row["claim"] for row in found} == {claim.number for claim in claims}
    assert found[0]["figures"] == {"persons": 3, "staff": 0}
    pk = found[0]["id"]
    assert desk.get(reverse("api-finding", args=[pk])).json()["check_code"] == "shared_account"
    told = {"reason": "属实"}
    first = desk.post(reverse("api-finding-confirm", args=[pk]), told, content_type="application/json")
    assert (first.status_code, first.json()["state"]) == (200, "confirmed")
    again = desk.post(reverse("api-finding-dismiss", args=[pk]), told, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "finding_not_open")
    assert desk.get(reverse("api-findings"), {"view": "x"}).status_code == 404
    assert desk.get(reverse("api-findings"), {"check": "\x00"}).status_code == 200
