"""What a cell may hold, and how it is read without guessing: a value that Excel may have changed refuses its row."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from html import escape

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 32_767
"""Characters of a cell, as Excel has it."""
INERT = "=+-@\t\r"
_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")

SENTENCES: dict[str, str | Promise] = {
    "formula": _("A formula is not taken; put in its value."),
    "broken": _("The cell holds an error of the spreadsheet: %(value)s."),
    "made_a_date": _("The spreadsheet has made a date of this. Format the column as text and type it again."),
    "lost_digits": _(
        "It is stored as a number, so digits may be lost. Format the column as text and type it again."
    ),
    "not_a_number": _("“%(value)s” is not a number."),
    "too_exact": _("At most %(places)s decimal places: “%(value)s”."),
    "not_yes_or_no": _("Yes or no is needed here, not “%(value)s”."),
    "cell_too_long": _("A cell holds at most 32,767 characters."),
}


@dataclass(frozen=True)
class Formula:
    text: str


@dataclass(frozen=True)
class Broken:
    text: str


Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | Formula | Broken | None


class BadCell(Exception):  # noqa: N818 - the cell is bad, not the program
    def __init__(self, rule: str, **more: object) -> None:
        self.rule, self.more = rule, more
        super().__init__(rule)


def is_blank(value: Cell) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _sound(value: Cell) -> Cell:
    if isinstance(value, Formula):
        raise BadCell("formula")
    if isinstance(value, Broken):
        raise BadCell("broken", value=value.text[:20])
    if isinstance(value, (dt.date, dt.time)):
        raise BadCell("made_a_date")
    if isinstance(value, str) and len(value) > LONGEST:
        raise BadCell("cell_too_long")
    return value


def plain(value: float | Decimal) -> str:
    """40.0 as 40."""
    if isinstance(value, int):
        return str(value)
    number = Decimal(str(value))
    return str(number.to_integral_value()) if number == number.to_integral_value() else f"{number:f}"


def text(value: Cell) -> str:
    value = _sound(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return plain(value)
    return awake(value).strip()


def code(value: Cell) -> str:
    """References, keys and codes: never from a number, whose zeros and last digits may be gone."""
    value = _sound(value)
    if isinstance(value, (bool, int, float)):
        raise BadCell("lost_digits")
    said = awake(value or "").strip()
    if _SCIENTIFIC.fullmatch(said):
        raise BadCell("lost_digits")
    return said


def html(value: Cell) -> str:
    """Plain text becomes paragraphs; what has tags is HTML already (and is sanitised later)."""
    said = text(value)
    if _TAG.search(said):
        return said
    return "".join(
        f"<p>{escape(line.strip(), quote=False)}</p>" for line in said.splitlines() if line.strip()
    )


def number(value: Cell, *, times: int = 1) -> int:
    """A number `times` whose tenfold or hundredfold is whole: 40.0 hours are 400 tenths."""
    value = _sound(value)
    said = value if not isinstance(value, str) else value.strip().replace("，", ",").removeprefix("¥")
    try:
        if isinstance(said, bool):
            raise BadCell("not_a_number", value=str(value))
        found = Decimal(str(said).replace(",", ""))
    except InvalidOperation:
        raise BadCell("not_a_number", value=str(value)[:40]) from None
    if not found.is_finite() or abs(found) > 10**12:
        raise BadCell("not_a_number", value=str(value)[:40])
    scaled = round(found * times, 6)
    if scaled != scaled.to_integral_value():
        raise BadCell("too_exact", places=len(str(times)) - 1, value=str(value)[:40])
    return int(scaled)


def hours(value: Cell) -> int:
    return number(value, times=10)


def fen(value: Cell) -> int:
    return number(value, times=100)


def minutes(value: Cell) -> int:
    return number(value) * 60


YES = {"是", "yes", "y", "true", "1", "有", "对"}
NO = {"否", "no", "n", "false", "0", "无", "错", ""}


def yes_no(value: Cell) -> bool:
    said = text(value).casefold()
    if said not in YES | NO:
        raise BadCell("not_yes_or_no", value=said[:20])
    return said in YES


def words(value: Cell) -> tuple[str, ...]:
    """Several, divided by commas, semicolons or spaces of either script."""
    return tuple(sorted({part for part in re.split(r"[,，;；、\s]+", text(value)) if part}))


def asleep(value: Cell) -> Cell:
    """As it may be written into a file that somebody opens in a spreadsheet: nothing in it is computed."""
    if isinstance(value, (Formula, Broken)):
        value = value.text
    if isinstance(value, str) and value and (value[0] in INERT or value[0] == "'"):
        return "'" + value
    return value


def awake(value: str) -> str:
    """The text behind `asleep`."""
    return value[1:] if value[:1] == "'" and value[1:2] and value[1] in INERT + "'" else value


Reader = Callable[[Cell], object]
