"""Two administrators decide about one provider at the same moment."""

import datetime as dt

from courses import services
from courses.models import Course, Licence
from courses.services import licences
from portal.accounts.roles import Role
from tests import factories
from tests.learners import study

TODAY = dt.date(2026, 3, 16)
DAY = dt.timedelta(days=1)


def test_two_decide_at_once(together, at):
    province, keepers = factories.province(), [factories.staff(Role.PROVINCE_CATALOGUE) for _ in range(2)]
    provider = factories.organisation()
    services.decide(
        provider, province, "list", effective_on=TODAY - DAY, reason="核验", by=keepers[0], at=at - DAY
    )
    steps = ("suspend", "put_on_probation")

    def act(n):
        return services.decide(
            provider, province, steps[n], effective_on=TODAY, reason="同时", by=keepers[n], at=at
        )

    outcomes = together(act)
    assert [type(one) for one in outcomes].count(Licence) == 1, outcomes
    assert any(isinstance(one, licences.DayDecided) for one in outcomes), outcomes
    assert Licence.objects.in_force(TODAY).count() == 1


def test_a_decision_and_a_step_of_a_course_do_not_wait_for_each_other(together, at):
    """Each locks its courses before it changes the first one."""
    province, keeper = factories.province(), factories.staff(Role.PROVINCE_CATALOGUE)
    courses = [study.publish(at - DAY, code=f"GZ-S{n}", subsidised=True) for n in range(2)]
    provider = courses[0].organisation

    def act(n):
        if n:
            return services.suspend(courses[1], by=keeper, at=at, reason="同时")
        return services.decide(
            provider, province, "suspend", effective_on=TODAY, reason="同时", by=keeper, at=at
        )

    outcomes = together(act)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert not Course.objects.filter(subsidised=True).exists()
