"""Text with a delimiter: CSV and its kin."""

import csv
import io
from collections.abc import Iterable, Iterator

from subsidies.bank.cells import inert, table_rows
from subsidies.bank.rows import Order, Payment
from subsidies.bank.template import Template

_AT_ONCE = 1000


def lines(template: Template, order: Order, payments: Iterable[Payment]) -> Iterator[bytes]:
    """The payment file, some thousand lines at a time. The same rows give the same bytes. Raises Unwritable at its end."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=template.line_end, delimiter=template.delimiter)
    if template.encoding == "utf-8-bom":
        yield "\ufeff".encode()
    for place, cells in enumerate(table_rows(template, order, payments), 1):
        writer.writerow([inert(cell) for cell in cells] if template.inert else cells)
        if place % _AT_ONCE == 0:
            yield _taken(out, template)
    yield _taken(out, template)


def _taken(out: io.StringIO, template: Template) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode(template.codec)


def rows_of(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows of a text; None where it is no such text, or was cut inside a quotation."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter))
    except csv.Error:
        return None
