"""A list of consent codes as an employer pastes or uploads it: a code in each line, and a name behind it if one likes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from certificates import codes
from portal.sheets import cells
from portal.sheets.cells import BadCell, Cell
from portal.sheets.reading import format_of, lines, refuse

MOST_BYTES = 2 * 1024 * 1024
_LONGEST = 80
"""Characters that are kept of what was typed."""

_DIVIDED = re.compile(r"[,，;；\t]")


@dataclass(frozen=True)
class Asked:
    """A line as typed. Without a name no name is compared."""

    number: int
    code: str
    name: str = ""


def from_text(text: str) -> list[Asked]:
    """Code and name divided by a comma, a semicolon or a tabulator."""
    rows = ((number, _DIVIDED.split(line, maxsplit=1)) for number, line in enumerate(text.splitlines(), 1))
    return list(_asked((number, parts[0], (parts[1:] or [""])[0]) for number, parts in rows))


def from_file(file: BinaryIO, name: str) -> list[Asked]:
    """The first two columns of .xlsx, .csv or plain text. Raises BadFile."""
    form = "csv" if (found := format_of(file, name)) == "gift" else found
    if form not in ("xlsx", "csv"):
        raise refuse("broken")
    rows = ((line.number, *(*line.cells, None, None)[:2]) for line in lines(file, form))
    return list(
        _asked((number, _read(cells.code, code), _read(cells.text, person)) for number, code, person in rows)
    )


def _read(reader: cells.Reader, cell: Cell) -> str:
    """What is no text is no code and no name; it is answered as one that was mistyped."""
    try:
        return str(reader(cell))
    except BadCell:
        return "?"


def _asked(rows: Iterable[tuple[int, str, str]]) -> Iterator[Asked]:
    """Without blank lines, and without a heading."""
    first = True
    for number, code, name in rows:
        if not code.strip() and not name.strip():
            continue
        if not (first and _is_heading(code)):
            yield Asked(number, _plain(code), _plain(name))
        first = False


def _is_heading(code: str) -> bool:
    """No digit, and not as long as a code: one code in 400 is of letters alone."""
    return not any(c.isdigit() for c in code) and len(codes.plain(code)) != codes.CONSENT_LENGTH


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:_LONGEST]
