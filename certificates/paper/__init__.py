"""The paper of a certificate: facts in, a tagged PDF/A-2a + PDF/UA-1 page out. Pure: no database, no clock, no settings.

The same facts make the same bytes, so a worker that dies half way may simply draw again. What a page costs, and what was
tried to make it cheaper, is in docs/decisions/0045.

The typst engine keeps a pool of threads. Draw in the process that will go on drawing: a process forked *after* its
parent has drawn would wait for threads that are not there. Celery's parent never draws.
"""

import calendar
import json
import re
import struct
import threading
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import quote

import typst
import zxingcpp
from django.utils.translation import gettext_lazy as _

from certificates.paper.wording import SHIPPED, Wording, filled, parts
from portal.rules import RuleBroken

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
NAME_FONTS = ("ZhixunStrong.otf", "ZhixunRare.otf")  # every other text has these behind its own

LEVELS = {
    5: "五级 / 初级工",
    4: "四级 / 中级工",
    3: "三级 / 高级工",
    2: "二级 / 技师",
    1: "一级 / 高级技师",
}


class UnprintableName(RuleBroken):
    """A character that no font on board can draw; a box in its place would make the paper worthless."""

    code = "unprintable_name"
    message = _("No font here can print one of the characters on the certificate.")


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What one certificate says. Hours are 学时 (45 min) as decimal strings; dates are those of Asia/Shanghai."""

    serial: str
    code: str
    verify_url: str
    kind: str  # "level" | "special" | "completion"
    holder_name: str
    holder_number: str  # masked
    course_title: str
    course_title_en: str
    occupation_code: str
    occupation_name: str
    level: int | None
    hours: str
    course_hours: str
    started_on: date
    completed_on: date
    issued_on: date
    issuer: str
    provider: str
    sample: bool = True
    occupation_edition: str = ""
    replaces: str = ""  # the serial of the certificate whose place this one takes
    issuer_en: str = ""

    def as_json(self) -> dict:
        """Without `issuer_en` where there is none, so that the digest of a certificate made before it existed comes out."""
        said = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }
        if not self.issuer_en:
            del said["issuer_en"]
        return said

    @classmethod
    def from_json(cls, stored: dict) -> Self:
        days = {
            name: date.fromisoformat(stored[name]) for name in ("started_on", "completed_on", "issued_on")
        }
        return cls(**{**stored, **days})

    @property
    def subject(self) -> str:
        """The occupation with its level; the course where there is no occupation."""
        if not self.occupation_name:
            return self.course_title
        return f"{self.occupation_name}（{LEVELS[self.level]}）" if self.level else self.occupation_name


def draw(facts: PaperFacts, wording: Wording | None = None) -> bytes:
    """The page as PDF, in the words of a template (without one: those that ship). Raises UnprintableName where a
    character has no glyph.
    """
    return compiled(must_be_printable(facts, wording), facts)


def compiled(words: dict[str, str], facts: PaperFacts, *, form: str = "pdf") -> bytes:
    """The page with these words, as "pdf" or "svg". Raises typst.TypstError."""
    page = _page(words | {"qr": qr_picture(facts.verify_url)})
    return engraved(page, form=form)


def engraved(document: bytes, *, form: str = "pdf") -> bytes:
    """A document of the engine's own language, which may import what lies beside this file. Raises typst.TypstError."""
    standards = ["a-2a", "ua-1"] if form == "pdf" else []
    with _DRAWING:
        return _compiler().compile(document, format=form, pdf_standards=standards)


def must_be_printable(facts: PaperFacts, wording: Wording | None = None) -> dict[str, str]:
    """The words of the page, on one line each. Raises UnprintableName, which names each character without a glyph."""
    words = {place: re.sub(r"\s", " ", text) for place, text in words_on(facts, wording).items()}
    if missing := missing_characters("".join(words.values())):
        raise UnprintableName(
            _("No font here can print: %(characters)s.") % {"characters": shown(missing)}, characters=missing
        )
    return words


def _page(said: dict[str, str]) -> bytes:
    """The document for typst. Its dictionaries are JSON's in round brackets, and so are its strings: a name stays a string.

    Words given as `sys_inputs` would make the engine take its whole library in again for each page: a millisecond.
    """
    strings = json.dumps(said, ensure_ascii=False)[1:-1]
    return f'#import "certificate.typ": certificate\n#certificate(({strings}))'.encode()


def shown(characters: list[str]) -> str:
    return "、".join(f"{character} (U+{ord(character):04X})" for character in characters)


def missing_characters(text: str) -> list[str]:
    """The characters of `text` that no font here can draw, each once, in order."""
    known = _characters()
    return [character for character in dict.fromkeys(text) if ord(character) not in known]


def words_on(facts: PaperFacts, wording: Wording | None = None) -> dict[str, str]:
    """Every text of the page. It is bilingual in whatever language it is asked for: the paper is one and the same.

    `marks` has one letter for each `part_` of the Chinese sentence (`certificates.paper.wording.STRONG`).
    """
    wording = wording or SHIPPED[facts.kind]
    sentence = sentence_on(facts, wording)
    return {
        "title": wording.title,
        "title_en": wording.title_en,
        "serial": facts.serial,
        "sample": "样张 SAMPLE" if facts.sample else "",
        "marks": "".join(mark for _words, mark in sentence),
        **{f"part_{number}": words for number, (words, _mark) in enumerate(sentence)},
        "english": filled(wording.english, values_en(facts)),
        "remark": wording.remark,
        "qr_alt": f"查验二维码 QR code: {facts.verify_url}",
        **{f"label_{number}": label for number, label in enumerate(wording.labels)},
        "value_0": f"{facts.serial}（替代 Replaces {facts.replaces}）" if facts.replaces else facts.serial,
        "value_1": _occupation(facts),
        "value_2": facts.provider,
        "value_3": facts.verify_url.split("://", 1)[-1].removesuffix(f"{facts.code}/").rstrip("/"),
        "value_4": "-".join(facts.code[at : at + 4] for at in range(0, len(facts.code), 4)),
        "seal": "职业技能培训专用章（样张）" if facts.sample else "",
        "seal_mark": "样张",
        "issuer": facts.issuer,
        "issuer_en": facts.issuer_en,
        "issued": _day(facts.issued_on),
        "issued_on": facts.issued_on.isoformat(),
    }


def sentence_on(facts: PaperFacts, wording: Wording) -> list[tuple[str, str]]:
    """The Chinese sentence as (words, mark), see `certificates.paper.wording.parts`."""
    return parts(wording.sentence, values(facts))


def values(facts: PaperFacts) -> dict[str, str]:
    """What each place of a Chinese sentence becomes. `course` is empty where the subject is the course itself."""
    return {
        "name": facts.holder_name,
        "number": facts.holder_number,
        "subject": facts.subject,
        "course": "" if facts.course_title == facts.subject else f"职业培训课程《{facts.course_title}》",
        "title": facts.course_title,
        "hours": facts.hours,
        "course_hours": facts.course_hours,
        "started": _day(facts.started_on),
        "completed": _day(facts.completed_on),
    }


def values_en(facts: PaperFacts) -> dict[str, str]:
    """What each place of an English sentence becomes; a course without an English title has its Chinese one."""
    title = facts.course_title_en or facts.course_title
    return values(facts) | {
        "course": "" if facts.course_title == facts.subject else f'the course "{title}"',
        "title": title,
        "started": _day_en(facts.started_on),
        "completed": _day_en(facts.completed_on),
    }


def _occupation(facts: PaperFacts) -> str:
    """The code with the edition of the list it is of: codes were given anew in some."""
    edition = f"（{facts.occupation_edition} 版）" if facts.occupation_edition else ""
    return f"{facts.occupation_code}{edition}" if facts.occupation_code else "—"


def hours(value: Fraction) -> str:
    """学时 with at most two decimals, cut and never rounded up: 79.996 is not yet 80."""
    hundredths = int(value * 100)
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _day_en(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def qr_picture(url: str) -> str:
    """An SVG. Error correction M and the four quiet modules of ISO/IEC 18004: a phone reads it from a worn print."""
    code = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return zxingcpp.write_barcode_to_svg(code, add_quiet_zones=True)


def qr_address(url: str) -> str:
    """The same code as a `data:` address, for a page."""
    return "data:image/svg+xml," + quote(qr_picture(url))


_DRAWING = threading.Lock()  # one compiler is used by one thread at a time


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(HERE), font_paths=[str(FONTS)], ignore_system_fonts=True)


@cache
def _characters() -> frozenset[int]:
    return frozenset().union(*(_characters_in((FONTS / name).read_bytes()) for name in NAME_FONTS))


def _characters_in(font: bytes) -> set[int]:
    """The code points of an OpenType font's format 12 `cmap` (OpenType 1.9, "cmap", segmented coverage)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = (struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(tables))
    start = next(offset for tag, _sum, offset, _length in directory if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    known: set[int] = set()
    for n in range(subtables):
        at = start + struct.unpack_from(">HHL", font, start + 4 + 8 * n)[2]
        if struct.unpack_from(">H", font, at)[0] == 12:  # noqa: PLR2004 — the format's number
            (groups,) = struct.unpack_from(">L", font, at + 12)
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">LLL", font, at + 16 + 12 * group)
                known.update(range(first, last + 1))
    return known
