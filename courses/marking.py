"""Marking an answer: pure, by the rule of the question alone. What no rule decides waits for a person."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

RIGHT, WRONG = Fraction(1), Fraction(0)
NEEDS_A_PERSON = None

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_SPOKEN = re.compile(r"(负?)([零〇一二两三四五六七八九十百千万]+)(?:点([零〇一二三四五六七八九]+))?")
_WRITTEN = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_LONGEST_NUMBER = 24
_MOST_DIGITS = 14


class Unclear(ValueError):  # noqa: N818 - the text is unclear, not the program
    """A text that cannot be read as one number."""


@dataclass(frozen=True)
class Rule:
    """What makes an answer right. `right` are keys; of an ordering in their order."""

    kind: str
    right: tuple[str, ...] = ()
    number: Decimal | None = None
    tolerance: Decimal | None = None
    in_percent: bool = False
    unit: str = ""
    accepted: tuple[str, ...] = ()
    is_void: bool = False


def mark(question: Rule, given: Sequence[str]) -> Fraction | None:
    """Points from 0 to 1, or NEEDS_A_PERSON. No answer at all is wrong by rule; where nothing is right, all are."""
    if question.is_void:
        return RIGHT
    if not any(text.strip() for text in given):
        return WRONG
    if question.kind == "ordering":
        fits = tuple(given) == question.right
    elif question.kind == "numeric":
        fits = len(given) == 1 and _near(question, given[0])
    elif question.kind == "short_text":
        fits = len(given) == 1 and folded(given[0]) in map(folded, question.accepted)
        return RIGHT if fits else NEEDS_A_PERSON
    else:
        fits = frozenset(given) == frozenset(question.right)
    return RIGHT if fits else WRONG


def _near(question: Rule, text: str) -> bool:
    try:
        said = read_number(text, question.unit)
    except Unclear:
        return False
    room = question.tolerance
    if question.in_percent:
        room = abs(question.number) * room / 100
    return abs(said - question.number) <= room


def read_number(text: str, unit: str = "") -> Decimal:
    """One number as people write it: full-width or Chinese digits, a decimal comma, the unit behind it.

    Raises Unclear, also for `1,200`, which means one thing in China and another in Germany.
    """
    told = "".join(unicodedata.normalize("NFKC", text).replace("。", ".").replace("−", "-").split())
    behind = "".join(unicodedata.normalize("NFKC", unit).split())
    if behind and told.casefold().endswith(behind.casefold()):
        told = told[: -len(behind)]
    if len(told) > _LONGEST_NUMBER:
        raise Unclear
    if spoken := _SPOKEN.fullmatch(told):
        return _from_words(*spoken.groups(default=""))
    if not _WRITTEN.fullmatch(told) or _GROUPED.fullmatch(told):
        raise Unclear
    try:
        number = Decimal(told.replace(",", "."))
    except InvalidOperation as broken:
        raise Unclear from broken
    if abs(number) >= 10**_MOST_DIGITS:
        raise Unclear
    return number


def _from_words(minus: str, whole: str, rest: str) -> Decimal:
    """十二点五 is 12.5, 一二三 is 123. Raises Unclear for an order of signs that is no number."""
    if "万" in whole:
        many, _mark, few = whole.partition("万")
        if "万" in few:
            raise Unclear
        number = _below_ten_thousand(many) * 10_000 + (_below_ten_thousand(few) if few else 0)
    else:
        number = _below_ten_thousand(whole)
    digits = "".join(str(_DIGITS[sign]) for sign in rest)
    return Decimal(f"{'-' if minus else ''}{number}.{digits or 0}")


def _below_ten_thousand(signs: str) -> int:
    if not signs:
        raise Unclear
    if not set(signs) & set(_TENS):
        return int("".join(str(_DIGITS[sign]) for sign in signs))
    total, digit, last = 0, None, 10_000
    for sign in signs:
        if sign in _TENS:
            if _TENS[sign] >= last:
                raise Unclear
            last = _TENS[sign]
            total += (1 if digit is None else digit) * last
            digit = None
        elif sign in "零〇":
            continue
        elif digit is not None:
            raise Unclear
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)


def folded(text: str) -> str:
    """Alike whatever the width, case, spaces and closing marks; rare characters beyond U+FFFF stay as they are."""
    told = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(sign for sign in told if not sign.isspace() and not _is_unseen(sign))
    begin, end = 0, len(kept)
    while begin < end and unicodedata.category(kept[begin]).startswith("P"):
        begin += 1
    while end > begin and unicodedata.category(kept[end - 1]).startswith("P"):
        end -= 1
    return kept[begin:end]


def _is_unseen(sign: str) -> bool:
    """Joiners, marks of direction, and selectors of a variant form."""
    return (
        unicodedata.category(sign) in {"Cf", "Cc"}
        or "\ufe00" <= sign <= "\ufe0f"
        or "\U000e0100" <= sign <= "\U000e01ef"
    )
