"""Questions of a draft as files for other systems: GIFT, Moodle XML, a table. What a format cannot carry is said, in words.

What is written here is read again by courses/sheets/gift.py, moodle.py and questions.py as the same question.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from courses.question_documents import MOST_PLACES, OptionDocument, QuestionDocument
from courses.sheets.columns import QUESTIONS
from courses.sheets.questions import TRUE_FALSE, folded
from portal.sheets import writing
from portal.sheets.cells import asleep

_NO_XML = {0xFFFE: None, 0xFFFF: None}
HOTSPOT = gettext_lazy("It asks for a spot in a picture; no such file can hold the spots with their names.")
BY_HAND = gettext_lazy("It has no accepted text, so a person marks each answer; no such file can say that.")
TOO_EXACT = gettext_lazy("How far an answer may be off, counted out from its percent, has too many decimals.")
ARROWS = gettext_lazy("All its accepted texts hold “->”, which GIFT takes for pairs.")
LINES = gettext_lazy("A step has several lines or begins with “//”, which GIFT reads otherwise.")
UNIT = gettext_lazy("Its unit stays behind: GIFT has no units.")
ENGLISH = gettext_lazy("Its English stays behind: there is room for one language only.")


@dataclass(frozen=True)
class Entry:
    """A question and the key of its lesson; without one it is of the exam's bank."""

    asked: QuestionDocument
    lesson: str = ""


@dataclass(frozen=True)
class Remark:
    """What becomes of a question otherwise than one would think. `left_out`: it is not in the file at all."""

    title: str
    sentence: str | Promise
    left_out: bool


@dataclass(frozen=True)
class Export:
    content: bytes
    type: str
    ending: str


def room(asked: QuestionDocument) -> Decimal:
    """How far off an answer may be, as a number."""
    return abs(asked.number) * asked.tolerance / 100 if asked.tolerance_in_percent else asked.tolerance


def _obstacle(asked: QuestionDocument, form: str) -> str | Promise | None:
    """Why the format cannot carry the question; None where it can."""
    gift, written = form == "gift", asked.kind == "short_text"
    table = form in ("xlsx", "csv")
    tests = (
        (HOTSPOT, asked.kind == "hotspot"),
        (BY_HAND, not table and written and not asked.accepted),
        (TOO_EXACT, not table and asked.kind == "numeric" and _is_too_exact(room(asked))),
        (ARROWS, gift and written and all("->" in text for text in asked.accepted)),
        (LINES, gift and asked.kind == "ordering" and any(map(_breaks, asked.options))),
    )
    return next((why for why, holds in tests if holds), None)


def _is_too_exact(number: Decimal) -> bool:
    return -number.normalize().as_tuple().exponent > MOST_PLACES


def _breaks(step: OptionDocument) -> bool:
    return "\n" in step.zh or step.zh.startswith("//")


def remarks(entries: Iterable[Entry], form: str) -> list[Remark]:
    """In the order of the questions."""
    found = []
    for entry in entries:
        asked, title = entry.asked, entry.asked.stem_zh[:80]
        if (why := _obstacle(asked, form)) is not None:
            found.append(Remark(title, why, left_out=True))
        elif form in ("gift", "moodle"):
            english = (asked.stem_en, asked.why_en, *(option.en for option in asked.options))
            if any(english):
                found.append(Remark(title, ENGLISH, left_out=False))
            if form == "gift" and asked.unit:
                found.append(Remark(title, UNIT, left_out=False))
    return found


def exported(entries: Iterable[Entry], form: str) -> Export:
    """A file of `form`: gift, moodle, xlsx or csv."""
    entries = list(entries)
    told = [remark for remark in remarks(entries, form) if remark.left_out]
    kept = [entry for entry in entries if _obstacle(entry.asked, form) is None]
    kept.sort(key=lambda entry: entry.lesson)
    return _FORMS[form](kept, told)


def _truth(asked: QuestionDocument) -> bool | None:
    """Whether a statement is true; None where its options are other words than those of TRUE_FALSE."""
    known = {folded(option.zh): truth for option, truth in zip(TRUE_FALSE, (True, False), strict=True)}
    texts = {option.key: folded(option.zh) for option in asked.options}
    if asked.kind != "true_false" or set(texts.values()) != set(known):
        return None
    return known[texts[asked.right[0]]]


def _steps(asked: QuestionDocument) -> list[str]:
    texts = {option.key: option.zh for option in asked.options}
    return [texts[key] for key in asked.right]


def _share(asked: QuestionDocument) -> str:
    return "100" if len(asked.right) == 1 else f"{100 / len(asked.right):.5f}"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _starred(text: str) -> str:
    """Moodle's short answers know a star for any text."""
    return text.replace("*", "\\*")


# -- GIFT -----------------------------------------------------------------------------------------------------------


def _escaped(text: str) -> str:
    return "".join("\\" + mark if mark in "~=#{}:\\" else mark for mark in text).replace("\n", "\\n")


def _gift(entries: list[Entry], told: list[Remark]) -> Export:
    out = [f"// {_said(remark)}" for remark in told]
    lesson = ""
    for entry in entries:
        if entry.lesson != lesson:
            lesson = entry.lesson
            out.append(f"$CATEGORY: $course$/top/{lesson}")
        asked = entry.asked
        body = _gift_body(asked)
        why = f"####{_escaped(asked.why_zh)}" if asked.why_zh else ""
        gap = "\n" if asked.kind == "ordering" and why else ""
        stem = _escaped(asked.stem_zh)
        out.append(f"::{_escaped(' '.join(asked.stem_zh.split())[:80])}::[plain]{stem} {{{body}{gap}{why}}}")
    return Export(("\n\n".join(out) + "\n").encode(), "text/plain; charset=utf-8", "gift")


def _said(remark: Remark) -> str:
    return " ".join(f"{_('Left out')}: {remark.title} – {remark.sentence}".split())


def _gift_body(asked: QuestionDocument) -> str:
    truth = _truth(asked)
    if truth is not None:
        return "T" if truth else "F"
    if asked.kind == "numeric":
        return f"#{_number(asked.number)}:{_number(room(asked))}"
    if asked.kind == "short_text":
        return " ".join(f"=%100%{_escaped(_starred(text))}" for text in asked.accepted)
    if asked.kind == "ordering":
        steps = [_escaped(text) for text in _steps(asked)]
        return "\n".join([f">{len(steps)} ALL VERTICAL ALL_OR_NOTHING SHOW", *steps])
    share, mark = _share(asked), "=" if len(asked.right) == 1 else "~"
    return " ".join(
        f"{mark}%{share}%{_escaped(option.zh)}" if option.key in asked.right else f"~%0%{_escaped(option.zh)}"
        for option in asked.options
    )


# -- Moodle XML -----------------------------------------------------------------------------------------------------


def _moodle(entries: list[Entry], told: list[Remark]) -> Export:
    root = Element("quiz")
    lesson = ""
    for entry in entries:
        if entry.lesson != lesson:
            lesson = entry.lesson
            category = SubElement(root, "question", type="category")
            SubElement(SubElement(category, "category"), "text").text = f"$course$/top/{lesson}"
        _question(root, entry.asked)
    indent(root)
    notes = "".join(f"<!-- {_quiet(_said(remark))} -->\n" for remark in told)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{notes}{tostring(root, encoding="unicode")}\n'
    return Export(text.encode(), "application/xml; charset=utf-8", "xml")


def _quiet(text: str) -> str:
    """No comment holds two hyphens."""
    return text.replace("-", "‐").translate(_NO_XML)


def _text(above: Element, name: str, text: str, **attributes: str) -> Element:
    made = SubElement(above, name, **attributes)
    told = text if attributes["format"] == "plain_text" else _paragraphs(text)
    SubElement(made, "text").text = told.translate(_NO_XML)
    return made


def _paragraphs(text: str) -> str:
    """As HTML, which is what the text of a question is there."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", "<br>")


def _question(root: Element, asked: QuestionDocument) -> None:
    truth = _truth(asked)
    kinds = {"numeric": "numerical", "short_text": "shortanswer", "ordering": "ordering"}
    kind = "truefalse" if truth is not None else kinds.get(asked.kind, "multichoice")
    made = SubElement(root, "question", type=kind)
    SubElement(SubElement(made, "name"), "text").text = " ".join(asked.stem_zh.split())[:80]
    _text(made, "questiontext", asked.stem_zh, format="html")
    if asked.why_zh:
        _text(made, "generalfeedback", asked.why_zh, format="html")
    SubElement(made, "defaultgrade").text = "1"
    if truth is not None:
        for word in (True, False):
            share = "100" if word is truth else "0"
            _text(made, "answer", "true" if word else "false", fraction=share, format="plain_text")
    else:
        _ANSWERS[kind](made, asked)


def _numerical(made: Element, asked: QuestionDocument) -> None:
    answer = _text(made, "answer", _number(asked.number), fraction="100", format="plain_text")
    SubElement(answer, "tolerance").text = _number(room(asked))
    if asked.unit:
        unit = SubElement(SubElement(made, "units"), "unit")
        SubElement(unit, "multiplier").text = "1"
        SubElement(unit, "unit_name").text = asked.unit


def _shortanswer(made: Element, asked: QuestionDocument) -> None:
    SubElement(made, "usecase").text = "0"
    for text in asked.accepted:
        _text(made, "answer", _starred(text), fraction="100", format="plain_text")


def _ordering(made: Element, asked: QuestionDocument) -> None:
    steps = _steps(asked)
    for name, word in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", str(len(steps))),
        ("gradingtype", "ALL_OR_NOTHING"),
    ):
        SubElement(made, name).text = word
    for place, text in enumerate(steps, 1):
        _text(made, "answer", text, fraction=str(place), format="html")


def _multichoice(made: Element, asked: QuestionDocument) -> None:
    SubElement(made, "single").text = "false" if asked.kind == "multiple" else "true"
    SubElement(made, "shuffleanswers").text = "true"
    share = _share(asked)
    for option in asked.options:
        fraction = share if option.key in asked.right else "0"
        _text(made, "answer", option.zh, fraction=fraction, format="html")


_ANSWERS: dict[str, Callable[[Element, QuestionDocument], None]] = {
    "numerical": _numerical,
    "shortanswer": _shortanswer,
    "ordering": _ordering,
    "multichoice": _multichoice,
}


# -- tables ---------------------------------------------------------------------------------------------------------


def _cells(entry: Entry) -> list[str]:
    asked = entry.asked
    options = {option.key.lower(): option for option in asked.options}
    told: dict[str, str] = {
        **{name: getattr(asked, name) for name in ("stem_zh", "stem_en", "why_zh", "why_en", "unit")},
        "right": "".join(asked.right),
        "lesson": entry.lesson,
        "kind": str(next(column for column in QUESTIONS if column.name == "kind").choices[asked.kind]),
        "number": "" if asked.number is None else _number(asked.number),
        "tolerance": "" if asked.tolerance is None else _number(asked.tolerance),
        "accepted": "\n".join(asked.accepted),
    }
    told["tolerance"] += "%" if asked.tolerance_in_percent else ""
    for key, option in options.items():
        told[f"option_{key}"], told[f"option_{key}_en"] = option.zh, option.en
    return [str(asleep(told.get(column.name, ""))) for column in QUESTIONS]


def _csv(entries: list[Entry], _told: list[Remark]) -> Export:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(str(column.heading) for column in QUESTIONS)
    writer.writerows(map(_cells, entries))
    return Export(out.getvalue().encode("utf-8-sig"), writing.CSV, "csv")


def _xlsx(entries: list[Entry], told: list[Remark]) -> Export:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Questions"))
    heads = []
    for column in QUESTIONS:
        cell = WriteOnlyCell(sheet, str(column.heading))
        cell.font = Font(bold=True)
        heads.append(cell)
    sheet.append(heads)
    for entry in entries:
        sheet.append(_cells(entry))
    if told:
        notes = book.create_sheet(_("Left out"))
        for remark in told:
            notes.append([str(asleep(remark.title)), str(remark.sentence)])
    out = io.BytesIO()
    book.save(out)
    return Export(out.getvalue(), writing.XLSX, "xlsx")


_FORMS: dict[str, Callable[[list[Entry], list[Remark]], Export]] = {
    "gift": _gift,
    "moodle": _moodle,
    "xlsx": _xlsx,
    "csv": _csv,
}
FORMS = tuple(_FORMS)
