"""A name that has changed is taken over by its owner; the number stays."""

import pytest
from django.urls import reverse

from portal.accounts import identity_check, selectors
from portal.accounts.models import Identity
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = reverse("accounts:name")


@pytest.fixture
def person(client, at):
    someone = factories.learner("王建国", at=at)
    factories.sign_in(client, someone)
    return someone


@pytest.fixture
def service(settings):
    """The identity service, as the tests have it."""
    settings.IDENTITY_PORT = "portal.accounts.identity_check.Fake"
    identity_check.Fake.refuses, identity_check.Fake.breaks_for = {"王新国"}, {"王大国"}
    yield
    identity_check.Fake.refuses, identity_check.Fake.breaks_for = set(), set()


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("name", ["王新国", "欧阳𠮷祥", "买买提·吐尔逊", "䶮\U00030729"])
def test_the_new_name_is_taken_over_and_noted(client, person, name):
    answer = client.post(ADDRESS, {"name": f" {name} "}, follow=True)
    assert answer.redirect_chain == [(reverse("accounts:identity"), 302)]
    assert "可向本省申请换发" in text_of(answer)
    assert selectors.identity_of(person).full_name == name
    noted = Entry.objects.get(action="identity.renamed")
    assert noted.by == person
    assert name not in str(noted.payload())


@pytest.mark.parametrize("name", ["", "王", "王1国", "x" * 61, "<script>", "王建国", "\x00"])
def test_a_name_that_is_none_keeps_what_was_typed(client, person, name):
    answer = client.post(ADDRESS, {"name": name})
    assert answer.status_code == 422
    assert "field--bad" in text_of(answer)
    assert selectors.identity_of(person).full_name == "王建国"
    if name.isalpha():
        assert f'value="{name}"' in text_of(answer)


def test_the_identity_service_must_know_it(client, person, service):
    for name in ("王新国", "王大国"):
        answer = client.post(ADDRESS, {"name": name})
        assert answer.status_code == 422
        assert f'value="{name}"' in text_of(answer)
    assert selectors.identity_of(person).full_name == "王建国"


def test_whoever_is_not_registered_registers_first(client):
    factories.sign_in(client, factories.user())
    assert client.get(ADDRESS)["Location"] == reverse("accounts:identity")
    assert client.post(ADDRESS, {"name": "王新国"})["Location"] == reverse("accounts:identity")
    factories.sign_in(client, factories.staff(Role.OPERATOR))
    assert client.get(ADDRESS).status_code == 302
    assert not Identity.objects.exists()


def test_a_visitor_signs_in_first_and_other_methods_are_refused(client, person):
    assert client.put(ADDRESS).status_code == 405
    assert ADDRESS in text_of(client.get(reverse("accounts:identity")))
    client.logout()
    assert client.get(ADDRESS)["Location"].startswith(reverse("account_login"))


def test_api_name(client, person):
    address = reverse("api-identity-name")
    told = client.post(address, {"name": "王新国"}, "application/json")
    assert (told.status_code, told.json()["masked_name"]) == (200, "王*国")
    again = client.post(address, {"name": "王新国"}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "name_unchanged")
    factories.sign_in(client, factories.user())
    assert client.post(address, {"name": "王新国"}, "application/json").json()["code"] == "not_verified"
