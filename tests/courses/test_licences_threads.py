"""Two administrators decide about one provider at the same moment."""

import datetime as dt

from courses import services
from courses.models import Licence
from courses.services import licences
from portal.accounts.roles import Role
from tests import factories

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
