"""Seats, and an office's decisions, at the same moment."""

from learners.models import Enrolment, HelpSession, Invitation, PlaySession, WaitingPlace
from learners.selectors import intake as selectors
from learners.services import county_help as help_at_desk
from learners.services import enrolment as services
from learners.services import intake, invitations, key_groups, rosters, time
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from tests import factories
from tests.learners import lessons, staff_files, study


def test_the_last_seat_is_given_once(together, at):
    course = study.publish(at)
    intake.set_intake(course.code, by=factories.staff(Role.PROVIDER_MANAGER), at=at, seats=2)
    people = [factories.learner() for _ in range(6)]
    outcomes = together(lambda n: services.enrol(people[n], course.code, at=at), 6)
    assert sum(isinstance(one, Enrolment) for one in outcomes) == 2
    assert sum(isinstance(one, intake.CourseFull) for one in outcomes) == 4
    assert selectors.seats_taken(course.code) == 2


def test_two_leave_while_two_wait_and_one_comes(together, at):
    course = study.publish(at)
    intake.set_intake(course.code, by=factories.staff(Role.PROVIDER_MANAGER), at=at, seats=2)
    rows = [services.enrol(factories.learner(), course.code, at=at) for _ in range(2)]
    for _ in range(2):
        services.await_seat(factories.learner(), course.code, at=at)
    newcomer = factories.learner()

    def act(n):
        if n < 2:
            return services.withdraw(rows[n], by=rows[n].user, at=at)
        if n < 4:
            return intake.tend_line(course.code, at=at)
        return services.enrol(newcomer, course.code, at=at)

    outcomes = together(act, 5)
    assert [one for one in outcomes if isinstance(one, Exception)] == [outcomes[4]]
    assert isinstance(outcomes[4], intake.CourseFull)
    assert WaitingPlace.objects.offered().count() == 2


def test_two_offices_decide_once(together, at):
    person = factories.learner()
    offices = [factories.staff(Role.PROVINCE_REVIEWER) for _ in range(2)]
    row = key_groups.declare_key_group(person, "veteran", at=at, evidence="证")

    def decide(n):
        if n:
            return key_groups.refuse_key_group(row, by=offices[n], at=at, reason="看不清姓名")
        return key_groups.verify_key_group(row, by=offices[n], at=at)

    outcomes = together(decide, 2)
    assert sum(isinstance(one, IllegalMove) for one in outcomes) == 1


def test_two_answers_to_an_invitation_are_one(together, at):
    study.publish(at)
    person = factories.learner(staff_files.NAME, number=staff_files.row(0)[1], at=at)
    (asked,) = staff_files.invited(staff_files.row(0), by=factories.staff(Role.EMPLOYER), at=at)
    outcomes = together(lambda _n: invitations.accept_invitation(asked, person, at=at), 4)
    assert sum(isinstance(one, Invitation) for one in outcomes) == 1
    assert sum(isinstance(one, IllegalMove) for one in outcomes) == 3
    assert Enrolment.objects.count() == 1


def test_two_workers_invite_everybody_once(together, at):
    study.publish(at)
    boss = factories.staff(Role.EMPLOYER)
    roster = staff_files.upload(staff_files.csv(*map(staff_files.row, range(9))), by=boss, at=at)
    rosters.apply_roster(roster, by=boss, at=at)
    together(lambda _n: [rosters.apply_some(at=at) for _ in range(3)], 3)
    staff_files.work(at=at)
    assert Invitation.objects.count() == 9
    roster.refresh_from_db()
    assert (roster.state, roster.done) == ("applied", 9)


def test_no_player_opens_while_help_begins(together, at):
    """Without the lock that both take, one of four rounds or so leaves a live session under open help."""
    helpers = [factories.staff(Role.COUNTY_DESK) for _ in range(4)]
    film = lessons.version(at)
    learning = [lessons.learning(at, of=film) for _ in range(4)]
    for helper, it in zip(helpers, learning, strict=True):
        asked, code = help_at_desk.ask_with_phone(it.user.phone, by=helper, at=at)
        act = (
            lambda: help_at_desk.prove_presence(asked, code, by=helper, at=at),  # noqa: B023 - run at once
            lambda: time.open_session(it.enrolment, it.facts("film"), by=it.user, at=at),  # noqa: B023
        )
        together(lambda n: act[n % 2](), 4)  # noqa: B023
        assert HelpSession.objects.get(pk=asked.pk).state == "open"
        assert not PlaySession.objects.filter(user=it.user, state="live").exists()
