"""The editor saves by itself, and of two who write at once the second is told, sees both texts and merges them."""

import json
import re

import pytest

from courses import services
from courses.models import ExamBlueprint, Lesson, Question
from tests.courses.drafting import fields_of, page_of, text_of

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def lesson(draft):
    return Lesson.objects.get(version__course=draft, key="read")


def test_a_save_on_the_way_answers_with_the_next_revision(browser, lesson):
    said = fields_of(browser.get(page_of("lessons", "read")))
    answer = browser.post(page_of("lessons", "read"), said | {"title_zh": "一"}, headers=JSON)
    told = answer.json()
    assert told["revision"] == 2
    assert set(told) == {"revision", "base", "saved_at"}
    said |= {"revision": told["revision"], "base": json.dumps(told["base"])}
    assert (
        browser.post(page_of("lessons", "read"), said | {"title_zh": "二"}, headers=JSON).json()["revision"]
        == 3
    )
    refused = browser.post(page_of("lessons", "read"), said | {"title_zh": ""}, headers=JSON)
    assert refused.status_code == 422
    assert refused.json()["errors"]["title_zh"]


def test_the_second_editor_sees_both_texts_and_saves_the_merge(browser, beside, lesson):
    mine = fields_of(browser.get(page_of("lessons", "read")))
    theirs = fields_of(beside.get(page_of("lessons", "read")))
    beside.post(
        page_of("lessons", "read"), theirs | {"title_zh": "对方的标题", "written_zh": "<p>对方的正文</p>"}
    )
    typed = mine | {"title_zh": "我的标题𠮷", "title_en": "My title"}
    assert browser.post(page_of("lessons", "read"), typed, headers=JSON).status_code == 409
    page = browser.post(page_of("lessons", "read"), typed)
    assert page.status_code == 409
    rows = {row.name: row for row in page.context["form"].differences}
    assert set(rows) == {"title_zh", "title_en", "written_zh"}
    assert (rows["title_zh"].take, rows["title_zh"].by) == ("mine", "both")
    assert (rows["title_en"].take, rows["title_en"].by) == ("mine", "mine")
    assert (rows["written_zh"].take, rows["written_zh"].by) == ("theirs", "theirs")
    for word in ("我的标题𠮷", "对方的标题", "对方的正文", "李老师"):
        assert word in text_of(page)
    again = fields_of(page) | {"take-title_zh": "mine", "take-title_en": "mine", "take-written_zh": "theirs"}
    assert browser.post(page_of("lessons", "read"), again).status_code == 302
    lesson.refresh_from_db()
    assert (lesson.title_zh, lesson.title_en) == ("我的标题𠮷", "My title")
    assert lesson.body_zh == "<p>对方的正文</p>"


def test_a_text_typed_while_the_lesson_became_another_kind_is_kept(browser, beside, lesson):
    mine = fields_of(browser.get(page_of("lessons", "read")))
    theirs = fields_of(beside.get(page_of("lessons", "read")))
    assert beside.post(page_of("lessons", "read"), theirs | {"kind": "quiz"}).status_code == 302
    page = browser.post(page_of("lessons", "read"), mine | {"written_zh": "<p>刚写的正文𠮷</p>"})
    assert page.status_code == 409
    assert "刚写的正文𠮷" in page.content.decode()
    assert browser.post(page_of("lessons", "read"), fields_of(page)).status_code == 302
    lesson.refresh_from_db()
    assert lesson.body_zh == "<p>刚写的正文𠮷</p>"


def test_line_ends_of_a_browser_are_no_change(browser, draft, writer, at):
    made = services.add_lesson(
        draft, key="one", kind="video", title_zh="片", transcript_zh="甲\n乙", by=writer, at=at
    )
    said = fields_of(browser.get(page_of("lessons", "one"))) | {"transcript_zh": "甲\r\n乙"}
    browser.post(page_of("lessons", "one"), said)
    made.refresh_from_db()
    assert (made.transcript_zh, made.revision) == ("甲\n乙", 1)


def test_a_third_save_in_between_is_told_again(browser, beside, lesson):
    mine = fields_of(browser.get(page_of("lessons", "read"))) | {"title_zh": "我的"}
    for word in ("甲", "乙"):
        said = fields_of(beside.get(page_of("lessons", "read")))
        beside.post(page_of("lessons", "read"), said | {"title_zh": word})
        page = browser.post(page_of("lessons", "read"), mine)
        assert page.status_code == 409
        assert word in text_of(page)
        mine = fields_of(page)
    assert browser.post(page_of("lessons", "read"), mine).status_code == 302


def test_words_section_and_question_have_their_conflict_too(browser, beside, draft):
    question = Question.objects.get()
    for address, field in (
        (page_of(), "title_zh"),
        (page_of("sections", "contents"), "title_zh"),
        (page_of("questions", question.pk), "stem_zh"),
    ):
        mine, theirs = fields_of(browser.get(address)), fields_of(beside.get(address))
        assert beside.post(address, theirs | {field: "对方"}).status_code == 302, address
        page = browser.post(address, mine | {field: "我方"})
        assert page.status_code == 409, address
        again = fields_of(page) | {f"take-{field}": "theirs"}
        assert browser.post(address, again).status_code == 302
        assert fields_of(browser.get(address))[field] == "对方"


@pytest.mark.parametrize("base", ["", "x", "[]", '{"title_zh": 1}', "1"])
def test_a_page_that_lost_its_digests_still_merges(browser, beside, lesson, base):
    mine = fields_of(browser.get(page_of("lessons", "read")))
    beside.post(page_of("lessons", "read"), mine | {"title_zh": "对方"})
    page = browser.post(page_of("lessons", "read"), mine | {"title_zh": "我方", "base": base})
    assert page.status_code == 409


def test_a_merge_that_does_not_hold_keeps_its_choices(browser, beside, lesson):
    """Otherwise a field left to the other editor would be overwritten by the save after the next."""
    mine = fields_of(browser.get(page_of("lessons", "read")))
    theirs = {"title_zh": "对方的标题", "written_zh": "<p>对方的正文</p>"}
    beside.post(page_of("lessons", "read"), mine | theirs)
    page = browser.post(page_of("lessons", "read"), mine | {"title_en": "Mine"})
    chosen = {"take-title_zh": "theirs", "take-written_zh": "theirs", "take-title_en": "mine"}
    page = browser.post(page_of("lessons", "read"), fields_of(page) | chosen | {"title_en": "x" * 201})
    assert page.status_code == 422
    rows = {row.name: (row.take, row.theirs) for row in page.context["form"].differences}
    assert rows["title_zh"] == ("theirs", "对方的标题")
    assert rows["title_en"][0] == "mine"
    assert re.search(r'name="take-title_zh"\s+value="theirs"\s+checked', page.content.decode())
    assert (
        browser.post(page_of("lessons", "read"), fields_of(page) | chosen | {"title_en": "Mine"}).status_code
        == 302
    )
    lesson.refresh_from_db()
    assert (lesson.title_zh, lesson.title_en, lesson.body_zh) == ("对方的标题", "Mine", "<p>对方的正文</p>")


def test_what_was_typed_for_a_part_that_was_deleted_stands_on_the_page(browser, beside, draft):
    question = Question.objects.get()
    for parts, typed, step in (
        (("questions", question.pk), {"stem_zh": "还没存的题干𠮷", "option_A_zh": "甲"}, "questions"),
        (("lessons", "read"), {"title_zh": "还没存的标题𠮷"}, "lessons"),
        (("sections", "contents"), {"title_zh": "还没存的章节𠮷"}, "sections"),
    ):
        said = fields_of(browser.get(page_of(*parts)))
        assert beside.post(page_of(*parts, "steps"), {"step": "delete"}).status_code == 302, step
        assert browser.post(page_of(*parts), said | typed, headers=JSON).status_code == 404
        page = browser.post(page_of(*parts), said | typed)
        assert page.status_code == 410
        for word in typed.values():
            assert word in text_of(page)
        assert said["base"][:20] not in text_of(page)
        assert browser.get(page_of(*parts)).status_code == 404


# -- the closing exam -----------------------------------------------------------------------------------------------


def test_the_exam_has_its_conflict_too(browser, beside, draft):
    mine, theirs = fields_of(browser.get(page_of("exam"))), fields_of(beside.get(page_of("exam")))
    assert beside.post(page_of("exam"), theirs | {"minutes": 25, "attempts": 5}).status_code == 302
    typed = mine | {"minutes": 40, "pass_mark_percent": 80}
    assert browser.post(page_of("exam"), typed, headers=JSON).status_code == 409
    page = browser.post(page_of("exam"), typed)
    assert page.status_code == 409
    rows = {row.name: (row.mine, row.theirs, row.take, row.by) for row in page.context["form"].differences}
    assert rows == {
        "minutes": ("40", "25", "mine", "both"),
        "pass_mark_percent": ("80", "60", "mine", "mine"),
        "attempts": ("3", "5", "theirs", "theirs"),
    }
    assert "李老师" in text_of(page)
    again = fields_of(page) | {"take-minutes": "mine", "take-attempts": "theirs"}
    assert browser.post(page_of("exam"), again).status_code == 302
    row = ExamBlueprint.objects.get()
    assert (row.minutes, row.attempts, row.pass_mark_percent, row.revision) == (40, 5, 80, 3)


def test_two_who_both_write_the_first_exam_are_told(browser, beside, make_course, school, writer):
    make_course("GZ-0001", organisation=school, by=writer)
    empty = fields_of(browser.get(page_of("exam")))
    exam = {"questions": 10, "pass_mark_percent": 60, "minutes": 10, "attempts": 3}
    assert beside.post(page_of("exam"), empty | exam).status_code == 302
    assert browser.post(page_of("exam"), empty | exam).status_code == 302, (
        "the same words twice are one change"
    )
    page = browser.post(page_of("exam"), empty | exam | {"minutes": 30})
    assert page.status_code == 409
    assert browser.post(page_of("exam"), fields_of(page)).status_code == 302
    assert ExamBlueprint.objects.get().minutes == 30


def test_an_exam_that_came_with_a_document_counts_as_another_s_save(browser, draft, writer, at):
    """A partner's document puts its plan in the place of the one somebody has open."""
    from dataclasses import replace

    from courses.selectors.documents import found
    from courses.services.filling import Filling, bring_in_place

    mine = fields_of(browser.get(page_of("exam")))
    version = draft.versions.get()
    there = found([version])[version.pk]
    plan = replace(there.document.blueprint, minutes=55)
    bring_in_place([Filling(version, replace(there.document, blueprint=plan), there)])
    page = browser.post(page_of("exam"), mine | {"minutes": 40})
    assert page.status_code == 409
    assert "55" in text_of(page)
