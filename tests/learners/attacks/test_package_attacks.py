"""Packages that lie, and pages that lie for them; each with the credit that it got."""

import pytest

from learners.models import LedgerRow, PackageSession
from learners.selectors import time as hours
from tests import factories
from tests.learners import packaged
from tests.learners.packaged import Page, clockwork


@pytest.fixture
def page(client, db, at, moving_clock):
    mine = packaged.learning(at)
    factories.sign_in(client, mine.user, second_factor=False)
    return Page(client, mine, moving_clock)


def counted(page):
    page.finish()
    return hours.counted_seconds(page.learning.enrolment.pk)


@pytest.mark.parametrize("said", ["0010:00:00.00", "9999:59:59.99"])
def test_ten_hours_after_one_minute_get_one_minute(page, said):
    page.open()
    page.work(60, said)
    assert counted(page) == 60
    assert LedgerRow.objects.get(entry="refused").reason == "declared_more"


def test_ten_hours_at_once_get_nothing(page):
    page.open()
    page.send("PT10H", name="cmi.session_time", step="close")
    assert counted(page) == 0


def test_runs_by_the_hundred_get_the_clock(page):
    """It begins anew with each message, and claims an hour every time."""
    page.open()
    for run in range(100):
        page.send("01:00:00", run=run)
    page.beat("01:00:00", run=101)
    assert counted(page) == 15


def test_messages_without_pause_get_the_clock(page):
    page.open()
    for _ in range(200):
        page.beat("10:00:00", gap=100)
    assert counted(page) <= 20
    assert len(PackageSession.objects.get().seen) == 1


def test_a_page_that_flickers_keeps_few_pieces(page):
    page.open()
    for turn in range(300):
        page.beat("10:00:00", gap=100, visible=bool(turn % 2))
    assert len(PackageSession.objects.get().seen) <= 4


def test_left_open_without_a_word_gets_nothing(page):
    page.open()
    page.clock.go(20 * 60_000)
    assert page.send("00:20:00").json()["seen_ms"] == 0
    assert counted(page) == 0


def test_five_tabs_get_the_time_of_one(page):
    tabs = [Page(page.client, page.learning, page.clock, lesson=key) for key in ("pack", "other") * 2]
    began = page.clock.at
    for _ in range(6):
        for tab in tabs:
            tab.open()
            page.clock.go(10_000)
            tab.send("10:00:00")
    for tab in tabs[:2]:
        tab.finish()
    assert hours.counted_seconds(page.learning.enrolment.pk) <= (page.clock.at - began).total_seconds()


def test_a_recorded_session_told_again_is_over(page):
    page.open()
    page.work(60)
    assert counted(page) == 60
    page.clock.go(60_000)
    answer = page.send(clockwork(120))
    assert (answer.status_code, answer.json()["code"]) == (409, "session_taken_over")
    assert counted(page) == 60


def test_opened_again_and_again_it_gets_no_more_than_is_planned(page):
    for _ in range(5):
        page.open()
        page.work(900)
        page.finish()
    assert hours.counted_seconds(page.learning.enrolment.pk) == packaged.PLANNED


def test_answers_by_guessing_shut_the_lesson(page):
    for _ in range(3):
        page.open()
        page.work(60)
        page.finish(right=False)
    assert page.post("", {"enrolment": page.learning.enrolment.pk, "lesson": "pack"}).status_code == 409
    assert hours.counted_seconds(page.learning.enrolment.pk) == 0
