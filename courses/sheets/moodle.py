"""Moodle XML questions: https://docs.moodle.org/en/Moodle_XML_format. Read without entities, document types or fetching."""

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from courses.sheets.questions import Asked, choice, judged, plain, true_false
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
    if kind not in ("multichoice", "truefalse"):
        row.left_out = kind[:40]
        return row
    try:
        stem = _text(element, "questiontext")
        row.title = row.title or stem[:80]
        answers = [(_answer(answer), _share(answer)) for answer in element.findall("answer")]
        why = _text(element, "generalfeedback")
        if kind == "truefalse":
            row.document = true_false(stem, truth=("true", Fraction(1)) in _lowered(answers), why=why)
        else:
            several = (element.findtext("single") or "true").strip().lower() in ("false", "0")
            row.document = choice(stem, answers, why=why, several=several)
    except BadCell as bad:
        row.troubles.append(Trouble("", bad.rule, bad.more))
    return judged(row)


def _answer(answer: Element) -> str:
    if answer.find("file") is not None:
        raise BadCell("picture")
    return plain(answer.findtext("text") or "")


def _lowered(answers: list[tuple[str, Fraction]]) -> list[tuple[str, Fraction]]:
    return [(text.lower(), share) for text, share in answers]
