"""Two people publish standards at the same moment."""

import dataclasses
import datetime as dt

from courses.models import Occupation, Recheck
from courses.services.standards import StandardWords, draft_standard, publish_standard
from portal.accounts.roles import Role
from tests import factories

TODAY = dt.date(2026, 3, 16)


def test_two_who_publish_at_once_publish_once(together, at):
    people = [factories.staff(Role.MINISTRY_REVIEWER) for _ in range(3)]
    words = StandardWords(
        province=None,
        occupation=Occupation.objects.get(code="6-18-02-04"),
        certificate_kind="level",
        level=5,
        first_day=TODAY,
        title_zh="标准",
        doc_no="1",
        source="虚构",
        body={"schema": "standard/1"},
    )
    drafts = [draft_standard(words, by=people[0], at=at) for _ in range(2)]
    same = together(lambda n: publish_standard(drafts[0], by=people[n + 1], at=at))
    assert sorted(type(one).__name__ for one in same) == ["ContentStandard", "IllegalMove"]
    other = draft_standard(dataclasses.replace(words, level=4), by=people[0], at=at)
    third = draft_standard(dataclasses.replace(words, level=4), by=people[0], at=at)
    both = together(lambda n: publish_standard([other, third][n], by=people[n + 1], at=at))
    assert sorted(type(one).__name__ for one in both) == ["ContentStandard", "DaysOverlap"]
    assert Recheck.objects.count() == 2
