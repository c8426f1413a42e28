"""Files that go back to people: templates to fill, and their own rows with what became of each. Nothing in them is computed."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.sheets.cells import Cell, asleep, yes_no
from portal.sheets.reading import MOST_ROWS, Line
from portal.sheets.tables import OURS, Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
_HEAD = PatternFill("solid", fgColor="E4EEF6")
_WRONG = PatternFill("solid", fgColor="FBE8EF")
_TEXT = "@"
_MOST_LIST = 255
"""Characters of a list of choices that a workbook can hold in the rule itself."""
_AT_ONCE = 500
_UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


@dataclass(frozen=True)
class Outcome:
    """What became of a row, in words."""

    fate: str
    reasons: str = ""


def _heading(column: Column) -> str:
    return f"{column.heading}*" if column.needed else str(column.heading)


def _choices(column: Column) -> list[str]:
    if column.read is yes_no:
        return [_("yes"), _("no")]
    return [str(label) for label in column.choices.values()]


def _example(column: Column) -> str:
    return str(column.choices[column.example]) if column.example in column.choices else column.example


def template_csv(columns: Sequence[Column]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_heading(column) for column in columns)
    writer.writerow(_example(column) for column in columns)
    return out.getvalue().encode("utf-8-sig")


def template_xlsx(columns: Sequence[Column]) -> bytes:
    """Headings, an example, lists to choose from, and a second sheet that explains every column."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("To fill in")
    for place, column in enumerate(columns, 1):
        head = sheet.cell(1, place, _heading(column))
        head.font, head.fill, head.alignment = (
            Font(bold=True),
            _HEAD,
            Alignment(wrap_text=True, vertical="top"),
        )
        sheet.cell(2, place, _example(column))
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 16
        sheet.column_dimensions[letter].number_format = _TEXT
        for row in range(2, 202):
            sheet.cell(row, place).number_format = _TEXT
        _offer(sheet, letter, _choices(column))
    sheet.freeze_panes = "B2"
    _explain(book.create_sheet(_("Columns explained")), columns)
    return _saved(book)


def _offer(sheet: Worksheet, letter: str, choices: list[str]) -> None:
    told = ",".join(choices)
    if not choices or len(told) > _MOST_LIST or any("," in choice for choice in choices):
        return
    rule = DataValidation(type="list", formula1=f'"{told}"', allow_blank=True)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")


def _explain(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.append([_("Column"), _("Needed"), _("What to write"), _("Choices")])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for column in columns:
        needed = _("yes") if column.needed else ""
        sheet.append([str(column.heading), needed, str(column.help), " / ".join(_choices(column))])
    for letter, width in zip("ABCD", (26, 10, 70, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(value: Cell) -> Cell:
    value = asleep(value)
    return value.translate(_UNWRITABLE) if isinstance(value, str) else value


def _rows(
    lines: Iterable[Line], head: int, outcomes: Mapping[int, Outcome]
) -> Iterable[tuple[list[Cell], Outcome | None]]:
    """Every line as it came, at its place, with the outcome and the reasons before it."""
    for line in lines:
        outcome = outcomes.get(line.number)
        if line.number == head:
            first: list[Cell] = [str(heading) for heading in OURS]
        else:
            first = [outcome.fate, outcome.reasons] if outcome else [None, None]
        yield first + [_safe(cell) for cell in line.cells], outcome


def returned_xlsx(lines: Iterable[Line], head: int, outcomes: Mapping[int, Outcome]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Rows"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 12, 60
    for row, outcome in _rows(lines, head, outcomes):
        written = [WriteOnlyCell(sheet, value) for value in row]
        if outcome and outcome.reasons:
            written[0].fill = written[1].fill = _WRONG
        sheet.append(written)
    return _saved(book)


def returned_csv(lines: Iterable[Line], head: int, outcomes: Mapping[int, Outcome]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row, _outcome in _rows(lines, head, outcomes):
        writer.writerow("" if value is None else value for value in row)
    return out.getvalue().encode("utf-8-sig")


def report_csv(rows: Iterable[tuple[int, str, Outcome]]) -> bytes:
    """For files without rows: number, question, outcome, reasons."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("Place in the file"), _("Question"), *(str(heading) for heading in OURS)])
    for number, title, outcome in rows:
        writer.writerow([number, _safe(title), outcome.fate, _safe(outcome.reasons)])
    return out.getvalue().encode("utf-8-sig")


def rows_csv(headings: Sequence[object], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A list of any length, some hundred rows at a time, for a stream."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(str(heading) for heading in headings)
    yield "\ufeff".encode()
    for number, row in enumerate(rows, 1):
        writer.writerow("" if value is None else _safe(value) for value in row)
        if number % _AT_ONCE == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def rows_xlsx(title: str, headings: Sequence[object], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A list as a workbook, for some ten thousand rows at most. Every text is a text, whatever it begins with."""
    return sheets_xlsx([(title, headings, rows)])


def sheets_xlsx(sheets: Iterable[tuple[str, Sequence[object], Iterable[Sequence[Cell]]]]) -> bytes:
    """Several lists, each a sheet of one workbook: (title, headings, rows)."""
    book = Workbook(write_only=True)
    for title, headings, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        heads = [WriteOnlyCell(sheet, str(heading)) for heading in headings]
        for place, head in enumerate(heads, 1):
            head.font, head.fill = Font(bold=True), _HEAD
            sheet.column_dimensions[get_column_letter(place)].width = 22
        sheet.append(heads)
        for row in rows:
            sheet.append([_safe(value) for value in row])
    return _saved(book)
