"""The two papers that pass between the portal and a bank, as CSV: the payment file and the answer file.

Pure functions: no table is touched here. Cells that a spreadsheet would run as a formula are made inert.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

PAYMENT_COLUMNS = ("批次号", "行号", "资金", "户名", "账号", "开户行", "金额", "申领编号")
ANSWER_COLUMNS = {
    "批次号": "batch",
    "行号": "line_no",
    "回单号": "answer_id",
    "金额": "amount",
    "结果": "result",
    "原因": "reason",
}
RESULTS = {"成功": "paid", "paid": "paid", "失败": "returned", "退票": "returned", "returned": "returned"}
MOST_BYTES = 20_000_000
MOST_ROWS = 200_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)
_LINE = re.compile(r"\d{1,7}", re.ASCII)
_LONGEST = 64


@dataclass(frozen=True)
class Payment:
    batch: str
    line_no: int
    fund: str
    holder: str
    account: str
    bank: str
    fen: int
    claim: str


@dataclass(frozen=True)
class Answer:
    row: int
    batch: str
    line_no: int
    answer_id: str
    fen: int
    result: str
    reason: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row (1 is the heading), as a code; see `subsidies.selectors.money.PROBLEMS` for words."""

    row: int
    code: str
    value: str = ""


def inert(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def yuan(fen: int) -> str:
    """Integer fen as plain yuan with two decimals: 192000 is 1920.00."""
    return f"{fen // 100}.{fen % 100:02d}"


def payment_csv(rows: Iterable[Payment]) -> str:
    """The payment file, with a heading and CRLF line ends. The same rows give the same text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(PAYMENT_COLUMNS)
    for row in rows:
        cells = (
            row.batch,
            str(row.line_no),
            row.fund,
            row.holder,
            row.account,
            row.bank,
            yuan(row.fen),
            row.claim,
        )
        writer.writerow([inert(cell) for cell in cells])
    return out.getvalue()


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _fen(text: str) -> int | None:
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _answer(row: int, cells: dict[str, str]) -> Answer | Problem:
    line_no, amount, result = cells["line_no"], cells["amount"], cells["result"].lower()
    if not _LINE.fullmatch(line_no):
        return Problem(row, "bad_line_no", line_no[:_LONGEST])
    fen = _fen(amount)
    if not fen:
        return Problem(row, "bad_amount", amount[:_LONGEST])
    if result not in RESULTS:
        return Problem(row, "bad_result", cells["result"][:_LONGEST])
    if not 0 < len(cells["answer_id"]) <= _LONGEST:
        return Problem(row, "bad_answer_id", cells["answer_id"][:_LONGEST])
    outcome = RESULTS[result]
    if outcome == "returned" and not cells["reason"]:
        return Problem(row, "reason_missing")
    reason = cells["reason"][:200] if outcome == "returned" else ""
    return Answer(row, cells["batch"], int(line_no), cells["answer_id"], fen, outcome, reason)


def read_answers(content: bytes) -> tuple[list[Answer], list[Problem]]:
    """The rows of an answer file and what is wrong with it. UTF-8 or GB 18030; headings in Chinese or English.

    A problem with row 1 concerns the whole file.
    """
    if len(content) > MOST_BYTES:
        return [], [Problem(1, "too_large")]
    text = _decoded(content)
    if text is None or "\x00" in text:
        return [], [Problem(1, "not_text")]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return [], [Problem(1, "not_csv")]
    if not rows or len(rows) > MOST_ROWS:
        return [], [Problem(1, "empty" if not rows else "too_large")]
    heading = [ANSWER_COLUMNS.get(_plain(cell), _plain(cell).lower()) for cell in rows[0]]
    if missing := [name for name in ANSWER_COLUMNS.values() if heading.count(name) != 1]:
        return [], [Problem(1, "columns", ", ".join(missing))]
    answers, problems = [], []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heading):
            problems.append(Problem(number, "cut"))
            continue
        found = _answer(number, {name: _plain(cell) for name, cell in zip(heading, row, strict=True)})
        (answers if isinstance(found, Answer) else problems).append(found)
    if not answers and not problems:
        problems.append(Problem(1, "empty"))
    return answers, problems
