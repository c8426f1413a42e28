"""Rows that people fill in, each read by itself: what was typed, what it means, what is wrong. Nothing is kept here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from django.utils.functional import Promise

from portal.sheets.cells import BadCell, Cell, is_blank
from portal.sheets.reading import Line, format_of, lines, refuse
from portal.sheets.tables import Column, Table, table

Meaning = Callable[[str, str], str]
"""Column and text → what it means. Raises BadCell."""
_LONGEST: Final = 200
"""Characters that are kept of a cell of a wrong row."""


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


def sentence(
    trouble: Mapping[str, object], columns: Sequence[Column], sentences: Mapping[str, str | Promise]
) -> str:
    """What is wrong, in the reader's language, after the heading of its column."""
    said = str(sentences[str(trouble["rule"])]) % trouble["more"]
    column = next((column for column in columns if column.name == trouble["column"]), None)
    return f"{column.heading}: {said}" if column else said


def entries(file: BinaryIO, name: str, columns: Sequence[Column], meaning: Meaning) -> Iterator[Entry]:
    """Every filled row below the headings of a workbook or a CSV file. Raises BadFile, also on the way."""
    form = format_of(file, name)
    if form not in ("xlsx", "csv"):
        raise refuse("broken")
    rows = lines(file, form)
    head = next((line for line in rows if not line.is_blank), None)
    if head is None:
        raise refuse("no_headings")
    found = table(head, columns)
    for line in rows:
        if not line.is_blank:
            yield _entry(line, found, columns, meaning)


def _entry(line: Line, found: Table, columns: Sequence[Column], meaning: Meaning) -> Entry:
    cells_of = {column.name: found.cell(line, column.name) for column in columns}
    entry = Entry(line.number, {name: _as_typed(cell) for name, cell in cells_of.items()})
    for column in columns:
        cell = cells_of[column.name]
        if is_blank(cell):
            if column.needed:
                entry.wrong(column.name, "missing")
            continue
        try:
            entry.said[column.name] = meaning(column.name, str(column.value(cell)))
        except BadCell as bad:
            entry.wrong(column.name, bad.rule, **({"value": ""} if "value" in bad.more else {}))
    return entry


def _as_typed(cell: Cell) -> str:
    text = "" if cell is None else str(getattr(cell, "text", cell))
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()[:_LONGEST]
