"""The authors' desk and its editor, page by page: works, wrong role, another province, refused by rule."""

import re

import pytest
from django.test import Client

from courses import services
from courses.models import Course, Lesson, Question, Section, Video
from courses.models.content import MOST_LESSONS
from portal.accounts.roles import Role
from tests import factories
from tests.courses.drafting import BASE, fields_of, page_of, text_of

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def lesson(draft):
    return Lesson.objects.get(version__course=draft, key="read")


# -- the desk -------------------------------------------------------------------------------------------------------


def test_the_desk_lists_what_one_may_write(browser, draft, make_course, publish_course, school):
    make_course("GZ-0002")
    page = browser.get(BASE)
    assert "GZ-0001" in text_of(page)
    assert "GZ-0002" not in text_of(page)
    assert "GZ-0001" in text_of(browser.get(BASE, {"state": "draft", "q": "平焊"}))
    assert "GZ-0001" not in text_of(browser.get(BASE, {"state": "published"}))
    assert browser.get(BASE, {"state": "x", "q": "\x00", "page": "9"}).status_code == 200


def test_an_empty_desk_shows_the_way_to_the_first_course(browser):
    page = browser.get(BASE).content.decode()
    assert page.count(f'href="{BASE}new/"') == 2


def test_a_province_writes_for_its_own_providers(keeper, make_course, sichuan, client):
    make_course()
    make_course("SC-0001", province=sichuan)
    page = text_of(factories.sign_in(client, keeper).get(BASE))
    assert "GZ-0001" in page
    assert "SC-0001" not in page


def test_the_desk_costs_the_same_for_many_courses(
    browser, make_course, school, django_assert_max_num_queries
):
    for number in range(6):
        make_course(f"GZ-000{number}", organisation=school)
    browser.get(BASE)
    with django_assert_max_num_queries(10):
        browser.get(BASE)


def new_course(school, welder, **words):
    return {
        "title_zh": "焊工𠮷课",
        "organisation": school.pk,
        "occupation": welder.pk,
        "certificate_kind": "level",
        "level": "5",
        "hours": "12.5",
        "delivery": "workshop_filmed",
        "price": "99.90",
        "for_subsidy": "on",
        "key_groups": ["veteran"],
        "revision": "0",
        **words,
    }


def test_a_course_begins_as_a_draft(browser, school, welder):
    done = browser.post(f"{BASE}new/", new_course(school, welder))
    course = Course.objects.get(title_zh="焊工𠮷课")
    assert done.url == f"{BASE}{course.code}/"
    assert course.code.startswith("52-")
    assert (course.hours_tenths, course.price_fen, course.level) == (125, 9990, 5)
    assert (course.for_subsidy, course.key_groups) == (True, ["veteran"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_zh", ""),
        ("title_zh", "长" * 121),
        ("level", ""),
        ("certificate_kind", "completion"),
        ("hours", "0"),
        ("hours", "NaN"),
        ("occupation", "999999"),
        ("organisation", "1"),
        ("price", "-1"),
        ("key_groups", "kings"),
    ],
)
def test_a_course_that_does_not_hold_is_told_field_by_field(browser, school, welder, field, value):
    page = browser.post(f"{BASE}new/", new_course(school, welder, **{field: value}))
    assert page.status_code == 422
    assert 'class="summary"' in page.content.decode()
    assert "焊工𠮷课" in page.content.decode() or field == "title_zh"
    assert not Course.objects.exists()


def test_nobody_writes_for_another_provider(browser, school, welder, provider, sichuan):
    far = factories.organisation("91513224YYYXEW2XXJ", code="510000")
    for organisation in (provider, far):
        page = browser.post(f"{BASE}new/", new_course(organisation, welder))
        assert page.status_code == 422
    assert not Course.objects.exists()


# -- who comes in ---------------------------------------------------------------------------------------------------


def test_another_provider_and_another_province_know_nothing_of_it(draft, provider):
    from portal.accounts import services as accounts

    stranger = factories.user("stranger")
    accounts.appoint(stranger, Role.PROVIDER_MANAGER, by=None, at=factories.AT, organisation=provider)
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    for person in (stranger, far, factories.staff(Role.FINANCE_MAKER)):
        their = factories.sign_in(Client(), person)
        assert their.get(page_of()).status_code == 404
        assert their.post(page_of("lessons", "read"), {"title_zh": "x"}).status_code == 404
        assert their.get(page_of("preview", "read")).status_code == 404
        assert their.get(page_of("differences")).status_code == 404


def test_an_auditor_reads_and_sees_no_right_answer(draft):
    auditor = factories.sign_in(Client(), factories.staff(Role.AUDITOR))
    question = Question.objects.get()
    page = auditor.get(page_of("questions", question.pk)).content.decode()
    assert "先做什么？" in page
    assert "checked" not in page
    assert "tag--ok" not in page.split('class="options"')[1].split("</section>")[0]
    assert '<fieldset class="formgrid" disabled' in auditor.get(page_of("lessons", "read")).content.decode()
    assert auditor.post(page_of("lessons", "read"), {"title_zh": "x"}).status_code == 404


# -- writing --------------------------------------------------------------------------------------------------------


def test_sections_and_lessons_are_written_without_a_script(browser, draft):
    done = browser.post(page_of("sections"), {"title_zh": "安全", "module": "safety", "revision": 0})
    section = Section.objects.get(title_zh="安全")
    assert done.url == page_of("sections", section.key)
    assert section.key in browser.get(page_of("lessons") + f"?section={section.key}").content.decode()
    done = browser.post(
        page_of("lessons"), {"title_zh": "戴面罩", "kind": "workshop", "section": section.key}
    )
    made = Lesson.objects.get(title_zh="戴面罩")
    assert done.url == page_of("lessons", made.key)
    assert (made.section, made.body_format) == (section, "markdown")
    page = browser.get(done.url)
    assert "戴面罩" in text_of(page)
    assert page.status_code == 200


@pytest.mark.parametrize("kind", Lesson.Kind.values)
def test_every_kind_of_lesson_opens_and_saves(browser, draft, writer, at, kind):
    made = services.add_lesson(draft, key="one", kind=kind, title_zh="课节", by=writer, at=at)
    if made.is_film:
        Video.objects.create(lesson=made, mp4_key="a.mp4", poster_key="", milliseconds=90_000, width=640,
                             height=360, bytes=9, chapters=[{"seconds": 3, "zh": "起弧", "en": "Strike"}])  # fmt: skip
    page = browser.get(page_of("lessons", "one"))
    said = fields_of(page) | {"title_zh": "改过的课节𠮷"}
    assert browser.post(page_of("lessons", "one"), said).status_code == 302
    made.refresh_from_db()
    assert (made.title_zh, made.revision) == ("改过的课节𠮷", 2)
    assert browser.get(page_of("preview", "one")).status_code == 200


def test_the_buttons_move_copy_and_delete(browser, draft, writer, at):
    services.add_lesson(draft, key="two", kind="quiz", title_zh="小测", by=writer, at=at)
    steps = page_of("lessons", "two", "steps")
    assert browser.post(steps, {"step": "up"}).url == page_of("lessons", "two")
    assert Lesson.objects.get(key="two").position == 1
    assert browser.post(steps, {"step": "nonsense"}).status_code == 302
    copy = browser.post(steps, {"step": "duplicate"}).url
    assert copy != page_of("lessons", "two")
    assert Lesson.objects.count() == 3
    assert browser.post(copy + "steps/", {"step": "delete"}).url == page_of()
    assert Lesson.objects.count() == 2
    section = page_of("sections", "contents", "steps")
    assert browser.post(section, {"step": "duplicate"}).status_code == 302
    assert Section.objects.count() == 2
    assert browser.post(section, {"step": "delete"}).status_code == 302
    assert [row.position for row in Lesson.objects.order_by("position")] == [1, 2]


def test_dragging_says_where_it_came_to_stand(browser, draft, writer, at):
    far = services.add_section(draft, key="far", title_zh="第二章", by=writer, at=at)
    steps = page_of("lessons", "read", "steps")
    answer = browser.post(steps, {"step": "place", "section": "far", "before": ""}, headers=JSON)
    assert answer.json() == {"position": 1}
    assert Lesson.objects.get(key="read").section == far
    assert browser.post(steps, {"step": "place", "section": "nowhere"}, headers=JSON).status_code == 404
    services.submit(draft, by=writer, at=at)
    answer = browser.post(steps, {"step": "up"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json()["code"] == "illegal_move"


def test_questions_and_the_exam_are_written(browser, draft):
    page = browser.get(page_of("questions", "new") + "?lesson=read")
    said = fields_of(page) | {
        "kind": "multiple",
        "stem_zh": "哪些要戴𠮷？",
        "option_A_zh": "面罩",
        "option_B_zh": "手套",
        "option_C_zh": "领带",
        "right_keys": ["A", "B"],
    }
    assert browser.post(page_of("questions", "new"), said).url == page_of("lessons", "read")
    made = Question.objects.get(stem_zh="哪些要戴𠮷？")
    assert made.right_keys == ["A", "B"]
    said = fields_of(browser.get(page_of("questions", made.pk))) | {"kind": "single"}
    assert browser.post(page_of("questions", made.pk), said).status_code == 422
    assert browser.post(page_of("questions", made.pk), said | {"right_keys": ["A"]}).status_code == 302
    made.refresh_from_db()
    assert (made.kind, made.right_keys) == ("single", ["A"])
    for wrong in (
        {"option_B_zh": "", "option_C_zh": ""},
        {"right_keys": ["F"]},
        {"right_keys": []},
        {"lesson": "", "for_exam": ""},
        {"stem_zh": ""},
    ):
        page = browser.post(page_of("questions", made.pk), said | {"right_keys": ["A"]} | wrong)
        assert page.status_code == 422, wrong
    assert browser.post(page_of("questions", made.pk, "steps"), {"step": "delete"}).status_code == 302
    assert not Question.objects.filter(pk=made.pk).exists()
    exam = fields_of(browser.get(page_of("exam"))) | {"pass_mark_percent": 70, "minutes": 20, "attempts": 2}
    assert browser.post(page_of("exam"), exam).status_code == 302
    assert draft.versions.get().blueprint.pass_mark_percent == 70
    assert browser.post(page_of("exam"), exam | {"minutes": 0}).status_code == 422


# -- the way to publishing --------------------------------------------------------------------------------------------


def test_the_button_says_why_it_is_shut_and_each_finding_leads_to_its_place(
    browser, make_course, school, writer, at
):
    course = make_course("GZ-0001", organisation=school, by=writer)
    page = browser.get(page_of()).content.decode()
    assert re.search(r'value="submit"\s+disabled aria-describedby="why"', page)
    assert 'id="why"' in page
    assert page_of("exam") in page.split('id="check"')[1]
    services.add_lesson(course, key="empty", kind="video", title_zh="没有片", by=writer, at=at)
    page = browser.get(page_of()).content.decode()
    assert page_of("lessons", "empty") in page.split('id="check"')[1]
    refused = browser.post(page_of("steps"), {"step": "submit"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()


def test_submitting_taking_back_and_being_returned(browser, draft, keeper, at):
    assert browser.post(page_of("steps"), {"step": "submit"}).status_code == 302
    assert draft.versions.get().state == "under_review"
    page = browser.get(page_of("lessons", "read"))
    assert '<fieldset class="formgrid" disabled' in page.content.decode()
    said = fields_of(page)
    assert browser.post(page_of("lessons", "read"), said | {"title_zh": "x"}).status_code == 422
    assert browser.post(page_of("steps"), {"step": "recall"}).status_code == 302
    assert draft.versions.get().state == "draft"
    browser.post(page_of("steps"), {"step": "submit"})
    services.send_back(draft, by=keeper, at=at, reason="缺少个人防护的内容")
    assert "缺少个人防护的内容" in text_of(browser.get(page_of()))
    assert "缺少个人防护的内容" in text_of(browser.get(page_of("versions")))


def test_the_next_version_is_begun_compared_and_given_up(browser, draft, writer, keeper, at):
    services.submit(draft, by=writer, at=at)
    services.publish(draft, by=keeper, at=at)
    assert browser.post(page_of("steps"), {"step": "start"}).status_code == 302
    said = fields_of(browser.get(page_of("lessons", "read")))
    browser.post(page_of("lessons", "read"), said | {"title_zh": "先看再做"})
    page = browser.get(page_of("differences"))
    assert "先看再做" in text_of(page)
    assert "<del>" in page.content.decode()
    for person in (keeper, factories.staff(Role.AUDITOR)):
        their = factories.sign_in(Client(), person)
        desk = their.get("/courses/desk/GZ-0001/").content.decode()
        assert page_of("differences") in desk
        assert page_of("preview") in desk
        assert their.get(page_of("differences")).status_code == 200
    for query in ({"from": "2", "to": "1"}, {"from": "x"}, {"to": "", "from": ""}):
        assert browser.get(page_of("differences"), query).status_code == 200
    assert browser.get(page_of("differences"), {"to": "9"}).status_code == 404
    assert browser.post(page_of("steps"), {"step": "discard"}).status_code == 302
    assert draft.versions.count() == 1


def test_a_preview_shows_the_draft_and_counts_nothing(browser, draft, writer, keeper, at):
    services.submit(draft, by=writer, at=at)
    services.publish(draft, by=keeper, at=at)
    services.start_version(draft, by=writer, at=at)
    services.change_words(draft, words={"title_zh": "下一版的名称"}, revision=1, by=writer, at=at)
    page = browser.get(page_of("preview"))
    assert "下一版的名称" in text_of(page)
    assert "/learn/enrol/" not in page.content.decode()
    assert page_of("preview", "read") in page.content.decode()
    assert "下一版的名称" not in text_of(browser.get(page_of("preview"), {"version": "1"}))
    assert browser.get(page_of("preview"), {"version": "7"}).status_code == 404
    lesson = browser.get(page_of("preview", "read"))
    assert "先断电。" in text_of(lesson)
    assert "先做什么？" in text_of(lesson)
    assert "checked" not in lesson.content.decode()
    assert browser.get(page_of("preview", "none")).status_code == 404


def test_films_of_a_preview_play_by_links_of_the_reader_alone(browser, beside, draft, writer, at):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    made = services.add_lesson(draft, key="film", kind="workshop", title_zh="片", by=writer, at=at)
    for position in (1, 2):
        key = default_storage.save(f"a{position}.mp4", ContentFile(b"film"))
        Video.objects.create(lesson=made, position=position, angle_zh="近景", mp4_key=key, poster_key="",
                             milliseconds=9_000, width=640, height=360, bytes=4)  # fmt: skip
    page = browser.get(page_of("preview", "film")).content.decode()
    links = re.findall(r'<source src="([^"]+)"', page)
    assert len(links) == 2
    assert b"".join(browser.get(links[0])) == b"film"
    assert beside.get(links[0]).status_code == 404


# -- on a phone -------------------------------------------------------------------------------------------------------


def test_on_a_phone_the_form_stands_before_the_tree_unfolds(browser, draft):
    """What stands before the form is closed; editor.css opens it where there is room, and a tap where there is none."""
    before = browser.get(page_of("lessons", "read")).content.decode().split('id="edit-form"')[0]
    folds = re.findall(
        r'<details class="narrowfold">\s*<summary>(.*?)</summary>(.*?)</details>', before, re.DOTALL
    )
    assert len(folds) == 2
    assert 'class="steps' in folds[0][1]
    assert "data-tree" in folds[1][1]
    for summary, _rest in folds:
        assert re.sub(r"<[^>]+>", "", summary).strip()
    assert "data-tree" not in re.sub(r"<details.*?</details>", "", before, flags=re.DOTALL)


# -- size -----------------------------------------------------------------------------------------------------------


def test_a_course_at_its_limit_opens_in_as_many_statements_as_a_small_one(
    browser, draft, django_assert_max_num_queries
):
    with django_assert_max_num_queries(32):
        browser.get(page_of("lessons", "read"))
    version, home = draft.versions.get(), Section.objects.get()
    Lesson.objects.bulk_create(
        Lesson(version=version, section=home, key=f"m{n}", position=n, kind="live", title_zh="直播")
        for n in range(2, MOST_LESSONS + 1)
    )
    with django_assert_max_num_queries(32):
        page = browser.get(page_of("lessons", "read"))
    assert f"1.{MOST_LESSONS}" in text_of(page)
    refused = browser.post(page_of("lessons"), {"title_zh": "多一节", "kind": "quiz", "section": "contents"})
    assert refused.status_code == 422
    assert str(MOST_LESSONS) in text_of(refused)


def test_the_editor_speaks_english(browser, draft):
    browser.cookies["django_language"] = "en"
    for parts in ((), ("lessons", "read"), ("exam",), ("versions",), ("differences",), ("preview", "read")):
        page = browser.get(page_of(*parts))
        assert page.status_code == 200
        assert not re.search(
            r"[\u4e00-\u9fff]{4,}", text_of(browser.get(f"{BASE}?q=zzz")).replace("中文", "")
        )
    assert "Standard check" in text_of(browser.get(page_of()))
