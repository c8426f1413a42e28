"""A list of staff as an enterprise fills it in: its columns, and each row judged by itself. Nothing is kept here."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import groups, numbers
from portal.accounts.services import BadName, plain_name
from portal.sheets import cells
from portal.sheets.cells import BadCell, Cell, is_blank
from portal.sheets.reading import Line, format_of, lines, refuse
from portal.sheets.tables import Column, Table, table

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 5_000
_LONGEST: Final = 200
"""Characters that are kept of a cell of a wrong row."""


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


@dataclass
class Entry:
    """A row: what was typed, what it means as far as it is sound, and what is wrong in it."""

    number: int
    typed: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)
    troubles: list[dict[str, object]] = field(default_factory=list)

    def wrong(self, column: str, rule: str, **more: object) -> None:
        """`more` never repeats what was typed."""
        self.troubles.append({"column": column, "rule": rule, "more": more})


def sentence(trouble: dict[str, object]) -> str:
    """What is wrong, in the reader's language, after the heading of its column."""
    said = str(SENTENCES[trouble["rule"]]) % trouble["more"]
    column = next((column for column in COLUMNS if column.name == trouble["column"]), None)
    return f"{column.heading}: {said}" if column else said


def entries(file: BinaryIO, name: str, *, on: dt.date) -> Iterator[Entry]:
    """Every filled row below the headings. Raises BadFile, also on the way."""
    form = format_of(file, name)
    if form not in ("xlsx", "csv"):
        raise refuse("broken")
    rows = lines(file, form)
    head = next((line for line in rows if not line.is_blank), None)
    if head is None:
        raise refuse("no_headings")
    found = table(head, COLUMNS)
    for line in rows:
        if not line.is_blank:
            yield _entry(line, found, on=on)


def _entry(line: Line, found: Table, *, on: dt.date) -> Entry:
    cells_of = {column.name: found.cell(line, column.name) for column in COLUMNS}
    entry = Entry(line.number, {name: _as_typed(cell) for name, cell in cells_of.items()})
    for column in COLUMNS:
        cell = cells_of[column.name]
        if is_blank(cell):
            if column.needed:
                entry.wrong(column.name, "missing")
            continue
        try:
            entry.said[column.name] = _READ[column.name](str(column.value(cell)), on)
        except BadCell as bad:
            entry.wrong(column.name, bad.rule, **({"value": ""} if "value" in bad.more else {}))
        except numbers.BadNumber as bad:
            entry.wrong(column.name, bad.code)
        except BadName:
            entry.wrong(column.name, "bad_name")
        except KeyError:
            entry.wrong(column.name, "unknown_group")
    return entry


def _as_typed(cell: Cell) -> str:
    text = "" if cell is None else str(getattr(cell, "text", cell))
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()[:_LONGEST]


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
