"""Questions of a table, of Moodle XML and of GIFT, told alike; what cannot be taken is said, never left out silently."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from html import unescape
from itertools import pairwise

import nh3

from courses import marking
from courses.question_documents import (
    OPTION_KEYS,
    WRITTEN,
    OptionDocument,
    QuestionDocument,
    in_stored_order,
    question_problems,
)
from courses.sheets.columns import QUESTIONS
from courses.sheets.troubles import Trouble
from portal.sheets.cells import BadCell, is_blank
from portal.sheets.reading import Line
from portal.sheets.tables import Table

_PICTURE = re.compile(r"<(?:img|object|video|audio|svg|embed|iframe)\b|@@PLUGINFILE@@", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_LETTERS = re.compile(r"[A-H]")
_ROUNDING = Fraction(1, 50)
_STAR = re.compile(r"(?<!\\)\*")
_ANSWERS = {"option_a", "option_b", "right"}
"""Columns that a question which is answered in writing leaves blank."""
TRUE_FALSE = (OptionDocument("A", "对", "True"), OptionDocument("B", "错", "False"))


@dataclass
class Asked:
    """A question of a file. `number` is its row, or its place in a file without rows; `lesson` a key, empty for the bank.

    `left_out` is the kind of a question that nothing here can ask.
    """

    number: int
    title: str = ""
    lesson: str = ""
    document: QuestionDocument | None = None
    troubles: list[Trouble] = field(default_factory=list)
    left_out: str = ""


def same(asked: QuestionDocument) -> tuple[object, ...]:
    """Two questions are the same by their stem and options, whatever their width, case, spaces and order."""
    return folded(asked.stem_zh), tuple(sorted(folded(option.zh) for option in asked.options))


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def judged(row: Asked) -> Asked:
    """With what is wrong in the document itself."""
    if row.document is not None:
        for problem in question_problems(row.document):
            if problem.rule not in {trouble.rule for trouble in row.troubles}:
                row.troubles.append(
                    Trouble(_COLUMNS.get(problem.place, problem.place), problem.rule, problem.more)
                )
    return row


_COLUMNS = {"options": "option_a", "kind": "right"}


def plain(html: str) -> str:
    """The text of some HTML. Raises BadCell for one that shows a picture."""
    if _PICTURE.search(html):
        raise BadCell("picture")
    if "<" not in html and "&" not in html:
        return _squeezed(html)
    text = nh3.clean(_BREAK.sub("\n", html), tags=set(), clean_content_tags={"script", "style"})
    return _squeezed(unescape(text))


def _squeezed(text: str) -> str:
    lines = (" ".join(line.replace("\xa0", " ").split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def choice(
    stem: str, answers: Iterable[tuple[str, Fraction]], *, why: str = "", several: bool | None = None
) -> QuestionDocument:
    """A question from answers with their share of the mark, 1 for the whole. Raises BadCell for marks in part."""
    answers = list(answers)
    if len(answers) > len(OPTION_KEYS):
        raise BadCell("few_options")
    given = [share for _text, share in answers if share > 0]
    if any(abs(one - other) > _ROUNDING for one, other in pairwise(given)):
        raise BadCell("weights_differ")
    if given and abs(sum(given) - 1) > _ROUNDING and (len(given) == 1 or min(given) < 1):
        raise BadCell("weights_differ")
    options = tuple(
        OptionDocument(key, text) for key, (text, _share) in zip(OPTION_KEYS, answers, strict=False)
    )
    right = tuple(option.key for option, (_text, share) in zip(options, answers, strict=True) if share > 0)
    kind = "multiple" if len(right) > 1 and several is not False else "single"
    return QuestionDocument(kind=kind, stem_zh=stem, options=options, right=right, why_zh=why)


def true_false(stem: str, *, truth: bool, why: str = "") -> QuestionDocument:
    return QuestionDocument("true_false", stem, TRUE_FALSE, ("A" if truth else "B",), why_zh=why)


def numeric(
    stem: str, number: Decimal, tolerance: Decimal, *, why: str = "", unit: str = ""
) -> QuestionDocument:
    return QuestionDocument(
        "numeric", stem, (), (), why_zh=why, number=number, tolerance=tolerance, unit=unit
    )


def short_text(stem: str, answers: Iterable[tuple[str, Fraction]], *, why: str = "") -> QuestionDocument:
    """From answers as Moodle writes them: a star stands for any text, one behind a backslash for itself. Raises BadCell for one that holds for many, or in part."""
    accepted = []
    for text, share in answers:
        if share <= 0:
            continue
        if share != 1:
            raise BadCell("weights_differ")
        if _STAR.search(text):
            raise BadCell("wildcard", value=text[:40])
        accepted.append(text.replace("\\*", "*"))
    return QuestionDocument("short_text", stem, (), (), why_zh=why, accepted=tuple(dict.fromkeys(accepted)))


def ordering(stem: str, steps: Iterable[str], *, why: str = "") -> QuestionDocument:
    """From its steps in their right order. Raises BadCell."""
    steps = list(steps)
    if len(steps) > len(OPTION_KEYS):
        raise BadCell("few_options")
    options = tuple(OptionDocument(key, text) for key, text in zip(OPTION_KEYS, steps, strict=False))
    right = tuple(option.key for option in options)
    return in_stored_order(QuestionDocument("ordering", stem, options, right, why_zh=why))


def decimal(text: str) -> Decimal:
    """A number as a program writes it. Raises BadCell."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise BadCell("not_a_number", value=text[:40]) from None
    if not number.is_finite():
        raise BadCell("not_a_number", value=text[:40])
    return number


def rows(lines: Iterable[Line], table: Table) -> Iterator[Asked]:
    """The questions of a table."""
    for line in lines:
        if line.is_blank or line.number <= table.row:
            continue
        row = Asked(line.number)
        told = _cells(row, line, table)
        row.title, row.lesson = told.get("stem_zh", ""), told.get("lesson", "")
        if not row.troubles:
            try:
                row.document = _told(told)
            except BadCell as bad:
                row.troubles.append(Trouble("number", bad.rule, bad.more))
        yield judged(row)


def _cells(row: Asked, line: Line, table: Table) -> dict[str, str]:
    """The cells by the names of their columns; what is wrong with them goes to the row."""
    told: dict[str, str] = {}
    written = _is_written(table, line)
    for column in QUESTIONS:
        cell = table.cell(line, column.name)
        try:
            told[column.name] = "" if is_blank(cell) else str(column.value(cell))
        except BadCell as bad:
            row.troubles.append(Trouble(column.name, bad.rule, bad.more))
        else:
            if column.needed and not told[column.name] and not (written and column.name in _ANSWERS):
                row.troubles.append(Trouble(column.name, "missing"))
    for key in map(str.lower, OPTION_KEYS):
        if told.get(f"option_{key}_en") and not told.get(f"option_{key}", "-"):
            row.troubles.append(Trouble(f"option_{key}", "missing"))
    return told


def _is_written(table: Table, line: Line) -> bool:
    kind = next(column for column in QUESTIONS if column.name == "kind")
    try:
        return kind.value(table.cell(line, "kind")) in WRITTEN
    except BadCell:
        return False


def _told(told: dict[str, str]) -> QuestionDocument:
    options = tuple(
        OptionDocument(key, told[f"option_{key.lower()}"], told[f"option_{key.lower()}_en"])
        for key in OPTION_KEYS
        if told[f"option_{key.lower()}"]
    )
    letters = _LETTERS.findall(unicodedata.normalize("NFKC", told["right"]).upper())
    right = tuple(sorted(set(letters)))
    texts = {option.zh.casefold() for option in options}
    kind = "multiple" if len(right) > 1 else "single"
    if texts in ({"对", "错"}, {"正确", "错误"}, {"true", "false"}):
        kind = "true_false"
    kind = told["kind"] or kind
    words = {name: told[name] for name in ("stem_en", "why_zh", "why_en", "unit")}
    words["accepted"] = tuple(dict.fromkeys(filter(None, map(str.strip, told["accepted"].splitlines()))))
    asked = QuestionDocument(kind, told["stem_zh"], options, right, **words)
    if kind == "ordering":
        return in_stored_order(replace(asked, right=tuple(letters)))
    return replace(asked, **_number(told))


def _number(told: dict[str, str]) -> dict[str, object]:
    """The right number and how far off, also in percent. Raises BadCell."""
    if not told["number"] and not told["tolerance"]:
        return {}
    off = unicodedata.normalize("NFKC", told["tolerance"] or "0").strip()
    found = {"tolerance_in_percent": off.endswith("%")}
    for name, text in (("number", told["number"]), ("tolerance", off.removesuffix("%"))):
        try:
            found[name] = marking.read_number(text)
        except marking.Unclear:
            raise BadCell("not_a_number", value=text[:40]) from None
    return found
