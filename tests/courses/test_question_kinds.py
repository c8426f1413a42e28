"""The kinds of questions in database and editor, what becomes of their keys, and an exam made of parts."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from courses import services
from courses.models import ExamBlueprint, Question
from courses.selectors.documents import found
from courses.selectors.questions import right_answer
from courses.services.documents import apply_documents
from tests.courses.drafting import fields_of, page_of
from tests.learners.kinds import png, words

pytestmark = pytest.mark.django_db
FRESH = {"revision": "0", "base": "", "lesson": "", "for_exam": "on", "difficulty": "2", "topic": ""}


@pytest.fixture
def told(writer, at):
    return {"by": writer, "at": at}


def add(draft, kind, told, **other):
    return services.add_question(draft, for_exam=True, **(words(kind) | other), **told)


def new(browser, kind, **said):
    return browser.post(page_of("questions") + f"new/?kind={kind}", FRESH | {"kind": kind} | said)


def picture(name="a.png", content=None):
    return SimpleUploadedFile(name, content or png(), content_type="image/png")


def made():
    return Question.objects.order_by("pk").last()


# -- what the database refuses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "change"),
    [
        ("question_right_keys_fit_kind", "ordering", {"right_keys": ["A"]}),
        ("question_right_keys_fit_kind", "hotspot", {"right_keys": []}),
        ("question_right_keys_fit_kind", "numeric", {"right_keys": ["A"]}),
        ("question_right_keys_fit_kind", "short_text", {"right_keys": ["A"]}),
        ("question_written_has_no_options", "numeric", {"options": [{"key": "A", "zh": "甲"}]}),
        ("question_written_has_no_options", "short_text", {"options": [{"key": "A", "zh": "𠮷"}]}),
        ("question_number_fits_kind", "numeric", {"number": None}),
        ("question_number_fits_kind", "numeric", {"tolerance": None}),
        ("question_number_fits_kind", "numeric", {"tolerance": -1}),
        ("question_number_fits_kind", "single", {"number": 1}),
        ("question_number_fits_kind", "single", {"tolerance": 1}),
        ("question_number_fits_kind", "single", {"unit": "mm"}),
        ("question_accepted_fits_kind", "single", {"accepted": ["接地𠮷线"]}),
        ("question_picture_fits_kind", "hotspot", {"picture_key": ""}),
        ("question_picture_fits_kind", "hotspot", {"picture_zh": ""}),
        ("question_picture_fits_kind", "single", {"picture_key": "questions/a.png"}),
        ("question_picture_fits_kind", "single", {"picture_en": "A box"}),
        ("question_difficulty_known", "single", {"difficulty": 0}),
        ("question_difficulty_known", "single", {"difficulty": 4}),
    ],
)
def test_a_question_that_breaks_a_constraint(draft, told, name, kind, change):
    row = Question.objects.filter(pk=add(draft, kind, told).pk)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.update(**change)


def test_a_key_stands_once_in_a_version(draft, told):
    first, second = add(draft, "single", told), add(draft, "numeric", told)
    with pytest.raises(IntegrityError, match="question_key_once"), transaction.atomic():
        Question.objects.filter(pk=second.pk).update(key=first.key)


# -- the editor ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_every_kind_has_its_page_new_and_stored(browser, draft, told, kind):
    page = browser.get(page_of("questions") + f"new/?kind={kind}")
    assert page.status_code == 200
    assert page.context["form"]["kind"].value() == kind
    row = add(draft, kind, told)
    page = browser.get(page_of("questions", row.pk))
    said = fields_of(page)
    assert browser.post(page_of("questions", row.pk), said).status_code == 302
    again = Question.objects.get(pk=row.pk)
    assert {
        name: getattr(again, name)
        for name in said
        if hasattr(again, name) and name not in {"lesson", "revision"}
    } == {
        name: getattr(row, name) for name in said if hasattr(row, name) and name not in {"lesson", "revision"}
    }, "a page that is sent back as it came changes nothing"
    assert (again.options, again.right_keys, again.revision) == (row.options, row.right_keys, 1)


def test_a_number_is_written_as_people_write_it(browser, draft):
    said = {
        "stem_zh": "焊缝宽多少𠮷？",
        "number": "１２，５",
        "tolerance": "十",
        "tolerance_in_percent": "on",
        "unit": "mm",
    }
    assert new(browser, "numeric", **said).status_code == 302
    assert right_answer(made()) == "12.5 mm ± 10 %"
    for number, tolerance in (("1,200", ""), ("很多", ""), ("", ""), ("1", "-2"), ("9" * 30, "")):
        refused = new(browser, "numeric", **said | {"number": number, "tolerance": tolerance})
        assert refused.status_code == 422, (number, tolerance)
        if number:
            assert f'value="{number[:24]}' in refused.content.decode(), "what was typed stays"


def test_steps_are_written_in_their_order_and_stored_in_another(browser, draft):
    steps = ["验电", "挂接地线", "挂牌", "开工𠮷"]
    said = {f"option_{key}_zh": text for key, text in zip("ABCD", steps, strict=True)}
    assert new(browser, "ordering", stem_zh="检修的次序？", **said).status_code == 302
    row = made()
    assert [one["zh"] for one in row.ordered_options] == steps
    assert [one["zh"] for one in row.options] != steps
    page = browser.get(page_of("questions", row.pk))
    assert [one["zh"].value() for one in page.context["form"].rows][:4] == steps
    assert new(browser, "ordering", stem_zh="一步？", option_A_zh="只有一步").status_code == 422
    twice = new(browser, "ordering", stem_zh="两步？", option_A_zh="同", option_B_zh="同")
    assert twice.status_code == 422


def test_a_short_text_takes_one_answer_a_line(browser, draft):
    assert (
        new(browser, "short_text", stem_zh="叫什么？", accepted="接地𠮷线\r\n\r\n earth lead ").status_code
        == 302
    )
    assert made().accepted == ["接地𠮷线", "earth lead"]
    assert new(browser, "short_text", stem_zh="写一句。", accepted="").status_code == 302
    assert made().accepted == []
    for bad in ("。。。", "字" * 201, "\n".join(f"答{n}" for n in range(21))):
        refused = new(browser, "short_text", stem_zh="叫什么？", accepted=bad)
        assert refused.status_code == 422
        assert bad.splitlines()[0] in refused.content.decode()


def spots(*areas, right="A"):
    said = {"right_keys": list(right), "picture_zh": "配电箱"}
    for key, area in zip("ABCDEFGH", areas, strict=False):
        said |= {f"option_{key}_zh": f"点{key}"}
        said |= {f"spot_{key}_{name}": n for name, n in zip(("x", "y", "width", "height"), area, strict=True)}
    return said


def test_a_spot_lies_in_a_picture(browser, draft):
    said = {"stem_zh": "哪里接地？"} | spots((0, 0, 20, 20), (50, 50, 50, 50))
    assert new(browser, "hotspot", picture=picture(), **said).status_code == 302
    row = made()
    assert [one["area"] for one in row.options] == [[0, 0, 20, 20], [50, 50, 50, 50]]
    assert default_storage.exists(row.picture_key)
    page = browser.get(page_of("questions", row.pk))
    assert page.content.decode().count('<g data-spot="') == 2, "as learners see it"
    other = browser.post(
        page_of("questions", row.pk), fields_of(page) | {"picture": picture(content=png(80, 60))}
    )
    assert other.status_code == 302
    assert Question.objects.get(pk=row.pk).picture_key != row.picture_key


@pytest.mark.parametrize(
    "wrong",
    [
        {"picture": SimpleUploadedFile("a.png", b"no picture")},
        {"picture": ""},
        {"picture_zh": ""},
        {"right_keys": []},
        {"right_keys": ["H"]},
        {"spot_A_x": "90"},
        {"spot_A_width": "0"},
        {"spot_A_x": ""},
        {"spot_A_x": "x"},
        {"option_B_zh": ""},
        {"option_B_zh": "点A"},
    ],
)
def test_a_spot_that_lies_nowhere_is_refused(browser, draft, wrong):
    said = {"stem_zh": "哪里接地𠮷？", "picture": picture()} | spots((0, 0, 20, 20), (50, 50, 50, 50))
    before = Question.objects.count()
    refused = new(browser, "hotspot", **said | wrong)
    assert refused.status_code == 422
    assert "哪里接地𠮷？" in refused.content.decode()
    assert Question.objects.count() == before


def test_of_two_editors_the_second_sees_both_numbers(browser, beside, draft, told):
    address = page_of("questions", add(draft, "numeric", told).pk)
    mine, theirs = fields_of(browser.get(address)), fields_of(beside.get(address))
    assert beside.post(address, theirs | {"number": "13"}).status_code == 302
    page = browser.post(address, mine | {"number": "14"})
    assert page.status_code == 409
    assert {row.name for row in page.context["form"].differences} == {"number"}
    assert browser.post(address, fields_of(page) | {"take-number": "mine"}).status_code == 302
    assert str(made().number.normalize()) == "14"


# -- keys ------------------------------------------------------------------------------------------------------------


def keys_of(version):
    return {row.stem_zh: row.key for row in version.questions.all()}


def test_keys_last_through_versions_and_are_new_in_copies(draft, told, keeper, at):
    for kind in Question.Kind.values:
        add(draft, kind, told)
    services.submit(draft, **told)
    services.publish(draft, by=keeper, at=at)
    first, second = draft.versions.get(), services.start_version(draft, **told)
    assert keys_of(second) == keys_of(first)
    lesson = second.lessons.get(key="read")
    copy = services.duplicate_lesson(lesson, **told)
    asked, again = lesson.questions.get(), copy.questions.get()
    assert (again.stem_zh, again.key == asked.key) == (asked.stem_zh, False)


def test_an_import_keeps_the_key_of_the_same_question(draft, told, guizhou, school, at):
    draft.partner_ref = "W-9"
    draft.save(update_fields=["partner_ref"])
    for kind in Question.Kind.values:
        add(draft, kind, told)
    version = draft.versions.get()
    before, document = keys_of(version), found([version])[version.pk].document
    bank = tuple(replaced(row) for row in document.bank)
    (fate,) = apply_documents(school, guizhou, [replaced(document, bank=bank)], **told)
    assert fate.problems == ()
    after = keys_of(version)
    assert {stem: after[stem] for stem in before if stem != "题single：检修前？"} == {
        stem: key for stem, key in before.items() if stem != "题single：检修前？"
    }
    assert "题single改过𠮷？" in after
    assert after["题single改过𠮷？"] not in before.values()


def replaced(thing, **changes):
    from dataclasses import replace

    if not changes and thing.kind == "single" and thing.stem_zh.startswith("题"):
        return replace(thing, stem_zh="题single改过𠮷？", key="")
    return replace(thing, **changes) if changes else replace(thing, key="")


# -- an exam of parts ------------------------------------------------------------------------------------------------


def test_the_exam_is_made_of_parts_and_says_what_the_bank_lacks(browser, draft, told):
    for kind in ("numeric", "ordering"):
        add(draft, kind, told)
    said = fields_of(browser.get(page_of("exam"))) | {"questions": "5"}
    part = {"part_0_count": "2", "part_0_kind": "numeric", "part_1_count": "1", "part_1_difficulty": "3"}
    assert browser.post(page_of("exam"), said | part).status_code == 302
    plan = ExamBlueprint.objects.get()
    assert plan.parts == [
        {"count": 2, "section": "", "kind": "numeric", "difficulty": 0},
        {"count": 1, "section": "", "kind": "", "difficulty": 3},
    ]
    page = browser.get(page_of("exam"))
    assert [(row.wanted, row.lacking) for row in page.context["filling"]] == [(2, 1), (1, 1), (2, 0)]
    said = fields_of(page) | {"part_0_count": "", "part_0_kind": "", "part_0_difficulty": ""}
    assert browser.post(page_of("exam"), said).status_code == 302
    assert [row["difficulty"] for row in ExamBlueprint.objects.get().parts] == [3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"part_0_count": "", "part_0_kind": "numeric"},
        {"part_0_count": "6"},
        {"part_0_count": "3", "part_1_count": "3"},
        {"part_0_count": "-1"},
        {"part_0_count": "两"},
        {"part_0_count": "1", "part_0_kind": "essay"},
        {"part_0_count": "1", "part_0_section": "nowhere"},
        {"part_0_count": "1", "part_0_difficulty": "9"},
    ],
)
def test_parts_that_make_no_exam_are_refused(browser, draft, wrong):
    said = fields_of(browser.get(page_of("exam"))) | {"questions": "5"}
    page = browser.post(page_of("exam"), said | wrong)
    assert page.status_code == 422
    assert ExamBlueprint.objects.get().questions == 1


def test_of_two_who_change_the_parts_the_second_is_told(browser, beside, draft):
    mine, theirs = fields_of(browser.get(page_of("exam"))), fields_of(beside.get(page_of("exam")))
    beside.post(page_of("exam"), theirs | {"questions": "4", "part_0_count": "2"})
    page = browser.post(page_of("exam"), mine | {"part_0_count": "1", "part_0_kind": "single"})
    assert page.status_code == 409
    names = {row.name for row in page.context["form"].differences}
    assert "part_0_count" in names
    takes = {f"take-{name}": "theirs" for name in names}
    assert browser.post(page_of("exam"), fields_of(page) | takes).status_code == 302
    plan = ExamBlueprint.objects.get()
    assert (plan.questions, [row["count"] for row in plan.parts]) == (4, [2])


def test_a_picture_is_stored_once_for_all_copies(draft, told):
    first, second = add(draft, "hotspot", told), add(draft, "hotspot", told)
    assert first.picture_key == second.picture_key
    with default_storage.open(first.picture_key) as stored:
        assert io.BytesIO(stored.read()).getvalue().startswith(b"\x89PNG")
