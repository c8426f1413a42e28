import pytest

from portal.accounts.models import Identity
from portal.accounts.roles import Role
from tests.factories import ADULT_IDS, learner, sign_in, staff, user

pytestmark = pytest.mark.django_db
BODY = {"name": "买买提·吐尔逊", "number": ADULT_IDS[0], "province": "520000", "agreed": True}


def post(client, path, body, **headers):
    return client.post(f"/api/me/{path}", body, content_type="application/json", headers=headers)


def test_visitors_get_nothing(client):
    assert client.get("/api/me/").status_code == 403
    assert post(client, "identity/", BODY).status_code == 403


def test_who_am_i(client):
    sign_in(client, staff(Role.PROVINCE_REVIEWER))
    answer = client.get("/api/me/").json()
    assert answer["roles"] == [{"role": "province_reviewer", "province": "520000", "organisation": None}]
    assert "****" in answer["phone"]


def test_registration_and_its_refusal_by_rule(client):
    sign_in(client, user())
    answer = post(client, "identity/", BODY)
    assert (answer.status_code, answer.json()["masked_name"]) == (201, "买**·***")
    again = post(client, "identity/", BODY)
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")
    bad = post(client, "identity/", {**BODY, "number": "1"})
    assert (bad.status_code, bad.json()["code"]) == (409, "already_registered")


def test_the_same_key_and_body_give_the_same_answer_once(client):
    sign_in(client, user())
    first = post(client, "identity/", BODY, **{"Idempotency-Key": "abcdefgh"})
    second = post(client, "identity/", BODY, **{"Idempotency-Key": "abcdefgh"})
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Identity.objects.count() == 1
    other = post(client, "identity/", {**BODY, "name": "李莲花"}, **{"Idempotency-Key": "abcdefgh"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert post(client, "identity/", BODY, **{"Idempotency-Key": "é"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        {"name": None},
        {"province": "99"},
        {**BODY, "name": "a\x00b"},
        {**BODY, "number": "9" * 500},
    ],
)
def test_garbage_is_answered_in_words(client, body):
    sign_in(client, user())
    answer = post(client, "identity/", body)
    assert answer.status_code in {400, 409}
    assert answer.json()


def test_a_card_needs_a_fresh_sign_in(client):
    person = learner()
    person.set_password("a-long-password-1")
    person.save()
    body = {"bank_name": "示例银行", "number": "9999991285726840905", "agreed": True}
    sign_in(client, person, second_factor=False)
    assert post(client, "bank-account/", body).json()["code"] == "reauthentication_required"
    sign_in(client, person)
    assert post(client, "bank-account/", body).status_code == 201
