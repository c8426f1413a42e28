"""Key groups: declared, verified or refused, renewed; whose desk sees them; papers that go away again."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404

from courses import papers
from learners import selectors, tasks
from learners.models import KeyGroupMembership
from learners.selectors import key_groups as desk
from learners.services import key_groups as services
from learners.services.enrolment import NotVerified
from learners.workflow import GROUP_MOVES, GroupState
from portal import moves, numbers
from portal.accounts import services as accounts
from portal.accounts.models import Appointment
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.groups import EDITION, groups, official
from portal.moves import IllegalMove
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def county_desk(county, code="520000"):
    made = factories.user("desk")
    accounts.appoint(
        made, Role.COUNTY_DESK, by=None, at=factories.AT, province=factories.province(code), county=county
    )
    return made


def a_paper(content=b"%PDF-1.7 made up"):
    return SimpleUploadedFile("退役证𠮷.pdf", content)


def test_26_groups_and_background_is_not_offered():
    assert len(groups()) == 26
    codes = {group.code for group in official()}
    assert "migrant_worker" in codes
    assert "poverty_alleviated" in codes
    assert not codes & {"laid_off", "platform_worker", "retired_fisher", "long_term_unemployed_youth"}
    assert groups()["migrant_worker"].sources == ("S13", "S14", "S16")


def test_a_group_counts_once_verified_and_while_valid(at):
    person, office = factories.learner("买买提·𠮷"), factories.staff(Role.PROVINCE_REVIEWER)
    row = services.declare_key_group(person, "migrant_worker", at=at, until=(at + 10 * DAY).date())
    today = at.date()
    assert selectors.key_groups_of(person, today) == frozenset()
    with pytest.raises(services.EvidenceMissing):
        services.verify_key_group(row, by=office, at=at)
    services.verify_key_group(row, by=office, at=at, evidence="户口簿, 街道办")
    services.verify_key_group(row, by=office, at=at + DAY, evidence="again")
    row.refresh_from_db()
    assert (row.verified_at, row.evidence, row.edition) == (at, "户口簿, 街道办", EDITION)
    assert selectors.key_groups_of(person, today) == {"migrant_worker"}
    assert selectors.key_groups_of(person, today + 11 * DAY) == frozenset()
    assert selectors.key_groups_of(person, today - DAY) == frozenset()


def test_groups_are_refused_by_rule(at):
    person = factories.learner()
    with pytest.raises(services.UnknownGroup):
        services.declare_key_group(person, "astronaut", at=at)
    with pytest.raises(NotVerified):
        services.declare_key_group(factories.user(), "veteran", at=at)
    with pytest.raises(services.LastDayFirst):
        services.declare_key_group(person, "veteran", at=at, until=at.date() - DAY)
    with pytest.raises(services.NoDeskThere):
        services.declare_key_group(person, "veteran", at=at, county="520102")
    row = services.declare_key_group(person, "veteran", at=at, evidence="退役证")
    with pytest.raises(services.GroupKnown):
        services.declare_key_group(person, "veteran", at=at)
    for decide in (services.verify_key_group, services.refuse_key_group):
        more = {"reason": "不是本人"} if decide is services.refuse_key_group else {}
        with pytest.raises(services.OwnMembership):
            decide(row, by=person, at=at, **more)
    with pytest.raises(services.LastDayFirst):
        services.verify_key_group(
            row, by=factories.staff(Role.PROVINCE_REVIEWER), at=at, until=at.date() - DAY
        )


def test_a_refusal_has_a_reason_and_the_group_may_be_declared_anew(at):
    person, office = factories.learner(), factories.staff(Role.PROVINCE_REVIEWER)
    row = services.declare_key_group(person, "veteran", at=at, evidence="证")
    with pytest.raises(services.ReasonMissing):
        services.refuse_key_group(row, by=office, at=at, reason=" no ")
    row = services.refuse_key_group(row, by=office, at=at, reason="看不清\x00姓名和日期")
    assert (row.state, row.reason) == (GroupState.REFUSED, "看不清姓名和日期")
    assert Entry.objects.get(action="key_group.refused").reason == row.reason
    with pytest.raises(IllegalMove):
        services.verify_key_group(row, by=office, at=at, evidence="x")
    services.declare_key_group(person, "veteran", at=at, evidence="退役证")
    assert selectors.key_groups_of(person, at.date()) == frozenset()


def test_a_renewal_follows_without_a_gap_and_only_near_the_end(at):
    person, office = factories.learner(), factories.staff(Role.PROVINCE_REVIEWER)
    last = at.date() + 90 * DAY
    first = services.declare_key_group(person, "veteran", at=at, evidence="证", until=last)
    services.verify_key_group(first, by=office, at=at)
    with pytest.raises(services.GroupKnown):
        services.declare_key_group(person, "veteran", at=at + 29 * DAY, evidence="证")
    later = at + 30 * DAY
    second = services.declare_key_group(person, "veteran", at=later, evidence="新证")
    assert (second.renews, second.valid_from) == (first, last + DAY)
    with pytest.raises(services.GroupKnown):
        services.declare_key_group(person, "veteran", at=later, evidence="新证")
    services.verify_key_group(second, by=office, at=later)
    for day in (last, last + DAY):
        assert selectors.key_groups_of(person, day) == {"veteran"}


def test_taking_back_is_for_what_nobody_has_decided(at):
    person, office = factories.learner(), factories.staff(Role.PROVINCE_REVIEWER)
    row = services.declare_key_group(person, "veteran", at=at, evidence="证")
    assert services.take_back_key_group(row, by=person, at=at).state == GroupState.TAKEN_BACK
    row = services.declare_key_group(person, "veteran", at=at, evidence="证")
    services.verify_key_group(row, by=office, at=at)
    with pytest.raises(IllegalMove):
        services.take_back_key_group(row, by=person, at=at)
    with pytest.raises(Http404):
        desk.own_membership(factories.learner(), row.pk)


# -- papers -------------------------------------------------------------------------------------------------------


def test_a_paper_is_scanned_before_the_office_can_fetch_it_and_goes_away_after_the_decision(
    at, moving_clock, django_capture_on_commit_callbacks
):
    from courses.tasks import papers as paper_tasks

    person, office = factories.learner(), factories.staff(Role.PROVINCE_REVIEWER)
    row = services.declare_key_group(person, "veteran", at=at, evidence="退役证", paper=a_paper())
    shown = lambda: desk.described([row], user=office, at=at)[0].paper  # noqa: E731
    assert (shown().state, shown().url) == ("waiting", "")
    paper_tasks.check_due_papers()
    assert shown().url
    services.verify_key_group(row, by=office, at=at)
    assert Entry.objects.get(action="key_group.verified").detail["paper"] == row.document_sha256
    moving_clock.at += 29 * DAY
    assert tasks.forget_group_papers() == 0
    moving_clock.at += DAY
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.forget_group_papers() == 1
    assert tasks.forget_group_papers() == 0
    assert not default_storage.exists(row.document_key)
    row.refresh_from_db()
    assert (row.document_key, row.state) == ("", GroupState.VERIFIED)


def test_what_is_no_paper_is_refused(at):
    with pytest.raises(papers.NotAPaper):
        services.declare_key_group(
            factories.learner(), "veteran", at=at, evidence="证", paper=a_paper(b"MZ\x90")
        )
    assert not KeyGroupMembership.objects.exists()


# -- whose desk ---------------------------------------------------------------------------------------------------


def test_a_countys_desk_sees_its_own_and_those_of_no_county(at):
    here, next_door = county_desk("520102"), county_desk("520103")
    whole, far = county_desk(""), county_desk("", code="510000")
    reviewer, auditor = factories.staff(Role.PROVINCE_REVIEWER), factories.staff(Role.AUDITOR)
    person = factories.learner()
    sent = services.declare_key_group(person, "veteran", at=at, evidence="证", county="520102")
    open_to_all = services.declare_key_group(person, "disabled", at=at, evidence="证")
    seen = lambda user: set(desk.memberships_visible_to(user))  # noqa: E731
    for user in (here, whole, reviewer, auditor):
        assert seen(user) == {sent, open_to_all}
    assert seen(next_door) == {open_to_all}
    assert seen(far) == set()
    assert [desk.may_decide(user, sent) for user in (here, next_door, far, auditor)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert desk.described([sent], user=here, at=at)[0].county == "南明区"


def test_nobody_decides_about_themselves(at):
    person = factories.learner()
    accounts.appoint(person, Role.COUNTY_DESK, by=None, at=at, province=factories.province())
    row = services.declare_key_group(person, "veteran", at=at, evidence="证")
    assert not desk.may_decide(person, row)


def test_names_of_counties():
    assert numbers.county_name("520102") == "南明区"
    assert numbers.county_name("999999") == "999999"


def test_a_county_belongs_to_a_county_desk_of_its_province(at):
    county_desk("520102")
    change = Appointment.objects.update
    for county in ("510104", "5201", "52010x"):
        refused("appointment_county_of_its_province", lambda county=county: change(county=county))
    refused("appointment_county_of_its_province", lambda: change(role=Role.PROVINCE_REVIEWER))


# -- what the database itself refuses -----------------------------------------------------------------------------


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_constraints_of_a_membership(at):
    person, office = factories.learner(), factories.staff(Role.PROVINCE_REVIEWER)
    row = services.declare_key_group(person, "veteran", at=at)
    update = KeyGroupMembership.objects.filter(pk=row.pk).update
    made = lambda **more: KeyGroupMembership.objects.create(  # noqa: E731
        **{
            "user": person, "province_id": "520000", "group": "veteran",
            "valid_from": row.valid_from + DAY, "declared_at": at, **more,
        }
    )  # fmt: skip
    verified = {"state": "verified", "verified_at": at, "evidence": "x"}
    refused("key_group_ends_after_it_begins", lambda: update(valid_to=at.date() - DAY))
    refused("key_group_verified_at_with_by", lambda: update(**verified))
    refused("key_group_verified_by_another", lambda: update(**verified, verified_by=person))
    refused(
        "key_group_verified_on_evidence", lambda: update(**verified | {"evidence": ""}, verified_by=office)
    )
    refused("key_group_verified_by_somebody", lambda: update(state="verified"))
    refused(
        "key_group_refused_with_reason", lambda: update(state="refused", refused_at=at, refused_by=office)
    )
    refused(
        "key_group_refused_by_another",
        lambda: update(state="refused", refused_at=at, refused_by=person, reason="x"),
    )
    refused("key_group_document_is_whole", lambda: update(document_key="papers/x"))
    refused("key_group_one_to_decide", made)
    refused("begins as declared", lambda: made(**verified, verified_by=office))
    refused("does not go|known", lambda: update(state="nonsense"))
    services.verify_key_group(row, by=office, at=at, evidence="x")
    refused("key_group_once", lambda: made(valid_from=row.valid_from))
    refused("does not go from", lambda: update(state="declared", verified_at=None, verified_by=None))


def test_every_cell_of_the_table_of_moves():
    for step, move in GROUP_MOVES.items():
        for state in set(GroupState.values) - move.sources:
            with pytest.raises(IllegalMove):
                moves.check(GROUP_MOVES, step, state)
