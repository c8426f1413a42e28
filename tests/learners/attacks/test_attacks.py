"""Scripts that talk HTTP like a cheat's, against the film of 45 minutes; each with the credit that it got.

What cannot be met here is a person or a program that plays in real time and answers: see docs/counted-time.md.
"""

import random
from contextlib import closing

import pytest
from django.db import connection

from learners.models import LedgerRow, PlaySession
from learners.selectors import time as hours
from learners.selectors.beats import events_of
from learners.services import time
from portal import embedded
from tests import factories
from tests.learners.players import Player

FILM = 2_700


@pytest.fixture(params=[False, True], ids=["whole", "brief"])
def player(player, request):
    """A script may ask to be answered in brief, so that its beats are counted later: it gains nothing by it."""
    player.brief = request.param
    return player


def counted(player):
    return hours.counted_seconds(player.learning.enrolment.pk)


def waiting(player):
    """Seconds that are held for the next question, with what has only been taken so far."""
    return hours.hours_of(player.learning.enrolment, at=player.clock.at).held_seconds


def finish(player):
    """Answer whatever is asked, leave, and see what counts."""
    if player.replies[-1]["check"]:
        player.answer(player.replies[-1]["check"])
    player.post(f"sessions/{player.session}/close/", {})
    return counted(player)


def test_16_times_the_speed_gets_nothing(player):
    player.open()
    player.watch(rate=16)
    assert finish(player) <= FILM * 0.001


def test_twice_the_speed_gets_half(player):
    player.open()
    player.watch(rate=2)
    assert finish(player) == pytest.approx(FILM / 2, abs=20)


def test_seeking_to_the_end_gets_what_was_played(player):
    player.open()
    player.beat(15_000, int(FILM * 950))
    player.watch()
    assert finish(player) == pytest.approx(FILM * 0.05, abs=10)


def test_an_instant_100_percent_gets_nothing(player):
    player.open()
    player.beat(15_000, FILM * 1000)
    assert finish(player) == 0
    assert not player.replies[-1]["done"]


def test_a_declared_jump_earns_no_more_than_the_clock(player):
    """Edited JavaScript claims with every beat to have just played another two minutes."""
    player.open()
    for turn in range(40):
        told = player.beat(15_000, 0, start=turn * 60_000, position=turn * 60_000 + 31_000)
        if told["check"]:
            player.answer(told["check"])
    assert finish(player) <= 40 * 15 + 10


def test_a_hidden_tab_gets_nothing(player):
    player.open()
    player.watch(visible=False)
    assert finish(player) == 0


def test_five_tabs_at_once_get_one(player):
    tabs = [Player(player.client, player.learning, player.clock, brief=player.brief) for _ in range(5)]
    for tab in tabs:
        tab.open(0)
    began = player.clock.at
    refused = 0
    for turn in range(8):
        player.clock.go(15_000)
        for tab in tabs:
            response = tab.send(position=(turn + 1) * 15_000)
            if response.status_code == 200:
                tab.heard(response)
            else:
                assert response.json()["code"] == "session_taken_over"
                refused += 1
    assert refused == 4 * 8
    assert waiting(player) == 120
    assert (player.clock.at - began).total_seconds() == 120


def test_two_devices_in_turns_get_the_time_of_one(player, learning):
    """Each opens again as soon as the other has: the wall clock is shared."""
    other = Player(player.client, learning, player.clock, lesson="short")
    began = player.clock.at
    for _ in range(6):
        player.open()
        player.beat(10_000)
        other.open()
        other.beat(10_000, 3_000)
    player.clock.go(10_000)
    player.open()
    player.watch()
    other.open()
    rows = LedgerRow.objects.filter(entry="credit")
    assert sum(rows.values_list("ms", flat=True)) <= (player.clock.at - began).total_seconds() * 1000


def test_replayed_beats_get_nothing_more(player):
    player.open()
    nonce = player.nonce
    player.beat()
    recorded = [{"seq": 1, "nonce": nonce, "position": 15_000}] * 3
    before = player.replies[-1]
    for body in recorded:
        player.clock.go(15_000)
        assert player.send(**body).json() == before
    assert len(events_of(PlaySession.objects.get(pk=player.session))) == 1


def test_a_recorded_session_played_again_is_refused(player):
    player.open()
    sent = []
    for _ in range(5):
        sent.append({"seq": player.seq + 1, "nonce": player.nonce, "position": player.position + 15_000})
        player.beat()
    player.open(0)
    for body in sent:
        player.clock.go(15_000)
        response = player.send(**body)
        assert (response.status_code, response.json()["code"]) == (409, "beat_out_of_order")
    assert waiting(player) == 75


def test_reordered_beats_are_refused(player):
    player.open()
    player.clock.go(15_000)
    assert player.send(seq=3).status_code == 409
    assert player.send(seq=2).status_code == 409
    assert player.send(seq=1, position=15_000).status_code == 200


@pytest.mark.parametrize("nonce", ["", "A" * 16, "' OR 1=1 --", "😀" * 8])
def test_a_forged_nonce_is_refused(player, nonce):
    player.open()
    player.clock.go(15_000)
    assert player.send(nonce=nonce).status_code in (400, 409)
    assert not events_of(PlaySession.objects.get(pk=player.session))


def test_a_beat_that_another_site_sends_along_is_refused(player):
    """It comes with the cookie, and may even know the session; the nonce it cannot read."""
    player.open()
    player.clock.go(15_000)
    forged = player.send(nonce="a" * len(player.nonce), position=15_000)
    assert (forged.status_code, forged.json()["code"]) == (409, "beat_out_of_order")
    assert not events_of(PlaySession.objects.get(pk=player.session))


def test_a_player_handed_to_another_browser_is_not_there(player):
    """Session and nonce are right; the sign-in is another one, even of the same person."""
    player.open()
    player.clock.go(15_000)
    player.client = type(player.client)()
    factories.sign_in(player.client, player.learning.user, second_factor=False)
    assert player.send().status_code == 404
    assert not events_of(PlaySession.objects.get(pk=player.session))


def test_a_robot_in_real_time_that_guesses_gets_little(player):
    dice = random.Random(5)  # noqa: S311
    for _ in range(4):
        response = player.post(
            "sessions/", {"enrolment": player.learning.enrolment.pk, "lesson": "film", "position": 0}
        )
        if response.status_code == 409:
            assert response.json()["code"] == "lesson_shut"
            break
        player.open(0)
        player.right = dice.random() < 0.25
        player.watch()
    assert counted(player) <= FILM / 2


def test_leaving_before_the_question_gets_nothing_and_asks_the_same_again(player):
    player.open()
    check = None
    while not check:
        check = player.beat()["check"]
    player.post(f"sessions/{player.session}/close/", {})
    assert counted(player) == 0
    player.clock.go(9_000)
    again = player.open()["check"]
    assert [q["id"] for q in again["questions"]] == [q["id"] for q in check["questions"]]


def test_beats_faster_than_the_gap_get_nothing_more(player):
    player.open()
    good = 0
    for turn in range(300):
        player.clock.go(500)
        response = player.send(position=(turn + 1) * 1_000)
        if response.status_code == 200:
            player.heard(response)
            good += 1
    assert good == 300 * 500 // 7_500
    assert waiting(player) <= 150


# -- at the same moment ---------------------------------------------------------------------------------------------


@pytest.fixture
def committed(committed_db, at, monkeypatch):
    from tests.learners import lessons
    from tests.learners.players import Clock

    learning = lessons.learning(at)
    clock = Clock(at)
    monkeypatch.setattr("portal.clock.now", clock)
    return learning, clock


def player_of(learning, clock):
    from django.test import Client

    return Player(factories.sign_in(Client(), learning.user, second_factor=False), learning, clock)


def test_one_beat_told_by_eight_threads_counts_once(together, committed):
    learning, clock = committed
    player = player_of(learning, clock)
    player.open()
    clock.go(15_000)
    players = [player_of(learning, clock) for _ in range(8)]

    def tell(index):
        mine = players[index]
        mine.client.cookies = player.client.cookies
        mine.session, mine.seq, mine.nonce = player.session, player.seq, player.nonce
        return mine.send(position=15_000)

    outcomes = together(tell, 8)
    assert [r.status_code for r in outcomes] == [200] * 8
    assert all(r.json() == outcomes[0].json() for r in outcomes)
    assert len(events_of(PlaySession.objects.get(pk=player.session))) == 1


def test_a_lost_connection_to_the_database_loses_no_beat(committed):
    learning, clock = committed
    player = player_of(learning, clock)
    player.open()
    player.beat()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    with closing(embedded.here()[0].connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    told = player.beat()
    assert (told["seq"], told["waiting_ms"]) == (2, 30_000)
    assert len(events_of(PlaySession.objects.get(pk=player.session))) == 2


def test_sessions_opened_at_one_moment_leave_one_live(together, committed):
    learning, clock = committed
    players = [player_of(learning, clock) for _ in range(4)]
    body = {"enrolment": learning.enrolment.pk, "lesson": "film"}
    outcomes = together(lambda index: players[index].post("sessions/", body), 4)
    assert [r.status_code for r in outcomes] == [201] * 4
    assert PlaySession.objects.filter(state="live").count() == 1


def test_two_sweeps_at_once_close_a_session_once(together, committed):
    import datetime as dt

    learning, clock = committed
    player = player_of(learning, clock)
    player.open()
    player.beat()
    later = clock.at + dt.timedelta(days=2)
    outcomes = together(lambda _: time.close_silent_sessions(at=later), 2)
    assert all(isinstance(o, int) for o in outcomes), outcomes
    assert time.close_silent_sessions(at=later) == 0
    assert LedgerRow.objects.filter(reason="unconfirmed").count() == 1


def test_the_same_minutes_from_two_sides_at_once_count_once(together, committed, at):
    """A quiz is handed in on one device while the question of a film is answered on the other."""
    learning, clock = committed
    player = player_of(learning, clock)
    player.open()
    began = clock.at
    check = None
    while not check:
        check = player.beat()["check"]
    now = clock.at
    seconds = int((now - began).total_seconds())

    def act(index):
        if index:
            return player.answer(check)
        facts = learning.facts("quiz")
        return time.credit(learning.enrolment, facts, kind="quiz", wall=(began, now), seconds=seconds, at=now)

    outcomes = together(act, 2)
    assert not any(isinstance(o, Exception) for o in outcomes), outcomes
    assert sum(LedgerRow.objects.filter(entry="credit").values_list("ms", flat=True)) <= seconds * 1000
