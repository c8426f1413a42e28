"""From a payment to the texts of its columns, and from a bank's texts to an answer."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from subsidies.bank.rows import LONGEST_ID, Answer, Order, Payment, Problem, Unwritable, fen_of, yuan
from subsidies.bank.template import Column, Template

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_LINE = re.compile(r"\d{1,10}", re.ASCII)
_LONGEST_REASON = 200


def inert(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _money(fen: int, template: Template) -> str:
    return str(fen) if template.amount == "fen" else yuan(fen)


def _date(order: Order, template: Template) -> str:
    form = template.date.replace("YYYY", "%Y").replace("MM", "%m").replace("DD", "%d")
    return order.made_at.strftime(form)


def payment_cells(template: Template, order: Order, payment: Payment) -> list[str]:
    told = {
        "batch": payment.batch,
        "line_no": str(payment.line_no),
        "fund": payment.fund,
        "holder": payment.holder,
        "account": payment.account,
        "bank": payment.bank,
        "amount": _money(payment.fen, template),
        "claim": payment.claim,
        "date": _date(order, template),
    }
    return [column.text if column.field == "text" else told[column.field] for column in template.columns]


def frame_cells(template: Template, order: Order, columns: Sequence[Column]) -> list[str]:
    """The cells of a header or trailer line."""
    told = {
        "batch": order.batch,
        "count": str(order.count),
        "total": _money(order.total_fen, template),
        "date": _date(order, template),
    }
    return [column.text if column.field == "text" else told[column.field] for column in columns]


def flaw(template: Template, cells: Sequence[str], row: int) -> Problem | None:
    """Why a line cannot be written: never a question mark in place of a name."""
    for cell in cells:
        if not cell.isprintable():
            return Problem(row, "control_character")
        try:
            cell.encode(template.codec)
        except UnicodeEncodeError as lacking:
            return Problem(row, "no_such_character", f"U+{ord(cell[lacking.start]):04X}")
    return None


def sound(
    template: Template,
    order: Order,
    payments: Iterable[Payment],
    flawed: Callable[[Template, Sequence[str], int], Problem | None] = flaw,
) -> Iterator[list[str]]:
    """The cells of each payment. Raises Unwritable at the end where some cannot be written; after the first, none is given."""
    wrong: list[Problem] = []
    for payment in payments:
        cells = payment_cells(template, order, payment)
        problem = flawed(template, cells, payment.line_no)
        if problem is not None:
            wrong.append(problem)
        elif not wrong:
            yield cells
    if wrong:
        raise Unwritable(wrong)


def table_rows(template: Template, order: Order, payments: Iterable[Payment]) -> Iterator[list[str]]:
    """Header, heading, payments, trailer."""
    if template.header:
        yield frame_cells(template, order, template.header)
    if template.heading:
        yield [column.title for column in template.columns]
    yield from sound(template, order, payments)
    if template.trailer:
        yield frame_cells(template, order, template.trailer)


def plain(cell: str) -> str:
    """As a person meant it: full-width digits and spaces around are no difference."""
    return unicodedata.normalize("NFKC", cell).strip()


def answer_of(row: int, cells: Mapping[str, str], template: Template) -> Answer | Problem:
    """One row of the bank's, or what is wrong with it. `cells` are plain, by field."""
    line_no, amount, result = cells["line_no"], cells["amount"], cells["result"].lower()
    if not _LINE.fullmatch(line_no):
        return Problem(row, "bad_line_no", line_no[:LONGEST_ID])
    fen = fen_of(amount, template.amount)
    if not fen:
        return Problem(row, "bad_amount", amount[:LONGEST_ID])
    if result not in template.answers.results:
        return Problem(row, "bad_result", cells["result"][:LONGEST_ID])
    if not 0 < len(cells["answer_id"]) <= LONGEST_ID:
        return Problem(row, "bad_answer_id", cells["answer_id"][:LONGEST_ID])
    outcome = template.answers.results[result]
    if outcome == "returned" and not cells["reason"]:
        return Problem(row, "reason_missing")
    reason = cells["reason"][:_LONGEST_REASON] if outcome == "returned" else ""
    return Answer(row, cells["batch"], int(line_no), cells["answer_id"], fen, outcome, reason)


def frame_problem(
    row: int, columns: Sequence[Column], cells: Sequence[str], template: Template, answers: Sequence[Answer]
) -> Problem | None:
    """Whether a header or trailer of the bank's agrees with the rows: a file that was cut does not."""
    total = sum(answer.fen or 0 for answer in answers)
    for column, cell in zip(columns, cells, strict=True):
        number = cell.lstrip("0") or "0"
        if column.field == "count" and number != str(len(answers)):
            return Problem(row, "count_differs", cell[:LONGEST_ID])
        if column.field == "total" and fen_of(cell or "0", template.amount) != total:
            return Problem(row, "total_differs", cell[:LONGEST_ID])
        if column.field == "text" and column.text and cell != plain(column.text):
            return Problem(row, "unknown_header", cell[:LONGEST_ID])
    return None
