"""What is written and what is read, whatever the format. Amounts are integer fen."""

import datetime as dt
import re
from dataclasses import dataclass

MOST_BYTES = 120_000_000
MOST_ROWS = 200_000
LONGEST_ID = 64
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)
_FEN = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True)
class Order:
    """A batch in figures, for headers, trailers and groups."""

    batch: str
    made_at: dt.datetime
    count: int
    total_fen: int


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
    """`fen` is None where the format lets the bank leave the amount out. `result` is paid, returned or pending."""

    row: int
    batch: str
    line_no: int
    answer_id: str
    fen: int | None
    result: str
    reason: str


@dataclass(frozen=True)
class Group:
    """A reject of the whole order: all lines come back for one reason."""

    batch: str
    answer_id: str
    reason: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row (1: the heading, or the file as a whole), as a code; `subsidies.bankwords` has the words."""

    row: int
    code: str
    value: str = ""


class Unwritable(Exception):  # noqa: N818 - says what the file is
    """Lines that the bank's format cannot carry: `problems`, by line number."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{problem.row}: {problem.code}" for problem in problems[:5]))
        self.problems = problems


def yuan(fen: int) -> str:
    """Integer fen as plain yuan with two decimals: 192000 is 1920.00."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen_of(text: str, unit: str = "yuan") -> int | None:
    """Integer fen of an amount as a bank writes it; None where it is none."""
    if unit == "fen":
        return int(text) if _FEN.fullmatch(text) else None
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))
