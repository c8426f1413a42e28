"""The time of packages beside what people do: help at a desk, the last day of learning, contests, time taken back."""

import datetime as dt

import pytest

from learners.books import Stored
from learners.models import LedgerRow, PackageSession
from learners.replay import replay
from learners.selectors import time as hours
from learners.selectors.replays import stored_of
from learners.services import alone, contests, corrections, intake, time
from learners.services import county_help as helping
from portal.accounts.roles import Role
from tests import factories
from tests.learners import lessons, packaged
from tests.learners.packaged import Page, clockwork

WHY = "电话核实：𠮷林的阿依古丽·买买提在学。"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def mine(db, at):
    return packaged.learning(at)


@pytest.fixture
def page(client, mine, moving_clock):
    client.force_login(mine.user)
    return Page(client, mine, moving_clock)


@pytest.fixture
def keeper(db, at):
    return factories.staff(Role.PROVINCE_CATALOGUE, at=at)


def begun(person, at):
    helper = factories.staff(Role.COUNTY_DESK, name="阿依古丽·𠮷")
    session, code = helping.ask_with_phone(person.phone, by=helper, at=at)
    return helping.prove_presence(session, code, by=helper, at=at)


def seconds_of(mine):
    return hours.counted_seconds(mine.enrolment.pk)


def assert_counted_again(mine) -> Stored:
    stored = stored_of(mine.user.pk)
    assert replay(stored).differences == []
    lessons.assert_chain_holds(mine.user)
    return stored


# -- help and the last day


def test_help_ends_the_package_and_nothing_counts_meanwhile(page, mine):
    page.open()
    page.work(60)
    session = begun(mine.user, page.clock.at)
    over = PackageSession.objects.get()
    assert (over.state, over.ending) == ("closed", "helped")
    page.clock.go(60_000)
    for step in ("beats", "close"):
        page.send(clockwork(120), step=step)
    assert page.send(clockwork(120)).json()["code"] == "session_helped"
    opened = page.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack"})
    assert (opened.status_code, opened.json()["code"]) == (409, "helped")
    page.finish()
    assert seconds_of(mine) == 0
    facts = mine.facts("pack")
    told = {"by": mine.user, "opened_at": page.clock.at, "at": page.clock.at}
    with pytest.raises(alone.BeingHelped):
        time.read_page(mine.enrolment, facts, answers={}, **told)
    helping.end_help(session, by=mine.user, at=page.clock.at)
    page.finish()
    assert seconds_of(mine) == 60, "what was seen before help began"
    page.open()
    page.work(30)
    page.finish()
    assert seconds_of(mine) == 90
    assert_counted_again(mine)


def test_after_the_last_day_no_package_counts(page, mine):
    page.open()
    page.work(60)
    page.send(clockwork(60), step="close")
    type(mine.enrolment).objects.filter(pk=mine.enrolment.pk).update(learn_until=page.clock.at.date())
    mine.enrolment.refresh_from_db()
    page.clock.go(86_400_000)
    page.client.force_login(mine.user)
    opened = page.post("", {"enrolment": mine.enrolment.pk, "lesson": "pack"})
    assert (opened.status_code, opened.json()["code"]) == (409, "learning_over")
    with pytest.raises(intake.LearningOver):
        time.open_package(mine.enrolment, mine.facts("pack"), number=0, by=mine.user, at=page.clock.at)
    page.finish()
    assert seconds_of(mine) == 0


# -- people who answer for it


def test_what_a_package_did_not_declare_is_granted_once(page, mine, keeper):
    page.open()
    page.work(300, clockwork(120))
    page.finish()
    row = LedgerRow.objects.get(reason="declared_less")
    at = page.clock.at
    asked = contests.contest(row, by=mine.user, at=at, words="𠮷林：课件没有说出时间·真的。")
    contests.answer(asked, by=keeper, at=at, grant=True, reason=WHY)
    granted = LedgerRow.objects.get(by=keeper)
    assert (granted.kind, granted.entry, granted.ms, granted.about_id) == (
        "package",
        "credit",
        180_000,
        row.pk,
    )
    assert seconds_of(mine) == 300
    assert contests.grantable(row) == []
    page.open()
    page.work(60)
    page.finish()
    assert seconds_of(mine) == 360
    assert_counted_again(mine)


def test_a_grant_leaves_what_waits_for_its_question(page, mine, keeper):
    page.open()
    page.work(300, clockwork(120))
    page.send(clockwork(120), step="close")
    row, at = LedgerRow.objects.get(), page.clock.at
    asked = contests.contest(row, by=mine.user, at=at, words="课件没有说出时间。")
    contests.answer(asked, by=keeper, at=at, grant=True, reason=WHY)
    page.finish()
    assert [(one.reason, one.ms) for one in LedgerRow.objects.order_by("place")] == [
        ("declared_less", 180_000),
        ("", 180_000),
        ("", 120_000),
    ]
    assert_counted_again(mine)


def test_no_more_is_granted_than_is_planned(client, db, at, moving_clock, keeper):
    mine = packaged.learning(at, planned=150)
    page = Page(client, mine, moving_clock)
    client.force_login(mine.user)
    page.open()
    page.work(300, clockwork(120))
    page.finish()
    row = LedgerRow.objects.get(reason="declared_less")
    asked = contests.contest(row, by=mine.user, at=page.clock.at, words="课件没有说出时间。")
    contests.answer(asked, by=keeper, at=page.clock.at, grant=True, reason=WHY)
    assert seconds_of(mine) == 150
    assert_counted_again(mine)


def test_taken_back_it_can_be_earned_again(page, mine, keeper, at):
    page.open()
    page.work(120)
    page.finish()
    row, then = LedgerRow.objects.get(), page.clock.at
    proposed = corrections.propose(row, by=keeper, at=then, seconds=45, why=WHY)
    second = factories.staff(Role.PROVINCE_CATALOGUE, name="龙·𠮷", at=at)
    corrections.decide(proposed, by=second, at=then, confirm=True)
    assert seconds_of(mine) == 75
    assert '<b class="good">1:15</b>' in page.client.get(page.address).content.decode()
    page.open()
    page.work(60)
    page.finish()
    assert seconds_of(mine) == 135
    assert_counted_again(mine)
