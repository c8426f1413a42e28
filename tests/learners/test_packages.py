"""An imported package in somebody's course: shown, remembered, and worth no second. Lessons done elsewhere are shown too."""

import html
import json
import re

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from courses import services as catalogue
from courses.services import packages as unpacking
from learners.models import Coverage, LedgerRow, PackageState, PlaySession, Tape
from learners.selectors.progress import exam_standing, progress
from learners.selectors.time import valid_hours
from learners.services import packages
from tests import factories
from tests.courses import scorm
from tests.learners import lessons

pytestmark = pytest.mark.django_db
SPENT = {
    "cmi.core.session_time": "9999:59:59.99",
    "cmi.core.total_time": "9999:59:59",
    "cmi.session_time": "P9Y",
}


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def learning(db, at):
    """A course with a package of two parts, a practical task on site, a live class and an exam, after lessons that count."""
    version = lessons.version(at, with_questions=False)
    author = version.created_by
    told = {"by": author, "at": at}
    packed = catalogue.add_lesson(version.course, key="pack", kind="package", title_zh="课件𠮷", **told)
    catalogue.add_lesson(
        version.course,
        key="task",
        kind="practical",
        title_zh="焊一条焊缝",
        body_zh="<p>带上<b>护目镜</b>。</p>",
        planned_seconds=5_400,
        on_site=True,
        **told,
    )
    catalogue.add_lesson(
        version.course, key="live", kind="live", title_zh="答疑", planned_seconds=2_700, **told
    )
    catalogue.add_lesson(version.course, key="sit", kind="exam", title_zh="结业考试", **told)
    catalogue.add_lesson(version.course, key="none", kind="package", title_zh="还没有", **told)
    catalogue.set_blueprint(version.course, questions=1, pass_mark_percent=60, minutes=9, attempts=2, **told)
    content = scorm.files(hrefs=("课件/首页.html", "课件/首页.html?2"), titles=("一", "二"))
    file = ContentFile(scorm.packed(content), name="课件.zip")
    catalogue.upload_package(packed, file=file, **told)
    unpacking.unpack(unpacking.take_up(at=at), at=at)
    return lessons.learning(at, of=version)


@pytest.fixture
def browser(client, learning):
    return factories.sign_in(client, learning.user, second_factor=False)


def page_of(learning, key):
    return reverse("learners:lesson", args=[learning.enrolment.pk, key])


def state_of(learning, key="pack"):
    return reverse("api-package-state", args=[learning.enrolment.pk, key])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def memory(page):
    return json.loads(html.unescape(re.search(r'<iframe[^>]* name="([^"]*)"', text(page))[1]))


def put(browser, learning, told, number=0, **more):
    return browser.put(
        state_of(learning), {"number": number, "told": told}, content_type="application/json", **more
    )


def test_the_package_is_shown_in_a_sandboxed_frame(browser, learning):
    page = browser.get(page_of(learning, "pack"))
    assert 'sandbox="allow-scripts allow-forms allow-modals"' in text(page)
    assert re.search(r'<iframe[^>]* src="/courses/package/', text(page))
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<noscript>" in text(page)
    assert "不计学时" in text(page)
    assert "还没有打开" in text(page)
    told = memory(page)
    assert told["values"] == {}
    assert told["about"]["resumes"] is False
    assert learning.user.phone not in text(page), "a package learns nobody's name or number"
    other = browser.get(page_of(learning, "task"))
    assert "frame-src" not in other.headers["Content-Security-Policy"]


def test_what_it_tells_is_kept_and_given_back(browser, learning):
    told = {
        "cmi.core.lesson_status": "completed",
        "cmi.core.score.raw": "85.50",
        "cmi.core.lesson_location": "第3页",
        "cmi.suspend_data": " 𠮷|" * 1_000,
        **SPENT,
    }
    answer = put(browser, learning, told)
    assert answer.json() == {
        "status": "completed",
        "word": "已完成",
        "score": "85.50",
        "score_word": "85.5 分",
    }
    page = browser.get(page_of(learning, "pack"))
    assert memory(page)["values"] == {name: text for name, text in told.items() if name not in SPENT}
    assert memory(page)["about"]["resumes"] is True
    assert "已完成" in text(page)
    assert "已完成" in text(browser.get(reverse("learners:course", args=[learning.enrolment.pk])))
    assert put(browser, learning, told).status_code == 200
    assert PackageState.objects.count() == 1


def test_its_time_is_never_evidence(browser, learning, at):
    before = progress(learning.enrolment)
    put(browser, learning, {"cmi.core.lesson_status": "passed", **SPENT})
    put(browser, learning, {"cmi.completion_status": "completed", "cmi.success_status": "passed", **SPENT}, 1)
    for model in (Coverage, LedgerRow, PlaySession, Tape):
        assert not model.objects.exists()
    after = progress(learning.enrolment)
    assert (after.hours, after.done, after.lessons) == (before.hours, before.done, before.lessons)
    assert valid_hours(learning.enrolment) == 0
    assert not any("time" in name for row in PackageState.objects.all() for name in row.told)


def test_the_exam_waits_for_counted_lessons_only(learning, at):
    far = progress(learning.enrolment)
    assert [row.lesson.key for row in far.lessons] == ["film", "short", "page", "quiz"]
    assert [row.lesson.key for row in far.rows][4:] == ["pack", "task", "live", "sit", "none"]
    assert far.next.lesson.key == "film"


def test_parts_are_kept_apart_and_the_lesson_says_the_last_of_them(browser, learning):
    put(browser, learning, {"cmi.core.lesson_status": "passed"}, 0)
    assert (
        put(browser, learning, {"cmi.core.lesson_status": "incomplete"}, 1).json()["status"] == "incomplete"
    )
    assert put(browser, learning, {"cmi.core.lesson_status": "completed"}, 1).json()["status"] == "completed"
    second = browser.get(page_of(learning, "pack") + "?page=1")
    assert memory(second)["values"] == {"cmi.core.lesson_status": "completed"}
    for strange in ("7", "-1", "x", "９", "99999999"):
        assert browser.get(page_of(learning, "pack") + f"?page={strange}").status_code == 200


@pytest.mark.parametrize(
    ("status", "told", "number"),
    [
        (400, {"cmi.suspend_data": "x" * 64_001}, 0),
        (400, {"cmi.suspend_data": "\x00"}, 0),
        (400, {"cmi.suspend_data": "\ud800"}, 0),
        (400, "no object", 0),
        (400, {"cmi.location": ["a"]}, 0),
        (400, {}, -1),
        (400, {}, 501),
        (409, {}, 2),
        (409, {"cmi.core.lesson_location": "x" * 256}, 0),
    ],
)
def test_what_is_too_much_or_nonsense_is_refused(browser, learning, status, told, number):
    answer = put(browser, learning, told, number)
    assert answer.status_code == status
    assert not PackageState.objects.exists()


def test_it_needs_the_token_against_forgery(learning):
    from django.test import Client

    strict = factories.sign_in(Client(enforce_csrf_checks=True), learning.user, second_factor=False)
    assert put(strict, learning, {}).status_code == 403
    assert not PackageState.objects.exists()


def test_other_people_and_other_lessons(client, learning, at):
    other = factories.sign_in(client, factories.learner("赵小红", at=at), second_factor=False)
    assert put(other, learning, {}).status_code == 404
    assert other.get(page_of(learning, "pack")).status_code == 404
    mine = factories.sign_in(client, learning.user, second_factor=False)
    assert mine.get(state_of(learning, "film")).status_code == 404
    assert mine.get(state_of(learning)).json()["status"] == "not_opened"
    assert mine.post(reverse("learners:read", args=[learning.enrolment.pk, "pack"])).status_code == 404


def test_after_leaving_the_course_nothing_is_kept(learning, at):
    from learners.services import enrolment as enrolments
    from learners.services.quizzes import EnrolmentEnded

    enrolments.withdraw(learning.enrolment, by=learning.user, at=at)
    with pytest.raises(EnrolmentEnded):
        packages.keep_package_state(learning.enrolment, learning.facts("pack"), number=0, told={}, at=at)


@pytest.mark.parametrize(
    ("told", "status", "score"),
    [
        ({}, "opened", None),
        ({"cmi.core.lesson_status": "browsed"}, "incomplete", None),
        ({"cmi.core.lesson_status": "not attempted"}, "opened", None),
        ({"cmi.completion_status": "completed", "cmi.success_status": "failed"}, "failed", None),
        ({"cmi.completion_status": "incomplete", "cmi.success_status": "unknown"}, "incomplete", None),
        ({"cmi.score.scaled": "0.855"}, "opened", 85.5),
        ({"cmi.core.score.raw": "1e999999"}, "opened", None),
        ({"cmi.core.score.raw": "101"}, "opened", None),
        ({"cmi.core.score.raw": "viel"}, "opened", None),
        ({"cmi.core.score.raw": "NaN"}, "opened", None),
    ],
)
def test_what_its_words_mean(told, status, score):
    assert packages.status_of(told) == status
    assert packages.score_of(told) == score


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("task", ["实操任务", "按到课计时", "<b>护目镜</b>", "线下，在培训机构", "1:30:00"]),
        ("live", ["直播课", "线上，时间由培训机构安排", "45:00", "还没有安排时间"]),
        ("sit", ["考试", "结业考试从课程页面开始"]),
        ("none", ["导入课件包", "培训机构还没有放入课件包"]),
    ],
)
def test_what_is_done_elsewhere_has_a_plain_page(browser, learning, key, words):
    page = text(browser.get(page_of(learning, key)))
    for word in words:
        assert word in page
    assert "<iframe" not in page


def test_they_stand_in_the_outline_with_the_others(browser, learning, at):
    page = text(browser.get(reverse("learners:course", args=[learning.enrolment.pk])))
    for key in ("film", "pack", "task", "live", "sit"):
        assert page_of(learning, key) in page
    assert "0 / 4" in page
    film = text(browser.get(page_of(learning, "film")))
    assert page_of(learning, "task") in film
    found = browser.get(reverse("api-enrolment", args=[learning.enrolment.pk])).json()
    assert {row["key"]: row["is_counted"] for row in found["lessons"]} == {
        **dict.fromkeys(("film", "short", "page", "quiz"), True),
        **dict.fromkeys(("pack", "task", "live", "sit", "none"), False),
    }
    assert exam_standing(learning.enrolment, at=at).progress.done == 0


# -- the database


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("package_state_status_is_known", {"status": "lost"}),
        ("package_state_score_is_a_share", {"score": 101}),
        ("package_state_saved_after_opened", {"saved_at": "2001-01-01T00:00Z"}),
        ("package_state_is_small", {"told": {"a": "x" * 300_000}}),
    ],
)
def test_a_state_that_breaks_a_constraint(browser, learning, name, change):
    put(browser, learning, {})
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PackageState.objects.update(**change)


def test_one_state_for_each_part(browser, learning, at):
    put(browser, learning, {})
    row = PackageState.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="package_state_once"), transaction.atomic():
        row.save(force_insert=True)
