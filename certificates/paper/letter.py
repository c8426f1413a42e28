"""A letter or report of an office as a tagged PDF/A-2a + PDF/UA-1 of as many pages as it takes. Pure, as the certificate's page is.

It is drawn by the same engine, with the same fonts, and can be signed like a certificate. What people typed may stand in it, so a
character that no font here can draw is written out as its code: the letter has to reach its reader all the same.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from certificates import paper

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
SAMPLE: Final = "样张 SAMPLE"


@dataclass(frozen=True, slots=True)
class Head:
    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, with its English beneath it where there is one."""

    zh: str
    en: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the line, one for each column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """`day` is that of Shanghai on which it was written."""

    title: str
    title_en: str
    number: str
    day: dt.date
    sender: str
    sender_en: str = ""
    sample: bool = True
    blocks: tuple[Head | Words | Table, ...] = field(default_factory=tuple)


_KINDS: Final = {Head: "head", Words: "words", Table: "table"}


def draw(letter: Letter) -> bytes:
    """The pages as PDF. The same letter makes the same bytes. Raises typst.TypstError."""
    words = json.dumps(_said(letter), ensure_ascii=False)
    literal = words.replace("\\", "\\\\").replace('"', '\\"')
    return paper.engraved(f'#import "letter.typ": letter\n#letter(json(bytes("{literal}")))'.encode())


def _said(letter: Letter) -> dict[str, Any]:
    return {
        **{
            name: plain(getattr(letter, name))
            for name in ("title", "title_en", "number", "sender", "sender_en")
        },
        "day": letter.day.isoformat(),
        "day_zh": f"{letter.day.year} 年 {letter.day.month} 月 {letter.day.day} 日",
        "sample": SAMPLE if letter.sample else "",
        "blocks": [_block(block) for block in letter.blocks],
    }


def _block(block: Head | Words | Table) -> dict[str, Any]:
    kind = _KINDS[type(block)]
    if isinstance(block, Table):
        return {
            "kind": kind,
            "head": [plain(words) for words in block.head],
            "rows": [[plain(words) for words in row] for row in block.rows],
            "widths": list(block.widths),
        }
    strong = {"strong": block.strong} if isinstance(block, Words) else {}
    return {"kind": kind, "zh": plain(block.zh), "en": plain(block.en), **strong}


def plain(text: str) -> str:
    """On one line, with the code of each character that cannot be drawn: `[U+1F600]`."""
    text = _CONTROL.sub(" ", text)
    missing = paper.missing_characters(text)
    return text.translate({ord(one): f"[U+{ord(one):04X}]" for one in missing}) if missing else text
