"""The tables of the reports in the reader's words, for the page and the files."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from portal.accounts import selectors as accounts
from portal.money import yuan
from portal.templatetags import zhixun
from subsidies.forms.reports import BY
from subsidies.models import Fund, Objection, Programme
from subsidies.policy import words
from subsidies.selectors.reports import COUNT, SMALL, Column, Section
from subsidies.views.shown import coded, level_of, speech
from subsidies.workflow.claims import Desk, State
from subsidies.workflow.money import Kind

MOST_ROWS = 100
"""Rows of a table on a page, the largest; the files have all."""

VIEWS: Final[dict[str, Promise]] = {
    "money": pgettext_lazy("figures", "Money"),
    "claims": gettext_lazy("Claims"),
    "ageing": pgettext_lazy("figures", "What waits"),
    "outcomes": pgettext_lazy("figures", "Outcomes"),
    "groups": pgettext_lazy("figures", "Key groups"),
}
SECTIONS: Final[dict[str, Promise]] = {
    "money": pgettext_lazy("figures", "Money by the ledger"),
    "claims": pgettext_lazy("figures", "Claims handed in"),
    "desks": pgettext_lazy("figures", "Where claims lie"),
    "ageing": pgettext_lazy("figures", "By province"),
    "states": pgettext_lazy("figures", "How the claims stand"),
    "reasons": pgettext_lazy("figures", "Why claims were rejected"),
    "appeals": pgettext_lazy("figures", "Appeals"),
    "objections": pgettext_lazy("figures", "Objections"),
    "recovery": pgettext_lazy("figures", "What came back"),
    "groups": pgettext_lazy("figures", "Claims of key groups"),
}
COLUMNS: Final[dict[str, Promise | str]] = {
    "issued": Kind.APPROPRIATION.label,
    "available": Kind.AVAILABLE.label,
    "reserved": Kind.RESERVED.label,
    "in_transit": Kind.IN_TRANSIT.label,
    "receivable": Kind.RECEIVABLE.label,
    "remitted": Kind.REMITTED.label,
    "written_off": Kind.WRITTEN_OFF.label,
    "recovered": pgettext_lazy("figures", "Recovered"),
    "claims": gettext_lazy("Claims"),
    "in_work": pgettext_lazy("figures", "In review"),
    "approved": pgettext_lazy("figures", "Approved"),
    "rejected": pgettext_lazy("figures", "Rejected"),
    "ended": pgettext_lazy("figures", "Withdrawn or lapsed"),
    "amount": gettext_lazy("Amount"),
    "paid_fen": pgettext_lazy("figures", "Sum paid"),
    "waiting": pgettext_lazy("figures", "Waiting"),
    "up_to_5": pgettext_lazy("figures", "Up to 5 days"),
    "up_to_10": pgettext_lazy("figures", "6 to 10"),
    "up_to_20": pgettext_lazy("figures", "11 to 20"),
    "more": pgettext_lazy("figures", "Over 20"),
    "late": pgettext_lazy("claims", "Late"),
    "oldest": pgettext_lazy("figures", "Oldest, days"),
}
MAIN: Final = {
    "money": "paid",
    "claims": "claims",
    "groups": "claims",
    "desks": "waiting",
    "ageing": "waiting",
}
"""The column that a bar stands beside."""


@dataclass(frozen=True)
class Cell:
    """`bar` is this value out of the largest, where one is drawn; `text` what stands there."""

    label: str
    text: str
    bar: tuple[int, int] | None = None


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    first: str
    heads: list[str]
    rows: list[tuple[str, list[Cell]]]
    total: list[Cell] | None
    left_out: int


def heading(section: Section, column: Column) -> str:
    if column.name == "paid":
        return str(Kind.PAID.label if column.kind != COUNT else State.PAID.label)
    return str(COLUMNS[column.name])


def first_heading(section: Section) -> str:
    return str(BY.get(section.by) or _FIRST[section.by])


_FIRST: Final[dict[str, Promise]] = {
    "station": pgettext_lazy("figures", "Where"),
    "state": pgettext_lazy("figures", "State"),
    "reason": pgettext_lazy("figures", "Reason"),
    "appeal": pgettext_lazy("figures", "Outcome"),
    "objection": pgettext_lazy("figures", "Outcome"),
    "account": pgettext_lazy("figures", "Sum"),
    "group": pgettext_lazy("figures", "Group"),
}


def names_of(section: Section, lines: Iterable[Any]) -> list[str]:
    """The words for the lines' keys; one statement however many lines."""
    named = _NAMED.get(section.by)
    if named is not None:
        return [named(line.key) for line in lines]
    if section.by == "occupation":
        return [f"{line.title} {line.key}".strip() or _none() for line in lines]
    if section.by == "reason":
        return [_reason(line) for line in lines]
    known = _known(section.by, [line.key for line in lines])
    return [str(known.get(line.key) or line.key or _none()) for line in lines]


def _reason(line: Any) -> str:
    zh, _line, en = line.title.partition("\n")
    said = en if speech() == "en" else zh
    return f"{said} {line.key}" if said else str(line.key)


def _none() -> str:
    return pgettext("figures", "Not named")


def _known(by: str, keys: list[Any]) -> dict[Any, Any]:
    if by == "province":
        return {province.code: province.name for province in accounts.provinces()}
    if by == "fund":
        return {fund.code: fund.name for fund in Fund.objects.all()}
    if by == "programme":
        return {programme.pk: programme.name for programme in Programme.objects.all()}
    return accounts.organisations([key for key in keys if key])


def _station(key: tuple[str, str]) -> str:
    state, desk = key
    return str(Desk(desk).label if desk else State(state).label)


def _month(key: dt.date) -> str:
    return f"{key:%Y-%m}"


_APPEALS: Final = {
    "open": pgettext_lazy("figures", "Being heard"),
    "granted": pgettext_lazy("figures", "Granted"),
    "upheld": pgettext_lazy("figures", "Rejection upheld"),
}
_NAMED: Final[dict[str, Callable[[Any], str]]] = {
    "station": _station,
    "month": _month,
    "state": lambda key: str(State(key).label),
    "level": lambda key: level_of(key) or _none(),
    "appeal": lambda key: str(_APPEALS[key]),
    "objection": lambda key: str(Objection.State(key).label),
    "account": lambda key: str(COLUMNS[key]),
    "group": lambda key: getattr(words.GROUPS[key], speech()) if key in words.GROUPS else coded(key),
}


def text_of(column: Column, value: int | None) -> str:
    if value is None:
        return _("fewer than %(n)s") % {"n": SMALL} if column.name == "claims" else "—"
    return f"{value:,}" if column.kind == COUNT else zhixun.yuan(value)


def table_of(section: Section) -> Table:
    """A table for the page: the first rows, with a bar beside the figure that the table is about."""
    shown = section.lines[:MOST_ROWS]
    heads = [heading(section, column) for column in section.columns]
    at = next((n for n, column in enumerate(section.columns) if column.name == MAIN.get(section.name)), None)
    most = max((line.values[at] or 0 for line in shown), default=0) if at is not None else 0
    rows = [
        (
            name,
            [
                Cell(
                    head,
                    text_of(column, value),
                    (value, most) if n == at and value and most > 0 and value > 0 else None,
                )
                for n, (head, column, value) in enumerate(
                    zip(heads, section.columns, line.values, strict=True)
                )
            ],
        )
        for name, line in zip(names_of(section, shown), shown, strict=True)
    ]
    total = section.total and [
        Cell(head, text_of(column, value))
        for head, column, value in zip(heads, section.columns, section.total, strict=True)
    ]
    title = str(SECTIONS[section.name])
    return Table(
        section.name, title, first_heading(section), heads, rows, total, len(section.lines) - len(shown)
    )


def sheet_of(section: Section) -> tuple[str, list[str], list[list[Any]]]:
    """The same for a file: title, headings, all rows; sums in yuan, counts as numbers."""
    yuan = pgettext("figures", "yuan")
    heads = [
        heading(section, column) + ("" if column.kind == COUNT else f" ({yuan})")
        for column in section.columns
    ]
    rows = [
        [name, *(_value(column, value) for column, value in zip(section.columns, line.values, strict=True))]
        for name, line in zip(names_of(section, section.lines), section.lines, strict=True)
    ]
    return str(SECTIONS[section.name]), [first_heading(section), *heads], rows


def _value(column: Column, value: int | None) -> int | str:
    if value is None:
        return text_of(column, value)
    return value if column.kind == COUNT else yuan(value)
