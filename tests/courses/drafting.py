"""A draft that other threads can see, and what stands on the pages of its editor."""

import datetime as dt
import re

from courses import services
from courses.models import Course, Occupation
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories

BASE = "/courses/edit/"


def page_of(*parts):
    return f"{BASE}GZ-0001/" + "".join(f"{part}/" for part in parts)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def fields_of(response):
    """What stands in the editor's form, hidden fields included."""
    form = response.context["form"]
    said = {}
    for name in form.fields:
        value = form[name].value()
        if name == "chapters":
            said |= cells(
                *re.findall(r'name="chapters-(?:moment|zh|en)"\s+value="(.*?)"', response.content.decode())
            )
        elif value is True:
            said[name] = "on"
        elif value is not None and value is not False:
            said[name] = value
    return said


def cells(*typed):
    """The table of chapters, cell by cell: moment, title in Chinese, title in English."""
    return {f"chapters-{name}": list(typed[n::3]) for n, name in enumerate(("moment", "zh", "en"))}


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
