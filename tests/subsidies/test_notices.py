"""Public notices: frozen lists, working days, and the clock that ends them."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal import calendar
from portal.accounts.roles import Role
from portal.accounts.services import appoint
from subsidies.models import Hold, Notice, NoticeLine
from subsidies.services import holds, notices
from subsidies.tasks import end_due_notices
from subsidies.tasks import money as tasks
from tests import factories
from tests.subsidies import money_world as world

AT = world.AT


# -- working days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 3, 16), True),  # a Monday
        (dt.date(2026, 3, 14), False),  # a Saturday
        (dt.date(2026, 2, 17), False),  # Spring Festival
        (dt.date(2026, 2, 28), True),  # a Saturday made up
        (dt.date(2026, 10, 1), False),  # National Day
        (dt.date(2035, 10, 1), True),  # a Monday of a year that nobody has announced
        (dt.date(2035, 10, 6), False),  # a Saturday there
    ],
)
def test_working_days(day, works):
    assert calendar.is_working_day(day) is works


def test_a_span_counts_from_the_next_working_day_over_a_holiday():
    span = calendar.span_after(dt.datetime(2026, 9, 29, 2, 0, tzinfo=dt.UTC), 5)
    assert span.starts_on == dt.date(2026, 9, 30)
    assert span.ends_on == dt.date(2026, 10, 12)  # 10 October is a Saturday made up
    assert span.ends_at == dt.datetime(2026, 10, 12, 16, 0, tzinfo=dt.UTC)
    assert span.basis == {"2026": "announced"}


def test_a_span_into_an_unannounced_year_says_so():
    span = calendar.span_after(dt.datetime(2034, 12, 28, 2, 0, tzinfo=dt.UTC), 5)
    assert span.basis == {"2034": "weekdays", "2035": "weekdays"}
    with pytest.raises(ValueError, match="at least one"):
        calendar.span_after(AT, 0)


def test_the_day_is_that_of_shanghai():
    late = dt.datetime(2026, 3, 16, 17, 0, tzinfo=dt.UTC)  # 01:00 on the 17th in Shanghai
    assert calendar.span_after(late, 1).starts_on == dt.date(2026, 3, 18)


# -- notices ----------------------------------------------------------------------------------------------------------

db = pytest.mark.django_db


@db
def test_a_notice_freezes_a_masked_list():
    world.budget(900_000)
    made = world.approve(world.claim())
    waiting = world.claim()
    notice = notices.publish_notice(province="520000", by=world.officer(Role.PROVINCE_REVIEWER), at=AT)
    made.refresh_from_db()
    waiting.refresh_from_db()
    assert (made.state, waiting.state) == ("in_notice", "in_ministry_review")
    assert notice.paper["lines"] == [
        {
            "no": 1,
            "name": made.holder_masked,
            "id": made.number_masked,
            "occupation": "电工",
            "level": None,
            "fen": 120_000,
        }
    ]
    assert notices.digest(notice.paper) == notice.sha256
    assert made.claimant.identity.full_name not in str(notice.paper)
    assert (notice.starts_on, notice.ends_on) == (dt.date(2026, 3, 17), dt.date(2026, 3, 23))


@db
def test_who_may_publish_and_what():
    for stranger in (
        world.officer(Role.PROVINCE_REVIEWER, "510000"),
        world.officer(Role.FINANCE_CHECKER),
        factories.learner(),
    ):
        with pytest.raises(notices.NotYours):
            notices.publish_notice(province="520000", by=stranger, at=AT)
    with pytest.raises(notices.NothingToPublish):
        notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)


@db
def test_a_notice_ends_when_its_days_are_over_and_once(monkeypatch):
    world.budget(900_000)
    made = world.approve(world.claim())
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    monkeypatch.setattr(tasks.clock, "now", lambda: notice.ends_at - dt.timedelta(seconds=1))
    assert end_due_notices() == 0
    notices.end_notice(notice, at=notice.ends_at - dt.timedelta(seconds=1))
    made.refresh_from_db()
    assert made.state == "in_notice"
    monkeypatch.setattr(tasks.clock, "now", lambda: notice.ends_at)
    assert end_due_notices() == 1
    assert end_due_notices() == 0
    made.refresh_from_db()
    assert made.state == "payable"


@db
def test_only_the_held_claim_stays_and_goes_on_when_freed():
    world.budget(900_000)
    held, free = world.approve(world.claim()), world.approve(world.claim())
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    hold = holds.put_hold(held, Hold.Category.CHECK, "学时有疑", by=None, at=AT)
    after = notice.ends_at
    notices.end_notice(notice, at=after)
    held.refresh_from_db()
    free.refresh_from_db()
    assert (held.state, free.state) == ("in_notice", "payable")
    reviewer = world.officer(Role.PROVINCE_REVIEWER)
    with pytest.raises(holds.NotYours):
        holds.close_hold(hold, by=world.officer(Role.PROVINCE_REVIEWER, "510000"), at=after, reason="x")
    appoint(held.claimant, Role.PROVINCE_REVIEWER, by=None, at=AT, province=factories.province())
    with pytest.raises(holds.OwnClaim):
        holds.close_hold(hold, by=held.claimant, at=after, reason="x")
    holds.close_hold(hold, by=reviewer, at=after, reason="查无此事")
    held.refresh_from_db()
    assert held.state == "payable"
    with pytest.raises(holds.HoldClosed):
        holds.close_hold(hold, by=reviewer, at=after, reason="x")


@db
def test_one_bad_notice_is_put_off_and_stops_no_other(monkeypatch):
    world.budget(900_000)
    world.approve(world.claim())
    bad = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    world.approve(world.claim())
    good = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    moment = good.ends_at + dt.timedelta(hours=1)
    monkeypatch.setattr(tasks.clock, "now", lambda: moment)
    real = notices.end_notice

    def fails_once(notice, *, at):
        if notice.pk == bad.pk:
            raise OSError("away")
        return real(notice, at=at)

    with monkeypatch.context() as trouble:
        trouble.setattr(notices, "end_notice", fails_once)
        assert end_due_notices() == 1
    bad.refresh_from_db()
    assert (bad.problem, bad.ended_at) == ("OSError", None)
    assert bad.end_due_at > moment
    monkeypatch.setattr(tasks.clock, "now", lambda: moment + dt.timedelta(minutes=10))
    assert end_due_notices() == 1


@db
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"paper": {}}, "frozen"),
        ({"sha256": "0"}, "frozen"),
        ({"ends_on": dt.date(2026, 3, 18)}, "frozen"),
        ({"ended_at": AT}, "notice_not_ended_early"),
        ({"end_due_at": AT}, "notice_end_not_due_early"),
    ],
)
def test_a_notice_is_frozen_in_the_table_too(changes, says):
    world.budget(900_000)
    world.approve(world.claim())
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**changes)


@db
def test_lines_of_a_notice_are_append_only_and_once():
    world.budget(900_000)
    world.approve(world.claim())
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    line = notice.lines.get()
    for verb in ("UPDATE subsidies_noticeline SET fen = 1", "DELETE FROM subsidies_noticeline"):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            connection.cursor().execute(verb)
    values = {f.attname: getattr(line, f.attname) for f in NoticeLine._meta.concrete_fields if f.name != "id"}
    for changes, says in [
        ({}, "notice_line_once"),
        ({"line_no": 2}, "notice_claim_once"),
        ({"line_no": 2, "fen": 0}, "notice_line_above_zero|notice_claim_once"),
    ]:
        with pytest.raises(IntegrityError, match=says), transaction.atomic():
            NoticeLine(**{**values, **changes}).save(force_insert=True)


@db
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"working_days": 0}, "notice_runs_a_day"),
        ({"starts_on": dt.date(2027, 1, 1)}, "notice_ends_after_it_begins"),
        ({"place": 1}, "notice_one_per_place"),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused(changes, says):
    world.budget(900_000)
    world.approve(world.claim())
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    values = {f.attname: getattr(notice, f.attname) for f in Notice._meta.concrete_fields if f.name != "id"}
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        Notice(**{**values, "number": "PN-X", "place": 2, **changes}).save(force_insert=True)


@db
@pytest.mark.parametrize("changes", [{"closed_at": AT}, {"closed_because": "x"}])
def test_a_hold_is_closed_by_somebody_with_a_reason(changes):
    hold = holds.put_hold(world.claim(), Hold.Category.CHECK, "x", by=None, at=AT)
    with pytest.raises(IntegrityError, match="hold_closed_by_somebody"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(**changes)
