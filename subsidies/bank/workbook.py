"""A workbook of one sheet. Every cell is a text, whatever it begins with: nothing in it is computed.

It is written here and not by a library, whose way to write long sheets puts full names and account numbers into a file of
the machine on the way.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from xml.sax.saxutils import escape

import openpyxl

from portal.sheets.reading import BadFile, format_of
from subsidies.bank.cells import table_rows
from subsidies.bank.rows import MOST_ROWS, Order, Payment
from subsidies.bank.template import MOST_COLUMNS, Template

_AT_ONCE = 1 << 16
_LONGEST_TITLE = 31
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _row(cells: Sequence[str]) -> bytes:
    told = "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>' for cell in cells
    )
    return f"<row>{told}</row>".encode()


def _book(title: str) -> str:
    sheet = f'<sheet name="{escape(title[:_LONGEST_TITLE])}" sheetId="1" r:id="rId1"/>'
    return f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{sheet}</sheets></workbook>'


def lines(template: Template, order: Order, payments: Iterable[Payment]) -> Iterator[bytes]:
    """The payment file. The same rows give the same bytes. Raises Unwritable."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in {**_PARTS, "xl/workbook.xml": _book(order.batch)}.items():
            parts.writestr(_entry(name), _HEAD + text)
        with parts.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetData>'.encode())
            for row in table_rows(template, order, payments):
                sheet.write(_row(row))
            sheet.write(b"</sheetData></worksheet>")
    out.seek(0)
    while block := out.read(_AT_ONCE):
        yield block


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _text(cell: object) -> str | None:
    """A cell as a text; None for a formula or an error of the spreadsheet."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if cell.data_type in ("f", "e", "d", "b"):
        return None
    if isinstance(value, (int, float)):
        number = Decimal(str(value))
        return (
            f"{number:f}".rstrip("0").rstrip(".")
            if number != number.to_integral_value()
            else str(int(number))
        )
    return str(value)


def rows_of(content: bytes) -> list[list[str | None]] | None:
    """The rows of the first sheet; None where it is no workbook."""
    file = io.BytesIO(content)
    try:
        if format_of(file, "answer.xlsx") != "xlsx":
            return None
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = []
            for row in sheet.iter_rows(max_col=MOST_COLUMNS):
                rows.append([_text(cell) for cell in row])
                if len(rows) > MOST_ROWS + 10:
                    return rows
    except BadFile:
        return None
    except Exception:  # noqa: BLE001 - a library that reads strangers' files raises whatever it meets
        return None
    return rows
