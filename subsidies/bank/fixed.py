"""Fixed widths, counted in bytes of the encoding, as the hosts of banks count them."""

from collections.abc import Iterable, Iterator, Sequence

from subsidies.bank.cells import flaw, frame_cells, sound
from subsidies.bank.rows import Order, Payment, Problem, Unwritable
from subsidies.bank.template import Column, Template

_AT_ONCE = 1000


def padded(cell: str, column: Column, codec: str) -> bytes | None:
    """The cell in its width; None where it is wider. A name is never cut."""
    raw = cell.encode(codec)
    lacking = column.width - len(raw)
    if lacking < 0:
        return None
    padding = column.pad.encode() * lacking
    return padding + raw if column.align == "right" else raw + padding


def line(cells: Sequence[str], columns: Sequence[Column], template: Template, row: int) -> bytes | Problem:
    parts = []
    for cell, column in zip(cells, columns, strict=True):
        part = padded(cell, column, template.codec)
        if part is None:
            return Problem(row, "too_wide", column.title or column.field)
        parts.append(part)
    return b"".join(parts) + template.line_end.encode()


def flaw_of(template: Template, cells: Sequence[str], row: int) -> Problem | None:
    problem = flaw(template, cells, row)
    if problem is not None:
        return problem
    made = line(cells, template.columns, template, row)
    return made if isinstance(made, Problem) else None


def _frame(template: Template, order: Order, columns: Sequence[Column]) -> bytes:
    if not columns:
        return b""
    made = line(frame_cells(template, order, columns), columns, template, 1)
    if isinstance(made, Problem):
        raise Unwritable([made])
    return made


def lines(template: Template, order: Order, payments: Iterable[Payment]) -> Iterator[bytes]:
    """The payment file, some thousand lines at a time. Raises Unwritable."""
    if template.encoding == "utf-8-bom":
        yield "\ufeff".encode()
    yield _frame(template, order, template.header)
    ready: list[bytes] = []
    for cells in sound(template, order, payments, flaw_of):
        ready.append(line(cells, template.columns, template, 0))
        if len(ready) == _AT_ONCE:
            yield b"".join(ready)
            ready = []
    yield b"".join(ready)
    yield _frame(template, order, template.trailer)


def cells_of(raw: bytes, columns: Sequence[Column], codec: str) -> list[str] | None:
    """The cells of a line by bytes; None where the line is shorter or longer, or a width cuts a character in two."""
    if len(raw) != sum(column.width for column in columns):
        return None
    cells, begin = [], 0
    for column in columns:
        piece = raw[begin : begin + column.width]
        begin += column.width
        try:
            cell = piece.decode(codec)
        except UnicodeDecodeError:
            return None
        cells.append(cell.lstrip(column.pad) if column.align == "right" else cell.rstrip(column.pad))
    return cells
