from learners.models import Enrolment
from learners.services import enrolment as services
from tests import factories
from tests.learners import study


def test_two_pages_enrol_at_once(together, at):
    course, person = study.publish(at), factories.learner()

    outcomes = together(lambda _: services.enrol(person, course.code, at=at), 4)

    assert Enrolment.objects.count() == 1
    assert sum(isinstance(row, Enrolment) for row in outcomes) == 1
    assert sum(isinstance(row, services.AlreadyEnrolled) for row in outcomes) == 3


def test_leaving_twice_at_once(together, at):
    row = study.enrolled(at)
    outcomes = together(lambda _: services.withdraw(row, by=row.user, at=at), 3)
    assert {done.state for done in outcomes} == {"withdrawn"}
