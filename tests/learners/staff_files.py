"""Lists of staff, as enterprises send them. Numbers are made up (see tests/data/README.md)."""

import io

from openpyxl import Workbook

from learners.models import Invitation
from learners.services import rosters
from learners.staff_lists import COLUMNS
from tests import factories

NAME = "买买提·𠮷"


def row(place=0, *, course="GZ-S1", name=NAME, number=None, phone=None, group=""):
    return [name, number or factories.ADULT_IDS[-1 - place], phone or f"1381234{place:04}", course, group]


def csv(*rows, headings=("name", "number", "phone", "course", "group")):
    text = "\r\n".join(",".join(line) for line in [headings, *rows])
    return io.BytesIO(text.encode("utf-8-sig"))


def xlsx(*rows):
    book, out = Workbook(), io.BytesIO()
    for line in [[str(column.heading) for column in COLUMNS], *rows]:
        book.active.append(line)
    book.save(out)
    out.seek(0)
    return out


def upload(file, *, by, at, name="staff.csv", organisation=None):
    return rosters.upload_roster(
        file, name=name, organisation=organisation or factories.enterprise(), by=by, at=at
    )


def work(*, at):
    while rosters.apply_some(at=at):
        pass


def invited(*rows, by, at):
    """Invitations from a list that was uploaded, applied and worked through."""
    roster = upload(csv(*rows), by=by, at=at)
    rosters.apply_roster(roster, by=by, at=at)
    work(at=at)
    return list(Invitation.objects.order_by("pk"))
