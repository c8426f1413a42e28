"""Opening a table that somebody sent: bounded in size, columns, rows and nesting, whatever the file claims to be."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.cell.read_only import EmptyCell

from portal.rules import RuleBroken
from portal.sheets.cells import Broken, Cell, Formula, is_blank

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_UNPACKED = 200 * 1024 * 1024
MOST_STRINGS = 48 * 1024 * 1024
"""Of the shared strings of a workbook, which lie in memory as a whole."""
MOST_PARTS = 500
MOST_RATIO = 400
_LOOK = 4096


class BadFile(RuleBroken):
    """The file as a whole cannot be taken."""

    code = "bad_file"
    message = _("The file cannot be read. Save it as .xlsx or .csv and try again.")


SENTENCES = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than 20 MB. Divide it."),
    "bomb": _("The file unpacks to more than a workbook of this size can hold. It was not opened."),
    "macros": _("The file holds macros. Save it as a workbook without macros (.xlsx)."),
    "old_excel": _("This is the old .xls format. Save it as .xlsx."),
    "doctype": _("The file brings an XML document type along. That is not taken."),
    "broken": _("The file is damaged or not what its name says. Save it as .xlsx or .csv and try again."),
    "rows": _("At most 20,000 rows at a time. Divide the file."),
    "encoding": _("The text of the file is neither UTF-8 nor GB 18030."),
    "csv": _("Row %(row)s of the CSV file has a cell that is too long or is not closed by a quotation mark."),
    "no_headings": _("The first row must hold the headings. Take the template."),
    "unknown_headings": _("These headings are not known: %(headings)s. Take the template."),
    "missing_headings": _("These headings are missing: %(headings)s. Take the template."),
    "headings_twice": _("These headings stand there twice: %(headings)s."),
    "nothing_in_it": _("There is no row below the headings."),
    "not_moodle": _("This is not a Moodle XML file of questions."),
    "wrong_kind": _("Courses come as .xlsx or .csv; questions also as Moodle XML or GIFT."),
    "given_up": _("Working through the file failed three times. Tell the people who run the system."),
    "no_draft": _("The course has no draft that may be changed. Open one first."),
    "gone": _("The uploaded file is no longer there."),
    "cleared": _("The file and its rows were removed on %(day)s. The counts stay."),
}


def refuse(rule: str, **more: object) -> BadFile:
    """The refusal of a file, with the rule and what its sentence needs in `details`."""
    return BadFile(str(SENTENCES[rule]) % more, code=f"file_{rule}", rule=rule, more=more)


@dataclass(frozen=True)
class Line:
    """A row as the spreadsheet numbers it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        return all(map(is_blank, self.cells))


def format_of(file: BinaryIO, name: str) -> str:
    """`xlsx`, `csv`, `moodle` or `gift`, by content; the name only tells text from text. Raises BadFile."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if not size:
        raise refuse("empty")
    if size > MOST_BYTES:
        raise refuse("too_large")
    file.seek(0)
    head = file.read(_LOOK)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        _look_into(file)
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("old_excel")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<?xml", b"<quiz", b"<!DOCTYPE", b"<!--")):
        return "moodle"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse("broken")
    return "gift" if name.lower().endswith((".gift", ".txt")) else "csv"


def _look_into(file: BinaryIO) -> None:
    """Before anything unpacks it: sizes as declared (more is never read), macros, document types. Raises BadFile."""
    try:
        with zipfile.ZipFile(file) as parts:
            infos = parts.infolist()
            names = {info.filename for info in infos}
            if any("vbaProject" in name or name.startswith("xl/macrosheets/") for name in names):
                raise refuse("macros")
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise refuse("broken")
            packed = sum(info.compress_size for info in infos)
            unpacked = sum(info.file_size for info in infos)
            strings = sum(info.file_size for info in infos if "sharedStrings" in info.filename)
            if (
                len(infos) > MOST_PARTS
                or unpacked > MOST_UNPACKED
                or strings > MOST_STRINGS
                or unpacked > max(packed, 1024) * MOST_RATIO
            ):
                raise refuse("bomb")
            for info in infos:
                if info.filename.endswith((".xml", ".rels", ".vml")):
                    with parts.open(info) as part:
                        refuse_doctype(part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as broken:
        raise refuse("broken") from broken
    file.seek(0)


class _RootReached(Exception):  # noqa: N818 - good news
    pass


def refuse_doctype(part: BinaryIO) -> None:
    """Read XML up to its root element: a document type would stand before it. Raises BadFile."""

    def begun(*_args: object) -> None:
        raise _RootReached

    def typed(*_args: object) -> None:
        raise refuse("doctype")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = typed
    try:
        while block := part.read(_LOOK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except _RootReached:
        return
    except expat.ExpatError as broken:
        raise refuse("broken") from broken


def _value(cell: object) -> Cell:
    if isinstance(cell, EmptyCell) or cell.value is None:
        return None
    if cell.data_type == "f":
        return Formula(str(getattr(cell.value, "text", cell.value)))
    if cell.data_type == "e":
        return Broken(str(cell.value))
    value = cell.value
    return value if isinstance(value, Cell) else str(value)


def _xlsx(file: BinaryIO) -> Iterator[Line]:
    """The first sheet. Of merged cells the first has the value, the others are blank."""
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
                yield Line(number, tuple(map(_value, row)))
    except BadFile:
        raise
    except Exception as broken:  # a library that reads strangers' files raises whatever it meets
        raise refuse("broken") from broken


def decoded(file: BinaryIO) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GB 18030. Raises BadFile."""
    content = file.read(MOST_BYTES + 1)
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse("encoding")


def _csv(file: BinaryIO) -> Iterator[Line]:
    text = decoded(file)
    first = text[:_LOOK].split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    number = 0
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 1
        ):
            cells = (Formula(cell) if cell[:1] == "=" else cell for cell in row[:MOST_COLUMNS])
            yield Line(number, tuple(cells))
    except csv.Error as broken:
        raise refuse("csv", row=number + 1) from broken


def lines(file: BinaryIO, form: str) -> Iterator[Line]:
    """Every row, blank ones too, of the first sheet. Raises BadFile, also on the way."""
    file.seek(0)
    filled = 0
    for line in _xlsx(file) if form == "xlsx" else _csv(file):
        filled += not line.is_blank
        if filled > MOST_ROWS + 1:
            raise refuse("rows")
        yield line
