"""Beats of a player: their order, who may tell them, and what is no beat."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.models import PlaySession
from learners.selectors.beats import events_of

MINUTE = dt.timedelta(minutes=1)


def test_a_beat_reads_one_row_and_writes_one(player):
    player.open()
    player.beat()
    with CaptureQueriesContext(connection) as captured:
        player.beat()
    assert [q["sql"].partition("(")[0] for q in captured] == ["EXECUTE beat_read ", "EXECUTE beat_write "]


def test_no_beat_leaves_an_audit_row(player):
    from portal.audit.models import Entry

    player.open()
    before = Entry.objects.count()
    player.watch()
    assert Entry.objects.count() == before


def test_the_same_beat_again_gets_the_stored_reply(player):
    player.open()
    data = {"seq": 1, "nonce": player.nonce, "position": 15_000}
    player.clock.go(15_000)
    first = player.send(**data).json()
    player.clock.go(15_000)
    again = player.send(**{**data, "position": 30_000})
    assert again.status_code == 200
    assert again.json() == first
    assert len(events_of(PlaySession.objects.get(pk=player.session))) == 1


@pytest.mark.parametrize("wrong", [{"seq": 2}, {"seq": 7}, {"nonce": "x" * 16}])
def test_a_beat_out_of_order_is_refused_with_a_sentence(player, wrong):
    player.open()
    player.clock.go(15_000)
    response = player.send(**wrong)
    assert response.status_code == 409
    assert response.json()["code"] == "beat_out_of_order"
    assert response.json()["detail"]
    assert not events_of(PlaySession.objects.get(pk=player.session))


def test_a_beat_too_soon_changes_nothing(player):
    player.open()
    player.beat()
    before = PlaySession.objects.get(pk=player.session).now
    player.clock.go(7_499)
    response = player.send(position=player.position + 7_499)
    assert (response.status_code, response.json()["code"]) == (409, "beat_too_soon")
    assert PlaySession.objects.get(pk=player.session).now == before
    player.clock.go(7_501)
    assert player.send(position=player.position + 15_000).json()["credited_ms"] == 15_000


def test_a_beat_answers_in_the_readers_language_and_no_cache_keeps_it(player):
    player.open()
    player.clock.go(1_000)
    assert "播放器" in player.send().json()["detail"]
    player.client.cookies["django_language"] = "en"
    told = player.send()
    assert (
        told.json()["detail"]
        == "The player reports too often. Nothing was lost; it reports again in a moment."
    )
    assert told["Cache-Control"] == "no-store, private"
    assert told["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"{}", b"\xff", b"x" * 5_000, b"[" * 4_000])
def test_what_is_no_beat_is_refused_in_json(player, body):
    player.open()
    path = f"/api/learn/sessions/{player.session}/beats/"
    told = player.client.post(path, body, content_type="application/json")
    assert told.status_code == 400
    assert told.json()


@pytest.mark.parametrize("nonce", ["\\ud800", "\u00e9", "\U00020bb7"])
def test_a_nonce_that_no_reply_held_is_out_of_order(player, nonce):
    player.open()
    player.clock.go(15_000)
    body = f'{{"seq":1,"nonce":"{nonce}","position":1,"playing":true,"visible":true,"rate":100}}'
    path = f"/api/learn/sessions/{player.session}/beats/"
    told = player.client.post(path, body, content_type="application/json")
    assert told.status_code in {400, 409}
    assert told.json()


@pytest.mark.parametrize("cookie", ['"\\000"', '"\\377\\000x"', "x", "é", ""])
def test_a_cookie_that_is_no_sign_in_opens_nothing(player, cookie):
    player.open()
    path = f"/api/learn/sessions/{player.session}/beats/"
    told = Client().post(
        path, "{}", content_type="application/json", headers={"cookie": f"sessionid={cookie}"}
    )
    assert told.status_code == 403


@pytest.mark.parametrize("session", ["-" * 36, "0" * 36, "f" * 8 + "-" * 28])
def test_an_address_that_names_no_session_is_not_there(player, session):
    assert player.client.post(f"/api/learn/sessions/{session}/beats/", {}).status_code == 404


def test_a_beat_is_posted(player):
    player.open()
    assert player.client.get(f"/api/learn/sessions/{player.session}/beats/").status_code == 405


def test_signing_out_ends_the_beats(player):
    player.open()
    player.beat()
    player.clock.go(15_000)
    player.client.logout()
    told = player.send()
    assert (told.status_code, told.json()["code"]) == (403, "signed_out")
    assert told.json()["detail"]


def test_a_blocked_account_ends_the_beats(player):
    player.open()
    player.clock.go(15_000)
    player.learning.user.is_active = False
    player.learning.user.save(update_fields=["is_active"])
    assert player.send().status_code == 403


@pytest.mark.parametrize(
    "bad",
    [
        {"seq": "x"},
        {"position": -1},
        {"position": 10**12},
        {"nonce": ""},
        {"playing": "perhaps"},
        {"rate": 0},
        {"start": 1.5},
    ],
)
def test_bad_beats_get_a_sentence(player, bad):
    player.open()
    player.clock.go(15_000)
    response = player.send(**bad)
    assert response.status_code == 400
    assert set(bad) <= set(response.json())
