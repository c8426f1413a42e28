"""The time of imported packages: the smallest of what the server saw, what the package says, and what is planned."""

import datetime as dt
import html
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learners import counting, declared
from learners.models import Coverage, LedgerRow, PackageSession, PlaySession
from learners.reasons import REASONS
from learners.replay import replay
from learners.selectors import time as hours
from learners.selectors.replays import stored_of
from learners.services import enrolment as enrolments
from learners.services import play, time
from tests import factories
from tests.learners import lessons, packaged
from tests.learners.packaged import Page, clockwork
from tests.learners.players import Player

HOUR = 3_600_000


def seconds_of(mine):
    return hours.counted_seconds(mine.enrolment.pk)


def refused():
    rows = LedgerRow.objects.filter(entry="refused").order_by("place")
    return [(row.reason, row.ms // 1000) for row in rows]


def assert_counted_again(user):
    assert replay(stored_of(user.pk)).differences == []
    lessons.assert_chain_holds(user)


# -- over the wire


@pytest.fixture
def mine(db, at):
    return packaged.learning(at)


@pytest.fixture
def page(client, mine, moving_clock):
    factories.sign_in(client, mine.user, second_factor=False)
    return Page(client, mine, moving_clock)


def text(response):
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def test_an_honest_learner_gets_what_was_worked(page, mine):
    page.open()
    told = page.work(600)
    assert (told["seen_ms"], told["declared_ms"], told["waiting_ms"]) == (600_000,) * 3
    assert seconds_of(mine) == 0, "nothing counts before its question"
    shown = page.finish()
    assert "课件包已计入 10:00" in text(shown)
    assert seconds_of(mine) == 600
    assert refused() == []
    row = LedgerRow.objects.get()
    assert (row.kind, row.entry, row.ms) == ("package", "credit", 600_000)
    assert_counted_again(mine.user)


def test_both_formats_and_runs_of_a_package_add_up(page, mine):
    page.open()
    page.work(60)
    page.beat("PT30S", name=declared.SCORM_2004, run=1, gap=30_000)
    page.beat("PT30S", name=declared.SCORM_2004, run=1)
    told = page.beat("0000:09:00", run=0)
    assert told["declared_ms"] == 90_000, "what an earlier run says later is too late"
    page.finish()
    assert seconds_of(mine) == 90


def test_what_is_told_twice_counts_once(page, mine):
    page.open()
    page.work(60)
    for _ in range(5):
        told = page.send(clockwork(60)).json()
    assert (told["seen_ms"], told["waiting_ms"]) == (60_000, 60_000)
    page.send(clockwork(60), step="close")
    assert page.send(clockwork(60), step="close").status_code == 200
    page.finish()
    again = page.finish()
    assert seconds_of(mine) == 60
    assert "没有更多时间计入" in text(again)
    assert_counted_again(mine.user)


@pytest.mark.parametrize(
    ("said", "reason", "counted"),
    [
        (clockwork(600), "declared_more", 300),
        (clockwork(120), "declared_less", 120),
        ("一个小时", "not_declared", 0),
    ],
)
def test_why_less_counts_stands_on_the_page(page, mine, said, reason, counted):
    page.open()
    page.work(300, said)
    shown = text(page.finish())
    assert seconds_of(mine) == counted
    lost = {"declared_more": 300, "declared_less": 180, "not_declared": 300}[reason]
    assert refused() == [(reason, lost)]
    assert str(REASONS[reason].sentence) in shown
    whole = text(page.client.get(reverse("learners:hours", args=[mine.enrolment.pk])))
    assert f"<code>{reason}</code>" in whole
    assert_counted_again(mine.user)


def test_no_more_than_is_planned(page, mine):
    page.open()
    page.work(packaged.PLANNED + 120)
    assert page.replies[-1]["waiting_ms"] == packaged.PLANNED * 1000
    shown = text(page.finish())
    assert seconds_of(mine) == packaged.PLANNED
    assert refused() == [("planned_time", 120)]
    assert "课件包的时间已全部计入" in shown
    page.open()
    page.work(300)
    page.finish()
    assert seconds_of(mine) == packaged.PLANNED
    assert_counted_again(mine.user)


def test_hidden_and_silent_time_is_not_seen(page, mine):
    page.open()
    page.beat(clockwork(15))
    page.beat(clockwork(30), visible=False)
    page.beat(clockwork(400), gap=370_000)
    told = page.beat(clockwork(415))
    assert told["seen_ms"] == 30_000
    page.finish()
    assert seconds_of(mine) == 30


def test_two_packages_at_once_take_turns(page, mine):
    other = Page(page.client, mine, page.clock, lesson="other")
    page.open()
    page.beat(clockwork(15))
    other.open()
    lost = page.send(clockwork(30))
    assert (lost.status_code, lost.json()["code"]) == (409, "session_taken_over")
    other.beat(clockwork(15))
    film = Player(page.client, mine, page.clock)
    film.open()
    assert other.send(clockwork(30)).json()["code"] == "session_taken_over"
    page.open()
    assert PlaySession.objects.get().ending == "taken_over"
    assert PackageSession.objects.filter(state="live").count() == 1
    page.beat(clockwork(15))
    page.finish()
    other.finish()
    assert seconds_of(mine) == 45
    assert_counted_again(mine.user)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "film"]), st.integers(1, 130)), max_size=25))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_opened_beside_it_never_exceeds_the_clock(db, steps):
    """Packages, tabs and a film, in any order; each package claims ten hours."""
    at = dt.datetime(2026, 3, 16, 15, 40, tzinfo=dt.UTC)  # twenty minutes before midnight in Shanghai
    with transaction.atomic():
        mine = packaged.learning(at - dt.timedelta(days=1), with_questions=False)
        began, now = at, at
        live = {}
        for where, gap in steps:
            now += dt.timedelta(seconds=gap)
            if where == "film":
                time.open_session(mine.enrolment, mine.facts("film"), by=mine.user, at=now)
                continue
            lesson = mine.facts("pack" if where == "a" else "other")
            told = {"by": mine.user, "told": {declared.SCORM_12: "10:00:00"}, "run": 0, "visible": True}
            session = live.get(where)
            if session and PackageSession.objects.get(pk=session).state == "live":
                time.tell_package(session, at=now, **told)
            else:
                opened = time.open_package(mine.enrolment, lesson, number=0, by=mine.user, at=now)
                live[where] = opened.pk
        for key in ("pack", "other"):
            facts = mine.facts(key)
            time.read_page(mine.enrolment, facts, by=mine.user, opened_at=now, at=now, answers={})
        rows = list(LedgerRow.objects.filter(entry="credit"))
        assert sum(row.ms for row in rows) <= (now - began).total_seconds() * 1000
        assert replay(stored_of(mine.user.pk)).differences == []
        transaction.set_rollback(True)


def test_a_silent_package_is_closed_and_its_time_lapses_after_a_day(page, mine):
    page.open()
    page.work(120)
    page.clock.go(16 * 60_000)
    assert time.close_silent_sessions(at=page.clock.at) == 1
    assert time.close_silent_sessions(at=page.clock.at) == 0
    assert PackageSession.objects.get().ending == "silent"
    assert "2:00" in text(page.client.get(page.address))
    assert replay(stored_of(mine.user.pk)).differences == []
    page.clock.go(24 * HOUR)
    assert time.close_silent_sessions(at=page.clock.at) == 1
    assert refused() == [("unconfirmed", 120)]
    assert LedgerRow.objects.get().kind == "package"
    assert_counted_again(mine.user)


def test_a_wrong_answer_costs_the_time_and_the_third_shuts_the_lesson(page, mine):
    for _ in range(3):
        page.open()
        page.work(60)
        shown = page.finish(right=False)
    assert seconds_of(mine) == 0
    assert refused() == [("check_failed", 60)] * 3
    assert Coverage.objects.get().shut_at
    assert "这一节已暂停" in text(shown)
    answer = page.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack"})
    assert (answer.status_code, answer.json()["code"]) == (409, "lesson_shut")
    assert_counted_again(mine.user)


def test_nothing_waits_and_nothing_is_asked(page, mine):
    shown = page.finish(right=False)
    assert "没有更多时间计入" in text(shown)
    assert not LedgerRow.objects.exists()
    assert Coverage.objects.get().failures == 0


def test_an_unanswered_question_comes_back_and_loses_nothing(page, mine):
    page.open()
    page.work(60)
    url = reverse("learners:package-done", args=[mine.enrolment.pk, "pack"])
    answer = page.client.post(url, {})
    assert answer.status_code == 422
    assert not LedgerRow.objects.exists()
    page.finish()
    assert seconds_of(mine) == 60


def test_over_midnight_each_day_has_its_own_limit(client, db, moving_clock):
    """Seven hours a day: what was worked before midnight fills the day before."""
    moving_clock.at = dt.datetime(2026, 3, 16, 15, 50, tzinfo=dt.UTC)
    mine = packaged.learning(moving_clock.at - dt.timedelta(days=2))
    factories.sign_in(client, mine.user, second_factor=False)
    page = Page(client, mine, moving_clock)
    page.open()
    page.work(1_200)
    page.finish()
    rows = LedgerRow.objects.filter(entry="credit").order_by("place")
    assert [row.ms for row in rows] == [600_000, 600_000]
    assert hours.counted_today_ms(mine.user.pk, moving_clock.at) == 600_000
    assert_counted_again(mine.user)


def test_the_day_and_the_course_hold_for_packages_too(client, db, at, moving_clock):
    mine = packaged.learning(at, edition=lessons.fictional_edition(at, daily_cap_hours=2))
    factories.sign_in(client, mine.user, second_factor=False)
    page = Page(client, mine, moving_clock)
    page.open()
    page.work(120)
    page.finish()
    assert seconds_of(mine) == 60, "two hours of half a minute"
    assert ("daily_cap", 60) in refused()
    for _ in range(3):
        moving_clock.go(24 * HOUR)
        factories.sign_in(client, mine.user, second_factor=False)
        page.open()
        page.work(60)
        page.finish()
    assert seconds_of(mine) == 90, "the course has three hours"
    assert_counted_again(mine.user)


def test_minutes_of_a_quiz_beside_it_count_once(page, mine, at):
    page.open()
    page.work(300)
    quiz, now = mine.facts("quiz"), page.clock.at
    time.credit(
        mine.enrolment, quiz, kind="quiz", wall=(now - dt.timedelta(seconds=60), now), seconds=60, at=now
    )
    page.finish()
    assert seconds_of(mine) == 300
    assert ("wall_taken", 60) in refused()
    assert_counted_again(mine.user)


# -- who, and what else


def test_other_people_other_lessons_and_ended_courses(page, mine, client, at):
    page.open()
    stranger = factories.sign_in(type(client)(), factories.learner("赵小红·𠮷", at=at), second_factor=False)
    theirs = Page(stranger, mine, page.clock, session=page.session)
    assert theirs.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack"}).status_code == 404
    for step in ("beats", "close"):
        assert theirs.send(step=step).status_code == 404
    url = reverse("learners:package-done", args=[mine.enrolment.pk, "pack"])
    assert stranger.post(url, {}).status_code == 404
    for key in ("film", "page", "quiz", "nowhere"):
        assert page.post("", {"enrolment": mine.enrolment.pk, "lesson": key}).status_code == 404
    film = page.client.post(
        "/api/learn/sessions/",
        {"enrolment": mine.enrolment.pk, "lesson": "pack"},
        content_type="application/json",
    )
    assert film.status_code == 404, "no player's session on a package"
    assert page.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack", "number": 2}).status_code == 409
    enrolments.withdraw(mine.enrolment, by=mine.user, at=page.clock.at)
    assert page.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack"}).status_code == 404
    mine.enrolment.refresh_from_db()
    with pytest.raises(play.NotLearning):
        time.open_package(mine.enrolment, mine.facts("pack"), number=0, by=mine.user, at=page.clock.at)


@pytest.mark.parametrize(
    "changed",
    [
        {"visible": "perhaps"},
        {"run": -1},
        {"run": 10**9},
        {"told": {"cmi.session_time": "x" * 41}},
        {"told": "PT1H"},
        {"told": {"cmi.session_time": ["PT1H"]}},
        {"told": {"cmi.session_time": "\x00"}},
    ],
)
def test_nonsense_is_refused(page, changed):
    page.open()
    page.clock.go(15_000)
    assert page.send(**changed).status_code == 400
    assert PackageSession.objects.get().seen == []


def test_without_a_planned_time_nothing_counts(client, db, at, moving_clock):
    mine = packaged.learning(at, planned=0)
    factories.sign_in(client, mine.user, second_factor=False)
    page = Page(client, mine, moving_clock)
    assert page.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack"}).status_code == 404
    shown = text(client.get(page.address))
    assert "不计学时" in shown
    assert "data-package-time" not in shown


def test_the_page_says_the_rule_and_a_package_done_is_done(page, mine):
    shown = text(page.client.get(page.address))
    assert "三者取最小" in shown
    assert "0:00 / 45:00" in re.sub(r"<[^>]+>", " ", shown).replace("  ", " ").replace("  ", " ")
    page.open()
    page.work(packaged.PLANNED)
    page.finish()
    course = text(page.client.get(reverse("learners:course", args=[mine.enrolment.pk])))
    assert "45:00 / 45:00" in course
    assert "0 / 4" in course, "the exam does not wait for it"


def test_a_page_reads_no_more_for_more_sessions(page, mine, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page.open()
    page.work(60)
    page.finish()
    with CaptureQueriesContext(connection) as few:
        page.client.get(page.address)
    once = len(few)
    for _ in range(3):
        page.open()
        page.work(30)
        page.finish()
    with django_assert_max_num_queries(once):
        page.client.get(page.address)


# -- the database


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"state": "closed"}, "package_session_closed_with_its_moment_and_reason"),
        ({"declared_ms": counting.DAY, "earlier_ms": 1}, "package_session_declares_at_most_a_day"),
        ({"told_at": "2001-01-01T00:00Z"}, "package_session_in_order"),
    ],
)
def test_a_session_that_breaks_a_constraint(mine, at, changed, name):
    packaged.beside(mine, at=at)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PackageSession.objects.update(**changed)


def test_one_live_session_a_learner(mine, at):
    packaged.beside(mine, at=at)
    with pytest.raises(IntegrityError, match="package_session_one_live"), transaction.atomic():
        packaged.beside(mine, "other", at=at)


def test_a_session_that_is_over_never_changes(page):
    page.open()
    page.work(30)
    page.send(step="close")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        PackageSession.objects.update(seen=[[0, 10 * HOUR]])
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        PackageSession.objects.all().delete()


def test_a_changed_session_is_found_by_counting_again(page, mine):
    """Whoever gets past the trigger is told apart by the ledger."""
    page.open()
    page.work(60, clockwork(600))
    page.finish()
    stored = stored_of(mine.user.pk)
    assert replay(stored).differences == []
    longer = [type(one)(**{**one.__dict__, "declared": one.declared - 300_000}) for one in stored.packages]
    changed = type(stored)(**{**stored.__dict__, "packages": tuple(longer)})
    assert replay(changed).differences
