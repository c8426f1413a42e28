"""What a template says: titles, sentences with places for the facts in braces, labels. Plain text, in a fixed layout.

A place is only looked up by its name. Nothing in a text is run, formatted or read as markup, and a fact that itself
holds braces stays as it is.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Final, Self

_PLACE = re.compile(r"\{([^{}]*)\}")

FACTS: Final = (
    "name",
    "number",
    "subject",
    "course",
    "title",
    "hours",
    "course_hours",
    "started",
    "completed",
)
"""What may stand in braces in the two sentences; what each becomes is told by `certificates.paper.values`."""

STRONG: Final = {"name": "n", "subject": "s", "hours": "s"}
"""Places that the Chinese sentence sets in bold, with their mark: the name is the largest."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`issuer` and `issuer_en` may hold {province}; the other short texts hold no place."""

    title: str
    title_en: str
    sentence: str
    english: str
    issuer: str
    issuer_en: str = ""
    remark: str = ""
    label_serial: str = "证书编号 No."
    label_occupation: str = "职业编码 Occupation"
    label_provider: str = "培训机构 Provider"
    label_address: str = "查验网址 Verify at"
    label_code: str = "查验码 Code"

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Self:
        """A text that is of a later time than the edition has its default, with which the paper looks as it did."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: text for name, text in stored.items() if name in known})

    @property
    def labels(self) -> tuple[str, ...]:
        return (
            self.label_serial,
            self.label_occupation,
            self.label_provider,
            self.label_address,
            self.label_code,
        )


def digest_of(body: Mapping[str, str]) -> str:
    """SHA-256 in hex over canonical JSON in UTF-8 of a template as it is stored."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1024)
def _pieces(text: str) -> tuple[str, ...]:
    """Words and the names of places in turn, words first and last."""
    return tuple(_PLACE.split(text))


def places_in(text: str) -> list[str]:
    return list(_pieces(text)[1::2])


def outside_places(text: str) -> str:
    """The text without its places: where a brace is left in it, braces do not pair."""
    return "".join(_pieces(text)[::2])


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each place filled. Raises KeyError for a place that is unknown."""
    return "".join(values[piece] if number % 2 else piece for number, piece in enumerate(_pieces(text)))


def parts(sentence: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """(words, mark) in order: "-" is plain, the others are the marks of STRONG. Raises KeyError as `filled` does."""
    found: list[tuple[str, str]] = []
    for number, piece in enumerate(_pieces(sentence)):
        words, mark = (values[piece], STRONG.get(piece, "-")) if number % 2 else (piece, "-")
        if not words:
            continue
        if mark == "-" and found and found[-1][1] == "-":
            found[-1] = (found[-1][0] + words, "-")
        else:
            found.append((words, mark))
    return found


_SENTENCE = (
    "兹证明 {name}（居民身份证 {number}）于 {started}至 {completed}参加{subject}{course}学习，"
    "课程标准 {course_hours} 学时，实际完成 {hours} 学时，考核合格，特发此证。"
)
_ENGLISH = (
    "This is to certify that the holder named above completed {hours} counted class hours "
    "(standard: {course_hours}; one class hour is 45 minutes) of "
    '"{title}" between {started} and {completed}, and passed the closing assessment.'
)
_TITLES = {
    "level": ("职业技能培训合格证书", "Certificate of Vocational Training"),
    "special": ("专项职业能力培训合格证书", "Certificate of Training in a Special Vocational Skill"),
    "completion": ("职业培训合格证书", "Certificate of Training"),
}
SHIPPED: Final = {
    kind: Wording(
        title=title,
        title_en=title_en,
        sentence=_SENTENCE,
        english=_ENGLISH,
        issuer="{province}职业技能培训管理机构",
    )
    for kind, (title, title_en) in _TITLES.items()
}
"""The nation's number 1 by kind, in force from the beginning. Never changed: certificates were printed by it."""
