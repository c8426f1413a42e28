"""Each page: works, visitor, wrong role, another province, wrong method, refused by rule; and what it costs."""

import re

import pytest
from django.test import Client

from courses import services
from courses.services.steps import ReasonMissing
from portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# -- public ---------------------------------------------------------------------------------------------------------


def test_a_visitor_finds_a_course_and_opens_it(client, publish_course):
    publish_course(summary_zh="第一次进工位的人用。")
    page = client.get("/courses/", {"q": "焊工", "level": "5"})
    assert page.status_code == 200
    assert "/courses/GZ-0001/" in page.content.decode()
    assert re.search(r'name="level"\s+value="5"\s+checked', page.content.decode())
    course = client.get("/courses/GZ-0001/")
    assert "第一次进工位的人用。" in text_of(course)
    assert "/learn/enrol/GZ-0001/" in course.content.decode()
    assert client.get("/courses/gz-0001/").status_code == 200


def test_the_pages_speak_english(client, publish_course):
    publish_course()
    for address in ("/courses/", "/courses/GZ-0001/"):
        page = client.get(address, headers={"Accept-Language": "en"})
        client.cookies.clear()
        assert page.status_code == 200
    client.cookies["django_language"] = "en"
    page = text_of(client.get("/courses/GZ-0001/"))
    assert "Welder, level 5" in page
    assert "Outline" in page


def test_a_search_without_hits_helps(client, publish_course):
    publish_course()
    page = client.get("/courses/", {"q": "焊工", "level": "1"}).content.decode()
    assert 'href="?q=%E7%84%8A%E5%B7%A5"' in page
    page = client.get("/courses/", {"q": "没有这样的课"}).content.decode()
    assert page.count("<li>") >= 3
    assert 'href="/courses/"' in page


def test_a_chosen_filter_can_be_taken_away(client, publish_course):
    publish_course()
    page = client.get("/courses/?q=焊&level=5&province=520000").content.decode()
    assert re.search(r'class="chip chip--on"\s+href="\?q=%E7%84%8A&amp;level=5"', page)


def test_words_in_the_search_box_are_shown_back_inert(client, publish_course):
    publish_course()
    page = client.get("/courses/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_course_page_costs_the_same_for_many_lessons(
    client, make_course, author, keeper, at, django_assert_max_num_queries
):
    course = make_course(ready=True)
    for number in range(8):
        services.add_lesson(
            course, key=f"l{number}", kind="reading", title_zh="页", body_zh="字", by=author, at=at
        )
    services.submit(course, by=author, at=at)
    services.publish(course, by=keeper, at=at)
    with django_assert_max_num_queries(9):
        assert client.get("/courses/GZ-0001/").status_code == 200


@pytest.mark.parametrize("code", ["GZ-9999", "xx", "%00", "𠮷"])
def test_an_unknown_course_is_not_found(client, db, code):
    assert client.get(f"/courses/{code}/").status_code == 404


def test_drafts_are_seen_by_their_province_and_supplier_only(client, make_course, keeper):
    make_course()
    assert client.get("/courses/GZ-0001/").status_code == 404
    for person, status in (
        (factories.user(), 404),
        (factories.staff(Role.PROVINCE_CATALOGUE, code="510000"), 404),
        (factories.staff(Role.PROVINCE_REVIEWER), 404),
        (factories.staff(Role.AUDITOR), 200),
        (keeper, 200),
    ):
        assert factories.sign_in(Client(), person).get("/courses/GZ-0001/").status_code == status


def test_a_suspended_course_says_why_and_takes_nobody(client, publish_course, keeper, at):
    services.suspend(publish_course(), by=keeper, at=at, reason="片中做法已经过时")
    page = client.get("/courses/GZ-0001/")
    assert "片中做法已经过时" in text_of(page)
    assert "/learn/enrol/" not in page.content.decode()


def test_a_sample_without_lessons_takes_nobody(client, author, keeper, at):
    services.load_sample_courses(by=author, second=keeper, at=at)
    page = client.get("/courses/GZ-0001/").content.decode()
    assert "/learn/enrol/" not in page


@pytest.mark.parametrize("address", ["/courses/", "/courses/GZ-0001/"])
def test_public_pages_only_answer_reading(client, publish_course, address):
    publish_course()
    assert client.post(address).status_code == 405


# -- the desk ----------------------------------------------------------------------------------------------------------


def test_the_desk_lists_ones_own_province(signed_in, keeper, publish_course, make_course, sichuan):
    publish_course()
    make_course("SC-0001", province=sichuan)
    page = signed_in(keeper).get("/courses/desk/").content.decode()
    assert "GZ-0001" in page
    assert "SC-0001" not in page
    assert "GZ-0001" not in signed_in(keeper).get("/courses/desk/?state=draft").content.decode()
    assert "GZ-0001" in signed_in(keeper).get("/courses/desk/?q=平焊&state=nonsense&page=x").content.decode()
    assert signed_in(keeper).get("/courses/desk/?q=%00").status_code == 200


@pytest.mark.parametrize("address", ["/courses/desk/", "/courses/desk/GZ-0001/"])
def test_the_desk_is_for_its_roles(client, make_course, address):
    make_course()
    assert client.get(address).status_code == 302
    assert factories.sign_in(Client(), factories.user()).get(address).status_code == 404
    assert factories.sign_in(Client(), factories.staff(Role.FINANCE_MAKER)).get(address).status_code == 404
    keeper = factories.staff(Role.PROVINCE_CATALOGUE)
    assert factories.sign_in(Client(), keeper).get(address).status_code == 200
    assert factories.sign_in(Client(), keeper, second_factor=False).get(address).status_code == 302
    assert factories.sign_in(Client(), keeper).put(address).status_code == 405


def test_another_province_does_not_know_the_course(make_course):
    make_course()
    stranger = factories.sign_in(Client(), factories.staff(Role.PROVINCE_CATALOGUE, code="510000"))
    assert stranger.get("/courses/desk/GZ-0001/").status_code == 404
    assert stranger.post("/courses/desk/GZ-0001/", {"step": "submit"}).status_code == 404
    assert stranger.get("/courses/desk/%00/").status_code == 404


def test_the_keeper_publishes_and_suspends_with_a_reason(signed_in, keeper, make_course, author, at):
    course = services.submit(make_course(ready=True), by=author, at=at)
    browser = signed_in(keeper)
    done = browser.post("/courses/desk/GZ-0001/", {"step": "publish"}, follow=True)
    assert done.redirect_chain
    assert done.status_code == 200
    course.refresh_from_db()
    assert course.state == "published"
    refused = browser.post("/courses/desk/GZ-0001/", {"step": "suspend", "reason": " "})
    assert refused.status_code == 422
    assert str(ReasonMissing.message) in text_of(refused)
    browser.post("/courses/desk/GZ-0001/", {"step": "suspend", "reason": "内容过时"})
    course.refresh_from_db()
    assert course.state == "suspended"
    assert "内容过时" in browser.get("/courses/desk/GZ-0001/").content.decode()


def test_a_refused_step_keeps_what_was_written(signed_in, keeper, publish_course):
    publish_course()
    page = signed_in(keeper).post("/courses/desk/GZ-0001/", {"step": "return", "reason": "请补充字幕"})
    assert page.status_code == 422
    assert "请补充字幕" in page.content.decode()
    for step in ("", "drop", "x" * 5000):
        assert signed_in(keeper).post("/courses/desk/GZ-0001/", {"step": step}).status_code == 422


def test_an_auditor_looks_and_does_not_decide(signed_in, make_course, author, at):
    services.submit(make_course(ready=True), by=author, at=at)
    browser = signed_in(factories.staff(Role.AUDITOR))
    assert "<textarea" not in browser.get("/courses/desk/GZ-0001/").content.decode()
    assert browser.post("/courses/desk/GZ-0001/", {"step": "publish"}).status_code == 422


def test_who_submitted_is_told_that_somebody_else_must_publish(signed_in, keeper, make_course, at):
    services.submit(make_course(ready=True), by=keeper, at=at)
    browser = signed_in(keeper)
    assert "disabled" in browser.get("/courses/desk/GZ-0001/").content.decode()
    assert browser.post("/courses/desk/GZ-0001/", {"step": "publish"}).status_code == 422


def test_the_desk_costs_the_same_for_many_courses(
    signed_in, keeper, make_course, django_assert_max_num_queries
):
    for number in range(5):
        make_course(f"GZ-000{number}")
    browser = signed_in(keeper)
    browser.get("/courses/desk/")
    with django_assert_max_num_queries(9):
        browser.get("/courses/desk/")
