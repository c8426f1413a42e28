"""What people decide and vouch for is in the ledger too: counted again, it comes out as it was written."""

import datetime as dt

import pytest

from learners.models import Coverage, LedgerRow
from learners.replay import replay
from learners.selectors import time as hours
from learners.selectors.replays import stored_of, tried
from learners.services import contests, corrections, rolls
from learners.services.editions import draft_edition
from portal.accounts.roles import Role
from tests import factories
from tests.learners import lessons, meetings
from tests.learners.meetings import MINUTE

WHY = "电话核实：𠮷林·网络故障。"


@pytest.fixture
def of(db, at):
    return meetings.version(at)


@pytest.fixture
def learning(of, at):
    return lessons.learning(at, of=of)


@pytest.fixture
def host(db, at):
    return factories.staff(Role.INSTRUCTOR, at=at, name="host")


@pytest.fixture
def watched(player, learning):
    """Half an hour of the film, the fourth to the sixth minute out of sight."""
    player.open()
    player.watch(until=180_000)
    player.watch(until=360_000, visible=False)
    player.watch(until=1_800_000)
    leave(player)
    return learning


def leave(player):
    player.post(f"sessions/{player.session}/close/", {})


def granted(learning, host, at):
    """The longest refusal counts after all."""
    row = LedgerRow.objects.filter(user=learning.user, entry="refused").order_by("-ms").first()
    asked = contests.contest(row, by=learning.user, at=at, words=WHY)
    contests.answer(asked, by=host, at=at, grant=True, reason=WHY)
    return LedgerRow.objects.get(about=row)


def taken_back(row, host, at, seconds):
    proposed = corrections.propose(row, by=host, at=at, seconds=seconds, why=WHY)
    second = factories.staff(Role.PROVINCE_CATALOGUE, at=at, name=f"second {row.pk}")
    corrections.decide(proposed, by=second, at=at, confirm=True)


def in_class(of, learning, host, at):
    """One call is missed; then two turns on site."""
    meeting = meetings.plan(of, host, at)
    meetings.sit_through(meetings.come(meeting, learning), skip=(2,))
    meetings.finish(meeting, host)
    day = meetings.plan(of, host, at + 120 * MINUTE, key="task")
    for minutes in (0, 20):
        moment = day.begins_at + minutes * MINUTE
        code = rolls.code_of(day, moment)
        rolls.pass_door(day, learning.enrolment, by=learning.user, at=moment, code=code)
    meetings.finish(day, host)
    return day


def assert_comes_out_again(learning):
    found = replay(stored_of(learning.user.pk))
    assert found.differences == []
    counted = found.was.sums[learning.enrolment.pk].confirmed // 1000
    assert counted == hours.counted_seconds(learning.enrolment.pk)


def test_a_contest_a_correction_a_class_and_a_day_on_site(of, watched, host, player, moving_clock):
    at = moving_clock.at + MINUTE
    row = granted(watched, host, at)
    assert row.session_id == row.about.session_id
    assert_comes_out_again(watched)
    counted = LedgerRow.objects.filter(entry="credit", about=None).order_by("place").first()
    taken_back(counted, host, at + MINUTE, 10)
    taken_back(row, host, at + MINUTE, 20)
    in_class(of, watched, host, at + 2 * MINUTE)
    kinds = set(LedgerRow.objects.filter(entry="credit").values_list("kind", flat=True))
    assert kinds == {"video", "live", "workshop"}
    assert LedgerRow.objects.filter(reason="call_missed").exists()
    assert_comes_out_again(watched)

    moving_clock.at += dt.timedelta(days=1)
    before = hours.counted_seconds(watched.enrolment.pk)
    player.open(position=0)
    player.watch()
    leave(player)
    assert hours.counted_seconds(watched.enrolment.pk) > before
    assert_comes_out_again(watched)


def test_what_is_granted_while_the_lesson_plays_is_not_earned_twice(learning, player, host, moving_clock):
    player.open()
    player.watch(until=120_000, visible=False)
    player.watch(until=1_200_000)
    leave(player)
    player.open(position=0)
    player.watch(until=60_000)
    granted(learning, host, moving_clock.at)
    player.watch(until=1_800_000)
    leave(player)
    assert LedgerRow.objects.filter(reason="repeat").exists()
    assert_comes_out_again(learning)


def test_an_edition_of_the_same_numbers_keeps_what_people_vouched_for(of, watched, host, moving_clock):
    at = moving_clock.at + MINUTE
    taken_back(granted(watched, host, at), host, at, 20)
    day = in_class(of, watched, host, at)
    by = factories.staff(Role.PROVINCE_CATALOGUE, name="起草人𠮷")
    words = {"name": "贵州草案𠮷", "source": "虚构", "valid_from": dt.date(2026, 4, 1)}
    same = draft_edition(province=factories.province(), by=by, at=watched.at, **words)
    found = tried(watched.user.pk, same, [watched.enrolment], at=day.begins_at + dt.timedelta(days=3))
    assert not found.unlike
    assert found.would.confirmed == found.was.confirmed


def test_a_row_taken_back_that_the_lesson_still_counts_is_found(watched, host, moving_clock):
    row = granted(watched, host, moving_clock.at)
    before = Coverage.objects.get(lesson_id=row.lesson_id)
    taken_back(row, host, moving_clock.at, 20)
    Coverage.objects.filter(pk=before.pk).update(covered=before.covered, covered_ms=before.covered_ms)
    assert [one.what for one in replay(stored_of(watched.user.pk)).differences] == ["lesson"]
