"""Seats, and an office's decisions, at the same moment."""

from learners.models import Enrolment, WaitingPlace
from learners.selectors import intake as selectors
from learners.services import enrolment as services
from learners.services import intake, key_groups
from portal.accounts.roles import Role
from portal.moves import IllegalMove
from tests import factories
from tests.learners import study


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
