import datetime as dt

import pytest

from certificates.models import PaperTemplate
from certificates.services import templates
from portal.accounts.roles import Role
from tests import factories
from tests.certificates.test_templates import TOMORROW, drafted


def test_published_by_four_at_once_each_has_its_number_and_its_day(together, at):
    writer = factories.staff(Role.PROVINCE_CATALOGUE)
    people = [factories.staff(Role.PROVINCE_REVIEWER) for _n in range(4)]
    days = [TOMORROW, TOMORROW, TOMORROW + dt.timedelta(days=1), TOMORROW + dt.timedelta(days=2)]
    made = [drafted(writer, at, valid_from=day) for day in days]

    def act(n):
        try:
            return templates.publish(made[n], by=people[n], at=at).number
        except templates.TemplateOnThatDay:
            return 0

    assert sorted(together(act, 4)) == [0, 1, 2, 3]


def test_the_table_is_never_emptied(committed_db, owner_sql):
    with pytest.raises(Exception, match="never emptied"):
        owner_sql("TRUNCATE certificates_papertemplate")
    assert PaperTemplate.objects.count() == 3
