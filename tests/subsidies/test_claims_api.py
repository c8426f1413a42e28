"""The API twins: the same selectors and services, the same sentences."""

import json

import jsonschema
import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.roles import Role
from subsidies.models import Claim, Hold
from subsidies.services import checking
from subsidies.services.holds import put_hold
from subsidies.workflow.claims import State
from tests import factories
from tests.subsidies import making
from tests.subsidies.making import LINKS

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"api-{name}", args=args)


@pytest.fixture
def signed(client):
    return lambda person: factories.sign_in(client, person)


def post(browser, address, body=None, **headers):
    return browser.post(address, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_the_queue_says_what_is_held(signed):
    free, stopped = making.first_passed(), making.row(State.IN_SECOND_REVIEW)
    put_hold(stopped, Hold.Category.CERTIFICATE, "待核实", by=None, at=clock.now())
    rows = signed(factories.staff(Role.SECOND_REVIEWER)).get(url("claim-queue")).json()["results"]
    assert {row["number"]: row["held"] for row in rows} == {free.number: False, stopped.number: True}


def test_a_claim_from_submission_to_the_second_review(signed):
    making.policy()
    person = making.claimant()
    paper = making.certificate(person)
    browser = signed(person)
    body = {"serial": paper.serial, "agreed": True, "answers": making.ANSWERS}
    made = post(browser, url("claims"), body, **{"Idempotency-Key": "one-of-a-kind"})
    assert made.status_code == 201
    number = made.json()["number"]
    again = post(browser, url("claims"), body, **{"Idempotency-Key": "one-of-a-kind"})
    assert (again.status_code, again.json()) == (201, made.json())
    other = post(browser, url("claims"), body | {"agreed": False}, **{"Idempotency-Key": "one-of-a-kind"})
    assert other.status_code == 409
    assert [row["number"] for row in browser.get(url("claims")).json()["results"]] == [number]

    checking.check_claim(Claim.objects.get(), at=clock.now())
    seen = browser.get(url("claim", number)).json()
    assert (seen["amount"], seen["amount_fen"]) == ("1600.00", 160000)
    assert seen["explanation"]["lines"][0]["formula"] == "160000"

    browser = signed(factories.staff(Role.INTAKE_OFFICER))
    assert post(browser, url("claim-accept", number)).json()["state"] == "in_first_review"
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    assert browser.get(url("claim-queue")).json()["results"][0]["number"] == number
    refused = post(browser, url("claim-pass", number), {"confirmed": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_confirmed")
    assert post(browser, url("claim-pass", number), {"confirmed": True}).json()["state"] == "in_second_review"
    browser = signed(factories.staff(Role.SECOND_REVIEWER))
    assert post(browser, url("claim-pass", number)).json()["state"] == "in_ministry_review"
    browser = signed(factories.staff(Role.MINISTRY_REVIEWER))
    assert post(browser, url("claim-pass", number)).json()["state"] == "awaiting_funds"
    told = signed(person).get(url("claim", number)).json()
    assert (told["status"], "state" in told) == ("in_review", False)


def test_sending_back_handing_in_again_and_withdrawing(signed):
    claim = making.checked(**{LINKS[0]: None})
    browser = signed(factories.staff(Role.INTAKE_OFFICER))
    assert post(browser, url("claim-send-back", claim.number), {"reason": ""}).status_code == 400
    assert post(browser, url("claim-send-back", claim.number), {"reason": "请说明户籍"}).status_code == 200
    browser = signed(claim.claimant)
    told = browser.get(url("claim", claim.number)).json()
    assert [one["code"] for one in told["rests_on"]] == ["LINK"]
    answer = post(browser, url("claim-resubmit", claim.number), {"answers": {LINKS[0]: True}})
    assert answer.json()["declared"] == {LINKS[0]: True}
    assert post(browser, url("claim-withdraw", claim.number)).json()["status"] == "withdrawn"
    assert post(browser, url("claim-withdraw", claim.number)).json()["code"] == "illegal_move"


def test_rejecting_takes_two_people_and_can_be_appealed(signed):
    claim = making.accepted()
    first, second = factories.staff(Role.PROVINCE_REVIEWER), factories.staff(Role.SECOND_REVIEWER)
    told = {"reason": "证书信息不一致", "codes": ["STATED_WRONGLY"]}
    assert post(signed(first), url("claim-propose-reject", claim.number), told).status_code == 200
    mine = signed(claim.claimant).get(url("claim", claim.number)).json()
    assert (mine["status"], mine["reason"], mine["rests_on"]) == ("in_review", "", [])
    alone = post(signed(first), url("claim-confirm-reject", claim.number))
    assert (alone.status_code, alone.json()["code"]) == (409, "same_person")
    assert post(signed(second), url("claim-confirm-reject", claim.number)).json()["state"] == "rejected"
    browser = signed(claim.claimant)
    mine = browser.get(url("claim", claim.number)).json()
    assert (mine["status"], mine["reason"]) == ("not_approved", "证书信息不一致")
    assert mine["rests_on"][0]["code"] == "STATED_WRONGLY"
    assert "appeal" in mine["steps"]
    words = {"words": "档案里的姓名写错了，请看附件"}
    assert post(browser, url("claim-appeal", claim.number), words).json()["status"] == "in_review"
    third = signed(factories.staff(Role.SECOND_REVIEWER))
    hearing = {"granted": True, "reason": "档案已更正"}
    assert post(third, url("claim-hear", claim.number), hearing).json()["state"] == "in_second_review"


def test_an_unknown_reason_is_refused(signed):
    claim = making.accepted()
    browser = signed(factories.staff(Role.PROVINCE_REVIEWER))
    told = {"reason": "x", "codes": ["INVENTED"]}
    assert post(browser, url("claim-propose-reject", claim.number), told).json()["code"] == "unknown_reason"


def test_a_claim_is_given_to_a_colleague_and_nobody_else(signed):
    claim = making.accepted()
    me, colleague = factories.staff(Role.PROVINCE_REVIEWER), factories.staff(Role.PROVINCE_REVIEWER)
    browser = signed(me)
    given = post(browser, url("claim-assign", claim.number), {"to": str(colleague.uid)})
    assert given.json()["assignee"] == str(colleague.uid)
    refused = post(browser, url("claim-pass", claim.number), {"confirmed": True})
    assert refused.json()["code"] == "taken_by_another"
    stranger = post(browser, url("claim-assign", claim.number), {"to": str(claim.claimant.uid)})
    assert stranger.json()["code"] == "not_for_them"
    assert post(browser, url("claim-assign", claim.number), {"to": str(me.uid)}).status_code == 200
    assert post(browser, url("claim-stay-out", claim.number), {"reason": "亲属"}).status_code == 200
    refused = post(browser, url("claim-pass", claim.number), {"confirmed": True})
    assert refused.json()["code"] == "stays_out"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"serial": 3},
        {"serial": "x", "agreed": True, "answers": {"a": "b"}},
        {"serial": "x" * 41, "agreed": True},
        {"serial": "ZX-52-2026-0000009", "agreed": True, "answers": {"person.born": True}},
        {"serial": "\x00", "agreed": True},
    ],
)
def test_bad_bodies_get_a_sentence(signed, body):
    answer = post(signed(making.claimant()), url("claims"), body)
    assert answer.status_code in {400, 409}
    assert not Claim.objects.exists()


ADDRESSES = [
    ("claim-pass", {"confirmed": True}),
    ("claim-send-back", {"reason": "x"}),
    ("claim-propose-reject", {"reason": "x"}),
    ("claim-stay-out", {"reason": "x"}),
    ("claim-assign", {"to": None}),
]


@pytest.mark.parametrize(("name", "body"), ADDRESSES)
def test_the_desk_is_for_its_reviewers(signed, client, name, body):
    claim = making.row(State.IN_FIRST_REVIEW)
    assert post(client, url(name, claim.number), body).status_code in {401, 403}
    for person in (claim.claimant, factories.staff(Role.FINANCE_MAKER), factories.staff(Role.AUDITOR)):
        assert post(signed(person), url(name, claim.number), body).status_code == 403
    elsewhere = factories.staff(Role.PROVINCE_REVIEWER, code="510000")
    assert post(signed(elsewhere), url(name, claim.number), body).status_code in {403, 404}
    claim.refresh_from_db()
    assert claim.state == State.IN_FIRST_REVIEW


def test_who_sees_a_claim(signed, client):
    claim = making.row()
    assert client.get(url("claim", claim.number)).status_code in {401, 403}
    assert signed(factories.user()).get(url("claim", claim.number)).status_code == 404
    assert (
        signed(factories.staff(Role.FINANCE_MAKER, code="510000")).get(url("claim", claim.number)).status_code
        == 404
    )
    for person in (claim.claimant, factories.staff(Role.AUDITOR), factories.staff(Role.FINANCE_MAKER)):
        assert signed(person).get(url("claim", claim.number)).status_code == 200
    for name in ("claim-resubmit", "claim-withdraw"):
        assert post(signed(factories.user()), url(name, claim.number)).status_code == 404


def test_the_queue_knows_its_views(signed):
    browser = signed(factories.staff(Role.MINISTRY_REVIEWER))
    assert browser.get(url("claim-queue") + "?view=all").status_code == 200
    assert browser.get(url("claim-queue") + "?view=none").status_code == 404


def test_policies_are_open_to_all(client):
    version = making.policy()
    (row,) = client.get(url("policies")).json()["results"]
    assert (row["version"], row["last_day"], row["body_sha256"]) == (3, None, version.body_sha256)


def test_no_float_ever_carries_money(signed):
    claim = making.checked()

    def floats(value):
        if isinstance(value, float):
            yield value
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from floats(one)

    answer = signed(claim.claimant).get(url("claim", claim.number))
    assert not list(floats(json.loads(answer.content, parse_float=float)))


@pytest.mark.parametrize(
    "address", ["/api/subsidies/claims/%00/", "/claims/%00/", "/claims/%F0%A0%AE%B7/", "/desk/claims/%27/"]
)
def test_an_address_that_is_no_number_is_no_page(signed, address):
    assert signed(factories.staff(Role.PROVINCE_REVIEWER)).get(address).status_code == 404


def test_what_has_to_be_answered_is_asked_in_the_order_of_the_pages(signed):
    person = making.claimant()
    paper = making.certificate(person)
    browser = signed(person)
    assert browser.get(url("claim-questions", paper.serial)).json() == []
    making.policy()
    steps = browser.get(url("claim-questions", paper.serial)).json()
    assert [step["step"] for step in steps] == ["status", "link", "other"]
    asked = [answer["path"] for step in steps for answer in step["answers"]]
    assert set(asked) == set(making.ANSWERS)
    assert all(answer["question"] for step in steps for answer in step["answers"])
    assert signed(making.claimant("李莲花")).get(url("claim-questions", paper.serial)).status_code == 404


def test_the_schema_of_policies_is_public_and_fits_the_published_ones(client):
    making.policy()
    schema = client.get(url("policy-schema")).json()
    for version in client.get(url("policies")).json()["results"]:
        jsonschema.Draft202012Validator(schema).validate(version["body"])


FOREIGN = {
    "id": "LOCAL",
    "type": "any_of",
    "facts": ["person.lives_in_city", "person.works_in_city"],
    "message_zh": "在本市居住或就业",
}


def test_a_policy_with_questions_of_its_own_is_answered_and_decided(signed):
    """Nothing of the sample policy is needed on the road of a claim."""
    made = making.body(
        frequency=[{"id": "CITY", "type": "not_with", "scheme": "CITY_FUND", "key": ["occupation"]}]
    )
    made["eligibility"] = [FOREIGN, {"id": "OUT", "type": "not_in_status", "statuses": ["convict"]}]
    making.published(made)
    person = making.claimant()
    paper = making.certificate(person)
    browser = signed(person)
    steps = browser.get(url("claim-questions", paper.serial)).json()
    paths = [answer["path"] for step in steps for answer in step["answers"]]
    assert paths == [
        "status.convict",
        "person.lives_in_city",
        "person.works_in_city",
        "scheme.CITY_FUND",
        "person.living_paid_this_year",
    ]
    told = dict.fromkeys(paths, False) | {"person.works_in_city": True}
    body = {"serial": paper.serial, "agreed": True, "answers": told}
    number = post(browser, url("claims"), body).json()["number"]
    claim = checking.check_claim(Claim.objects.get(number=number), at=clock.now())
    assert (claim.outcome, claim.amount_fen) == ("APPROVE", 160000)


@pytest.mark.parametrize(
    ("path", "answer", "outcome"),
    [
        ("status.pensioner", True, "REJECT"),
        ("status.pensioner", None, "NEEDS_EVIDENCE"),
        ("scheme.UI_SKILL", True, "REJECT"),
        ("scheme.UI_SKILL", None, "NEEDS_EVIDENCE"),
    ],
)
def test_what_nobody_said_passes_for_nothing(path, answer, outcome):
    assert making.checked(**{path: answer}).outcome == outcome
