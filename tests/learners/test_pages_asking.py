"""Pages and API of questions: the learner's, the inbox, moderators', and what anybody reads of a promise."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import services as catalogue
from courses.services.promises import NotYourPromise
from learners.models import Enquiry, FaqEntry, MeToo, Report
from learners.services import answering, asking, moderation, promises
from portal.accounts.roles import Role
from tests import factories
from tests.learners import asked, lessons

DAY = dt.timedelta(days=1)


@pytest.fixture
def teacher(db, at):
    return asked.teacher(at)


@pytest.fixture
def reader(client, learning, moving_clock):
    factories.sign_in(client, learning.user, second_factor=False)
    return client


def questions(learning, key="film"):
    return reverse("learners:questions", args=[learning.enrolment.pk, key])


def desk(enquiry):
    return reverse("learners:inbox-enquiry", args=[enquiry.pk])


# -- the learner ----------------------------------------------------------------------------------------------------


def test_a_learner_asks_at_a_moment_without_a_script(reader, learning):
    text = reader.get(questions(learning) + "?at=65").content.decode()
    assert 'value="1:05"' in text
    assert "3 个工作日内答复" in text
    answer = reader.post(questions(learning), {"text": asked.TEXT, "moment": "1:05"}, follow=True)
    made = Enquiry.objects.get()
    assert answer.redirect_chain == [(reverse("learners:enquiry", args=[made.pk]), 302)]
    assert made.second == 65
    page = answer.content.decode()
    assert asked.TEXT in page
    assert "2026-03-19" in page
    assert "?at=65#film" in page


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"text": ""}, "请先写点内容"),
        ({"text": "字" * 2_001}, "2000"),
        ({"text": "好", "moment": "later"}, "例如 12:34"),
        ({"text": "好", "moment": "99:00"}, "视频到 45:00 结束"),
        ({"text": "打 139 0001 2345"}, "好像有手机号码"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(reader, learning, posted, sentence):
    answer = reader.post(questions(learning), posted)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert f"{posted['text']}</textarea>" in text
    assert not Enquiry.objects.exists()


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(reader, learning):
    file = SimpleUploadedFile("a.png", b"MZ")
    answer = reader.post(questions(learning), {"text": asked.TEXT, "picture": file})
    assert (answer.status_code, "这不是图片" in answer.content.decode()) == (422, True)


def test_links_in_a_question_are_not_live(reader, learning):
    made = asked.ask(learning, text="看 https://example.org/ <b>粗</b>")
    text = reader.get(reverse("learners:enquiry", args=[made.pk])).content.decode()
    assert "&lt;b&gt;粗&lt;/b&gt;" in text
    assert 'href="https://example.org' not in text


def test_alike_questions_come_before_sending(reader, learning):
    entry = asked.published(learning)
    typed = {"text": "底板薄立板厚，焊枪角度是多少呢"}
    answer = reader.post(questions(learning), typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "这里有你要的答案吗" in text
    assert entry.question_zh in text
    assert 'name="seen" value="1"' in text
    assert reader.post(questions(learning), typed | {"seen": "1"}).status_code == 302


def test_the_lesson_has_a_panel_and_seeks(reader, learning):
    entry = asked.published(learning)
    url = reverse("learners:lesson", args=[learning.enrolment.pk, "film"])
    text = reader.get(url).content.decode()
    assert entry.question_zh in text
    assert "<strong>5°–10°</strong>" in text
    assert 'data-seek="65"' in text
    assert '"position": 65000' in reader.get(url + "?at=65").content.decode()
    for wrong in ("x", "-1", "9999999", "3000", "٣"):
        assert '"position": 0' in reader.get(url, {"at": wrong}).content.decode()
    page = reverse("learners:lesson", args=[learning.enrolment.pk, "page"])
    assert "这里还没有人提问" in reader.get(page).content.decode()


def test_where_nothing_may_be_skipped_a_link_goes_as_far_as_was_watched(client, db, at):
    strict = lessons.learning(at, no_skip=True)
    factories.sign_in(client, strict.user, second_factor=False)
    url = reverse("learners:lesson", args=[strict.enrolment.pk, "film"])
    assert '"position": 0' in client.get(url + "?at=65").content.decode()


def test_an_answer_helps_or_comes_back(reader, learning, teacher):
    made = asked.answered(learning, by=teacher)
    url = reverse("learners:enquiry", args=[made.pk])
    assert "回答有帮助吗" in reader.get(url).content.decode()
    assert reader.post(url, {"text": " "}).status_code == 422
    assert reader.post(url, {"text": "立角焊呢？"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "waiting"
    answering.answer(made, text="一样。", by=teacher, at=learning.at)
    assert reader.post(url, {"step": "satisfied"}).status_code == 302
    assert reader.post(url, {"text": "再问"}).status_code == 422


def test_me_too_and_a_report(reader, learning, teacher):
    entry = asked.published(learning, by=teacher)
    for _ in range(2):
        assert reader.post(reverse("learners:have-too", args=[entry.pk])).url == questions(learning)
    assert MeToo.objects.count() == 1
    assert "1 位学员也有" in reader.get(questions(learning)).content.decode()
    url = reverse("learners:report-entry", args=[entry.pk])
    assert entry.question_zh in reader.get(url).content.decode()
    assert reader.post(url, {}).status_code == 422
    assert reader.post(url, {"why": "wrong", "words": "角度不对𠮷"}).status_code == 302
    assert reader.post(url, {"why": "wrong"}).status_code == 422
    assert Report.objects.get().words == "角度不对𠮷"


def test_others_see_the_published_words_and_never_a_name(client, learning, teacher, at):
    asked.published(learning, by=teacher)
    open_one = asked.ask(learning, text="只有我能看到的提问")
    far = lessons.learning(
        at, user=factories.learner("钱多多", code="510000", at=at), of=learning.enrolment.version
    )
    factories.sign_in(client, far.user, second_factor=False)
    text = client.get(questions(far)).content.decode()
    assert asked.FAQ["question_zh"] in text
    for secret in ("只有我能看到", "王*国", "王**", "王建国", asked.TEXT):
        assert secret not in text
    assert client.get(reverse("learners:enquiry", args=[open_one.pk])).status_code == 404
    assert client.get(questions(learning)).status_code == 404


def test_a_paused_learner_reads_why_and_until_when(reader, learning, teacher, at):
    report = asking.report(asked.ask(learning).posts.get(), why="abuse", by=teacher, at=at)
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    moderation.decide(report, "hide", reason=asked.WHY, pause_days=3, by=keeper, at=at)
    text = reader.get(questions(learning)).content.decode()
    assert asked.WHY in text
    assert 'name="text"' not in text
    assert reader.post(questions(learning), {"text": "再问"}).status_code == 422


# -- the desks ------------------------------------------------------------------------------------------------------


def test_the_inbox_leads_to_an_answer_and_to_the_faq(client, learning, teacher, moving_clock):
    made = asked.ask(learning)
    factories.sign_in(client, teacher)
    text = client.get(reverse("learners:inbox")).content.decode()
    assert desk(made) in text
    assert "王建国" not in text
    assert client.post(desk(made), {"step": "claim"}).status_code == 302
    assert "周建军正在答复" in client.get(desk(made)).content.decode()
    assert client.post(desk(made), {"step": "answer", "text": ""}).status_code == 422
    assert client.post(desk(made), {"step": "answer", "text": asked.ANSWER}).status_code == 302
    assert client.post(desk(made), {"step": "answer", "text": "再来"}).status_code == 422
    words = {"step": "publish", **asked.FAQ}
    assert client.post(desk(made), words | {"question_zh": "王建国问"}).status_code == 422
    assert client.post(desk(made), words).status_code == 302
    entry = FaqEntry.objects.get()
    url = reverse("learners:faq-entry", args=[entry.pk])
    assert client.post(url, {"step": "unpublish"}).status_code == 302
    assert client.post(url, {"step": "unpublish"}).status_code == 422
    assert client.post(url, {"step": "publish"}).status_code == 302
    changed = {"step": "change", "question_zh": "角度？", "answer_zh": "5°"}
    assert client.post(url, changed).status_code == 302
    entry.refresh_from_db()
    assert (entry.question_zh, entry.state) == ("角度？", "published")
    for step in ("", "nonsense"):
        assert client.post(url, {"step": step}).status_code == 422
        assert client.post(desk(made), {"step": step}).status_code == 422


def test_the_inbox_is_filtered(client, learning, teacher, moving_clock, at):
    waiting, late = asked.ask(learning), asked.ask(learning, key="page", at=at - 9 * DAY)
    promises.pass_next_late(at=at)
    answering.claim(waiting, by=teacher, at=at)
    factories.sign_in(client, teacher)
    url = reverse("learners:inbox")
    for asked_for, seen in (
        ({}, {waiting, late}),
        ({"state": "late"}, {late}),
        ({"state": "mine"}, {waiting}),
        ({"state": "answered"}, set()),
        ({"course": "gz-t1", "lesson": "page"}, {late}),
        ({"course": "GZ-T9"}, set()),
        ({"state": "x" * 50}, {waiting, late}),
    ):
        text = client.get(url, asked_for).content.decode()
        assert {row for row in (waiting, late) if desk(row) in text} == seen, asked_for
    text = client.get(url).content.decode()
    assert text.index(desk(late)) < text.index(desk(waiting))


def test_a_duplicate_is_answered_from_the_desk(client, learning, teacher, moving_clock):
    entry = asked.published(learning, by=teacher)
    made = asked.ask(learning)
    factories.sign_in(client, teacher)
    assert client.post(desk(made), {"step": "point", "entry": "0"}).status_code == 422
    assert client.post(desk(made), {"step": "point", "entry": entry.pk}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.duplicate_of) == ("answered", entry)


def test_five_questions_cost_no_more_queries_than_one(client, learning, teacher, moving_clock, at):
    factories.sign_in(client, teacher)
    asked.ask(learning)
    url = reverse("learners:inbox")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _ in range(4):
        other = lessons.learning(at, user=factories.learner(at=at), of=learning.enrolment.version)
        asked.ask(other)
    with CaptureQueriesContext(connection) as five:
        text = client.get(url).content.decode()
    assert text.count("/learn/desk/questions/") >= 5
    assert len(five) == len(one)


def test_a_manager_promises_and_everybody_reads_it(client, learning, at, moving_clock):
    manager = asked.teacher(at, Role.PROVIDER_MANAGER)
    course = learning.enrolment.version.course
    type(course).objects.filter(pk=course.pk).update(
        state="published",
        published_at=at,
        published_by=manager,
        current_version=learning.enrolment.version,
        haystack="x",
        search="x",
    )
    factories.sign_in(client, manager)
    url = reverse("learners:promises")
    assert course.code in client.get(url).content.decode()
    for wrong in ("0", "11", "", "x"):
        assert client.post(url, {"course": course.code, "working_days": wrong}).status_code == 422
    assert client.post(url, {"course": "GZ-T9", "working_days": 2}).status_code == 404
    assert client.post(url, {"course": course.code, "working_days": 2}).status_code == 302
    catalogue.note_answers(course.code, due=4, in_time=3, median_minutes=300, at=at)
    client.logout()
    text = client.get(reverse("courses:course", args=[course.code])).content.decode()
    assert "2 个工作日内答复" in text
    assert "近 90 天按时答复 75%" in text
    assert "半数在 5 小时内" in text
    with pytest.raises(NotYourPromise):
        catalogue.promise_answers(course, working_days=2, by=learning.user, at=at)


def test_a_report_is_decided_at_the_desk(client, learning, teacher, at, moving_clock):
    report = asking.report(asked.ask(learning).posts.get(), why="abuse", by=teacher, at=at)
    factories.sign_in(client, factories.staff(Role.PROVINCE_CATALOGUE, at=at))
    url = reverse("learners:report", args=[report.pk])
    assert url in client.get(reverse("learners:reports")).content.decode()
    text = client.get(url).content.decode()
    assert asked.TEXT in text
    assert "王建国" not in text
    assert client.post(url, {"step": "hide", "reason": "不"}).status_code == 422
    told = {"step": "hide", "reason": asked.WHY, "pause_days": "3"}
    assert client.post(url, told).status_code == 302
    assert client.post(url, told).status_code == 422
    assert url in client.get(reverse("learners:reports"), {"state": "decided"}).content.decode()


# -- API ------------------------------------------------------------------------------------------------------------


def test_the_api_asks_answers_and_publishes(client, learning, teacher, moving_clock):
    told = {"content_type": "application/json"}
    factories.sign_in(client, learning.user, second_factor=False)
    url = reverse("api-questions", args=[learning.enrolment.pk, "film"])
    key = {"HTTP_IDEMPOTENCY_KEY": "ask-once-please"}
    for _ in range(2):
        answer = client.post(url, {"text": asked.TEXT, "second": 65}, **told, **key)
        assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    made = Enquiry.objects.get()
    refused = client.post(url, {"text": "打 13900012345"}, **told)
    assert (refused.status_code, refused.json()["code"]) == (409, "personal_number")
    assert client.post(url, {"text": "好", "second": 9_999}, **told).json()["code"] == "no_such_place"
    factories.sign_in(client, teacher)
    (row,) = client.get(reverse("api-inbox")).json()["results"]
    assert (row["id"], row["learner"]) in {(made.pk, "王*国"), (made.pk, "王**")}
    step = reverse("api-inbox-step", args=[made.pk])
    assert client.post(step, {"step": "answer", "text": asked.ANSWER}, **told).json()["state"] == "answered"
    assert client.post(step, {"step": "answer", "text": "再来"}, **told).status_code == 409
    assert client.post(step, {"step": "publish", **asked.FAQ}, **told).status_code == 200
    entry = FaqEntry.objects.get()
    factories.sign_in(client, learning.user, second_factor=False)
    shown = client.get(url).json()
    assert [row["id"] for row in shown["faq"]] == [entry.pk]
    assert shown["promise"]["working_days"] == 3
    assert client.post(reverse("api-have-too", args=[entry.pk]), **told).json()["others"] == 1
    assert client.post(reverse("api-satisfied", args=[made.pk]), **told).status_code == 200
    report = client.post(reverse("api-report-entry", args=[entry.pk]), {"why": "wrong"}, **told)
    assert report.status_code == 201
    factories.sign_in(client, factories.staff(Role.PROVINCE_CATALOGUE))
    assert len(client.get(reverse("api-reports")).json()["results"]) == 1
    decide = reverse("api-report-decide", args=[report.json()["id"]])
    done = client.post(decide, {"step": "hide", "reason": asked.WHY}, **told)
    assert (done.status_code, done.json()["state"]) == (200, "hidden")
