import re

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from portal.accounts.roles import Role
from portal.audit import selectors, words
from portal.audit.models import Entry
from portal.audit.services import record
from tests.factories import learner, sign_in, staff, user

in_db = pytest.mark.django_db


@in_db
def test_an_entry_follows_the_one_before_it(at):
    person = user(at=at)
    first = record(by=person, action="test.one", thing=person, at=at, province="520000")
    second = record(by=None, action="test.two", thing=person, at=at, province="520000", reason="原因 𨱑")
    assert (first.place + 1, bytes(second.previous)) == (second.place, bytes(first.digest))
    assert list(selectors.breaches()) == []


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
@in_db
def test_the_role_of_the_app_may_not_change_history(at, sql):
    record(by=None, action="test", thing=user(at=at), at=at)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_the_owner_is_stopped_by_trigger(committed_db, owner_sql, at, sql):
    record(by=None, action="test", thing=user(at=at), at=at)
    with pytest.raises(Exception, match="append-only"):
        owner_sql(sql)


def test_an_edited_entry_is_found(committed_db, owner_sql, at):
    record(by=None, action="test", thing=user(at=at), at=at, reason="honest")
    call_command("verify_audit")
    owner_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    owner_sql("UPDATE audit_entry SET reason = 'forged' WHERE reason = 'honest'")
    with pytest.raises(CommandError, match="1 breaches"):
        call_command("verify_audit")


def test_a_removed_entry_is_found(committed_db, owner_sql, at):
    person = user(at=at)
    for number in range(3):
        record(by=None, action=f"test.{number}", thing=person, at=at)
    owner_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    owner_sql("DELETE FROM audit_entry WHERE action = 'test.1'")
    assert any("missing" in breach for breach in selectors.breaches())


@in_db
def test_two_entries_cannot_share_a_place(at):
    entry = record(by=None, action="test", thing=user(at=at), at=at)
    entry.pk = None
    with pytest.raises(IntegrityError, match="audit_entry_one_per_place"), transaction.atomic():
        entry.save(force_insert=True)


def test_many_at_once_make_one_unbroken_chain(together, at):
    person = user(at=at)
    together(lambda _n: record(by=None, action="test.together", thing=person, at=at), 8)
    assert Entry.objects.filter(action="test.together").count() == 8
    assert list(selectors.breaches()) == []


@in_db
def test_auditors_read_it_and_learners_do_not_know_it(client, at):
    address = reverse("audit:list")
    assert client.get(address).status_code == 302
    assert sign_in(client, learner(at=at)).get(address).status_code == 404
    assert sign_in(client, staff(Role.PROVINCE_REVIEWER)).get(address).status_code == 404
    page = sign_in(client, staff(Role.AUDITOR)).get(address, {"action": "role."})
    assert page.status_code == 200
    assert "role.given" in page.content.decode()


def test_every_action_that_the_program_writes_has_words():
    found = set()
    for app in ("portal", "courses", "learners", "certificates", "subsidies"):
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            if {"migrations", "embedded", "demo"}.isdisjoint(file.parts):
                found |= set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', file.read_text(encoding="utf-8")))
    assert len(found) > 40
    assert found - words.ACTIONS.keys() == set()


@in_db
def test_the_log_is_read_in_words(at, client):
    person = learner("吴·买买提", at=at)
    sign_in(client, staff(Role.AUDITOR, at=at))
    shown = client.get(reverse("audit:list"), {"action": "identity."}).content.decode()
    assert "实名登记" in shown
    assert "identity.registered" in shown
    assert str(person.identity.pk) in shown
    assert words.of_action("newer.program") == "newer.program"
    assert words.of_thing("nowhere.nothing") == "nowhere.nothing"
