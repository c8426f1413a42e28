"""What a template says and what is wrong with one: without a database."""

import hashlib
from dataclasses import fields, replace

import pypdfium2
import pytest
from django.utils import translation

from certificates import paper
from certificates.paper import checking
from certificates.paper.wording import FACTS as FACTS_IN_BRACES
from certificates.paper.wording import SHIPPED, Wording, digest_of, filled, parts
from tests.certificates.test_paper import FACTS, NAMES, words_of

LEVEL = SHIPPED["level"]
SHIPPED_DIGEST = "5d4a911efefd454c54566bc6ed3248928741da99e8a398708981e3e831231e59"


def said(kind="level", **texts):
    with translation.override("en"):
        return [tuple(problem) for problem in checking.problems(replace(LEVEL, **texts), kind)]


def sentence_with(words):
    return LEVEL.sentence + words


def test_what_ships_never_changes():
    """Certificates were printed by it: another wording is another edition, published by two people."""
    digests = "".join(digest_of(SHIPPED[kind].as_json()) for kind in sorted(SHIPPED))
    assert hashlib.sha256(digests.encode()).hexdigest() == SHIPPED_DIGEST


@pytest.mark.parametrize("kind", SHIPPED)
def test_what_ships_can_be_printed(kind):
    assert checking.problems(SHIPPED[kind], kind) == []


def test_a_wording_survives_json_and_a_later_time():
    assert Wording.from_json(LEVEL.as_json()) == LEVEL
    stored = LEVEL.as_json() | {"of a later version": "x"}
    del stored["label_code"]
    assert Wording.from_json(stored) == LEVEL


def test_every_text_has_its_name():
    assert set(checking.NAMES) == {field.name for field in fields(Wording)}


def test_every_field_has_its_meaning_and_its_value():
    assert tuple(checking.MEANINGS) == FACTS_IN_BRACES
    assert set(paper.values(FACTS)) == set(paper.values_en(FACTS)) == set(FACTS_IN_BRACES)


def test_the_paper_says_what_the_template_says():
    wording = replace(
        LEVEL,
        title="贵州省职业培训结业证书",
        sentence="{name}，证件 {number}，学完{subject}{title}，{started}—{completed}，{hours}/{course_hours} 学时。",
        english="{name} ({number}): {title}, {hours} of {course_hours}, {started} to {completed}.",
        remark="遗失不补。",
        label_code="查验码",
    )
    facts = replace(FACTS, issuer_en="Guizhou Administration")
    found = words_of(paper.draw(facts, wording))
    for words in (
        "贵州省职业培训结业证书",
        "王斌，证件5201**********0417，学完焊工（四级/中级工）焊工入门：平角焊与安全操作，2026年4月20日—2026年6月5日，96/100学时。",
        "王斌(5201**********0417):Entrywelding:flatfilletweldsandsafeworking,96of100,20April2026to5June2026.",
        "遗失不补。",
        "GuizhouAdministration",
    ):
        assert words in found
    assert "兹证明" not in found


@pytest.mark.parametrize("name", ["{hours}", "王{name}", "a}b", "#panic()"])
def test_a_fact_is_never_read_as_a_field_or_markup(name):
    assert f"兹证明{name}（" in words_of(paper.draw(replace(FACTS, holder_name=name)))


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "·" in name or any(ord(c) > 0xFFFF for c in name)]
)
def test_every_name_stands_in_another_sentence_too(name):
    wording = replace(LEVEL, sentence="学员{name}（{number}）{subject}{hours}，{started}{completed}。")
    page = pypdfium2.PdfDocument(paper.draw(replace(FACTS, holder_name=name), wording))[0]
    assert name in "".join(page.get_textpage().get_text_range().split())


def test_marks_follow_the_fields():
    values = {"name": "王", "subject": "焊工", "hours": "9", "course": ""}
    assert parts("a{course}b {name}{hours}，{subject}", values) == [
        ("ab ", "-"),
        ("王", "n"),
        ("9", "s"),
        ("，", "-"),
        ("焊工", "s"),
    ]
    with pytest.raises(KeyError):
        filled("{unknown}", values)


UNKNOWN = [
    ("{nmae}", "There is no field {nmae}. Do you mean {name}?"),
    ("{姓名}", "There is no field {姓名}. Do you mean {name}?"),
    ("{标准学时}", "There is no field {标准学时}. Do you mean {course_hours}?"),
    ("{ Hours }", "There is no field { Hours }. Do you mean {hours}?"),
    ("{name.__class__}", "There is no field {name.__class__}. There are: {name}, {number}, "),
    ("{hours!r}", "There is no field {hours!r}. Do you mean {hours}?"),
    ("{}", "There is no field {}. There are: {name}, {number}, {subject}, "),
    ("{wxyz}", "There is no field {wxyz}. There are: {name}, {number}, {subject}, "),
    ("{province}", "There is no field {province}. "),
]


@pytest.mark.parametrize(("words", "sentence"), UNKNOWN)
@pytest.mark.parametrize("place", ["sentence", "english"])
def test_an_unknown_field_is_named_with_the_nearest_known_one(place, words, sentence):
    ((where, told),) = said(**{place: getattr(LEVEL, place) + words})
    assert where == place
    assert told.startswith(sentence)


@pytest.mark.parametrize("name", checking.REQUIRED["sentence"])
def test_what_has_to_stand_in_the_sentence(name):
    assert said(sentence=LEVEL.sentence.replace(f"{{{name}}}", "")) == [
        ("sentence", f"{{{name}}} has to stand in it.")
    ]


@pytest.mark.parametrize("name", checking.REQUIRED["english"])
def test_what_has_to_stand_in_the_english_sentence(name):
    assert said(english=LEVEL.english.replace(f"{{{name}}}", "")) == [
        ("english", f"{{{name}}} has to stand in it.")
    ]


@pytest.mark.parametrize("words", ["{", "}", "}{", "{name", "{{name}}", "{na{me}"])
def test_braces_go_in_pairs(words):
    assert ("sentence", "A brace has no partner: each { needs its }.") in said(sentence=sentence_with(words))


def test_full_width_braces_are_told():
    ((place, told),) = said(sentence=sentence_with("｛name｝"))
    assert (place, told[:29]) == ("sentence", "Write { and } in half width: ")


@pytest.mark.parametrize("place", ["title", "title_en", "remark", "label_serial", "label_code"])
def test_a_text_that_is_always_the_same_has_no_field(place):
    assert said(**{place: "给{name}"}) == [
        (place, "{name} cannot stand here: this text is the same on every certificate.")
    ]


def test_the_issuer_may_name_its_province_and_nothing_else():
    assert said(issuer="{province}人社厅", issuer_en="{province} Bureau") == []
    assert said(issuer="{省份}人社厅") == [("issuer", "There is no field {省份}. Do you mean {province}?")]


@pytest.mark.parametrize("character", ["\U00030729", "\ue000", "\U0001f600", "\u200b", "\u202e", "\x07"])
def test_a_character_without_a_glyph_is_named(character):
    ((place, told),) = said(remark=f"备{character}注")
    assert place == "remark"
    assert f"U+{ord(character):04X}" in told


@pytest.mark.parametrize("place", [name for name in checking.NAMES if name not in checking.OPTIONAL])
def test_a_text_that_has_to_be_there(place):
    assert said(**{place: "  "}) == [(place, "This text is missing.")]


TOO_LONG = [
    ({"title": "职" * 18}, "title", "The titles are too long"),
    ({"title_en": "Certificate of everything " * 20}, "title", "The titles are too long"),
    ({"sentence": LEVEL.sentence + "详" * 200}, "sentence", "Sentences and remark are too long"),
    ({"english": LEVEL.english + " more words" * 60}, "sentence", "Sentences and remark are too long"),
    ({"remark": "备" * 200}, "sentence", "Sentences and remark are too long"),
    ({"issuer": "{province}" + "办" * 12}, "issuer", "The issuer is too long"),
    ({"label_provider": "培训机构的全称" * 4}, "label_serial", "The texts before the numbers are too long"),
    ({"remark": "w" * 61}, "remark", "“wwww"),
]


@pytest.mark.parametrize(("texts", "place", "sentence"), TOO_LONG)
def test_what_does_not_fit_the_sheet_is_refused(texts, place, sentence):
    ((where, told),) = said(**texts)
    assert where == place
    assert told.startswith(sentence)


def test_room_is_measured_with_the_own_province():
    wording = replace(LEVEL, issuer="{province}职业技能培训管理总机构")
    with translation.override("en"):
        assert checking.problems(wording, "level", province="贵州省") == []
        assert checking.problems(wording, "level")[0].place == "issuer"


def test_nothing_typed_is_markup():
    remark = "#panic() *粗* _斜_ $x$ <a> @b \\ //"
    assert said(remark=remark) == []
    assert "".join(remark.split()) in words_of(paper.draw(FACTS, replace(LEVEL, remark=remark)))


def test_sentences_are_told_in_chinese_too():
    with translation.override("zh-hans"):
        (problem,) = checking.problems(replace(LEVEL, sentence=sentence_with("{nmae}")), "level")
    assert problem.sentence == "没有 {nmae} 这个字段。是否要写 {name}？"


@pytest.mark.parametrize("long", [False, True])
def test_a_preview_is_marked_as_a_sample(long):
    pdf = checking.shown(LEVEL, "level", form="pdf", long=long, province="贵州省", province_en="Guizhou")
    assert words_of(pdf).count("样张SAMPLE") == 2, "the small mark, and the one across the sheet"
    assert "贵州省职业技能培训管理机构" in words_of(pdf)
    assert checking.shown(LEVEL, "level", form="svg", long=long).startswith(b"<svg")
