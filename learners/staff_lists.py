"""A list of staff as an enterprise fills it in: its columns, and each row judged by itself. Nothing is kept here."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import groups, numbers
from portal.accounts.services import BadName, plain_name
from portal.sheets import cells
from portal.sheets import entries as rows
from portal.sheets.cells import BadCell
from portal.sheets.entries import Entry
from portal.sheets.tables import Column

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 5_000


COLUMNS: Final = (
    Column("name", _("Name"), help=_("As on the resident ID."), example="买买提·艾力", needed=True),
    Column(
        "number",
        _("Resident ID number"),
        cells.code,
        _("18 characters. Format the column as text, or the last digits are lost."),
        "52010219900307XXXX",
        needed=True,
    ),
    Column(
        "phone",
        _("Mobile phone number"),
        help=_("The person's own: the invitation goes there, and they sign up with it."),
        example="138 0000 0000",
        needed=True,
    ),
    Column(
        "course",
        _("Course code"),
        cells.code,
        _("As it stands on the page of the course."),
        "GZ-DEMO",
        needed=True,
    ),
    Column(
        "group",
        pgettext_lazy("column", "Key group"),
        help=_("Optional. Code or name; the person is asked to prove it, nothing is declared for them."),
    ),
)
SENTENCES: Final = {
    **cells.SENTENCES,
    **numbers.SENTENCES,
    "missing": _("This must be filled in."),
    "bad_name": BadName.message,
    "unknown_course": _("There is no course with this code in which somebody could enrol."),
    "enrolment_closed": _("Enrolment in this course is over."),
    "unknown_group": _("There is no such key group. Take its code or its name, or leave the cell empty."),
    "twice": _("The same person stands in row %(first)s for the same course already."),
    "phone_twice": _("Row %(first)s gives the same phone number for another person."),
}


def sentence(trouble: dict[str, object]) -> str:
    """What is wrong, in the reader's language, after the heading of its column."""
    return rows.sentence(trouble, COLUMNS, SENTENCES)


def entries(file: BinaryIO, name: str, *, on: dt.date) -> Iterator[Entry]:
    """Every filled row below the headings. Raises BadFile, also on the way."""
    return rows.entries(file, name, COLUMNS, lambda column, text: _meaning(column, text, on))


def _meaning(column: str, text: str, on: dt.date) -> str:
    """Raises BadCell."""
    try:
        return _READ[column](text, on)
    except numbers.BadNumber as bad:
        raise BadCell(bad.code) from None
    except BadName:
        raise BadCell("bad_name") from None
    except KeyError:
        raise BadCell("unknown_group") from None


def _group(text: str) -> str:
    """Raises KeyError for a group that is not known."""
    known = {group.code.casefold(): code for code, group in groups.groups().items()}
    for code, group in groups.groups().items():
        known |= {group.name_zh: code, group.name_en.casefold(): code}
    return known[text.casefold()]


_READ: Final = {
    "name": lambda text, _on: plain_name(text),
    "number": lambda text, on: numbers.resident_id(text, on=on).number,
    "phone": lambda text, _on: numbers.phone(text),
    "course": lambda text, _on: text.upper(),
    "group": lambda text, _on: _group(text),
}
