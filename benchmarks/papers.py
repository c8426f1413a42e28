"""Contenders of the paper of a certificate: drawn, signed, the bare compiler.

The typst engine keeps threads, so this part is run last: nothing may fork after it (see certificates/paper).
"""

import datetime as dt
import secrets
import statistics
from collections.abc import Callable
from itertools import count
from pathlib import Path

import typst

from benchmarks import peers
from benchmarks.rounds import Figures, repeated
from certificates import paper, signers
from portal import clock

EMPTY = Path(__file__).with_name("empty.typ")
NAMES = ("王建国", "李桂英", "欧阳娜娜", "阿依古丽·买买提", "张𬭊", "杨秀兰", "赵铁柱", "陈思远")
_numbers = count(1)


def facts(number: int) -> paper.PaperFacts:
    code = f"{secrets.randbits(140):028X}"[-28:]
    day = dt.date(2026, 3, 16)
    return paper.PaperFacts(
        serial=f"ZX-52-2026-{number:07}",
        code=code,
        verify_url=f"https://zhixun.example/verify/{code}/",
        kind="level",
        holder_name=NAMES[number % len(NAMES)],
        holder_number="52**************1X",
        course_title="焊工入门：平角焊与安全操作",
        course_title_en="Entry welding: flat fillet welds and safe working",
        occupation_code="6-18-02-04",
        occupation_name="焊工",
        level=4,
        hours="80",
        course_hours="80",
        started_on=day,
        completed_on=day,
        issued_on=day,
        issuer="贵州省职业技能培训管理机构",
        provider="贵州示例职业技能培训学校",
    )


def drawing() -> Callable[[float], Figures]:
    """Each page another name, serial and code: nothing of the page before can be used again."""
    return lambda seconds: repeated(lambda: paper.draw(facts(next(_numbers))), seconds)


def signing() -> Callable[[float], Figures]:
    """Drawn and signed, as it is stored."""
    return lambda seconds: repeated(lambda: _signed(next(_numbers)), seconds)


def _signed(number: int) -> bytes:
    told = facts(number)
    return signers.signed(paper.draw(told), at=clock.now(), serial=told.serial)


def signing_alone() -> Callable[[float], Figures]:
    """Of a page that is drawn already."""
    drawn = paper.draw(facts(next(_numbers)))
    return lambda seconds: repeated(
        lambda: signers.signed(drawn, at=clock.now(), serial=str(next(_numbers))), seconds
    )


def signing_by_pyhanko() -> Callable[[float], Figures]:
    """The same page, drawn already, by the peer."""
    drawn, signed = paper.draw(facts(next(_numbers))), peers.pyhanko()
    return lambda seconds: repeated(lambda: signed(drawn), seconds)


def all_by_peers() -> Callable[[float], Figures]:
    """Set by WeasyPrint and signed by pyHanko."""
    draw, signed = peers.weasyprint_drawing(), peers.pyhanko()
    return lambda seconds: repeated(lambda: signed(draw(facts(next(_numbers)))), seconds)


def bare_compiling() -> Callable[[float], Figures]:
    """The same engine, fonts and standards for a page with one changing word."""
    compiler = typst.Compiler(root=str(EMPTY.parent), font_paths=[str(paper.FONTS)], ignore_system_fonts=True)
    page = EMPTY.read_text(encoding="utf-8")

    def once() -> None:
        compiler.compile(f"{page}{next(_numbers)}".encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])

    return lambda seconds: repeated(once, seconds)


def kilobytes() -> float:
    """Of a signed paper, on average."""
    return round(statistics.mean(len(_signed(next(_numbers))) for _name in NAMES) / 1000, 1)
