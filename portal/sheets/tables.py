"""Columns of a table, and where they stand in somebody's file: in whatever order, under headings of either language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.sheets import cells
from portal.sheets.cells import BadCell, Cell
from portal.sheets.reading import Line, refuse

Choices = Mapping[str, str | Promise]
OURS = (_("Result"), _("What is wrong"))
"""The columns that a returned file has more. In a file that comes again they are not read."""


@dataclass(frozen=True)
class Column:
    """`name` is that of the field it fills. `choices` are said by their code or their label in either language."""

    name: str
    heading: str | Promise
    read: Callable[[Cell], object] = cells.text
    help: str | Promise = ""
    example: str = ""
    needed: bool = False
    choices: Choices = field(default_factory=dict)

    @cached_property
    def codes(self) -> dict[str, str]:
        """The choices by everything one may call them."""
        found = {code: code for code in self.choices}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                found |= {str(label).casefold(): code for code, label in self.choices.items()}
        return found

    def value(self, cell: Cell) -> object:
        """Raises BadCell."""
        found = self.read(cell)
        if not self.choices or found == "":
            return found
        if (code := self.codes.get(str(found).casefold())) is None:
            raise BadCell("bad_choice", value=str(found)[:40], choices=", ".join(self.choices))
        return code


@dataclass(frozen=True)
class Table:
    """Which column of a file holds what."""

    columns: tuple[Column, ...]
    places: dict[str, int]
    headings: tuple[Cell, ...]
    row: int

    def cell(self, line: Line, name: str) -> Cell:
        place = self.places.get(name)
        return line.cells[place] if place is not None and place < len(line.cells) else None


def _plain(heading: object) -> str:
    return "".join(str(heading or "").split()).rstrip("*＊").casefold()


def _known(columns: Iterable[Column]) -> dict[str, str]:
    found = {_plain(column.name): column.name for column in columns}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_plain(column.heading): column.name for column in columns}
            found |= {_plain(heading): "" for heading in OURS}
    return found


def table(line: Line, columns: tuple[Column, ...]) -> Table:
    """The table under these headings, in whatever order and language. Raises BadFile."""
    known = _known(columns)
    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, cell in enumerate(line.cells):
        if cells.is_blank(cell):
            continue
        name = known.get(_plain(cell))
        if name is None:
            unknown.append(str(cell)[:40])
        elif name in places:
            twice.append(str(cell)[:40])
        elif name:
            places[name] = place
    if unknown and not places:
        raise refuse("no_headings")
    if unknown:
        raise refuse("unknown_headings", headings="、".join(unknown[:10]))
    if twice:
        raise refuse("headings_twice", headings="、".join(twice[:10]))
    missing = [str(column.heading) for column in columns if column.needed and column.name not in places]
    if missing:
        raise refuse("missing_headings", headings="、".join(missing))
    return Table(columns, places, line.cells, line.number)
