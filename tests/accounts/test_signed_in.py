"""Who asks is read by two prepared statements, and comes to the same person and roles as Django would make of it."""

import datetime as dt

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import services
from portal.accounts.access import live_appointments
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.signed_in import Backend, SessionStore
from tests import factories

DAY = dt.timedelta(days=1)


@pytest.fixture
def somebody(db, at, monkeypatch):
    """Two roles today, one that has ended, one that has not begun."""
    monkeypatch.setattr("portal.clock.now", lambda: at)
    person = factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    services.appoint(person, Role.INSTRUCTOR, by=None, at=at, organisation=factories.organisation())
    ended = services.appoint(person, Role.COUNTY_DESK, by=None, at=at, province=factories.province())
    later = services.appoint(person, Role.AUDITOR, by=None, at=at)
    type(ended).objects.filter(pk=ended.pk).update(
        valid_from=at.date() - 9 * DAY, valid_to=at.date() - 2 * DAY
    )
    type(later).objects.filter(pk=later.pk).update(valid_from=at.date() + 9 * DAY)
    return person


def test_the_person_is_read_whole(somebody):
    read, known = Backend().get_user(somebody.pk), ModelBackend().get_user(somebody.pk)
    assert read == known
    for field in User._meta.concrete_fields:
        mine, theirs = getattr(read, field.attname), getattr(known, field.attname)
        assert (bytes(mine) if isinstance(mine, memoryview) else mine) == (
            bytes(theirs) if isinstance(theirs, memoryview) else theirs
        )
    assert read.phone == known.phone


def test_the_roles_of_today_come_with_it(somebody, django_assert_num_queries):
    read, known = Backend().get_user(somebody.pk), User.objects.get(pk=somebody.pk)
    with django_assert_num_queries(0):
        held = {
            (row.pk, row.role, row.organisation and row.organisation.name) for row in live_appointments(read)
        }
    assert held == {
        (row.pk, row.role, row.organisation and row.organisation.name) for row in live_appointments(known)
    }
    assert {role for _pk, role, _name in held} == {Role.PROVINCE_CATALOGUE, Role.INSTRUCTOR}


@pytest.mark.parametrize("blocked", [False, True])
def test_nobody_comes_of_no_account_or_a_blocked_one(somebody, blocked):
    if blocked:
        User.objects.filter(pk=somebody.pk).update(is_active=False)
    assert Backend().get_user(somebody.pk if blocked else 0) is None


def test_a_page_asks_twice_who_asks(client, somebody):
    factories.sign_in(client, somebody)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("notices:list")).status_code == 200
    asked = [query["sql"].partition(" (")[0] for query in captured]
    assert asked[:2] == ["EXECUTE sign_in", "EXECUTE person"]
    assert not any("accounts_appointment" in query["sql"] for query in captured)


@pytest.mark.parametrize("key", ["x" * 32, "\x00" * 32, "𠮷" * 8, ""])
def test_a_key_that_is_no_sign_in_opens_an_empty_session(db, key):
    assert not SessionStore(key).get("_auth_user_id")


def test_a_session_that_has_ended_is_empty(client, somebody):
    factories.sign_in(client, somebody)
    key = client.session.session_key
    assert SessionStore(key)["_auth_user_id"] == str(somebody.pk)
    Session.objects.update(expire_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert not SessionStore(key).get("_auth_user_id")
