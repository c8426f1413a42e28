"""Whether a template can be printed: its places, its characters, its room. And the invented facts it is shown with."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Final, NamedTuple

import typst
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import paper
from certificates.paper.wording import FACTS, Wording, filled, outside_places, places_in

REQUIRED: Final = {
    "sentence": ("name", "number", "subject", "hours", "started", "completed"),
    "english": ("hours", "started", "completed"),
}
ALLOWED: Final = {
    "sentence": FACTS,
    "english": FACTS,
    "issuer": ("province",),
    "issuer_en": ("province",),
}
CHINESE: Final = {
    "姓名": "name",
    "身份证": "number",
    "身份证号": "number",
    "证件号码": "number",
    "职业": "subject",
    "工种": "subject",
    "课程": "course",
    "课程名称": "title",
    "学时": "hours",
    "标准学时": "course_hours",
    "开始日期": "started",
    "完成日期": "completed",
    "结束日期": "completed",
    "省份": "province",
}
"""What somebody may write in braces instead of the name of a place."""

NAMES: Final[dict[str, Promise]] = {
    "title": gettext_lazy("Title"),
    "title_en": gettext_lazy("Title in English"),
    "sentence": gettext_lazy("Sentence"),
    "english": gettext_lazy("Sentence in English"),
    "remark": gettext_lazy("Remark"),
    "issuer": gettext_lazy("Issuer"),
    "issuer_en": gettext_lazy("Issuer in English"),
    "label_serial": gettext_lazy("Before the number"),
    "label_occupation": gettext_lazy("Before the occupation code"),
    "label_provider": gettext_lazy("Before the provider"),
    "label_address": gettext_lazy("Before the address of the check"),
    "label_code": gettext_lazy("Before the verification code"),
}
MEANINGS: Final[dict[str, Promise]] = {
    "name": gettext_lazy("name of the holder"),
    "number": gettext_lazy("resident ID, masked"),
    "subject": gettext_lazy("occupation with its level, or the course"),
    "course": gettext_lazy("“the course …”; empty where the course is the subject"),
    "title": gettext_lazy("title of the course"),
    "hours": gettext_lazy("hours that counted"),
    "course_hours": gettext_lazy("hours of the course's standard"),
    "started": gettext_lazy("first day of learning"),
    "completed": gettext_lazy("last day of learning"),
}
"""What each field of the two sentences becomes, for who writes them."""

OPTIONAL: Final = {"issuer_en", "remark"}
LONGEST_PROVINCE = "新疆维吾尔自治区"
LONGEST_WORD = 60
"""Letters of one word without a space or hyphen: more would run off the paper."""


class Problem(NamedTuple):
    """What is wrong, in a sentence, and the text it stands in."""

    place: str
    sentence: str


def problems(wording: Wording, kind: str, *, province: str = LONGEST_PROVINCE) -> list[Problem]:
    """Everything that is in the way of printing by this template; the room is looked at once all else is right."""
    texts = wording.as_json()
    found = [Problem(place, said) for place, text in texts.items() for said in _in_text(place, text)]
    return found or _in_room(wording, kind, province)


def _in_text(place: str, text: str) -> Iterator[str]:
    if not text.strip():
        if place not in OPTIONAL:
            yield _("This text is missing.")
        return
    yield from _in_braces(place, text)
    if missing := paper.missing_characters(re.sub(r"\s", " ", text)):
        yield _("No font here can print: %(characters)s.") % {"characters": paper.shown(missing)}
    if word := re.search(rf"[!-,.-~]{{{LONGEST_WORD + 1},}}", outside_places(text)):
        yield _("“%(beginning)s…” is too long for one line. Put spaces in between.") % {
            "beginning": word[0][:20]
        }


def _in_braces(place: str, text: str) -> Iterator[str]:
    if re.search("[｛｝]", text):
        yield _("Write { and } in half width: full-width braces are printed as they are.")
    if re.search(r"[{}]", outside_places(text)):
        yield _("A brace has no partner: each { needs its }.")
        return
    allowed, stand = ALLOWED.get(place, ()), places_in(text)
    meant = set(stand)
    for name in dict.fromkeys(stand):
        if name not in allowed:
            near = _nearest(name, allowed)
            meant.add(near)
            yield _unknown(name, near, allowed)
    for name in REQUIRED.get(place, ()):
        if name not in meant:
            yield _("{%(name)s} has to stand in it.") % {"name": name}


def _nearest(name: str, allowed: tuple[str, ...]) -> str:
    plain = name.strip().lower()
    if CHINESE.get(plain) in allowed:
        return CHINESE[plain]
    return next(iter(get_close_matches(plain, allowed, n=1)), "")


def _unknown(name: str, near: str, allowed: tuple[str, ...]) -> str:
    said = {"name": name[:40], "near": near, "fields": ", ".join(f"{{{field}}}" for field in allowed)}
    if not allowed:
        return _("{%(name)s} cannot stand here: this text is the same on every certificate.") % said
    if near:
        return _("There is no field {%(name)s}. Do you mean {%(near)s}?") % said
    return _("There is no field {%(name)s}. There are: %(fields)s.") % said


def _in_room(wording: Wording, kind: str, province: str) -> list[Problem]:
    """The page drawn with the longest facts; what does not fit is told by the sheet itself."""
    facts = longest(kind, wording, province=province)
    words = paper.must_be_printable(facts, wording)
    try:
        paper.compiled(words | {"fits": "?"}, facts, form="svg")
    except typst.TypstError as broken:
        place = next((place for place in _TOO_LONG if f"no room: {place}" in broken.message), None)
        if place is None:
            raise
        return [Problem(place, str(_TOO_LONG[place]))]
    return []


_TOO_LONG: Final = {
    "title": gettext_lazy("The titles are too long: they run into the sentence."),
    "issuer": gettext_lazy("The issuer is too long for one line."),
    "label_serial": gettext_lazy(
        "The texts before the numbers are too long: they take the room of the sentence."
    ),
    "sentence": gettext_lazy(
        "Sentences and remark are too long: with a long name and a long course they run into what stands below."
    ),
}


def sample(
    kind: str, wording: Wording, *, province: str = "某省", province_en: str = "Sample Province"
) -> paper.PaperFacts:
    """Invented facts with a rare name."""
    code = "7ZZZ8K3M9Q2W5R1T6Y4X0PABCDEF"
    with_occupation = kind != "completion"
    return paper.PaperFacts(
        serial="ZX-00-2026-0000000",
        code=code,
        verify_url=f"https://example.org/verify/{code}/",
        kind=kind,
        holder_name="欧阳𬎆祥",
        holder_number="1101**********0000",
        course_title="焊工入门：平角焊与安全操作",
        course_title_en="Entry welding: flat fillet welds and safe working",
        occupation_code="6-18-02-04" if with_occupation else "",
        occupation_name="焊工" if with_occupation else "",
        occupation_edition="2022" if with_occupation else "",
        level=4 if kind == "level" else None,
        hours="96",
        course_hours="100",
        started_on=dt.date(2026, 4, 20),
        completed_on=dt.date(2026, 6, 5),
        issued_on=dt.date(2026, 6, 9),
        issuer=filled(wording.issuer, {"province": province}),
        issuer_en=filled(wording.issuer_en, {"province": province_en}),
        provider="示例职业学校",
    )


def longest(kind: str, wording: Wording, *, province: str = LONGEST_PROVINCE) -> paper.PaperFacts:
    """The longest facts that a certificate is likely to have."""
    facts = sample(kind, wording, province=province, province_en="Xinjiang Uygur Autonomous Region")
    return replace(
        facts,
        serial="ZX-65-2026-0000000",
        holder_name="买买提吐尔逊江·阿卜杜热合曼·艾克拜尔江",
        course_title="新能源汽车动力电池系统故障诊断与维修：高压安全操作规范、绝缘检测和应急处置综合技能提升培训",
        course_title_en="Fault diagnosis and repair of traction batteries in electric vehicles: safe work on high "
        "voltage, insulation tests and what to do in an emergency",
        occupation_name="城市轨道交通信号设备维护与检修工" if facts.occupation_name else "",
        hours="1234.56",
        course_hours="1234.56",
        started_on=dt.date(2026, 10, 20),
        completed_on=dt.date(2026, 12, 25),
        issued_on=dt.date(2026, 12, 29),
        provider="新疆维吾尔自治区某某职业技能培训示范基地（示例集团有限责任公司）",
        replaces="ZX-65-2026-0000001",
    )


def shown(
    wording: Wording, kind: str, *, form: str, province: str = "", province_en: str = "", long: bool = False
) -> bytes:
    """The page as "pdf" or "svg" with invented facts, and across it that it is a sample. For a wording without problems."""
    names = {"province": province, "province_en": province_en} if province else {}
    facts = (
        longest(kind, wording, **({"province": province} if province else {}))
        if long
        else sample(kind, wording, **names)
    )
    words = paper.must_be_printable(facts, wording)
    return paper.compiled(words | {"watermark": "样张 SAMPLE"}, facts, form=form)
