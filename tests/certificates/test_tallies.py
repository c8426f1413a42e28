"""Days that are over are counted once, and the figures of the desk are what counting everything would give."""

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import services, tasks
from certificates.models import Certificate, MonthTally, SerialCounter, TalliedDay
from certificates.selectors import statistics as counting
from certificates.services import tallies
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.certificates import making

BOTH = ["520000", "110000"]


@pytest.fixture
def day(at):
    """`day(n)`: n days before the moment of the tests, at 10:00 in Shanghai."""
    return lambda n: at - dt.timedelta(days=n)


def failed(*, at):
    asked = services.request(making.completion(name="王\U00030729"), at=at)
    services.issue_due(at=at, most=9)
    return Certificate.objects.get(pk=asked.pk, state="failed")


def mixed(day):
    """Two provinces, two months, all that can happen, on days that will be tallied."""
    of = making.version()
    revoked = making.revoked(making.issued(at=day(40), of=of), at=day(30))
    making.decided(making.revoked(making.issued(at=day(39), of=of), at=day(20)), "replace", at=day(12))
    making.decided(revoked, "replace", at=day(10))
    making.issued(at=day(8), of=making.version(certificate_kind="special", level=None))
    making.revoked(making.issued(at=day(8), code="110000"), at=day(2))
    making.issued(at=day(0), of=of)
    services.retry(failed(at=day(9)), by=factories.staff(Role.OPERATOR), at=day(9))
    services.issue_due(at=day(9), most=9)
    failed(at=day(0))
    services.request(making.completion(), at=day(0))


def tally_all(at):
    days = 0
    while tallies.tally_next(at=at):
        days += 1
    return days


def rows():
    return sorted(MonthTally.objects.values_list("province", "first_on", "event", "kind", "course_code", "n"))


def figures(codes, *, at, months=3):
    """Without an order among equals."""
    told = dataclasses.asdict(counting.statistics(codes, months=months, at=at))
    told["numbers"] = [numbers[:4] for numbers in told["numbers"]]
    return told | {name: set(told[name]) for name in ("kinds", "levels", "courses")}


@pytest.mark.django_db
def test_tallies_and_the_live_rest_are_what_counting_everything_gives(day, at):
    mixed(day)
    asked = [(codes, months) for codes in (BOTH, *([code] for code in BOTH)) for months in (1, 3, 12)]
    live = [figures(codes, months=months, at=at) for codes, months in asked]
    assert (live[0]["states"]["replaced"], live[0]["states"]["failed"]) == (2, 2)
    assert {(level, n) for level, n in live[1]["levels"]} == {(4, 6), (None, 1)}
    while tallies.tally_next(at=at):
        assert [figures(codes, months=months, at=at) for codes, months in asked] == live
    assert counting.last_tallied_day() == clock.today(at) - dt.timedelta(days=1)
    while tallies.count_next_numbers(at=at):
        pass
    assert [figures(codes, months=months, at=at) for codes, months in asked] == live


@pytest.mark.django_db
def test_a_second_run_changes_nothing():
    now = clock.now()
    for n in (3, 3, 2, 0):
        making.issued(at=now - dt.timedelta(days=n))
    assert tasks.tally_certificates() >= 2
    known, counted = rows(), list(SerialCounter.objects.values("counted", "counted_to", "counted_at"))
    assert sum(row[-1] for row in known) == 3
    assert counted
    assert all(counter["counted_to"] for counter in counted)
    assert tasks.tally_certificates() == 0
    assert (rows(), list(SerialCounter.objects.values("counted", "counted_to", "counted_at"))) == (
        known,
        counted,
    )


def test_two_workers_add_each_day_once(together, day, at):
    mixed(day)
    together(lambda _n: tally_all(at), 2)
    known = rows()
    assert TalliedDay.objects.count() == 40
    with transaction.atomic():
        MonthTally.objects.all().delete()
        TalliedDay.objects.all().delete()
    assert tally_all(at) == 40
    assert rows() == known


def test_figures_hold_while_days_are_tallied(together, day, at):
    mixed(day)
    live = figures(BOTH, at=at)

    def act(n):
        if n == 0:
            return tally_all(at)
        return [figures(BOTH, at=at) == live for _turn in range(25)]

    tallied, *seen = together(act, 3)
    assert tallied == 40
    assert all(all(right) for right in seen)


@pytest.mark.django_db
def test_a_day_ends_at_midnight_in_shanghai_and_is_tallied_an_hour_later(at):
    midnight = dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)  # March begins
    second = dt.timedelta(seconds=1)
    early = [making.issued(at=midnight - second) for _turn in range(3)]
    late = making.issued(at=midnight)
    making.revoked(early[0], at=midnight - second)
    making.revoked(early[1], at=midnight)
    making.revoked(late, at=midnight)
    live = figures(["520000"], at=at)
    assert tallies.tally_next(at=midnight + counting.SETTLED - second) is None
    assert tallies.tally_next(at=midnight + counting.SETTLED) == dt.date(2026, 2, 28)
    assert tallies.tally_next(at=midnight + counting.SETTLED) is None
    assert {(row[1].month, row[2], row[-1]) for row in rows() if row[2] == "revoked"} == {(2, "revoked", 1)}
    assert figures(["520000"], at=at) == live
    assert [(month["issued"], month["revoked"]) for month in live["months"]] == [(0, 0), (3, 1), (1, 2)]
    tally_all(at)
    assert figures(["520000"], at=at) == live


@pytest.mark.django_db
def test_what_was_issued_on_a_tallied_day_is_revoked_today(day, at):
    issued = making.issued(at=day(3))
    tally_all(at)
    making.revoked(issued, at=at)
    told = counting.statistics(["520000"], months=1, at=at)
    assert told.states == {"revoked": 1}
    assert (told.months[0].issued, told.months[0].revoked) == (1, 1)


@pytest.mark.django_db
def test_what_failed_long_ago_and_is_tried_again_has_not_failed(day, at):
    making.issued(at=day(9))
    again = failed(at=day(5))
    tally_all(at)
    assert counting.statistics(["520000"], months=1, at=at).months[0].failed == 1
    services.retry(again, by=factories.staff(Role.OPERATOR), at=at)
    told = counting.statistics(["520000"], months=1, at=at)
    assert told.months[0].failed == 0
    assert told.states == {"issued": 1, "requested": 1}


@pytest.mark.django_db
def test_statements_do_not_grow_with_provinces_years_and_days(day, at):
    def asked():
        with CaptureQueriesContext(connection) as told:
            counting.statistics(BOTH, months=36, at=at)
        return len(told)

    making.issued(at=day(1))
    few = asked()
    for n in (500, 90, 1, 0):
        making.revoked(making.issued(at=day(n)), at=day(n))
        making.issued(at=day(n), code="110000")
    assert asked() == few
    tally_all(at)
    assert asked() == few <= 10


@pytest.mark.django_db
def test_nobody_sees_another_province_in_the_tallies(client, day):
    issued = making.issued(at=clock.now() - dt.timedelta(days=3))
    tasks.tally_certificates()
    address = reverse("certificates:statistics")
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="110000"))
    assert issued.course_code not in client.get(address, {"province": "520000"}).content.decode()
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    page = client.get(address).content.decode()
    assert issued.course_code in page
    assert "实时清点" in page
    told = client.get(reverse("api-certificates-statistics")).json()
    assert sum(month["issued"] for month in told["months"]) == 1
    assert told["missing"] == 0
    assert dt.datetime.fromisoformat(told["numbers_at"]) <= clock.now()


# -- numbers


def lose(owner_sql, certificate):
    owner_sql("ALTER TABLE certificates_certificate DISABLE TRIGGER certificates_certificate_moves")
    owner_sql("DELETE FROM certificates_certificate WHERE id = %s", [certificate.pk])
    owner_sql("ALTER TABLE certificates_certificate ENABLE TRIGGER certificates_certificate_moves")


@pytest.mark.parametrize("which", [0, 2])
def test_a_number_that_is_lost_is_missed_in_the_night_even_the_last_one(
    committed_db, owner_sql, day, at, which
):
    made = [making.issued(at=day(n)) for n in (3, 2, 1)]
    assert tallies.count_next_numbers(at=day(1))
    lose(owner_sql, made[which])
    assert tallies.count_next_numbers(at=at)
    assert not tallies.count_next_numbers(at=at)
    (numbers,) = counting.numbers_of(["520000"])
    assert numbers == counting.Numbers("520000", 2026, 3, 2, at)
    assert numbers.missing == 1


@pytest.mark.django_db
def test_numbers_given_since_they_were_counted_are_counted_now(day, at):
    making.issued(at=day(1))
    tallies.count_next_numbers(at=day(1))
    making.issued(at=at)
    making.issued(at=at, code="110000")
    assert counting.numbers_of(BOTH) == [
        counting.Numbers("110000", 2026, 1, 1, None),
        counting.Numbers("520000", 2026, 2, 2, day(1)),
    ]
    assert counting.statistics(BOTH, months=1, at=at).numbers_at == day(1)


# -- what the database refuses

TALLY = {
    "province_id": "520000",
    "first_on": dt.date(2026, 3, 1),
    "event": "issued",
    "kind": "special",
    "level": None,
    "course_code": "T-1",
    "n": 1,
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("month_tally_once", {}),
        ("month_tally_of_some", {"course_code": "T-2", "n": 0}),
        ("month_tally_of_a_month", {"first_on": dt.date(2026, 3, 2)}),
        ("month_tally_event_known", {"event": "failed"}),
    ],
)
def test_a_wrong_tally_is_refused(name, wrong):
    MonthTally.objects.create(**TALLY)
    with pytest.raises(IntegrityError, match=name):
        MonthTally.objects.create(**(TALLY | wrong))


@pytest.mark.django_db
def test_a_day_is_tallied_once(at):
    TalliedDay.objects.create(on=dt.date(2026, 3, 1), tallied_at=at)
    with pytest.raises(IntegrityError, match="certificates_tallied"):
        TalliedDay.objects.create(on=dt.date(2026, 3, 1), tallied_at=at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("serial_counter_counts_what_was_given", {"counted": 2}),
        ("serial_counter_counts_what_was_given", {"counted_to": 2}),
        ("serial_counter_counted_at", {"counted_at": None}),
    ],
)
def test_no_more_numbers_are_counted_than_were_given(at, name, wrong):
    making.issued(at=at)
    tallies.count_next_numbers(at=at)
    with pytest.raises(IntegrityError, match=name):
        SerialCounter.objects.update(**wrong)
