"""The pages of standards: public list and text, the desk that writes and publishes, the courses that fall short."""

import datetime as dt
import re

import pytest
from django.test import Client

from courses import tasks
from courses.models import ContentStandard, Recheck
from portal.accounts.roles import Role
from tests import factories
from tests.courses.conftest import MILD
from tests.courses.test_pages import text_of

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 16)
TOMORROW = TODAY + dt.timedelta(days=1)
FORM = {
    "occupation": "6-18-02-04",
    "certificate": "level-5",
    "first_day": "2026-04-01",
    "title_zh": "焊工（五级）标准𠮷",
    "doc_no": "部标 1",
    "source": "虚构",
    "mend_days": "90",
    "min_hours": "88.5",
    "min_hours_province": "floor",
    "lesson_max_seconds": "2700",
    "lesson_max_seconds_province": "ceiling",
    "lesson_max_seconds_warns": "on",
    "workshop_captions": "1",
    "workshop_captions_province": "fixed",
    "module_law": "4",
    "module_law_province": "floor",
    "own_1_code": "co2",
    "own_1_zh": "CO₂ 气体保护焊",
    "own_1": "12",
    "own_1_province": "open",
}


@pytest.fixture(autouse=True)
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def browser():
    def make(person):
        return factories.sign_in(Client(), person)

    return make


def test_a_visitor_reads_a_standard_in_words_in_both_languages(client, put_in_force):
    row = put_in_force(
        min_hours="88", lesson_max_seconds=2_700, modules=[{"code": "law", "hours": 4, "province": "floor"}]
    )
    assert f"/courses/standards/{row.pk}/" in client.get("/courses/standards/").content.decode()
    page = text_of(client.get(f"/courses/standards/{row.pk}/"))
    for words in (
        "不少于 88 学时",
        "单节不超过 45:00",
        "法律法规：不少于 4 学时",
        "各省可以提高",
        "虚构示例",
        "2026-01-01",
    ):
        assert words in page
    client.cookies["django_language"] = "en"
    page = text_of(client.get(f"/courses/standards/{row.pk}/"))
    for words in (
        "At least 88 class hours",
        "No lesson is longer than 45:00",
        "Law: at least 4 class hours",
        "In force",
    ):
        assert words in page


def test_a_province_shows_what_holds_together_with_the_nation(client, put_in_force, guizhou):
    put_in_force(min_hours="88", practice_min=30)
    row = put_in_force(province=guizhou, min_hours="92")
    page = text_of(client.get(f"/courses/standards/{row.pk}/"))
    assert "本省实际执行" in page
    assert "实操不少于 30%" in page
    assert "各省可以" not in page


def test_a_new_standard_says_what_changed(client, put_in_force):
    put_in_force(min_hours="88", bank_min=100, exam_attempts=3)
    row = put_in_force(min_hours="92", exam_attempts=3, exam_questions=50, first_day=TOMORROW)
    page = text_of(client.get(f"/courses/standards/{row.pk}/"))
    for words in ("原为：不少于 88 学时", "新增", "不再要求", "题库不少于 100 题", "未生效"):
        assert words in page


def test_drafts_are_not_public(client, write_standard):
    row = write_standard(min_hours="88")
    assert client.get(f"/courses/standards/{row.pk}/").status_code == 404
    assert client.get(f"/api/courses/standards/{row.pk}/").status_code == 404
    assert client.get("/courses/standards/99999999999999999999/").status_code == 404


def test_the_list_is_narrowed_and_nonsense_narrows_nothing(client, put_in_force, guizhou):
    put_in_force(min_hours="88")
    put_in_force(province=guizhou, min_hours="92")
    for query, count in (
        ("?q=焊工", 2),
        ("?q=6-18", 2),
        ("?province=520000", 1),
        ("?q=没有", 0),
        ("?province=x", 2),
        ("?q=%00", 2),
        ("?q=𠮷", 0),
        ("?page=x", 2),
    ):
        assert client.get(f"/courses/standards/{query}").content.decode().count("<article") == count, query


def test_the_list_costs_the_same_for_many(client, put_in_force, guizhou, sichuan, django_assert_num_queries):
    put_in_force(min_hours="88")
    with django_assert_num_queries(3):
        client.get("/courses/standards/")
    put_in_force(province=guizhou, min_hours="92")
    put_in_force(province=sichuan, min_hours="92")
    with django_assert_num_queries(3):
        client.get("/courses/standards/")


def test_the_ministry_writes_and_a_second_person_publishes(browser, ministry, second):
    page = browser(ministry).get("/courses/desk/standards/new/")
    assert page.status_code == 200
    answer = browser(ministry).post("/courses/desk/standards/new/", FORM)
    row = ContentStandard.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/courses/desk/standards/{row.pk}/")
    assert row.body == {
        "schema": "standard/1",
        "rules": {
            "min_hours": {"value": "88.5", "province": "floor"},
            "lesson_max_seconds": {"value": 2700, "province": "ceiling", "warns": True},
            "workshop_captions": {"value": True, "province": "fixed"},
        },
        "modules": [
            {"code": "law", "hours": "4", "province": "floor"},
            {"code": "co2", "hours": "12", "province": "open", "zh": "CO₂ 气体保护焊", "en": ""},
        ],
    }
    shown = browser(ministry).get(f"/courses/desk/standards/{row.pk}/").content.decode()
    assert re.search(r"<button[^>]*disabled", shown), "who wrote it sees why the button is shut"
    assert (
        browser(ministry).post(f"/courses/desk/standards/{row.pk}/publish/", {"revision": "1"}).status_code
        == 422
    )
    assert (
        browser(second).post(f"/courses/desk/standards/{row.pk}/publish/", {"revision": "1"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert row.state == "published"
    assert browser(second).get(f"/courses/desk/standards/{row.pk}/edit/").status_code == 404


def test_a_draft_is_shown_and_changed_as_it_was_written(browser, ministry):
    browser(ministry).post("/courses/desk/standards/new/", FORM)
    row = ContentStandard.objects.get()
    page = browser(ministry).get(f"/courses/desk/standards/{row.pk}/edit/")
    form = page.context["form"]
    assert {
        name: form[name].value() for name in ("min_hours", "own_1_zh", "certificate", "workshop_captions")
    } == {
        "min_hours": "88.5",
        "own_1_zh": "CO₂ 气体保护焊",
        "certificate": "level-5",
        "workshop_captions": 1,
    }
    assert re.search(r'<option value="1"\s+selected', page.content.decode())
    before = row.body
    said = FORM | {"revision": "1", "title_zh": "改"}
    assert browser(ministry).post(f"/courses/desk/standards/{row.pk}/edit/", said).status_code == 302
    row.refresh_from_db()
    assert (row.title_zh, row.body, row.revision) == ("改", before, 2)
    late = browser(ministry).post(f"/courses/desk/standards/{row.pk}/edit/", said)
    assert late.status_code == 422
    assert "其间有人改过" in late.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"occupation": "4-01-02-07"}, "是否指 4-01-06-02 互联网营销师"),
        ({"occupation": "9-9"}, "没有职业编码"),
        ({"first_day": "x"}, "输入一个有效的日期"),
        ({"last_day": "2026-03-01"}, "截止日早于起始日"),
        ({"min_hours": "-1"}, "大于或等于0.1"),
        ({"min_hours": "abc"}, "输入一个数字"),
        ({"exam_pass_mark": "101"}, "100"),
        ({"max_hours": "10"}, "最低学时高于最高学时"),
        ({"own_1_zh": ""}, "模块要有代号、中文名和学时"),
        ({"own_1_code": "CO 2"}, "只用小写字母、数字和连字符"),
        ({"title_zh": ""}, "必填"),
    ],
)
def test_what_is_refused_is_shown_again_with_its_sentence(browser, ministry, change, said):
    page = browser(ministry).post("/courses/desk/standards/new/", FORM | change)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    assert "焊工（五级）标准𠮷" in text or "title_zh" in change
    assert not ContentStandard.objects.exists()


def test_a_province_that_loosens_reads_which_rule(browser, put_in_force, keeper):
    put_in_force(min_hours="88", first_day=dt.date(2026, 1, 1))
    said = {k: v for k, v in FORM.items() if not k.endswith("_province")} | {"min_hours": "80"}
    page = browser(keeper).post("/courses/desk/standards/new/?for=520000", said)
    assert page.status_code == 422
    assert "国家规定“不少于 88 学时”（各省可以提高），省里不能定为“不少于 80 学时”。" in page.content.decode()
    assert (
        browser(keeper)
        .post("/courses/desk/standards/new/?for=520000", said | {"min_hours": "90"})
        .status_code
        == 302
    )


def test_nobody_writes_for_another_scope(browser, keeper, ministry, write_standard, sichuan):
    for person, scope in ((keeper, "510000"), (keeper, ""), (ministry, "520000"), (keeper, "x")):
        assert browser(person).get("/courses/desk/standards/new/", {"for": scope}).status_code == 404
    far = write_standard(province=sichuan, min_hours="9")
    nation = write_standard(min_hours="9")
    for row in (far, nation):
        for address in ("", "edit/"):
            assert browser(keeper).get(f"/courses/desk/standards/{row.pk}/{address}").status_code == 404
        assert browser(keeper).post(f"/courses/desk/standards/{row.pk}/publish/").status_code == 404
    assert browser(ministry).post(f"/courses/desk/standards/{far.pk}/publish/").status_code == 404


def test_before_publishing_one_reads_how_many_courses_would_fall_short(
    browser, second, put_in_force, write_standard, publish_course
):
    put_in_force(**MILD, min_hours="1")
    publish_course(for_subsidy=True, hours=1)
    draft = write_standard(**MILD, min_hours="2", first_day=TOMORROW)
    page = browser(second).get(f"/courses/desk/standards/{draft.pk}/")
    assert "1 门在架课程中有 1 门将不达标" in text_of(page).replace("  ", " ")
    browser(second).post(f"/courses/desk/standards/{draft.pk}/publish/", {"revision": "1"})
    shown = browser(second).get(f"/courses/desk/standards/{draft.pk}/").content.decode()
    assert 'hx-trigger="every 3s"' in shown
    assert "0 / 1" in shown
    tasks.recheck_due_courses()
    shown = browser(second).get(f"/courses/desk/standards/{draft.pk}/").content.decode()
    assert "1 / 1" in shown


def test_the_desk_lists_courses_that_fall_short(browser, keeper, provider, put_in_force, publish_course, at):
    put_in_force(**MILD, min_hours="1")
    for number in range(5):
        publish_course(f"GZ-000{number}", for_subsidy=True, hours=1)
    Recheck.objects.update(due_at=None, ended_at=at)
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    page = browser(keeper).get("/courses/desk/shortfalls/")
    text = text_of(page)
    assert "所报 1 学时，还差 1 学时。" in text
    assert "2026-06-15" in text
    counts = {
        query: browser(keeper).get(f"/courses/desk/shortfalls/{query}").content.decode().count("GZ-000")
        for query in (
            "?state=mended",
            "?state=overdue",
            "?state=",
            "?state=nonsense",
            "?q=GZ-0003",
            "?standard=x",
        )
    }
    assert counts["?state=mended"] == counts["?state=overdue"] == 0
    assert (
        counts["?state="]
        == counts["?state=nonsense"]
        == counts["?standard=x"]
        == page.content.decode().count("GZ-000")
    )
    assert 0 < counts["?q=GZ-0003"] < counts["?state="]
    manager = factories.staff(Role.PROVIDER_MANAGER)
    assert "GZ-000" not in browser(manager).get("/courses/desk/shortfalls/").content.decode()


def test_the_list_of_shortfalls_costs_the_same_for_many(
    browser, keeper, put_in_force, publish_course, django_assert_max_num_queries, at
):
    put_in_force(**MILD, min_hours="1")
    for number in range(5):
        publish_course(f"GZ-000{number}", for_subsidy=True, hours=1)
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    signed_in = browser(keeper)
    with django_assert_max_num_queries(19):
        signed_in.get("/courses/desk/shortfalls/")


def test_the_province_reads_the_check_beside_its_decision(
    browser, keeper, put_in_force, make_course, author, at
):
    from courses import services

    put_in_force(**MILD, min_hours="1")
    course = services.submit(make_course(ready=True, for_subsidy=True, hours=1), by=author, at=at)
    page = text_of(browser(keeper).get(f"/courses/desk/{course.code}/"))
    assert "标准自检" in page
    assert "不少于 1 学时" in page
    put_in_force(**MILD, min_hours="2", first_day=TOMORROW)


def test_the_panel_leads_to_the_place_that_mends_it(put_in_force, make_course, author, at):
    from django.template.loader import render_to_string

    from courses import services
    from courses.selectors.editor import checks
    from courses.selectors.standards import report_on

    put_in_force(**MILD, lesson_max_seconds=60, modules=[{"code": "law", "hours": 9, "province": "floor"}])
    course = make_course(for_subsidy=True, hours=1)
    section = services.add_section(course, key="law", title_zh="法规𠮷", module="law", by=author, at=at)
    services.add_lesson(
        course,
        key="long",
        kind="live",
        title_zh="长课",
        section=section,
        planned_seconds=61,
        by=author,
        at=at,
    )
    version = course.versions.get()
    report = report_on(version, on=TODAY)
    rows = checks(report, course, list(version.lessons.all()))
    shown = render_to_string("courses/_standard.html", {"report": report, "checks": rows})
    assert re.search(r'<a href="/courses/edit/GZ-0001/lessons/long/">\s*去“长课”', shown)
    assert re.search(r'<a href="/courses/edit/GZ-0001/sections/law/">\s*去“法规𠮷”', shown)
    assert "法律法规有 6.1 学时，还差 2.9 学时。" in shown
    assert "课节“长课”长 1:01，最长 1:00，请拆成几节。" in shown
    plain = render_to_string("courses/_standard.html", {"report": report})
    assert "长课" in plain
    assert "/courses/edit/" not in plain


def test_the_panel_says_when_only_completeness_is_asked(make_course):
    from django.template.loader import render_to_string

    from courses.selectors.standards import report_on

    said = "不申请补贴的课程只检查基本内容"
    free = report_on(make_course(ready=True).versions.get(), on=TODAY)
    assert said in render_to_string("courses/_standard.html", {"report": free})
    paid = report_on(make_course("GZ-0002", ready=True, for_subsidy=True).versions.get(), on=TODAY)
    assert said not in render_to_string("courses/_standard.html", {"report": paid})


# -- in JSON --------------------------------------------------------------------------------------------------------


def test_standards_are_read_in_json(client, put_in_force):
    row = put_in_force(min_hours="88")
    [listed] = client.get("/api/courses/standards/").json()["results"]
    assert listed == client.get(f"/api/courses/standards/{row.pk}/").json()
    assert listed["rules"]["rules"]["min_hours"] == {"value": "88", "province": "floor"}
    assert (listed["occupation"], listed["edition"], listed["first_day"], listed["last_day"]) == (
        "6-18-02-04",
        "2022",
        "2026-01-01",
        None,
    )


def test_a_course_is_checked_in_json_and_nothing_is_kept(browser, keeper, put_in_force, make_course):
    from courses.models import StandardCheck

    row = put_in_force(**MILD, min_hours="4")
    make_course(ready=True, for_subsidy=True)
    body = browser(keeper).get("/api/courses/GZ-0001/check/").json()
    assert (body["passed"], body["standards"], body["version"]) == (False, [row.pk], 1)
    assert body["missing"] == ["所报 3 学时，还差 1 学时。"]
    [failed] = [one for one in body["findings"] if one["blocks"]]
    assert (failed["rule"], failed["actual"], failed["needed"]) == ("min_hours", 30, 40)
    assert not StandardCheck.objects.exists()
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    assert browser(far).get("/api/courses/GZ-0001/check/").status_code == 404
    assert Client().get("/api/courses/GZ-0001/check/").status_code == 403


def test_shortfalls_are_read_in_json(browser, keeper, put_in_force, publish_course):
    put_in_force(**MILD, min_hours="1")
    publish_course(for_subsidy=True, hours=1)
    row = put_in_force(**MILD, min_hours="2", first_day=TOMORROW)
    tasks.recheck_due_courses()
    [listed] = browser(keeper).get("/api/courses/shortfalls/").json()["results"]
    assert (listed["course"], listed["standard"], listed["due_on"]) == ("GZ-0001", row.pk, "2026-06-15")
    assert listed["missing"] == ["所报 1 学时，还差 1 学时。"]
