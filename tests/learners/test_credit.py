"""Learning time that no player tells: pages read without a script, and quizzes."""

import datetime as dt

import pytest

from learners.models import Coverage, LedgerRow
from learners.selectors import time as hours
from learners.services import play, time
from tests.learners import lessons

MINUTE = dt.timedelta(minutes=1)


def test_a_page_of_300_characters_is_worth_a_minute(learning):
    assert lessons.read(learning, minutes=5).credited == 60_000
    assert hours.lesson_progress(learning.enrolment.pk)[learning.facts("page").id].done
    # once
    assert lessons.read(learning, minutes=5, after=10 * MINUTE).credited == 0


def test_a_page_counts_no_more_than_it_was_open(learning):
    half = lessons.read(learning, minutes=0.5)
    assert (half.credited, half.missing) == (30_000, 30_000)


def test_a_page_with_a_wrong_answer_costs_its_time(learning):
    failed = lessons.read(learning, minutes=5, right=False)
    assert (failed.credited, failed.right) == (0, False)
    assert LedgerRow.objects.get().reason == "check_failed"
    assert lessons.read(learning, minutes=5, after=6 * MINUTE).credited == 60_000


def test_three_wrong_answers_on_a_page_shut_it(learning):
    for turn in range(3):
        lessons.read(learning, minutes=1, right=False, after=turn * 2 * MINUTE)
    with pytest.raises(play.LessonShut):
        lessons.read(learning, minutes=1, after=20 * MINUTE)


def test_the_same_minutes_cannot_be_read_twice(learning):
    """Two pages opened at once: the wall time goes to the first."""
    assert lessons.read(learning, "page", minutes=1).credited == 60_000
    assert lessons.read(learning, "film", minutes=1).credited == 0


def test_a_transcript_counts_as_reading_of_its_film(learning):
    assert lessons.read(learning, "film", minutes=9).credited == 60_000
    assert Coverage.objects.get().covered == [[0, 60_000]]


def test_reading_answers_for_what_a_player_left_waiting(player, learning):
    player.lesson = "page"
    player.open()
    player.beat()
    player.beat()
    assert player.replies[-1]["waiting_ms"] == 30_000
    learning.at = player.clock.at
    assert lessons.read(learning, minutes=1).credited == 60_000
    assert hours.counted_seconds(learning.enrolment.pk) == 60


def test_a_page_in_the_player_goes_with_the_clock(player):
    player.lesson = "page"
    player.open()
    for _ in range(4):
        told = player.beat(15_000, 0)
    assert told["check"]
    assert player.answer(told["check"])["done"]


def test_quiz_time_counts_up_to_its_share(learning, at):
    facts = learning.facts("quiz")
    wall = (at, at + 30 * MINUTE)
    # 10 % of three hours of 45 minutes
    assert (
        time.credit(learning.enrolment, facts, kind="quiz", wall=wall, seconds=1_800, at=wall[1]) == 810_000
    )
    assert LedgerRow.objects.get(entry="refused").reason == "quiz_share"
    later = (wall[1], wall[1] + MINUTE)
    assert time.credit(learning.enrolment, facts, kind="quiz", wall=later, seconds=60, at=later[1]) == 0


def test_quiz_time_beside_a_running_film_counts_once(player, learning):
    player.open()
    began = player.clock.at
    player.watch(until=60_000)
    facts = learning.facts("quiz")
    now = player.clock.at
    assert (
        time.credit(learning.enrolment, facts, kind="quiz", wall=(began, now), seconds=60, at=now) == 60_000
    )
    player.watch()
    assert LedgerRow.objects.filter(reason="wall_taken").exists()
    lessons.assert_chain_holds(learning.user)
    spans = LedgerRow.objects.filter(entry="credit").values_list("ms", flat=True)
    assert sum(spans) <= (player.clock.at - began) / dt.timedelta(milliseconds=1)


def test_reading_does_not_save_what_waited_too_long_for_its_question(player, learning):
    """The sweep has not been there yet; what was held is refused all the same, and can be earned again."""
    player.open()
    player.beat()
    player.post(f"sessions/{player.session}/close/", {})
    player.clock.go(25 * 3_600_000)
    learning.at = player.clock.at
    assert lessons.read(learning, "film", minutes=1).credited == 60_000
    refused = LedgerRow.objects.get(entry="refused")
    assert (refused.reason, refused.ms, refused.kind) == ("unconfirmed", 15_000, "video")
