"""The payment file of a batch in the format of a template."""

from collections.abc import Iterable, Iterator

from subsidies.bank import delimited, fixed, pain, workbook
from subsidies.bank.cells import flaw, payment_cells
from subsidies.bank.rows import Order, Payment, Problem
from subsidies.bank.template import Template

_FORMATS = {"csv": delimited.lines, "fixed": fixed.lines, "xlsx": workbook.lines, "iso20022": pain.lines}
TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


def payment_file(template: Template, order: Order, payments: Iterable[Payment]) -> Iterator[bytes]:
    """The file, piece by piece. Raises Unwritable, at its end at the latest, with the lines that it cannot carry."""
    return _FORMATS[template.kind](template, order, payments)


def flaw_of(template: Template, order: Order, payment: Payment) -> Problem | None:
    """Why one payment could not be written in this format: asked before it is put into a batch."""
    if template.kind == "iso20022":
        return pain.flaw(payment)
    cells = payment_cells(template, order, payment)
    if template.kind == "fixed":
        return fixed.flaw_of(template, cells, payment.line_no)
    return flaw(template, cells, payment.line_no)
