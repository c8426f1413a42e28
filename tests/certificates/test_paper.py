import csv
import datetime as dt
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp

from certificates.paper import PaperFacts, UnprintableName, draw, missing_characters

DATA = Path(__file__).parents[1] / "data"
NAMES = [
    row["full_name"] for row in csv.DictReader((DATA / "names.csv").read_text(encoding="utf-8").splitlines())
]
CODE = "7ZZZ8K3M9Q2W5R1T6Y4X0PABCDEF"
FACTS = PaperFacts(
    serial="ZX-52-2026-0000001",
    code=CODE,
    verify_url=f"https://zhixun.example/verify/{CODE}/",
    kind="level",
    holder_name="王斌",
    holder_number="5201**********0417",
    course_title="焊工入门：平角焊与安全操作",
    course_title_en="Entry welding: flat fillet welds and safe working",
    occupation_code="6-18-02-04",
    occupation_name="焊工",
    level=4,
    hours="96",
    course_hours="100",
    started_on=dt.date(2026, 4, 20),
    completed_on=dt.date(2026, 6, 5),
    issued_on=dt.date(2026, 6, 9),
    issuer="贵州省职业技能培训管理机构",
    provider="锦川重工实训基地",
)


def words_of(pdf: bytes) -> str:
    """The page's text without white space: letter-spaced titles come back with gaps."""
    return "".join(pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


def read_qr(pdf: bytes) -> list[str]:
    page = pypdfium2.PdfDocument(pdf)[0]
    return [found.text for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]


def test_it_is_one_a4_landscape_page_of_tagged_pdf_a():
    reader = pypdf.PdfReader(BytesIO(draw(FACTS)))
    assert len(reader.pages) == 1
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == (842, 595)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")
    about = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2<" in about
    assert "<pdfaid:conformance>A<" in about
    assert "<pdfuaid:part>1<" in about


def test_it_says_what_the_facts_say():
    said = words_of(draw(FACTS))
    for words in (
        "职业技能培训合格证书",
        "样张SAMPLE",
        "兹证明王斌（居民身份证5201**********0417）",
        "于2026年4月20日至2026年6月5日",
        "焊工（四级/中级工）",
        "《焊工入门：平角焊与安全操作》",
        "课程标准100学时，实际完成96学时",
        "ZX-52-2026-0000001",
        "6-18-02-04",
        "锦川重工实训基地",
        "贵州省职业技能培训管理机构",
        "2026年6月9日",
        "zhixun.example/verify",
        "7ZZZ-8K3M-9Q2W-5R1T-6Y4X-0PAB-CDEF",
    ):
        assert words in said


def test_the_qr_code_is_read_from_the_drawn_page():
    assert read_qr(draw(FACTS)) == [FACTS.verify_url]


def test_every_name_stays_copyable():
    for name in NAMES:
        page = pypdfium2.PdfDocument(draw(replace(FACTS, holder_name=name)))[0]
        assert name in "".join(page.get_textpage().get_text_range().split()), name


@pytest.mark.parametrize(
    "name", [name for name in NAMES if not name.isascii() and any(ord(c) > 0xFFFF for c in name)]
)
def test_another_reader_copies_the_rare_ones_too(name):
    assert name in words_of(draw(replace(FACTS, holder_name=name)))


def test_the_same_facts_make_the_same_bytes():
    assert draw(FACTS) == draw(FACTS)


def test_a_page_is_made_of_what_it_says_and_of_nothing_kept_from_the_page_before():
    other = replace(FACTS, holder_name="𨱑娜", code="0" * 28, provider="另一机构")
    first = draw(FACTS)
    assert draw(other) != first
    assert draw(FACTS) == first


def test_only_a_sample_is_marked_as_one():
    assert "样张" not in words_of(draw(replace(FACTS, sample=False)))


@pytest.mark.parametrize("kind", ["level", "special", "completion"])
def test_every_kind_has_its_title(kind):
    assert "合格证书" in words_of(draw(replace(FACTS, kind=kind, level=None)))


def test_a_course_without_an_occupation_is_named_once():
    said = words_of(
        draw(replace(FACTS, kind="completion", occupation_name="", occupation_code="", level=None))
    )
    assert said.count("焊工入门") == 1


@pytest.mark.parametrize(
    "text",
    [
        *("#panic()", "*a* _b_ `c` $x$", "<tag> [x] \\", "a" * 60, "锦" * 100, "  ", "№\t§"),
        *('"', '"))#panic(("', "\\u{41} \\n", "\\", "{} () : ,", "// /* ", '锦"川', '\\"'),
    ],
)
def test_no_text_is_read_as_markup_or_breaks_the_page(text):
    pdf = draw(replace(FACTS, provider=text, course_title=text, holder_name=text or "王斌"))
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) == 1
    assert "".join(text.split())[:5] in words_of(pdf)


@pytest.mark.parametrize("name", ["王\U00030729", "王\ue000", "王\U0001f600", "王\u200b"])
def test_a_character_without_a_glyph_is_refused_by_name(name):
    with pytest.raises(UnprintableName) as refused:
        draw(replace(FACTS, holder_name=name))
    assert f"U+{ord(name[1]):04X}" in str(refused.value)
    assert refused.value.code == "unprintable_name"


def test_all_of_the_rare_characters_have_a_glyph():
    assert missing_characters("𨱑𫍲𫖮𬎆𬭎𬱖䶮㛃·") == []


def test_each_of_the_five_facts_stands_beside_its_label():
    lines = [
        line.strip()
        for line in pypdfium2.PdfDocument(draw(replace(FACTS, provider="锦" * 40)))[0]
        .get_textpage()
        .get_text_range()
        .splitlines()
    ]
    at = lines.index(f"证书编号 No. {FACTS.serial}")
    assert lines[at + 1] == "职业编码 Occupation 6-18-02-04"
    assert lines[at + 2].startswith("培训机构 Provider 锦")
    assert set(lines[at + 3]) == {"锦"}, "a long name goes on below itself"


def test_facts_survive_json():
    assert PaperFacts.from_json(FACTS.as_json()) == FACTS
