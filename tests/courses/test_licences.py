"""Dated licences: decided for today or later, never for a day that is past; what counts follows by itself."""

import datetime as dt
from itertools import product

import pytest
from django.db import DatabaseError, transaction

from courses import services
from courses.models import Course, Licence, Notice
from courses.selectors import subsidy_standing
from courses.selectors.providers import licence_of, standings
from courses.services import licences
from courses.tasks import apply_due_licences, refresh_subsidised
from courses.workflow import LICENCE_MOVES
from portal import moves
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)
DAY = dt.timedelta(days=1)
TOMORROW = TODAY + DAY
PATHS = {
    "none": (),
    "listed": ("list",),
    "probation": ("put_on_probation",),
    "suspended": ("list", "suspend"),
    "removed": ("list", "suspend", "remove"),
}


@pytest.fixture
def second(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="second keeper")


@pytest.fixture
def decide(provider, guizhou, keeper, at):
    def make(step="list", *, on=TODAY, by=None, province=None, when=None, reason="核验通过"):
        return services.decide(
            provider,
            province or guizhou,
            step,
            effective_on=on,
            reason=reason,
            by=by or keeper,
            at=when or at,
        )

    return make


@pytest.fixture
def walked(decide, second, at):
    """The provider in a state, one decision a day until yesterday."""

    def make(state):
        path = PATHS[state]
        for place, step in enumerate(path):
            when = at - DAY * (len(path) - place)
            decide(
                step, on=when.astimezone(dt.UTC).date(), when=when, by=second if step == "remove" else None
            )

    return make


@pytest.fixture
def offered(publish_course):
    """A published course that is offered for the subsidy."""
    course = publish_course()
    Course.objects.filter(pk=course.pk).update(for_subsidy=True)
    course.refresh_from_db()
    return course


def state_on(provider, province, day):
    found = licence_of(provider.pk, province.pk, on=day)
    return found.state if found else "none"


def shown(course):
    return Course.objects.values_list("subsidised", flat=True).get(pk=course.pk)


# -- deciding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "step"), list(product(PATHS, LICENCE_MOVES)))
def test_every_cell_of_the_table(provider, guizhou, walked, decide, second, state, step):
    walked(state)
    move = LICENCE_MOVES[step]
    if state in move.sources:
        assert decide(step, by=second).state == move.target
        assert state_on(provider, guizhou, TODAY) == move.target
    else:
        with pytest.raises(moves.IllegalMove):
            decide(step, by=second)
        assert state_on(provider, guizhou, TODAY) == state


def test_a_decision_ends_the_one_before_it_on_the_day_before(provider, guizhou, decide, at):
    first = decide(when=at - DAY * 30, on=TODAY - DAY * 30)
    decide("suspend", on=TOMORROW, reason="抽查发现替学")
    first.refresh_from_db()
    assert (first.valid_to, first.ended_at) == (TODAY, at)
    assert [state_on(provider, guizhou, TODAY + DAY * n) for n in (-31, -30, 0, 1, 300)] == [
        "none", "listed", "listed", "suspended", "suspended",
    ]  # fmt: skip


def test_what_is_decided_is_told_and_recorded(provider, guizhou, decide, keeper, at):
    made = decide(reason="  𠮷林核验通过 ")
    entry = Entry.objects.get(action="licence.decided")
    assert (entry.by, entry.reason, entry.chain_id) == (keeper, "𠮷林核验通过", guizhou.pk)
    notice = Notice.objects.get()
    assert notice.organisation == provider
    assert notice.words_zh == "贵州：贵机构的名单状态自 2026-03-16 起为“已列入”。原因：𠮷林核验通过"
    assert notice.words_en == "Your licence in Guizhou is “Listed” from 2026-03-16 on: 𠮷林核验通过"
    assert made.applied_at == at


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"on": TODAY - DAY}, licences.PastDay),
        ({"on": TODAY + DAY * 400}, licences.TooFar),
        ({"reason": " \u3000"}, licences.ReasonMissing),
        ({"step": "remove"}, moves.IllegalMove),
    ],
)
def test_what_is_refused_changes_nothing(decide, change, refusal):
    with pytest.raises(refusal):
        decide(**change)
    assert not Licence.objects.exists()
    assert not Notice.objects.exists()


def test_a_day_that_has_begun_under_a_decision_keeps_it(decide):
    decide()
    with pytest.raises(licences.DayDecided):
        decide("suspend")
    assert decide("suspend", on=TOMORROW).state == "suspended"


def test_a_later_decision_replaces_what_was_planned(provider, guizhou, decide):
    decide()
    planned = decide("suspend", on=TODAY + DAY * 5)
    decide("put_on_probation", on=TODAY + DAY * 3)
    planned.refresh_from_db()
    assert planned.was_dropped
    assert [state_on(provider, guizhou, TODAY + DAY * n) for n in (2, 3, 5)] == [
        "listed", "probation", "probation",
    ]  # fmt: skip


def test_a_planned_decision_can_be_called_off(provider, guizhou, decide, keeper, at):
    first = decide()
    planned = decide("suspend", on=TOMORROW)
    after = decide("remove", on=TODAY + DAY * 9, by=factories.staff(Role.PROVINCE_CATALOGUE))
    dropped = services.call_off(planned, reason="查无实据", by=keeper, at=at + dt.timedelta(hours=1))
    first.refresh_from_db()
    after.refresh_from_db()
    assert dropped.was_dropped
    assert after.was_dropped
    assert first.valid_to is None
    assert state_on(provider, guizhou, TODAY + DAY * 30) == "listed"
    assert Notice.objects.first().kind == "called_off"
    with pytest.raises(licences.TookEffect):
        services.call_off(dropped, reason="再来一次", by=keeper, at=at)
    later = at + dt.timedelta(hours=2)
    with pytest.raises(licences.ReasonMissing):
        services.call_off(decide("suspend", on=TOMORROW, when=later), reason=" ", by=keeper, at=later)


def test_what_has_taken_effect_cannot_be_called_off(decide, keeper, at):
    made = decide()
    with pytest.raises(licences.TookEffect):
        services.call_off(made, reason="手误", by=keeper, at=at)


def test_who_suspended_does_not_remove(walked, decide, second):
    walked("suspended")
    with pytest.raises(licences.SecondPersonNeeded):
        decide("remove")
    assert decide("remove", by=second).state == "removed"


def test_another_province_has_a_licence_of_its_own(provider, guizhou, sichuan, decide):
    decide()
    decide("put_on_probation", province=sichuan)
    assert state_on(provider, guizhou, TODAY) == "listed"
    assert state_on(provider, sichuan, TODAY) == "probation"


# -- what the database itself refuses -------------------------------------------------------------------------------


def refused(name, act):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


def row(provider, guizhou, keeper, at, **fields):
    told = {
        "organisation": provider,
        "province": guizhou,
        "state": "listed",
        "valid_from": TODAY,
        "reason": "核验",
        "decided_at": at,
        "decided_by": keeper,
    }
    return Licence.objects.create(**told | fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("day of its decision", {"valid_from": TODAY - DAY}),
        ("open end", {"valid_to": TODAY, "ended_at": "2026-03-16T03:00Z"}),
        ("does not go from none to suspended", {"state": "suspended"}),
        ("does not go", {"state": "none"}),
        ("licence_has_reason", {"reason": ""}),
        ("licence_document_is_whole", {"document_key": "papers/x.pdf"}),
    ],
)
def test_a_licence_that_breaks_a_rule(provider, guizhou, keeper, at, name, fields):
    refused(name, lambda: row(provider, guizhou, keeper, at, **fields))


def test_two_states_on_one_day_are_refused(provider, guizhou, keeper, at):
    row(provider, guizhou, keeper, at)
    refused(
        "licence_one_a_day", lambda: row(provider, guizhou, keeper, at, state="probation", valid_from=TODAY)
    )
    refused(
        "licence_one_a_day",
        lambda: row(provider, guizhou, keeper, at, state="probation", valid_from=TOMORROW),
    )


def test_days_that_are_past_stand(provider, guizhou, keeper, second, at):
    made = row(provider, guizhou, keeper, at)
    rows = Licence.objects.filter(pk=made.pk)
    later = {"ended_at": at + DAY * 10, "ended_by": keeper}
    ten = TODAY + DAY * 10
    for change in (
        {"state": "probation"},
        {"valid_from": TODAY - DAY},
        {"reason": "别的"},
        {"decided_by": second},
        {"valid_to": ten - DAY * 2, **later},
        {"valid_to": TODAY - DAY, **later},
        {"ended_at": at, "ended_by": keeper},
    ):
        refused("days that are past stand", lambda change=change: rows.update(**change))
    refused("licence_ended_at_with_by", lambda: rows.update(valid_to=ten, ended_at=later["ended_at"]))
    refused("days that are past stand", lambda: rows.update(valid_to=ten))
    refused("days that are past stand", rows.delete)
    assert rows.update(valid_to=ten - DAY, **later) == 1
    refused("days that are past stand", lambda: rows.update(valid_to=ten, ended_at=at + DAY * 12))
    assert rows.update(valid_to=None, ended_at=at + DAY * 10) == 1


def test_applied_is_set_once_and_not_before_the_decision(provider, guizhou, keeper, at):
    rows = Licence.objects.filter(pk=row(provider, guizhou, keeper, at).pk)
    refused("licence_applied_after_decided", lambda: rows.update(applied_at=at - DAY))
    rows.update(applied_at=at)
    refused("days that are past stand", lambda: rows.update(applied_at=at + DAY))


def test_the_database_wants_a_second_person_too(provider, guizhou, walked, keeper, at):
    walked("suspended")
    current = Licence.objects.in_force(TODAY)
    current.update(valid_to=TODAY - DAY, ended_at=at, ended_by=keeper)
    refused("somebody else", lambda: row(provider, guizhou, keeper, at, state="removed"))


@pytest.mark.parametrize(("state", "target"), list(product(PATHS, PATHS)))
def test_the_database_holds_the_same_table(provider, guizhou, walked, second, keeper, at, state, target):
    walked(state)
    Licence.objects.in_force(TODAY).update(valid_to=TODAY - DAY, ended_at=at, ended_by=keeper)
    legal = any(state in move.sources and move.target == target for move in LICENCE_MOVES.values())
    insert = lambda: row(provider, guizhou, second, at, state=target)  # noqa: E731
    if legal:
        assert insert().state == target
    else:
        refused(f"does not go from {state} to {target}", insert)


# -- does an enrolment count? ---------------------------------------------------------------------------------------


def test_each_reason_has_its_sentence(offered, decide, walked, keeper, at):
    assert subsidy_standing(offered, on=TODAY).codes == ("provider_none",)
    offered.for_subsidy = False
    standing = subsidy_standing(offered, on=TODAY)
    assert not standing.counts
    assert standing.codes == ("not_for_subsidy", "provider_none")
    assert standing.reasons[0][1] == "课程不提供补贴。"
    offered.for_subsidy = True
    decide()
    assert subsidy_standing(offered, on=TODAY) == licences_standing(counts=True)
    suspended = services.suspend(offered, by=keeper, at=at, reason="抽查")
    assert subsidy_standing(suspended, on=TODAY).codes == ("course_suspended",)


def licences_standing(*, counts, codes=()):
    from courses.selectors import Standing

    return Standing(counts, codes)


@pytest.mark.parametrize(
    ("state", "counts", "code"),
    [
        ("none", False, "provider_none"),
        ("listed", True, ""),
        ("probation", True, "provider_probation"),
        ("suspended", False, "provider_suspended"),
        ("removed", False, "provider_removed"),
    ],
)
def test_the_licence_of_the_day_decides(offered, walked, state, counts, code):
    walked(state)
    standing = subsidy_standing(offered, on=TODAY)
    assert (standing.counts, standing.code) == (counts, code)


def test_the_licence_is_that_of_the_course_s_province(offered, decide, sichuan):
    decide(province=sichuan)
    assert subsidy_standing(offered, on=TODAY).code == "provider_none"


def test_many_courses_cost_what_one_does(offered, publish_course, django_assert_num_queries):
    publish_course("GZ-0002")
    rows = list(Course.objects.all())
    with django_assert_num_queries(2):
        assert len(standings(rows, on=TODAY)) == 2


# -- what the catalogue filters by ----------------------------------------------------------------------------------


def test_the_catalogue_follows_a_decision_of_today_at_once(offered, decide, at):
    assert not shown(offered)
    decide()
    assert shown(offered)
    decide("suspend", on=TOMORROW)
    assert shown(offered)
    assert not services.apply_next_due(at=at)
    assert services.apply_next_due(at=at + DAY)
    assert not shown(offered)
    assert not services.apply_next_due(at=at + DAY)


def test_the_tasks_may_run_twice(offered, decide, at, monkeypatch):
    decide()
    decide("suspend", on=TOMORROW)
    monkeypatch.setattr("portal.clock.now", lambda: at + DAY)
    assert apply_due_licences() == 1
    assert apply_due_licences() == 0
    Course.objects.update(subsidised=True)
    assert refresh_subsidised() == 1
    assert refresh_subsidised() == 0
    assert not shown(offered)


def test_a_dropped_decision_never_takes_effect(offered, decide, keeper, at):
    decide()
    services.call_off(decide("suspend", on=TOMORROW), reason="查无实据", by=keeper, at=at)
    assert not services.apply_next_due(at=at + DAY * 2)
    assert shown(offered)


def test_publishing_and_suspending_a_course_show_at_once(offered, decide, keeper, at):
    decide()
    services.suspend(offered, by=keeper, at=at, reason="抽查")
    assert not shown(offered)
    assert services.resume(offered, by=keeper, at=at, reason="已整改").subsidised
    assert shown(offered)


def test_refreshing_goes_in_chunks(offered, publish_course, decide, at, monkeypatch):
    monkeypatch.setattr(licences, "CHUNK", 1)
    publish_course("GZ-0002")
    decide()
    Course.objects.update(for_subsidy=True, subsidised=False)
    assert services.refresh_subsidised(at=at) == 2
