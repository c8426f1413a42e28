import re

import pytest
from django.urls import reverse

from portal.accounts.models import Identity, SentMessage, User
from portal.accounts.roles import Role
from tests.factories import ADULT_IDS, learner, sign_in, staff, user

pytestmark = pytest.mark.django_db
IDENTITY, BANK = "/me/identity/", "/me/bank/"
FORM = {"name": "胡𨱑", "number": ADULT_IDS[0], "province": "520000", "agreed": "on"}


def last_code() -> str:
    return re.search(r"\d{6}", SentMessage.objects.latest("sent_at", "id").text)[0]


def test_a_visitor_signs_up_and_in_by_phone_code(client):
    page = client.post(
        reverse("account_signup"), {"phone": "139 1234 5678", "password1": "a-long-password-1"}
    )
    assert page.status_code == 302
    page = client.post(page["Location"], {"code": last_code()}, follow=True)
    person = User.objects.by_phone("+8613912345678")
    assert person.phone_verified_at is not None
    client.post(reverse("account_logout"))
    page = client.post(reverse("account_request_login_code"), {"phone": "13912345678"})
    page = client.post(page["Location"], {"code": last_code()})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_code_signs_nobody_in(client):
    user()
    person = User.objects.latest("id")
    page = client.post(reverse("account_request_login_code"), {"phone": person.phone})
    right = last_code()
    client.post(page["Location"], {"code": "000000" if right != "000000" else "111111"})
    assert "_auth_user_id" not in client.session


def test_an_unknown_number_is_answered_like_a_known_one(client):
    person = user()
    known = client.post(reverse("account_request_login_code"), {"phone": person.phone})
    client.cookies.clear()
    unknown = client.post(reverse("account_request_login_code"), {"phone": "13900009999"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_no_number_stands_in_a_session_an_address_or_a_page(client):
    sign_in(client, person := learner(number=ADULT_IDS[5]))
    page = client.get(IDENTITY).content.decode()
    assert ADULT_IDS[5] not in page
    assert person.phone not in page
    assert ADULT_IDS[5] not in str(dict(client.session))


@pytest.mark.parametrize("address", [IDENTITY, BANK, "/me/security/", "/me/second-factor/"])
def test_visitors_are_sent_to_sign_in(client, address):
    assert client.get(address)["Location"] == f"/accounts/login/?next={address.replace('/', '%2F')}"


def test_registration_by_page(client):
    sign_in(client, person := user())
    page = client.post(IDENTITY, {**FORM, "next": "/courses/"})
    assert page["Location"] == "/courses/"
    assert Identity.objects.get(user=person).full_name == "胡𨱑"
    assert client.get(IDENTITY).context["facts"].masked_name == "胡*"


def test_next_leads_nowhere_else(client):
    sign_in(client, user())
    assert client.post(IDENTITY, {**FORM, "next": "https://evil.example/"})["Location"] == IDENTITY


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("number", "52010219900101001", "id_form"),
        ("number", "110105491231002", "id_15_digits"),
        ("name", "1", "bad_name"),
        ("province", "999999", "invalid_choice"),
        ("agreed", "", "required"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(client, field, value, said):
    sign_in(client, user())
    page = client.post(IDENTITY, {**FORM, field: value})
    assert page.status_code == 422
    form = page.context["form"]
    assert [e.code for e in form.errors.as_data()[field]] == [said]
    assert all(form[name].value() for name in FORM if name != field)


def test_somebody_elses_number_is_refused_in_words(client):
    learner(number=ADULT_IDS[0])
    sign_in(client, user())
    page = client.post(IDENTITY, FORM)
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()


def test_a_card_by_page(client):
    sign_in(client, person := learner())
    data = {"bank_name": "示例银行", "number": "9999 9912 8572 6840 905", "agreed": "on"}
    assert client.post(BANK, data).status_code == 302
    assert person.bank_accounts.get().number == "9999991285726840905"
    assert client.post(BANK, {**data, "number": "12"}).status_code == 422


def test_no_card_page_before_the_name(client):
    sign_in(client, user())
    assert client.get(BANK)["Location"] == IDENTITY


def test_large_type_is_kept_for_the_account_and_the_browser(client):
    page = client.post("/me/reading/", {"size": "large", "next": "/me/security/"})
    assert page.cookies["reading"].value == "large"
    sign_in(client, person := user())
    client.post("/me/reading/", {"size": "large"})
    person.refresh_from_db()
    assert person.reading_size == "large"
    assert client.get("/me/reading/").status_code == 405


def test_a_desk_stays_closed_without_the_second_factor(client):
    sign_in(client, staff(Role.AUDITOR), second_factor=False)
    assert client.get("/audit/")["Location"] == "/me/second-factor/"
    sign_in(client, staff(Role.AUDITOR))
    assert client.get("/audit/").status_code == 200


def test_a_second_factor_of_another_person_does_not_count(client):
    sign_in(client, staff(Role.AUDITOR))
    session = client.session
    session["account_authentication_methods_user"] = "0"
    session.save()
    assert client.get("/audit/")["Location"] == "/me/second-factor/"


def test_staff_are_signed_out_after_fifteen_idle_minutes(client):
    sign_in(client, staff(Role.AUDITOR))
    client.get("/audit/")
    session = client.session
    session["staff_seen_at"] -= 16 * 60
    session.save()
    assert client.get("/audit/")["Location"].startswith("/accounts/login/")


def test_staff_are_signed_out_after_twelve_hours(client):
    sign_in(client, staff(Role.AUDITOR))
    client.get("/audit/")
    session = client.session
    session["staff_since"] -= 13 * 3600
    session.save()
    assert client.get("/audit/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_the_language_chosen(client, language):
    client.cookies["django_language"] = language
    page = client.get(reverse("account_login"))
    assert page["Content-Language"] == language
