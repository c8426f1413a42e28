"""A question told as one value, and what can be wrong with it in itself. Part of the course document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from courses import marking
from courses.drawing import mixed_steps
from courses.problems import Problem, storable

MOST_BODY = 200_000
MOST_STEM = 4_000
KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
OPTION_KEYS = "ABCDEFGH"
WRITTEN = frozenset({"numeric", "short_text"})
PICTURE = re.compile(r"questions/[0-9a-f]{32}\.(?:png|jpg)")
MOST_ACCEPTED, MOST_NUMBER, MOST_PLACES = 20, 10**14, 6
KINDS = ("single", "multiple", "true_false", "numeric", "ordering", "hotspot", "short_text")
LENGTHS = {
    "partner_ref": 80,
    "title_zh": 120,
    "title_en": 200,
    "summary_zh": 600,
    "summary_en": 1000,
    "body_zh": MOST_BODY,
    "body_en": MOST_BODY,
    "stem_zh": MOST_STEM,
    "stem_en": MOST_STEM,
    "why_zh": MOST_STEM,
    "why_en": MOST_STEM,
    "topic": 40,
    "unit": 20,
    "picture_key": 100,
    "picture_zh": 300,
    "picture_en": 300,
}
_TWO = 2


@dataclass(frozen=True)
class OptionDocument:
    """`area` is a spot's place in the picture: x, y, width and height in hundredths."""

    key: str
    zh: str
    en: str = ""
    area: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class QuestionDocument:
    """`right` are the keys of the right options, sorted; of an ordering in their order. A question of a lesson may also
    be `for_exam`. `key` is its name through the versions and `moment` its second of the lesson's film: a supplier need
    not know them, and they make no difference.
    """

    kind: str
    stem_zh: str
    options: tuple[OptionDocument, ...]
    right: tuple[str, ...]
    stem_en: str = ""
    why_zh: str = ""
    why_en: str = ""
    for_exam: bool = False
    topic: str = ""
    difficulty: int = 2
    number: Decimal | None = None
    tolerance: Decimal | None = None
    tolerance_in_percent: bool = False
    unit: str = ""
    accepted: tuple[str, ...] = ()
    picture_key: str = ""
    picture_zh: str = ""
    picture_en: str = ""
    key: str = field(default="", compare=False)
    moment: int | None = field(default=None, compare=False)


def texts_tidied(thing: Any) -> Any:
    """The very thing where nothing is to be tidied: most are sound, and there are many."""
    untidy = {
        name: value.replace("\r\n", "\n").strip()
        for name, value in vars(thing).items()
        if isinstance(value, str) and (value != value.strip() or "\r\n" in value)
    }
    return replace(thing, **untidy) if untidy else thing


def clean_question(asked: QuestionDocument, *, for_exam: bool) -> QuestionDocument:
    tidy = replace(
        texts_tidied(asked),
        options=tuple(texts_tidied(option) for option in asked.options),
        for_exam=for_exam or asked.for_exam,
    )
    if asked.kind == "ordering":
        return in_stored_order(tidy)
    return replace(tidy, right=tuple(sorted(set(asked.right))))


def in_stored_order(asked: QuestionDocument) -> QuestionDocument:
    """An ordering as it is stored (drawing.mixed_steps); what is no ordering yet stays as it is."""
    if asked.kind != "ordering" or set(asked.right) != {option.key for option in asked.options}:
        return asked
    if len(asked.right) != len(asked.options) or len(asked.options) > len(OPTION_KEYS):
        return asked
    stored, right = mixed_steps([vars(option) for option in asked.options], asked.right)
    return replace(asked, options=tuple(OptionDocument(**row) for row in stored), right=tuple(right))


def texts(thing: object, place: str, *, needed: tuple[str, ...]) -> Iterator[Problem]:
    for name, most in LENGTHS.items():
        text = getattr(thing, name, None)
        if text is None:
            continue
        if len(text) > most:
            yield Problem(place + name, "too_long", {"most": most, "actual": len(text)})
        if storable(text) != text:
            yield Problem(place + name, "unstorable")
        if name in needed and not text.strip():
            yield Problem(place + name, "missing")


def choice(place: str, value: str, choices: tuple[str, ...]) -> Iterator[Problem]:
    if value not in choices:
        yield Problem(place, "bad_choice", {"value": value[:40], "choices": ", ".join(choices)})


def number(place: str, value: int, least: int, most: int) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(place, "bad_number", {"value": value, "least": least, "most": most})


def key(place: str, value: str) -> Iterator[Problem]:
    if not KEY.fullmatch(value):
        yield Problem(place, "bad_key", {"value": value[:60]})


def question_problems(asked: QuestionDocument, place: str = "") -> Iterator[Problem]:
    yield from texts(asked, place, needed=("stem_zh",))
    yield from choice(place + "kind", asked.kind, KINDS)
    yield from number(place + "difficulty", asked.difficulty, 1, 3)
    if asked.topic:
        yield from key(place + "topic", asked.topic)
    if asked.kind in WRITTEN:
        if asked.options or asked.right:
            yield Problem(place + "options", "no_options")
    else:
        yield from _options_problems(asked, place)
    yield from _numeric_problems(asked, place)
    yield from _accepted_problems(asked, place)
    yield from _picture_problems(asked, place)


def _options_problems(asked: QuestionDocument, place: str) -> Iterator[Problem]:
    keys = [option.key for option in asked.options]
    texts = [option.zh for option in asked.options]
    if (
        not _TWO <= len(keys) <= len(OPTION_KEYS)
        or len(set(keys)) < len(keys)
        or len(set(texts)) < len(texts)
    ):
        yield Problem(place + "options", "few_options")
    if not set(keys) <= set(OPTION_KEYS) or not all(texts):
        yield Problem(place + "options", "few_options")
    for text in (*texts, *(option.en for option in asked.options)):
        if len(text) > MOST_STEM:
            yield Problem(place + "options", "too_long", {"most": MOST_STEM, "actual": len(text)})
        if storable(text) != text:
            yield Problem(place + "options", "unstorable")
    if asked.kind == "ordering":
        if sorted(asked.right) != sorted(keys):
            yield Problem(place + "right", "bad_order")
        return
    least = {"multiple": _TWO}.get(asked.kind, 1)
    most = len(keys) if asked.kind in ("multiple", "hotspot") else 1
    if not least <= len(asked.right) <= most or not set(asked.right) <= set(keys):
        yield Problem(place + "right", "bad_right")


def _numeric_problems(asked: QuestionDocument, place: str) -> Iterator[Problem]:
    told = (asked.number, asked.tolerance)
    if asked.kind != "numeric":
        if told != (None, None) or asked.unit:
            yield Problem(place + "number", "number_not_wanted")
        return
    for value in told:
        if value is None or not value.is_finite() or abs(value) >= MOST_NUMBER:
            yield Problem(place + "number", "bad_right_number")
            return
        if -value.normalize().as_tuple().exponent > MOST_PLACES:
            yield Problem(place + "number", "bad_right_number")
            return
    if asked.tolerance < 0:
        yield Problem(place + "tolerance", "bad_right_number")


def _accepted_problems(asked: QuestionDocument, place: str) -> Iterator[Problem]:
    if asked.kind != "short_text":
        if asked.accepted:
            yield Problem(place + "accepted", "accepted_not_wanted")
        return
    if len(asked.accepted) > MOST_ACCEPTED or not all(map(marking.folded, asked.accepted)):
        yield Problem(place + "accepted", "bad_accepted", {"most": MOST_ACCEPTED})
    for text in asked.accepted:
        if len(text) > 200:  # noqa: PLR2004 - as the column holds
            yield Problem(place + "accepted", "too_long", {"most": 200, "actual": len(text)})
        if storable(text) != text:
            yield Problem(place + "accepted", "unstorable")


def _picture_problems(asked: QuestionDocument, place: str) -> Iterator[Problem]:
    if asked.kind != "hotspot":
        if asked.picture_key or any(option.area for option in asked.options):
            yield Problem(place + "picture_key", "picture_not_wanted")
        return
    if not PICTURE.fullmatch(asked.picture_key):
        yield Problem(place + "picture_key", "picture_missing")
    if not asked.picture_zh.strip():
        yield Problem(place + "picture_zh", "missing")
    for option in asked.options:
        if not is_area(option.area):
            yield Problem(place + "options", "bad_area")


def is_area(area: object) -> bool:
    """Whether a spot lies within its picture."""
    whole = 100
    if not isinstance(area, tuple | list) or len(area) != 4 or not all(type(n) is int for n in area):  # noqa: PLR2004
        return False
    x, y, width, height = area
    return min(x, y) >= 0 and min(width, height) >= 1 and x + width <= whole and y + height <= whole
