"""The log of sign-ins: keyed digests of device and network, the door that play sessions name, gone after half a year."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from learners.services.play import door_of
from portal.accounts import sign_ins, tasks
from portal.accounts.models import SentMessage, SignIn
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in(person, client=None, address="203.0.113.7"):
    client = client or Client()
    page = client.post(reverse("account_request_login_code"), {"phone": person.phone}, REMOTE_ADDR=address)
    code = re.search(r"\d{6}", SentMessage.objects.latest("sent_at", "id").text)[0]
    client.post(page["Location"], {"code": code}, REMOTE_ADDR=address)
    assert client.session["_auth_user_id"] == str(person.pk)
    return client


def test_a_sign_in_is_kept_with_its_door_and_nothing_that_can_be_read_again():
    person = factories.learner()
    client = signed_in(person)
    row = SignIn.objects.get()
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert (row.user, row.province_id) == (person, "520000")
    assert row.door == door_of(client.session.session_key)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value.encode() not in bytes(row.device_index) + row.door.encode()
    assert bytes(row.network_index) != b"203.0.113.0/24"
    assert len(bytes(row.network_index)) == 32


def test_one_device_is_known_again_whoever_signs_in_and_keeps_its_cookie():
    client = signed_in(factories.learner())
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME].value
    client.post(reverse("account_logout"))
    signed_in(factories.learner("李娜"), client, address="198.51.100.9")
    first, second = SignIn.objects.all()
    assert bytes(first.device_index) == bytes(second.device_index)
    assert bytes(first.network_index) != bytes(second.network_index)
    assert client.cookies[settings.DEVICE_COOKIE_NAME].value == cookie


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:2:2::1", False),
        ("::ffff:203.0.113.7", "203.0.113.8", True),
    ],
)
def test_a_network_is_a_24_or_a_48(one, other, same):
    signed_in(factories.learner(), address=one)
    signed_in(factories.learner("李娜"), address=other)
    first, second = (bytes(row.network_index) for row in SignIn.objects.all())
    assert (first == second) is same


@pytest.mark.parametrize("told", ["", "x" * 64, "a" * 63, "０" * 64, "a" * 5000])
def test_a_cookie_that_is_none_of_ours_is_replaced(told):
    client = Client()
    client.cookies[settings.DEVICE_COOKIE_NAME] = told.encode("ascii", "ignore").decode()
    signed_in(factories.learner(), client)
    assert re.fullmatch("[0-9a-f]{64}", client.cookies[settings.DEVICE_COOKIE_NAME].value)


def test_who_is_only_visiting_gets_no_cookie(client):
    client.get("/")
    assert settings.DEVICE_COOKIE_NAME not in client.cookies


def row(person, *, at, door, device=b"d", network=b"n"):
    return SignIn.objects.create(
        user=person, at=at, door=door, device_index=device.ljust(32), network_index=network.ljust(32)
    )


def test_after_half_a_year_they_are_gone_and_a_second_run_finds_nothing(monkeypatch, at):
    person = factories.learner()
    row(person, at=at - dt.timedelta(days=180, seconds=1), door="old")
    kept = row(person, at=at - dt.timedelta(days=180), door="kept")
    monkeypatch.setattr("portal.clock.now", lambda: at)
    assert tasks.forget_sign_ins() == 1
    assert list(SignIn.objects.all()) == [kept]
    assert tasks.forget_sign_ins() == 0


def test_devices_of_many_are_found_by_two_statements(at, django_assert_num_queries):
    people = [factories.learner(name) for name in ("甲木", "乙木", "丙木")]
    for n, person in enumerate(people):
        row(person, at=at, door=f"shared{n}", device=b"shared")
        row(person, at=at, door=f"own{n}", device=f"own{n}".encode())
    with django_assert_num_queries(2):
        (used,) = sign_ins.devices_of([people[0].pk], since=at, fewest=3)
    assert used.users == tuple(sorted(person.pk for person in people))
    assert sign_ins.devices_of([people[0].pk], since=at, fewest=4) == []
    assert sign_ins.devices_of([people[0].pk], since=at + dt.timedelta(seconds=1), fewest=2) == []


def test_a_device_is_new_to_a_person_once(at):
    person = factories.learner()
    for n, device in enumerate((b"a", b"a", b"b")):
        row(person, at=at + dt.timedelta(hours=n), door=str(n), device=device)
    told = sign_ins.first_uses([person.pk])[person.pk]
    assert [new for _at, new in told] == [True, False, True]
