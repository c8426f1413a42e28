"""The bank's answer in the format of a template: its answers, and what is wrong with it, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from subsidies.bank import delimited, fixed, pain, workbook
from subsidies.bank.cells import answer_of, frame_problem, plain
from subsidies.bank.rows import LONGEST_ID, MOST_BYTES, MOST_ROWS, Answer, Group, Problem
from subsidies.bank.template import Answers, Column, Template

_FRAME_ROWS = 3


@dataclass(frozen=True)
class Read:
    """What a file says. `group` stands for all lines where the bank refused the order as a whole."""

    answers: list[Answer]
    problems: list[Problem]
    group: Group | None = None


@dataclass(frozen=True)
class _Row:
    number: int
    cells: list[str] | None
    """None for a row that is cut."""


def read_answers(template: Template, content: bytes) -> Read:
    """A problem with row 1 concerns the whole file."""
    if len(content) > MOST_BYTES:
        return Read([], [Problem(1, "too_large")])
    if template.kind == "iso20022":
        return Read(*pain.read(content))
    rows = {"csv": _delimited, "fixed": _fixed, "xlsx": _workbook}[template.kind](template, content)
    if isinstance(rows, Problem):
        return Read([], [rows])
    rows = [row for row in rows if row.cells is None or any(cell.strip() for cell in row.cells)]
    if not rows or len(rows) > MOST_ROWS + _FRAME_ROWS:
        return Read([], [Problem(1, "too_large" if rows else "empty")])
    return _table(template, rows)


def _decoded(content: bytes, encoding: str) -> str | None:
    codecs = {"any": ("utf-8-sig", "gb18030"), "utf-8-bom": ("utf-8-sig",), "utf-8": ("utf-8-sig",)}
    for codec in codecs.get(encoding, (encoding,)):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _delimited(template: Template, content: bytes) -> list[_Row] | Problem:
    text = _decoded(content, template.answers.encoding)
    if text is None:
        return Problem(1, "not_text")
    found = delimited.rows_of(text, template.delimiter)
    if found is None:
        return Problem(1, "not_csv")
    return [_Row(number, cells) for number, cells in enumerate(found, 1)]


def _workbook(template: Template, content: bytes) -> list[_Row] | Problem:
    found = workbook.rows_of(content)
    if found is None:
        return Problem(1, "not_xlsx")
    most = max(
        len(part) for part in (template.answers.columns, template.answers.header, template.answers.trailer)
    )
    rows = []
    for number, cells in enumerate(found, 1):
        told = [*cells[:most], *[""] * (most - len(cells))]
        if any(cell is None for cell in told):
            return Problem(number, "formula")
        rows.append(_Row(number, told))
    return rows


def _fixed(template: Template, content: bytes) -> list[_Row] | Problem:
    answers = template.answers
    text = _decoded(content, answers.encoding)
    if text is None:
        return Problem(1, "not_text")
    codec = "gb18030" if answers.encoding == "any" and not _is_utf8(content) else answers.encoding
    codec = "utf-8" if codec in ("any", "utf-8-bom") else codec
    raw = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n")
    while raw and not raw[-1].strip():
        raw.pop()
    last = len(raw)
    rows = []
    for number, line in enumerate(raw, 1):
        columns = answers.columns
        if answers.header and number == 1:
            columns = answers.header
        elif answers.trailer and number == last:
            columns = answers.trailer
        rows.append(_Row(number, fixed.cells_of(line, columns, codec)))
    return rows


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _framed(
    rows: list[_Row], answers: Answers
) -> tuple[list[_Row], list[tuple[_Row, Sequence[Column]]]] | Problem:
    """The rows between header and trailer, and those two."""
    frames = []
    if len(rows) < bool(answers.header) + bool(answers.trailer) + answers.heading:
        return Problem(1, "empty")
    if answers.header:
        frames.append((rows[0], answers.header))
        rows = rows[1:]
    if answers.trailer:
        frames.append((rows[-1], answers.trailer))
        rows = rows[:-1]
    for row, columns in frames:
        if row.cells is None or len(_trimmed(row.cells, columns)) != len(columns):
            return Problem(row.number, "cut")
    return rows, frames


def _trimmed(cells: list[str], columns: Sequence[Column]) -> list[str]:
    """Without the empty cells that a spreadsheet hangs on a short row."""
    return cells[: len(columns)] if not any(cells[len(columns) :]) else cells


def _headed(columns: Sequence[Column], row: _Row) -> list[str] | Problem:
    """The fields in the order of the bank's own heading, by title or by name."""
    by_title = {plain(column.title).lower(): column.field for column in columns if column.field != "skip"}
    known = {column.field for column in columns if column.field != "skip"}
    told = [plain(cell).lower() for cell in row.cells or []]
    heading = [by_title.get(cell, cell if cell in known else "skip") for cell in told]
    wanted = [column.field for column in columns if column.field != "skip"]
    if missing := [name for name in wanted if heading.count(name) != 1]:
        return Problem(1, "columns", ", ".join(missing))
    return heading


def _table(template: Template, rows: list[_Row]) -> Read:
    answers = template.answers
    framed = _framed(rows, answers)
    if isinstance(framed, Problem):
        return Read([], [framed])
    rows, frames = framed
    heading: list[str] | Problem = [column.field for column in answers.columns]
    if answers.heading:
        heading = _headed(answers.columns, rows[0])
        rows = rows[1:]
    if isinstance(heading, Problem):
        return Read([], [heading])
    shared = _of_frames(frames)
    found: list[Answer] = []
    problems: list[Problem] = []
    for row in rows:
        if row.cells is None or len(row.cells) != len(heading):
            problems.append(Problem(row.number, "cut"))
            continue
        cells = shared | {name: plain(cell) for name, cell in zip(heading, row.cells, strict=True)}
        one = answer_of(row.number, cells, template)
        (found if isinstance(one, Answer) else problems).append(one)
    if not problems:
        problems += _disagreements(template, frames, found)
    if not found and not problems:
        problems.append(Problem(1, "empty"))
    return Read(found, problems)


def _of_frames(frames: list[tuple[_Row, Sequence[Column]]]) -> dict[str, str]:
    for row, columns in frames:
        for column, cell in zip(columns, _trimmed(row.cells, columns), strict=True):
            if column.field == "batch":
                return {"batch": plain(cell)[:LONGEST_ID]}
    return {}


def _disagreements(
    template: Template, frames: list[tuple[_Row, Sequence[Column]]], found: list[Answer]
) -> list[Problem]:
    told = []
    for row, columns in frames:
        cells = [plain(cell) for cell in _trimmed(row.cells, columns)]
        problem = frame_problem(row.number, columns, cells, template, found)
        if problem is not None:
            told.append(problem)
    return told
