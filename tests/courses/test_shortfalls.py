"""A changed standard: what falls short is found in chunks, gets a deadline, is mended by a new version; the past stays."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from courses import services, tasks
from courses.models import Course, CourseVersion, Recheck, Shortfall
from courses.models.catalogue import WORDS
from courses.selectors.shortfalls import impact_of, overdue, reasons, shortfalls_visible_to
from courses.services import checks
from portal import clock
from portal.accounts.roles import Role
from portal.audit.selectors import history_of
from tests import factories
from tests.courses.conftest import MILD

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 16)
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def published(put_in_force, publish_course, at):
    """Three courses that met the standard of their day; the third is not for the subsidy."""
    put_in_force(**MILD, min_hours="1")
    made = [publish_course(f"GZ-000{n}", for_subsidy=n < 3, hours=1) for n in (1, 2, 3)]
    Recheck.objects.update(due_at=None, ended_at=at)
    return made


@pytest.fixture
def now(monkeypatch, at):
    """The clock of the tasks, to be set."""
    moment = {"at": at}
    monkeypatch.setattr("portal.clock.now", lambda: moment["at"])
    return moment


@pytest.fixture
def new_version(author, keeper, at):
    """A second version of a course, published, with other hours and long enough for them."""

    def make(course, *, hours_tenths, at=at):
        old = course.current_version
        words = {word: getattr(old, word) for word in WORDS} | {"hours_tenths": hours_tenths}
        version = CourseVersion.objects.create(
            course=course, number=2, created_at=at, created_by=author, **words
        )
        course.refresh_from_db()
        lesson = services.add_lesson(
            course, key="live", kind="live", title_zh="直播", planned_seconds=3_000, by=author, at=at
        )
        services.add_question(
            course, kind="true_false", stem_zh="对？", options=[{"key": "A", "zh": "对"}, {"key": "B", "zh": "错"}],
            right={"A"}, lesson=lesson, for_exam=True, by=author, at=at,
        )  # fmt: skip
        services.set_blueprint(
            course, questions=1, pass_mark_percent=60, minutes=10, attempts=3, by=author, at=at
        )
        services.submit(course, by=author, at=at)
        services.publish(course, by=keeper, at=at)
        return CourseVersion.objects.get(pk=version.pk)

    return make


def test_a_new_standard_lists_what_falls_short_with_a_deadline(published, put_in_force, now, at):
    standard = put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    assert (standard.recheck.total, standard.recheck.done) == (2, 0)
    assert tasks.recheck_due_courses() == 2
    rows = Shortfall.objects.order_by("course__code")
    assert [row.course.code for row in rows] == ["GZ-0001", "GZ-0002"]
    assert {row.due_on for row in rows} == {TOMORROW + dt.timedelta(days=90)}
    assert reasons(rows[0]) == ["所报 1 学时，还差 1 学时。"]
    assert Course.objects.published().count() == 3, "what is published stays published"
    entry = history_of("courses.shortfall", rows[0].pk).get()
    assert (entry.action, entry.by, entry.chain_id) == ("shortfall.found", None, "520000")


def test_the_task_runs_twice_and_nothing_more_happens(published, put_in_force, now, at):
    standard = put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    first = list(Shortfall.objects.values())
    assert tasks.recheck_due_courses() == 0
    now["at"] = at + dt.timedelta(days=1)
    assert tasks.recheck_due_courses() == 2, "once more on its first day"
    assert tasks.recheck_due_courses() == 0
    assert list(Shortfall.objects.values()) == first
    run = Recheck.objects.get(standard=standard)
    assert (run.total, run.done, run.short, run.due_at) == (2, 2, 2, None)
    assert [e.action for e in history_of("courses.contentstandard", standard.pk)][-1] == "standard.rechecked"


def test_it_is_worked_off_in_chunks_and_shows_how_far(published, put_in_force, at):
    standard = put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    run = standard.recheck
    assert checks.recheck_some(run.pk, at=at, chunk=1) == 1
    run.refresh_from_db()
    assert (run.done, run.short, run.total, run.ended_at) == (1, 1, 2, None)
    tomorrow = at + dt.timedelta(days=1)
    assert [checks.recheck_some(run.pk, at=tomorrow, chunk=1) for _ in range(3)] == [1, 0, 0]
    run.refresh_from_db()
    assert (run.done, run.ended_at) == (2, tomorrow)


def test_one_that_cannot_go_on_is_put_off_with_its_reason_and_stops_no_other(
    published, put_in_force, now, at, monkeypatch
):
    bad = put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    good = put_in_force(**MILD, min_hours="3", first_day=TOMORROW + dt.timedelta(days=9))
    real = checks.reports_on

    def broken(versions, in_force, *, on):
        if on == TOMORROW:
            raise LookupError
        return real(versions, in_force, on=on)

    monkeypatch.setattr(checks, "reports_on", broken)
    assert tasks.recheck_due_courses() == 2
    run = Recheck.objects.get(standard=bad)
    assert (run.trouble, run.failures, run.due_at) == ("LookupError", 1, at + dt.timedelta(minutes=5))
    assert Shortfall.objects.filter(standard=good).count() == 2


def test_a_course_published_meanwhile_is_held_against_it_on_its_first_day(
    published, put_in_force, publish_course, now, at
):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    late = publish_course("GZ-0009", for_subsidy=True, hours=1)
    now["at"] = at + dt.timedelta(days=1)
    tasks.recheck_due_courses()
    assert late.shortfalls.count() == 1


def test_a_new_version_that_passes_mends_it(published, put_in_force, new_version, now, at):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    version = new_version(published[0], hours_tenths=20)
    row = published[0].shortfalls.get()
    assert (row.mended_at, row.mended_version) == (at, version)
    assert published[1].shortfalls.get().mended_at is None
    assert [e.action for e in history_of("courses.shortfall", row.pk)] == [
        "shortfall.found",
        "shortfall.mended",
    ]


def test_a_new_version_that_passes_today_only_mends_nothing(published, put_in_force, new_version, now, at):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    new_version(published[0], hours_tenths=15)
    assert published[0].shortfalls.get().mended_at is None


def test_from_the_day_after_the_deadline_it_is_overdue_until_it_is_mended(
    published, put_in_force, new_version, now, at
):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    ids = [course.pk for course in published]
    due = TOMORROW + dt.timedelta(days=90)
    assert overdue(ids, due) == set()
    assert overdue(ids, due + dt.timedelta(days=1)) == set(ids[:2])
    later = at + dt.timedelta(days=100)
    now["at"] = later
    new_version(published[0], hours_tenths=20, at=later)
    mended = clock.today(later)
    assert overdue(ids, mended) == {ids[1]}
    assert overdue(ids, mended - dt.timedelta(days=1)) == set(ids[:2]), "yesterday stays as it was"


def test_a_standard_that_is_over_asks_no_more_but_a_deadline_is_not_won_back(
    published, put_in_force, now, at
):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    now["at"] = at + dt.timedelta(days=30)
    third = clock.today(now["at"]) + dt.timedelta(days=1)
    put_in_force(at=now["at"], **MILD, min_hours="3", first_day=third)
    tasks.recheck_due_courses()
    rows = published[0].shortfalls.order_by("found_at")
    assert [row.due_on for row in rows] == [TOMORROW + dt.timedelta(days=90)] * 2
    late = TOMORROW + dt.timedelta(days=91)
    assert overdue([published[0].pk], late) == {published[0].pk}


def test_the_impact_is_known_before_publishing(published, write_standard, at):
    draft = write_standard(**MILD, min_hours="2", first_day=TOMORROW)
    impact = impact_of(draft, at=at)
    assert (impact.total, impact.looked_at, impact.short) == (2, 2, 2)
    mild = impact_of(write_standard(**MILD, min_hours="1", first_day=TOMORROW), at=at)
    assert (mild.looked_at, mild.short) == (2, 0)
    assert not Shortfall.objects.exists()


def test_the_impact_costs_the_same_for_many_courses(
    published, publish_course, write_standard, at, django_assert_num_queries
):
    draft = write_standard(**MILD, min_hours="2", first_day=TOMORROW)
    with django_assert_num_queries(8):
        impact_of(draft, at=at)
    for number in range(4, 8):
        publish_course(f"GZ-000{number}", for_subsidy=True, hours=1)
    with django_assert_num_queries(8):
        assert impact_of(draft, at=at).short == 6


def test_each_sees_their_own(published, put_in_force, provider, now):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    from portal.accounts import services as accounts

    own, other = factories.user("own"), factories.staff(Role.PROVIDER_MANAGER)
    accounts.appoint(own, Role.PROVIDER_MANAGER, by=None, at=factories.AT, organisation=provider)
    counts = {
        person.display_name: shortfalls_visible_to(person).count()
        for person in (
            own,
            other,
            factories.staff(Role.PROVINCE_CATALOGUE, name="here"),
            factories.staff(Role.PROVINCE_CATALOGUE, code="510000", name="there"),
            factories.staff(Role.MINISTRY_REVIEWER, name="nation"),
        )
    }
    assert counts == {"own": 2, "provider_manager": 0, "here": 2, "there": 0, "nation": 2}


def test_a_shortfall_stays_as_it_was_found(published, put_in_force, now, at):
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    row = Shortfall.objects.first()
    rows = Shortfall.objects.filter(pk=row.pk)
    for name, act in (
        ("may only be mended", lambda: rows.update(due_on=TODAY)),
        ("may only be mended", row.delete),
        ("shortfall_mended_by_a_version", lambda: rows.update(mended_at=at)),
        (
            "shortfall_once_per_standard",
            lambda: Shortfall.objects.create(
                course=row.course, province_id="520000", version=row.version, standard=row.standard, findings=[],
                found_at=at, due_on=TODAY,
            ),
        ),
        ("recheck_is_due_or_ended", lambda: Recheck.objects.update(due_at=None, ended_at=None)),
        ("recheck_short_within_done", lambda: Recheck.objects.update(short=9)),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            act()
    rows.update(mended_at=at, mended_version=row.version)
    with pytest.raises(DatabaseError, match="may only be mended"), transaction.atomic():
        rows.update(mended_at=None, mended_version=None)
