"""Whoever is invited: who sees it, accepts, declines, ends it; and what the employer sees of it, and when."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from learners import tasks
from learners.models import Enrolment, Invitation
from learners.selectors import rosters as selectors
from learners.services import enrolment as enrolments
from learners.services import intake
from learners.services import invitations as services
from learners.workflow import INVITATION_MOVES, InvitationState
from portal import moves
from portal.accounts import services as accounts
from portal.accounts.models import SentMessage
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from portal.notices.models import Notice
from portal.notices.tasks import deliver_due_notices
from tests import factories
from tests.learners import staff_files, study
from tests.learners.staff_files import csv, row, upload

pytestmark = pytest.mark.django_db
DAY, PHONE = dt.timedelta(days=1), "+8613812340000"


@pytest.fixture(autouse=True)
def course(at):
    return study.publish(at)


@pytest.fixture
def boss():
    return factories.staff(Role.EMPLOYER)


@pytest.fixture
def person(at):
    """Has had an account before anybody invites them; with another phone than the employer knows."""
    return factories.learner(staff_files.NAME, number=row(0)[1], at=at - DAY)


@pytest.fixture
def invitation(boss, person, at):
    return staff_files.invited(row(0, group="veteran"), by=boss, at=at)[0]


def seen(boss):
    return [(it.name, it.progress) for it in selectors.members(selectors.staff_visible_to(boss))]


def test_whoever_has_an_account_is_enrolled_only_after_they_agree(invitation, person, boss, at):
    assert not Enrolment.objects.exists()
    assert seen(boss) == [(staff_files.NAME, "no_agreement")]
    (it,) = selectors.invitations_described(person)
    assert (it.row, it.is_open, bool(it.group)) == (invitation, True, True)
    done = services.accept_invitation(invitation, person, at=at)
    assert (done.enrolment.user, done.consent_version != "") == (person, True)
    assert seen(boss) == [(staff_files.NAME, "enrolled")]
    with pytest.raises(IllegalMove):
        services.accept_invitation(invitation, person, at=at)


def test_whoever_has_an_account_is_told_there_and_no_other_phone_rings(
    invitation, person, boss, at, moving_clock
):
    assert tasks.tell_invited() == 1
    assert tasks.tell_invited() == 0
    notice = Notice.objects.get(kind="staff.invited")
    assert notice.user == person
    assert "安全用电𠮷入门" in notice.words_zh
    assert not SentMessage.objects.exists()
    deliver_due_notices()
    assert SentMessage.objects.get().to_masked == person.masked_phone


def test_an_account_without_a_name_yet_is_told_by_its_phone(boss, at, moving_clock):
    unnamed = factories.user()
    unnamed.phone = PHONE
    unnamed.save()
    staff_files.invited(row(0), by=boss, at=at)
    assert tasks.tell_invited() == 1
    assert Notice.objects.get(kind="staff.invited").user == unnamed


def test_a_phone_of_somebody_else_gives_nothing_away(boss, at, moving_clock):
    """Its holder is registered with another name: an SMS as to any phone, and nothing on their pages."""
    other = factories.learner("赵·𠮷", at=at - DAY)
    other.phone = PHONE
    other.save()
    staff_files.invited(row(0), by=boss, at=at)
    assert tasks.tell_invited() == 1
    assert not Notice.objects.exists()
    assert selectors.invitations_described(other) == []


def test_the_employer_sees_three_words_and_nothing_after_the_end(invitation, person, boss, at):
    enrolment = services.accept_invitation(invitation, person, at=at - 9 * DAY).enrolment
    study.learn(enrolment, at=at)
    assert seen(boss) == [(staff_files.NAME, "learning")]
    study.sit(enrolment, at=at)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="completed", completed_at=at)
    assert seen(boss) == [(staff_files.NAME, "completed")]
    assert selectors.figures(boss) == {"no_agreement": 0, "enrolled": 0, "learning": 0, "completed": 1}
    services.end_invitation(invitation, by=person, at=at)
    assert seen(boss) == [(staff_files.NAME, "no_agreement")]
    assert Enrolment.objects.get().state == "completed"


def test_leaving_the_employer_ends_it(invitation, person, boss, at):
    services.accept_invitation(invitation, person, at=at)
    services.end_invitation(selectors.member_visible_to(boss, invitation.pk), by=boss, at=at)
    assert seen(boss) == [(staff_files.NAME, "no_agreement")]
    assert not selectors.invitations_described(person)
    assert Enrolment.objects.get().state == "active"
    assert Entry.objects.get(action="invitation.ended").detail["for"] == person.pk


def test_who_declined_is_not_told_apart_and_not_asked_again(invitation, person, boss, at):
    silent = staff_files.invited(row(0), row(1), by=boss, at=at)[1]
    services.decline_invitation(invitation, person, at=at)
    members = selectors.members(selectors.staff_visible_to(boss))
    assert {(it.progress, it.may_leave) for it in members} == {("no_agreement", True)}
    assert upload(csv(row(0, phone="13800009999")), by=boss, at=at).counts == {"unchanged": 1}
    for it in (invitation, silent):
        services.end_invitation(it, by=boss, at=at)
    assert upload(csv(row(0)), by=boss, at=at).counts == {"new": 1}


def test_without_an_account_one_signs_up_with_that_phone_and_registers(boss, at):
    staff_files.invited(row(0), by=boss, at=at)
    person = factories.user(at=at + DAY)
    person.phone = "+86" + row(0)[2]
    person.save()
    assert selectors.is_awaited(person)
    assert not selectors.invitations_described(person)
    accounts.register_real_name(
        person,
        name=staff_files.NAME,
        number=row(0)[1],
        province=factories.province(),
        agreed=True,
        at=at + DAY,
    )
    assert not selectors.is_awaited(person)
    assert len(selectors.invitations_described(person)) == 1


def test_neither_the_phone_nor_the_number_alone_redeems_it(boss, at):
    (invitation,) = staff_files.invited(row(0), by=boss, at=at)
    other_phone = factories.learner(staff_files.NAME, number=row(0)[1], at=at + DAY)
    other_number = factories.learner("王五", number=row(1)[1], at=at - DAY)
    other_number.phone = "+86" + row(0)[2]
    other_number.save()
    for person in (other_phone, other_number):
        with pytest.raises(Http404):
            selectors.invitation_visible_to(person, invitation.pk)


def test_seats_days_and_earlier_courses_hold(invitation, person, boss, at):
    manager = factories.staff(Role.PROVIDER_MANAGER)
    intake.set_intake("GZ-S1", by=manager, at=at, seats=1)
    first = enrolments.enrol(factories.learner(number=row(3)[1]), "GZ-S1", at=at)
    with pytest.raises(intake.CourseFull):
        services.accept_invitation(invitation, person, at=at)
    invitation.refresh_from_db()
    assert invitation.state == "open"
    enrolments.withdraw(first, by=first.user, at=at)
    intake.set_intake("GZ-S1", by=manager, at=at, opens_on=(at + 2 * DAY).date())
    with pytest.raises(intake.NotOpenYet):
        services.accept_invitation(invitation, person, at=at)
    before = study.publish(at, code="GZ-S2")
    intake.set_intake("GZ-S1", by=manager, at=at, prerequisites=[before.code])
    with pytest.raises(intake.PrerequisiteMissing):
        services.accept_invitation(invitation, person, at=at)
    intake.set_intake("GZ-S1", by=manager, at=at)
    services.accept_invitation(invitation, person, at=at)


def test_whoever_is_enrolled_already_stays_so(invitation, person, boss, at):
    held = enrolments.enrol(person, "GZ-S1", at=at)
    assert services.accept_invitation(invitation, person, at=at).enrolment == held
    enrolments.withdraw(held, by=person, at=at)
    assert seen(boss) == [(staff_files.NAME, "not_enrolled")]


def test_another_employer_sees_and_ends_nothing(invitation, boss, at):
    other = factories.staff(Role.EMPLOYER, code="510000")
    assert seen(other) == []
    with pytest.raises(Http404):
        selectors.member_visible_to(other, invitation.pk)


def test_invitations_lapse_and_people_are_forgotten_together(invitation, person, boss, at, moving_clock):
    silent = staff_files.invited(row(0, group="veteran"), row(1), row(2), by=boss, at=at)[1]
    services.decline_invitation(invitation, person, at=at)
    moving_clock.at = at + 89 * DAY
    tasks.forget_staff()
    assert len(seen(boss)) == 3
    moving_clock.at = at + 90 * DAY
    assert tasks.forget_staff() == 3
    assert tasks.forget_staff() == 0
    assert seen(boss) == []
    silent.refresh_from_db()
    assert (silent.state, silent.name, silent.phone, silent.person_index) == ("lapsed", "", "", None)
    assert upload(csv(row(0)), by=boss, at=at + 90 * DAY).counts == {"new": 1}


def test_what_was_agreed_to_is_not_forgotten(invitation, person, boss, at, moving_clock):
    services.accept_invitation(invitation, person, at=at)
    moving_clock.at = at + 200 * DAY
    tasks.forget_staff()
    assert seen(boss) == [(staff_files.NAME, "enrolled")]


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_constraints_of_an_invitation(invitation, person, at):
    update = Invitation.objects.filter(pk=invitation.pk).update
    enrolment = enrolments.enrol(person, "GZ-S1", at=at)
    agreed = {"accepted_at": at, "enrolment": enrolment, "user": person, "consent_version": "1"}
    refused("invitation_accepted_with_its_enrolment", lambda: update(accepted_at=at))
    refused("invitation_accepted_with_its_enrolment", lambda: update(**agreed | {"consent_version": ""}))
    refused("invitation_accepted_at_a_moment", lambda: update(state="accepted", tell_at=None))
    refused("invitation_ended_when_over", lambda: update(state="declined", tell_at=None))
    refused("invitation_told_only_while_open", lambda: update(state="accepted", tell_at=at, **agreed))
    refused("invitation_forgotten_as_a_whole", lambda: update(person_index=None))
    refused("does not go from|known", lambda: update(state="nonsense"))
    refused("nobody else's", lambda: update(course_code="X"))
    twin = Invitation.objects.get(pk=invitation.pk)
    twin.pk, twin.uid = None, "00000000-0000-0000-0000-000000000001"
    refused("invitation_one_live", twin.save)
    twin.state, twin.ended_at, twin.tell_at = "lapsed", at, None
    refused("begins as open", twin.save)


def test_every_cell_of_the_table_of_moves():
    for step, move in INVITATION_MOVES.items():
        for state in set(InvitationState.values) - move.sources:
            with pytest.raises(IllegalMove):
                moves.check(INVITATION_MOVES, step, state)
