"""A draft that other threads can see."""

import datetime as dt

from courses import services
from courses.models import Course, Occupation
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories


def committed_draft(at: dt.datetime) -> tuple[Course, list[User]]:
    people = [factories.staff(Role.PROVIDER_MANAGER, name=f"editor {n}") for n in range(2)]
    course = services.create_course(
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(code="6-18-02-04").first(),
        certificate_kind="completion",
        level=None,
        title_zh="两个人一起写",
        hours=1,
        delivery="video",
        by=people[0],
        at=at,
    )
    return course, people
