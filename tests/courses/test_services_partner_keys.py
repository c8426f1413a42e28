"""Keys of partners: told once, kept as a hash, several at a time, over when they are over, and paced by the database."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from courses import tasks
from courses.models import PartnerCall, PartnerKey
from courses.services import calls, partner_keys, retention, webhooks
from portal.accounts.models import Appointment
from portal.audit.models import Entry
from tests import factories


@pytest.fixture(autouse=True)
def clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def made(provider, manager, at):
    return partner_keys.make_key(provider, name="夜间同步 𠮷", by=manager, at=at)


def test_a_key_opens_for_its_organisation_and_its_secret_is_kept_nowhere(made, provider, at):
    key, token = made
    assert partner_keys.key_of(token, at=at) == key
    secret = token.rpartition("_")[2] if token.count("_") == 2 else token.split("_", 2)[2]
    assert secret.encode() not in bytes(key.secret_hash)
    assert not [entry for entry in Entry.objects.all() if secret in str(entry.payload())]
    assert key.organisation == provider
    assert token.startswith("zhixun_")


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "",
        lambda t: t[:-1],
        lambda t: t + "x",
        lambda t: t.upper(),
        lambda t: t.replace("zhixun_", "", 1),
        lambda t: t[:19] + "_" + "A" * 43,
        lambda t: "zhixun_aaaaaaaaaaaa_" + t.split("_", 2)[2],
        lambda t: "zhixun_\x00_" + t,
        lambda t: "zhixun_𠮷_x",
        lambda t: t + "A" * 5000,
    ],
)
def test_any_other_token_opens_nothing_and_says_nothing(made, at, change):
    assert partner_keys.key_of(change(made[1]), at=at) is None


def test_a_revoked_an_expired_and_an_orphaned_key_say_so_to_their_holder_only(made, provider, manager, at):
    key, token = made
    short, short_token = partner_keys.make_key(
        provider, name="一天", by=manager, at=at, expires_at=at + dt.timedelta(days=1)
    )
    assert partner_keys.key_of(short_token, at=at) == short
    _code(short_token, at + dt.timedelta(days=1), "key_expired")
    partner_keys.revoke_key(key, by=manager, at=at, reason="泄露")
    _code(token, at, "key_revoked")
    assert partner_keys.key_of(token + "x", at=at) is None
    Appointment.objects.filter(user=manager).update(
        valid_to=at.date() - dt.timedelta(days=1), valid_from="2020-01-01"
    )
    _code(short_token, at, "key_orphaned")


def _code(token, at, code):
    with pytest.raises(partner_keys.KeyOver) as over:
        partner_keys.key_of(token, at=at)
    assert over.value.code == code
    assert str(over.value)


def test_revoking_needs_a_reason_is_for_good_and_twice_is_once(made, manager, keeper, at):
    key, _token = made
    with pytest.raises(partner_keys.ReasonMissing):
        partner_keys.revoke_key(key, by=manager, at=at, reason="  ")
    first = partner_keys.revoke_key(key, by=keeper, at=at, reason="泄露")
    again = partner_keys.revoke_key(key, by=manager, at=at + dt.timedelta(hours=1), reason="别的")
    assert (first.revoked_at, first.revoked_by) == (again.revoked_at, again.revoked_by) == (at, keeper)
    assert Entry.objects.filter(action="partner_key.revoked").count() == 1


def test_five_keys_live_at_once(provider, manager, at):
    keys = [partner_keys.make_key(provider, name=f"键 {n}", by=manager, at=at)[0] for n in range(5)]
    with pytest.raises(partner_keys.TooManyKeys):
        partner_keys.make_key(provider, name="六", by=manager, at=at)
    partner_keys.revoke_key(keys[0], by=manager, at=at, reason="换新")
    partner_keys.make_key(provider, name="六", by=manager, at=at)


def test_the_pace_lets_a_burst_through_and_then_one_at_a_time(settings, made, at):
    settings.PARTNER_CALLS_PER_MINUTE, settings.PARTNER_BURST = 60, 5
    key = made[0]
    assert [partner_keys.pace(key, at=at) for _turn in range(6)] == [0, 0, 0, 0, 0, 1]
    assert partner_keys.pace(key, at=at + dt.timedelta(seconds=1)) == 0
    assert partner_keys.pace(key, at=at + dt.timedelta(seconds=1)) == 1
    later = at + dt.timedelta(hours=1)
    assert [partner_keys.pace(key, at=later) for _turn in range(6)] == [0, 0, 0, 0, 0, 1]
    key.refresh_from_db()
    assert key.last_used_at == later


def test_calls_at_one_moment_are_counted_each(settings, together, at):
    settings.PARTNER_CALLS_PER_MINUTE, settings.PARTNER_BURST = 60, 3
    organisation = factories.organisation()
    key, _token = partner_keys.make_key(organisation, name="并发", by=factories.user("m"), at=at)
    answers = together(lambda _n: partner_keys.pace(key, at=at), 6)
    assert sorted(bool(seconds) for seconds in answers) == [False] * 3 + [True] * 3


def _logged(provider, key, at, **fields):
    call = calls.Call(
        provider, "put_course", "PUT", "/api/x/", key=key, body=b"{}", partner_ref="A", **fields
    )
    return calls.note(call, calls.Outcome(200, {}, "unchanged"), at=at)


def test_old_calls_are_forgotten_and_the_task_runs_twice(made, provider, at, monkeypatch):
    old = _logged(provider, made[0], at - dt.timedelta(days=90, seconds=1))
    young = _logged(provider, made[0], at - dt.timedelta(days=90))
    monkeypatch.setattr(retention, "CHUNK", 1)
    assert (tasks.forget_partner_calls(), tasks.forget_partner_calls()) == (1, 0)
    assert list(PartnerCall.objects.all()) == [young] != [old]


def test_a_call_is_kept_with_its_body_and_never_changes(made, provider, at):
    row = _logged(provider, made[0], at)
    row.refresh_from_db()
    assert (row.body, row.body_bytes, len(row.body_digest)) == (b"{}", 2, 64)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        PartnerCall.objects.update(status=500)


def test_what_the_database_refuses_of_a_call(made, provider, manager, at):
    for fields, name in [
        ({"status": 99}, "partner_call_has_status"),
        ({"key": None}, "partner_call_by_key_or_person"),
        ({"resent_by": manager}, "partner_call_by_key_or_person"),
    ]:
        words = {
            "province_id": provider.province_id,
            "organisation": provider,
            "key": made[0],
            "at": at,
            "operation": "read",
            "method": "GET",
            "path": "/",
            "status": 200,
            "fate": "read",
            **fields,
        }
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PartnerCall.objects.create(**words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"revoked_reason": "x"}, "partner_key_revoked_has_reason"),
        ({"revoked_at": factories.AT, "revoked_reason": "x"}, "partner_key_revoked_at_with_by"),
        ({"secret_hash": b"x" * 32}, "stays as it was made"),
        ({"name": "other"}, "stays as it was made"),
    ],
)
def test_what_the_database_refuses_of_a_key(made, words, name):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        PartnerKey.objects.update(**words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"public_id": "UPPER"}, "partner_key_id_is_plain"),
        ({"expires_at": factories.AT}, "partner_key_expires_after_made"),
    ],
)
def test_what_the_database_refuses_of_a_new_key(provider, manager, at, words, name):
    fields = {
        "public_id": "abcdefgh2345",
        "province_id": provider.province_id,
        "organisation": provider,
        "name": "x",
        "secret_hash": b"x" * 32,
        "created_at": at,
        "created_by": manager,
        **words,
    }
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PartnerKey.objects.create(**fields)


def test_a_revoked_key_stays_revoked(made, manager, at):
    partner_keys.revoke_key(made[0], by=manager, at=at, reason="泄露")
    with pytest.raises(DatabaseError, match="for good"), transaction.atomic():
        PartnerKey.objects.update(revoked_at=None, revoked_by=None, revoked_reason="")


def test_announcing_to_nobody_writes_nothing(provider, at):
    assert webhooks.announce("course.published", provider.pk, at=at) == 0
