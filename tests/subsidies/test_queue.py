"""What the queue of the desks finds and counts: for whom a claim waits, by which words it is found, how much waits."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from portal.accounts import services as accounts
from portal.accounts.roles import Role
from subsidies.models import Claim
from subsidies.selectors import queue as lists
from subsidies.workflow.claims import Desk
from tests import factories
from tests.subsidies import making
from tests.subsidies.making import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    making.policy()
    return making.accepted(making.checked(person=making.claimant("买买提·艾力𠮷")))


@pytest.fixture
def officer():
    return factories.staff(Role.PROVINCE_REVIEWER)


def found(officer, **asked):
    return list(lists.queue(officer, at=AT, **{"view": "all", **asked}).order_by("pk"))


def test_a_claim_is_found_by_any_of_its_names(claim, officer):
    for text in (
        claim.number,
        claim.number.lower(),
        claim.number[:9],
        claim.certificate_serial,
        claim.occupation,
        claim.occupation_name,
        f" {claim.occupation_name} ",
        "买买提·艾力𠮷",
        claim.holder_masked,
        claim.holder_masked.replace("*", "＊"),
    ):
        assert found(officer, text=text) == [claim], text


@pytest.mark.parametrize(
    "text", ["王建国", "王*国", "CL-99", "9-99-99-99", "ZX-52-2026-9999999", "电工", "𠮷" * 200]
)
def test_other_words_find_nothing(claim, officer, text):
    assert found(officer, text=text) == []


def test_a_claim_waits_for_the_desk_where_it_lies_and_for_nobody_else(claim, officer):
    assert claim.desk == Desk.FIRST
    assert found(officer, view="mine") == [claim]
    for role, code in (
        (Role.INTAKE_OFFICER, "520000"),
        (Role.SECOND_REVIEWER, "520000"),
        (Role.PROVINCE_REVIEWER, "510000"),
        (Role.MINISTRY_REVIEWER, "520000"),
        (Role.AUDITOR, "520000"),
    ):
        assert found(factories.staff(role, code=code), view="mine") == [], (role, code)


def test_offices_in_two_provinces_each_have_their_own_desk(claim):
    """Who passes claims in one province first and in another second has each where they do it, and no other."""
    both = factories.staff(Role.PROVINCE_REVIEWER)
    accounts.appoint(both, Role.INTAKE_OFFICER, by=None, at=AT, province=factories.province("510000"))
    assert found(both, view="mine") == [claim]
    crossed = factories.staff(Role.PROVINCE_REVIEWER, code="510000")
    accounts.appoint(crossed, Role.INTAKE_OFFICER, by=None, at=AT, province=factories.province("520000"))
    assert found(crossed, view="mine") == []


def test_how_much_waits_is_told_up_to_a_limit(claim, officer, client, monkeypatch):
    making.accepted(making.checked(person=making.claimant("李小花")))
    client.cookies["django_language"] = "en"
    told = lists.waiting_total(officer, at=AT)
    assert told == {"count": 2, "fen": 2 * claim.amount_fen, "more": False}
    page = factories.sign_in(client, officer).get(reverse("subsidies:queue"))
    assert "2 waiting for you · ¥" in page.content.decode()
    monkeypatch.setattr(lists, "MOST_COUNTED", 1)
    assert lists.waiting_total(officer, at=AT) == {"count": 1, "fen": None, "more": True}
    page = client.get(reverse("subsidies:queue"))
    assert "More than 1 waiting for you" in page.content.decode()


def test_nobody_waits_for_nothing(officer):
    assert lists.waiting_total(officer, at=AT + dt.timedelta(days=1)) == {"count": 0, "fen": 0, "more": False}


def test_the_tabs_count_what_is_to_be_done_by_one_statement(
    claim, officer, django_assert_num_queries, monkeypatch
):
    Claim.objects.update(assignee=officer, due_at=AT)
    lists.counts(officer, at=AT)
    with django_assert_num_queries(1):
        told = lists.counts(officer, at=AT)
    assert told == {"taken": 1, "due": 1, "evidence": 0, "held": 0, "returned": 0}
    for view, number in told.items():
        assert number == lists.queue(officer, view=view, at=AT).count(), view
    monkeypatch.setattr(lists, "MOST_COUNTED", 0)
    assert {view for view, number in lists.counts(officer, at=AT).items() if number is None} == {
        view for view, number in told.items() if number
    }


def test_an_office_of_one_province_does_not_choose_among_all(client, officer):
    factories.sign_in(client, officer)
    page = client.get(reverse("subsidies:queue"), {"province": "520000"}).content.decode()
    assert '<input type="hidden" name="province" value="520000"' in page
    assert '<select name="province"' not in page
    both = factories.staff(Role.PROVINCE_REVIEWER)
    accounts.appoint(both, Role.PROVINCE_REVIEWER, by=None, at=AT, province=factories.province("510000"))
    page = factories.sign_in(client, both).get(reverse("subsidies:queue")).content.decode()
    _before, box = page.split('<select name="province"')
    assert re.findall(r'value="(\d*)"', box.partition("</select>")[0]) == ["", "510000", "520000"]
