"""Moodle XML questions: https://docs.moodle.org/en/Moodle_XML_format. Read without entities, document types or fetching."""

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from courses.question_documents import QuestionDocument
from courses.sheets.questions import (
    Asked,
    choice,
    decimal,
    judged,
    numeric,
    ordering,
    plain,
    short_text,
    true_false,
)
from courses.sheets.troubles import Trouble
from portal.sheets.cells import BadCell
from portal.sheets.reading import MOST_ROWS, refuse


def questions(file: BinaryIO) -> Iterator[Asked]:
    """Every question with its place in the file; a category ends in the key of its lesson, if any. Raises BadFile."""
    file.seek(0)
    number, lesson = 0, ""
    try:
        steps = iterparse(file, events=("start", "end"), forbid_dtd=True)
        _event, root = next(steps)
        if root.tag != "quiz":
            raise refuse("not_moodle")
        for event, element in steps:
            if event == "start" or element.tag != "question":
                continue
            if element.get("type") == "category":
                lesson = (element.findtext("category/text") or "").strip().rpartition("/")[2]
            else:
                number += 1
                if number > MOST_ROWS:
                    raise refuse("rows")
                yield _question(element, number, lesson)
            root.clear()
    except DefusedXmlException as broken:
        raise refuse("doctype") from broken
    except (ParseError, StopIteration, ValueError, LookupError) as broken:
        raise refuse("broken") from broken


def _text(element: Element, path: str) -> str:
    """The text below; raises BadCell where a picture belongs to it."""
    told = element.find(path)
    if told is None:
        return ""
    if told.find("file") is not None:
        raise BadCell("picture")
    return plain(told.findtext("text") or "")


def _share(answer: Element) -> Fraction:
    try:
        return Fraction(answer.get("fraction") or "0") / 100
    except (ValueError, ZeroDivisionError):
        raise BadCell("not_a_number", value=str(answer.get("fraction"))[:40]) from None


def _question(element: Element, number: int, lesson: str) -> Asked:
    kind = element.get("type") or "?"
    row = Asked(number, title=(element.findtext("name/text") or "").strip()[:120], lesson=lesson)
    if kind not in _KINDS:
        row.left_out = kind[:40]
        return row
    try:
        stem = _text(element, "questiontext")
        row.title = row.title or stem[:80]
        read = _raw if kind in _TYPED else _answer
        answers = [(read(answer), _share(answer)) for answer in element.findall("answer")]
        row.document = _document(element, kind, stem, answers, why=_text(element, "generalfeedback"))
    except BadCell as bad:
        row.troubles.append(Trouble("", bad.rule, bad.more))
    return judged(row)


_TYPED = ("numerical", "shortanswer")
"""What is typed is no HTML."""
_KINDS = ("multichoice", "truefalse", "numerical", "shortanswer", "ordering")


def _document(
    element: Element, kind: str, stem: str, answers: list[tuple[str, Fraction]], *, why: str
) -> QuestionDocument:
    """Raises BadCell."""
    if kind == "truefalse":
        return true_false(stem, truth=("true", Fraction(1)) in _lowered(answers), why=why)
    if kind == "numerical":
        return _numeric(element, stem, answers, why)
    if kind == "shortanswer":
        return short_text(stem, answers, why=why)
    if kind == "ordering":  # its fractions are places
        return ordering(stem, [text for text, _place in sorted(answers, key=lambda told: told[1])], why=why)
    several = (element.findtext("single") or "true").strip().lower() in ("false", "0")
    return choice(stem, answers, why=why, several=several)


def _numeric(element: Element, stem: str, answers: list[tuple[str, Fraction]], why: str) -> QuestionDocument:
    told = [answer for answer in answers if answer[1] > 0]
    if len(told) != 1 or told[0][1] != 1:
        raise BadCell("several_numbers")
    answer = element.findall("answer")[answers.index(told[0])]
    off = decimal(answer.findtext("tolerance") or "0")
    unit = (element.findtext("units/unit/unit_name") or "").strip()
    return numeric(stem, decimal(told[0][0]), off, why=why, unit=unit)


def _raw(answer: Element) -> str:
    return (answer.findtext("text") or "").strip()


def _answer(answer: Element) -> str:
    if answer.find("file") is not None:
        raise BadCell("picture")
    return plain(answer.findtext("text") or "")


def _lowered(answers: list[tuple[str, Fraction]]) -> list[tuple[str, Fraction]]:
    return [(text.lower(), share) for text, share in answers]
