"""Beats that are answered in brief: taken at once, counted with a later one, and to the same millisecond."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from learners.models import LedgerRow, PlaySession
from learners.replay import replay
from learners.selectors import statements
from learners.selectors import time as hours
from learners.selectors.beats import events_of
from learners.selectors.replays import stored_of
from learners.services import time
from tests import factories
from tests.learners.players import Player

BRIEF = {"seq", "nonce", "position"}


def told(player, gap=15_000, **changed):
    """A beat that asks for a short answer; gives the answer as it came."""
    player.clock.go(gap)
    player.position += changed.pop("moved", gap)
    response = player.send(**{"position": player.position, "brief": True, **changed})
    assert response.status_code == 200, response.content
    player.heard(response)
    return response.json()


def session_of(player):
    return PlaySession.objects.get(pk=player.session)


def rows_of(user):
    return list(
        LedgerRow.objects.filter(user=user).order_by("place").values_list("wall", "media", "ms", "reason")
    )


def test_the_first_answer_is_whole_then_three_are_brief(player):
    player.open()
    kinds = ["brief" if set(told(player)) == BRIEF else "whole" for _ in range(9)]
    assert kinds == ["whole", "brief", "brief", "brief"] * 2 + ["whole"]
    assert player.replies[-1]["waiting_ms"] == 9 * 15_000


def test_a_brief_beat_is_one_statement(player):
    player.open()
    told(player)
    with CaptureQueriesContext(connection) as captured:
        told(player)
    assert [q["sql"].partition("(")[0] for q in captured] == ["EXECUTE beat_ahead "]


@pytest.mark.parametrize("pattern", ["b", "wb", "bbw", "bbbbbbbw"])
def test_a_viewing_in_brief_writes_the_same_ledger(client, at, db, moving_clock, pattern):
    from tests.learners import lessons

    learning = lessons.learning(at)
    factories.sign_in(client, learning.user, second_factor=False)

    def watch(pattern):
        player = Player(client, learning, moving_clock)
        with transaction.atomic():
            moving_clock.at = at
            player.open()
            turn = 0
            while player.position < player.length:
                player.brief = pattern[turn % len(pattern)] == "b"
                reply = player.beat()
                turn += 1
                if reply["check"]:
                    player.answer(reply["check"])
            written = rows_of(learning.user), player.clock.at, len(events_of(session_of(player)))
            assert replay(stored_of(learning.user.pk)).differences == []
            transaction.set_rollback(True)
        return written

    assert watch(pattern) == watch("w")


def test_what_was_taken_shows_on_the_page_of_hours(player, learning):
    player.open()
    for _ in range(3):
        told(player)
    assert session_of(player).ahead
    assert hours.hours_of(learning.enrolment, at=player.clock.at).held_seconds == 45
    coverage = hours.lesson_coverage(learning.enrolment, learning.facts("film"))
    assert (coverage.position, coverage.high_water) == (45_000, 45_000)


def test_what_was_taken_stands_in_the_statements_and_is_counted_again(player, learning):
    player.open()
    for _ in range(3):
        told(player)
    session = session_of(player)
    assert [event.at for event in events_of(session)] == [15_000, 30_000, 45_000]
    assert session.events == 3
    assert replay(stored_of(learning.user.pk)).differences == []
    said, _cursor = statements.page(type(learning.enrolment).objects.filter(pk=learning.enrolment.pk), "")
    assert said


@pytest.mark.parametrize("way", ["left", "silent", "taken over"])
def test_the_end_of_a_session_counts_what_was_taken(player, learning, way):
    player.open()
    for _ in range(3):
        told(player)
    before = session_of(player)
    if way == "left":
        player.post(f"sessions/{player.session}/close/", {})
    elif way == "silent":
        time.close_silent_sessions(at=player.clock.at + dt.timedelta(hours=1))
    else:
        player.open()
    session = PlaySession.objects.get(pk=before.pk)
    assert (bytes(session.ahead), bytes(session.tape)) == (b"", b"")
    assert len(events_of(session)) == 3
    held = hours.hours_of(learning.enrolment, at=player.clock.at).held_seconds
    assert held == 45
    assert replay(stored_of(learning.user.pk)).differences == []


def test_a_lost_answer_is_given_again_and_the_beat_counts_once(player):
    player.open()
    told(player)
    nonce, seq = player.nonce, player.seq
    told(player)
    again = player.send(seq=seq + 1, nonce=nonce, position=player.position, brief=True)
    assert again.status_code == 200
    assert (again.json()["seq"], again.json()["nonce"]) == (player.seq, player.nonce)
    assert again.json()["waiting_ms"] == 30_000
    assert len(events_of(session_of(player))) == 2


@pytest.mark.parametrize(
    "changed",
    [{"playing": False}, {"visible": False}, {"rate": 200}, {"start": 1_000, "position": 9_000}],
    ids=["paused", "hidden", "fast", "jumped"],
)
def test_what_does_not_simply_play_on_is_counted_at_once(player, changed):
    player.open()
    told(player)
    assert "spans" in told(player, **changed)


def test_the_end_of_the_film_is_counted_at_once_and_asks(player):
    player.lesson = "short"
    player.open()
    told(player)
    reply = told(player, position=player.length)
    assert reply["check"]


@pytest.mark.parametrize("gap", [61_000, 121_000])
def test_a_late_beat_is_counted_at_once(player, gap):
    player.open()
    told(player)
    assert "spans" in told(player, gap)


def test_a_page_that_is_read_is_answered_whole(player):
    player.lesson = "page"
    player.open()
    told(player, 8_000)
    assert "spans" in told(player, 8_000)


def test_midnight_is_counted_at_once(player):
    """The day's cap begins anew with the first beat after it."""
    from portal.clock import SHANGHAI

    night = dt.datetime.combine(player.clock.at.astimezone(SHANGHAI).date(), dt.time(23, 59, 50), SHANGHAI)
    player.clock.at = night - dt.timedelta(seconds=15)
    player.open()
    told(player)
    assert "spans" in told(player)


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"seq": 7}, 409, "beat_out_of_order"),
        ({"nonce": "x" * 16}, 409, "beat_out_of_order"),
    ],
)
def test_a_brief_beat_out_of_order_is_refused(player, changed, status, code):
    player.open()
    told(player)
    player.clock.go(15_000)
    response = player.send(position=30_000, brief=True, **changed)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert len(events_of(session_of(player))) == 1


def test_a_brief_beat_too_soon_changes_nothing(player):
    player.open()
    told(player)
    told(player)
    player.clock.go(7_499)
    response = player.send(position=player.position + 7_499, brief=True)
    assert (response.status_code, response.json()["code"]) == (409, "beat_too_soon")
    assert len(events_of(session_of(player))) == 2
    player.clock.go(1)
    assert set(player.send(position=player.position + 7_500, brief=True).json()) == BRIEF


def test_a_brief_beat_of_another_sign_in_is_not_there(player):
    player.open()
    told(player)
    player.client = type(player.client)()
    factories.sign_in(player.client, player.learning.user, second_factor=False)
    player.clock.go(15_000)
    assert player.send(position=30_000, brief=True).status_code == 404
    assert len(events_of(session_of(player))) == 1


@pytest.mark.parametrize("way", ["signed out", "blocked"])
def test_no_brief_beat_without_a_sign_in(player, way):
    player.open()
    told(player)
    if way == "blocked":
        player.learning.user.is_active = False
        player.learning.user.save(update_fields=["is_active"])
    else:
        player.client.logout()
    player.clock.go(15_000)
    assert player.send(position=30_000, brief=True).status_code == 403
    assert len(events_of(session_of(player))) == 1


def test_a_brief_beat_of_a_session_that_was_taken_over_hears_it(player):
    player.open()
    told(player)
    other = Player(player.client, player.learning, player.clock)
    other.open()
    player.clock.go(15_000)
    response = player.send(position=30_000, brief=True)
    assert (response.status_code, response.json()["code"]) == (409, "session_taken_over")


def test_a_closed_session_keeps_nothing_uncounted(player):
    player.open()
    player.post(f"sessions/{player.session}/close/", {})
    with (
        pytest.raises(IntegrityError, match="play_session_closed_with_its_tape_put_away"),
        transaction.atomic(),
    ):
        PlaySession.objects.filter(pk=player.session).update(ahead=b"x" * 12)


@pytest.mark.parametrize("brief", ["perhaps", 2, None])
def test_brief_is_yes_or_no(player, brief):
    player.open()
    player.clock.go(15_000)
    response = player.send(position=15_000, brief=brief)
    assert response.status_code == 400
    assert response.json()["brief"]
