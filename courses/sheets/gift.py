"""GIFT, Moodle's text format of questions: https://docs.moodle.org/en/GIFT_format. Questions are divided by blank lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

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

_ESCAPED = {"n": "\n"}
_ESCAPABLE = "~=#{}:\\n"
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_ORDER = re.compile(r">\s*\d*(?:[ \t]+[A-Z0-9_]+)*[ \t]*(?:\n|$)")
"""Moodle's ordering: `>`, how many are shown, words of its own; then a step a line, in their order."""
_MISSING_WORD = "_____"
_HIDDEN = 0xFDD0
"""Escaped characters become noncharacters while the text is cut, so that no mark is seen in them."""


@dataclass(frozen=True)
class _Answer:
    right: bool
    text: str
    feedback: str
    share: Fraction


def _hidden(text: str) -> str:
    return re.sub(r"\\([~=#{}:\\n])", lambda found: chr(_HIDDEN + _ESCAPABLE.index(found[1])), text)


def _shown(text: str) -> str:
    for place, mark in enumerate(_ESCAPABLE):
        text = text.replace(chr(_HIDDEN + place), _ESCAPED.get(mark, mark))
    return text


def _said(text: str, form: str) -> str:
    shown = _shown(text).strip()
    return plain(shown) if form == "html" or ("<" in shown and form != "plain") else shown


def questions(text: str) -> Iterator[Asked]:
    """Every question with the line in which it begins; `$CATEGORY` ends in the key of its lesson, if any."""
    lesson = ""
    for number, block in _blocks(text):
        told = block.strip()
        if told.startswith("$CATEGORY:"):
            head, _line, told = told.partition("\n")
            lesson = head.removeprefix("$CATEGORY:").strip().rpartition("/")[2]
        if not told:
            continue
        row = Asked(number, lesson=lesson)
        try:
            _read(row, _hidden(told))
        except BadCell as bad:
            row.troubles.append(Trouble("", bad.rule, bad.more))
        yield judged(row)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    begin, kept = 0, []
    for number, line in enumerate([*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""], 1):
        if line.lstrip().startswith("//"):
            continue
        if line.strip():
            begin = begin or number
            kept.append(line)
        elif kept:
            yield begin, "\n".join(kept)
            begin, kept = 0, []


def _read(row: Asked, block: str) -> None:
    """Fill the row from a block whose escapes are hidden. Raises BadCell."""
    title, form = "", ""
    if found := re.match(r"::(.*?)::", block, re.DOTALL):
        title, block = found[1], block[found.end() :]
    if found := _FORMAT.match(block):
        form, block = found[1].lower(), block[found.end() :]
    row.title = _shown(title or block[:80]).strip()
    begin, end = block.find("{"), block.rfind("}")
    if begin < 0 and end < 0:
        row.left_out = "description"
        return
    if begin < 0 or end < begin or block.count("{") != 1 or block.count("}") != 1:
        raise BadCell("not_readable", value=_shown(block[:60]))
    inside, tail = block[begin + 1 : end].strip(), block[end + 1 :]
    word = _MISSING_WORD if tail.strip() else ""
    stem = _said(block[:begin] + word + tail, form)
    row.title = row.title if title else stem[:80]
    body, _mark, general = inside.partition("####")
    _answer(row, stem, body.strip(), _said(general, form), form)


def _answer(row: Asked, stem: str, body: str, general: str, form: str) -> None:
    head = body.partition("#")[0].strip().upper()
    if head in _TRUTH:
        feedback = general or _said(body.partition("#")[2].partition("#")[0], form)
        row.document = true_false(stem, truth=_TRUTH[head], why=feedback)
        return
    if not body:
        row.left_out = "essay"
        return
    if body.startswith("#"):
        row.document = numeric(stem, *_number(body[1:].strip()), why=general)
        return
    if found := _ORDER.match(body):
        steps = [_said(line, form) for line in body[found.end() :].split("\n") if line.strip()]
        row.document = ordering(stem, steps, why=general)
        return
    answers = list(_answers(body))
    if all(answer.right for answer in answers):
        if all("->" in answer.text for answer in answers):
            row.left_out = "matching"
        else:
            row.document = short_text(stem, [(_said(a.text, form), a.share) for a in answers], why=general)
        return
    why = general or next((a.feedback for a in answers if a.share > 0 and a.feedback), "")
    row.document = choice(
        stem, [(_said(a.text, form), a.share) for a in answers], why=_said(why, form) if not general else why
    )


def _answers(body: str) -> Iterator[_Answer]:
    if body[0] not in "=~":
        raise BadCell("not_readable", value=_shown(body[:60]))
    for mark, rest in re.findall(r"([=~])([^=~]*)", body):
        text, _hash, feedback = rest.partition("#")
        text, right = text.strip(), mark == "="
        share = Fraction(1) if right else Fraction(0)
        if found := _WEIGHT.match(text):
            share, text = Fraction(found[1]) / 100, text[found.end() :]
        yield _Answer(right, text.strip(), feedback.strip(), share)


def _number(body: str) -> tuple[Decimal, Decimal]:
    """`3:0.1`, `1..5`, or one of them as an answer; the number and how far off. Raises BadCell."""
    if body.startswith("="):
        answers = list(_answers(body))
        if len(answers) > 1 or answers[0].share != 1:
            raise BadCell("several_numbers")
        body = answers[0].text
    body = _shown(body.partition("#")[0]).strip()
    least, dots, most = body.partition("..")
    if dots:
        low, high = decimal(least), decimal(most)
        return (low + high) / 2, abs(high - low) / 2
    number, _mark, off = body.partition(":")
    return decimal(number), decimal(off or "0")
