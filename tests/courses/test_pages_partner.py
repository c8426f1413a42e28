"""The desk of supply by machine."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from courses import services
from courses.models import Course, PartnerCall, PartnerKey, WebhookDelivery, WebhookEndpoint
from courses.services import partner_keys, webhooks
from courses.workflow import EVENTS
from portal.accounts.roles import Role
from tests import factories
from tests.courses.partner import Machine, document, manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def machine(provider, manager, at):
    return Machine(provider, at=at, by=manager)


@pytest.fixture
def browser(manager):
    return factories.sign_in(Client(), manager)


@pytest.fixture
def endpoint(provider, manager, at):
    return webhooks.add_endpoint(
        provider, url="https://hooks.example.com/z", events=list(EVENTS), by=manager, at=at
    )[0]


def page(name, **args):
    return reverse(f"courses:{name}", kwargs=args or None)


def test_a_key_is_made_shown_once_and_opens_the_api(browser, provider):
    made = browser.post(page("partner-key-new"), {"name": "夜间同步 𠮷", "lives": "90"})
    assert made.status_code == 200
    token = made.context["token"]
    assert token in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    key = PartnerKey.objects.get()
    assert (key.organisation, key.name) == (provider, "夜间同步 𠮷")
    assert (key.expires_at - key.created_at).days == 90
    for shown in (page("partner"), page("partner-key", public_id=key.public_id)):
        assert token.split("_", 2)[2] not in browser.get(shown).content.decode()
    answer = Client().get("/api/partner/v1/courses/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"lives": ""}, {"name": " "}, {"name": "x" * 81}, {"name": "x", "lives": "7"}, {"name": "a\x00b"}],
)
def test_a_key_without_a_fit_name_is_refused_and_what_was_typed_stays(browser, body):
    answer = browser.post(page("partner-key-new"), body)
    assert answer.status_code == 422
    assert not PartnerKey.objects.exists()


def test_the_sixth_key_is_refused_with_a_sentence(browser, provider, manager, at):
    for n in range(5):
        partner_keys.make_key(provider, name=f"键 {n}", by=manager, at=at)
    answer = browser.post(page("partner-key-new"), {"name": "六"})
    assert answer.status_code == 422
    assert str(partner_keys.TooManyKeys.message) in answer.content.decode()


def test_making_a_key_asks_who_it_is_once_more(manager):
    manager.set_password("with-a-password-it-can-be-asked")
    manager.save()
    browser = factories.sign_in(Client(), manager)
    session = browser.session
    for method in (methods := session["account_authentication_methods"]):
        method["at"] -= 3600
    session["account_authentication_methods"] = methods
    session.save()
    for name in ("partner-key-new", "partner-endpoint-new"):
        answer = browser.get(page(name))
        assert answer.status_code == 302
        assert "reauthenticate" in answer.url


def test_the_manager_and_the_province_revoke_and_nobody_else(browser, machine, provider, manager, keeper, at):
    other = Machine(provider, at=at, by=manager, name="第二把")
    for client, one in ((browser, machine), (factories.sign_in(Client(), keeper), other)):
        place = page("partner-key", public_id=one.key.public_id)
        assert client.post(place, {"reason": ""}).status_code == 422
        assert client.post(place, {"reason": "泄露"}).status_code == 302
        assert one.get("/courses/").status_code == 401
        assert "泄露" in client.get(place).content.decode()
    far = factories.sign_in(Client(), factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    assert far.post(page("partner-key", public_id=machine.key.public_id), {"reason": "x"}).status_code == 404
    assert browser.get("/courses/partner/keys/a%00b/").status_code == 404


def test_the_province_watches_what_its_providers_do(machine, keeper, endpoint):
    machine.put("A-1")
    seen = factories.sign_in(Client(), keeper).get(page("partner")).content.decode()
    assert machine.key.name in seen
    assert endpoint.url in seen
    assert "/api/partner/v1/courses/A-1/" in seen
    assert page("partner-key-new") not in seen


def test_an_address_is_added_tried_paused_and_removed(browser, provider):
    added = browser.post(
        page("partner-endpoint-new"), {"url": "https://hooks.example.com/z", "events": ["course.published"]}
    )
    assert added.status_code == 200
    endpoint = WebhookEndpoint.objects.get()
    assert added.context["secret"] == endpoint.secrets.get().secret
    place = page("partner-endpoint", uid=endpoint.uid)
    assert added.context["secret"] not in browser.get(place).content.decode()
    for step, state in [("pause", "paused"), ("resume", "active"), ("ping", "active"), ("remove", "removed")]:
        assert browser.post(place, {"step": step}).status_code == 302
        endpoint.refresh_from_db()
        assert endpoint.state == state
    assert browser.get(place).status_code == 404
    assert WebhookDelivery.objects.get().state == "failed"


def test_events_are_changed_and_a_step_out_of_turn_is_refused(browser, endpoint):
    place = page("partner-endpoint", uid=endpoint.uid)
    assert browser.post(place, {"step": "events", "events": ["course.returned"]}).status_code == 302
    endpoint.refresh_from_db()
    assert endpoint.events == ["course.returned"]
    assert browser.post(place, {"step": "events", "events": ["nonsense"]}).status_code == 422
    assert browser.post(place, {"step": "resume"}).status_code == 422
    assert browser.post(place, {"step": "fly"}).status_code == 422


@pytest.mark.parametrize(
    "url", ["", "http://hooks.example.com/", "https://a:b@example.com/", "javascript:alert(1)"]
)
def test_an_unfit_address_is_refused_at_its_field(settings, browser, url):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    answer = browser.post(page("partner-endpoint-new"), {"url": url, "events": ["course.published"]})
    assert answer.status_code == 422
    assert answer.context["form"].errors["url"]
    assert not WebhookEndpoint.objects.exists()


def test_a_secret_is_rotated_once_and_the_second_time_refused(browser, endpoint, at):
    place = page("partner-rotate", uid=endpoint.uid)
    assert browser.get(place).status_code == 200
    assert endpoint.secrets.count() == 1
    made = browser.post(place)
    assert made.context["secret"] == endpoint.secrets.get(ends_at=None).secret
    assert browser.post(place).status_code == 422
    assert endpoint.secrets.count() == 2


def test_a_message_is_shown_with_its_words_and_sent_again(browser, endpoint, manager, at):
    webhooks.ping(endpoint, by=manager, at=at)
    delivery = webhooks.mark(webhooks.take_up(at=at), at=at, problem="late", for_good=True)
    place = page("partner-delivery", uid=delivery.uid)
    seen = browser.get(place).content.decode()
    assert delivery.message_id in seen
    assert str(endpoint.uid) in seen
    assert browser.post(place).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("waiting", 0)
    assert browser.post(place).status_code == 422


def test_a_refused_call_is_read_mended_elsewhere_and_sent_again(browser, machine, manager, keeper, at):
    machine.put("A-1")
    machine.call("POST", "/courses/A-1/submit/")
    assert machine.put("A-1", document(title_zh="改")).status_code == 422
    first = PartnerCall.objects.get(fate="refused")
    place = page("partner-call", uid=first.uid)
    seen = browser.get(place).content.decode()
    assert "改" in seen
    services.send_back(Course.objects.get(), by=keeper, at=at, reason="请改")
    answer = browser.post(place)
    second = PartnerCall.objects.get(resent_from=first.uid)
    assert answer.url == page("partner-call", uid=second.uid)
    assert (second.fate, second.resent_by, second.key) == ("updated", manager, None)
    assert second.body_digest == first.body_digest
    assert Course.objects.get().title_zh == "改"


def test_what_is_sent_again_and_refused_again_stands_in_the_log(browser, machine):
    machine.put("A-1", b"{")
    first = PartnerCall.objects.get()
    assert browser.post(page("partner-call", uid=first.uid)).status_code == 302
    assert PartnerCall.objects.get(resent_from=first.uid).fate == "refused"
    machine.get("/courses/")
    read = PartnerCall.objects.get(fate="read")
    assert browser.post(page("partner-call", uid=read.uid)).status_code == 422


def test_the_log_is_narrowed_and_goes_on_without_counting(
    browser, machine, monkeypatch, django_assert_max_num_queries
):
    from courses.forms import partners as forms

    monkeypatch.setattr(forms, "PER_PAGE", 3)
    for n in range(5):
        machine.put(f"A-{n}", document(level=9) if n == 2 else None)
    with django_assert_max_num_queries(9):
        first = browser.get(page("partner-calls"))
    assert [call.partner_ref for call in first.context["calls"]] == ["A-4", "A-3", "A-2"]
    rest = browser.get(page("partner-calls"), {"before": first.context["older"]})
    assert [call.partner_ref for call in rest.context["calls"]] == ["A-1", "A-0"]
    refused = browser.get(page("partner-calls"), {"fate": "refused"})
    assert [call.partner_ref for call in refused.context["calls"]] == ["A-2"]
    assert browser.get(page("partner-calls"), {"before": "x", "fate": "\x00"}).status_code == 200


def test_the_page_costs_the_same_with_five_of_everything(
    browser, provider, manager, at, django_assert_max_num_queries
):
    for n in range(5):
        _key, _token = partner_keys.make_key(provider, name=f"键 {n}", by=manager, at=at)
        webhooks.add_endpoint(provider, url=f"https://h.example.com/{n}", events=[], by=manager, at=at)
    browser.get(page("partner"))
    with django_assert_max_num_queries(11):
        browser.get(page("partner"))


def test_somebody_of_two_organisations_says_for_which(provider, sichuan, at):
    from portal.accounts import services as accounts
    from portal.accounts.models import Organisation

    second = Organisation.objects.create(
        name_zh="第二家", uscc="91513224YYYXEW2XXJ", kind="platform", province=sichuan
    )
    person = manager_of(provider, at=at)
    accounts.appoint(person, Role.PROVIDER_MANAGER, by=None, at=at, organisation=second)
    browser = factories.sign_in(Client(), person)
    assert browser.post(page("partner-key-new"), {"name": "x"}).status_code == 422
    stranger = factories.organisation()
    assert (
        browser.post(page("partner-key-new"), {"name": "x", "organisation": stranger.pk}).status_code == 422
    )
    assert browser.post(page("partner-key-new"), {"name": "x", "organisation": second.pk}).status_code == 200
    assert PartnerKey.objects.get().organisation == second


def test_a_body_that_is_no_text_is_still_shown(browser, machine):
    machine.put("A-1", b"\xff\xfe" + json.dumps(document()).encode())
    assert browser.get(page("partner-call", uid=PartnerCall.objects.get().uid)).status_code == 200
