"""Questions bound to a lesson and a second: the steps, their limits, what the database refuses."""

import datetime as dt
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from courses import selectors as courses
from courses import services as catalogue
from courses.models import Notice, PaperCheck
from learners import asking as terms
from learners import tasks
from learners.models import Enquiry, FaqEntry, MeToo, Post
from learners.selectors import asking as selectors
from learners.selectors import inbox
from learners.services import answering, asking, promises
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.learners import asked, lessons, study
from tests.learners.kinds import png

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def teacher(db, at):
    return asked.teacher(at)


def test_a_question_waits_with_its_place_and_its_promised_day(learning, at):
    made = asked.ask(learning)
    assert (made.state, made.second, made.lesson_key, made.course_code) == ("waiting", 65, "film", "GZ-T1")
    # asked on Monday the 16th; three working days end with Thursday the 19th
    assert made.due_on == dt.date(2026, 3, 19)
    assert made.province_id == "520000"
    post = made.posts.get()
    assert (post.text, post.kind, post.author) == (asked.TEXT, "question", learning.user)
    assert Entry.objects.get(action="enquiry.asked").by == learning.user


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("film", {"second": 2_701}),
        ("film", {"second": -1}),
        ("page", {"second": 3}),
        ("page", {"heading": "没有这一节"}),
        ("film", {"second": None, "heading": "标题"}),
    ],
)
def test_a_place_must_be_in_the_lesson(learning, key, place):
    with pytest.raises(asking.NoSuchPlace):
        asked.ask(learning, key=key, **place)
    assert not Enquiry.objects.exists()


def test_a_page_is_asked_about_under_its_heading(db, at):
    of = lessons.version(at)
    of.lessons.filter(key="page").update(body_zh="<h2>断电</h2><p>先断电。</p><h3>再验<em>电</em>𠮷</h3>")
    learning = lessons.learning(at, of=of)
    assert selectors.headings_of(learning.facts("page")) == ["断电", "再验电𠮷"]
    assert asked.ask(learning, key="page", heading="再验电𠮷").heading == "再验电𠮷"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我的号是 11010519491231002X 请查", "resident_id"),
        ("打我电话１３９ ０００１ ２３４５", "phone"),
        ("+86-139-0001-2345", "phone"),
        ("卡号 6222 0212 3456 7890 123", "bank_card"),
    ],
)
def test_personal_numbers_are_refused_before_anything_is_stored(learning, text, kind):
    with pytest.raises(terms.PersonalNumber) as told:
        asked.ask(learning, text=text)
    assert told.value.details["kinds"] == [kind]
    assert not re.search(r"\d{3}|[０-９]{3}", str(told.value))
    assert not Enquiry.objects.exists()
    made = asked.ask(learning)
    with pytest.raises(terms.PersonalNumber):
        asking.follow_up(made, text=text, by=learning.user, at=learning.at)


def test_figures_of_the_trade_are_no_personal_numbers(learning):
    asked.ask(learning, text="电流 120 130 140 A，电压 18.5 V，GB/T 5117-2012，2026-03-16 12:34 的 1:05 处")


@pytest.mark.parametrize(
    ("text", "broken"),
    [("", terms.NothingSaid), (" \n\x00\u3000 ", terms.NothingSaid), ("长" * 2_001, terms.TooLong)],
)
def test_a_question_has_words_and_not_too_many(learning, text, broken):
    with pytest.raises(broken):
        asked.ask(learning, text=text)


def test_five_an_hour_and_twenty_a_day(learning, at):
    for number in range(5):
        asked.ask(learning, at=at + number * dt.timedelta(minutes=5))
    with pytest.raises(asking.TooMany, match="03-16 11:01") as told:
        asked.ask(learning, at=at + 30 * dt.timedelta(minutes=1))
    assert "5" in str(told.value)
    for number in range(15):
        asked.ask(learning, at=at + HOUR + number * dt.timedelta(minutes=20))
    with pytest.raises(asking.TooMany, match="20"):
        asked.ask(learning, at=at + 10 * HOUR)
    asked.ask(learning, at=at + DAY + dt.timedelta(minutes=1))


def test_nobody_asks_in_anothers_name(learning, at):
    other = factories.learner("赵小红", at=at)
    with pytest.raises(asking.NotYourQuestion):
        asking.ask(learning.enrolment, learning.facts("film"), text=asked.TEXT, by=other, at=at)
    made = asked.ask(learning)
    for step in (
        lambda: asking.follow_up(made, text="还有", by=other, at=at),
        lambda: asking.satisfied(made, by=other, at=at),
    ):
        with pytest.raises(asking.NotYourQuestion):
            step()


def test_a_picture_waits_for_the_virus_scan(learning):
    made = asked.ask(learning, picture=SimpleUploadedFile("焊缝𠮷.png", png() + b"GPS 26.6470 106.6302"))
    post = made.posts.get()
    with default_storage.open(post.document_key) as file:
        kept = file.read()
    assert kept.startswith(b"\x89PNG")
    assert b"GPS" not in kept
    assert post.document_name == "焊缝𠮷.png"
    assert PaperCheck.objects.get(key=post.document_key).state == "waiting"
    with pytest.raises(asking.NotAPicture):
        asked.ask(learning, picture=SimpleUploadedFile("a.png", b"%PDF-1.7"))
    with pytest.raises(asking.NotAPicture):
        asked.ask(learning, picture=SimpleUploadedFile("a.png", b"MZ"))
    with pytest.raises(asking.PictureTooLarge):
        asked.ask(learning, picture=SimpleUploadedFile("a.png", png() + bytes(10_000_001)))


# -- answers --------------------------------------------------------------------------------------------------------


def test_an_answer_keeps_what_it_was_waited_for(learning, teacher, at):
    made = asked.ask(learning)
    done = answering.answer(made, text=asked.ANSWER, text_en="Lean away.", by=teacher, at=at + 5 * HOUR)
    assert (done.state, done.due_at, done.waiting_since_at) == ("answered", None, None)
    post = done.posts.get(kind="answer")
    assert (post.waiting_since_at, post.due_at, post.at) == (at, made.due_at, at + 5 * HOUR)
    assert "<strong>5°–10°</strong>" in post.html
    with pytest.raises(IllegalMove):
        answering.answer(made, text="再来", by=teacher, at=at + 6 * HOUR)


def test_who_claims_answers_alone_until_the_time_is_over(learning, teacher, at):
    other = asked.teacher(at, Role.PROVIDER_MANAGER)
    made = answering.claim(asked.ask(learning), by=teacher, at=at)
    for step in (
        lambda: answering.claim(made, by=other, at=at),
        lambda: answering.release(made, by=other, at=at),
        lambda: answering.answer(made, text="我来", by=other, at=at + dt.timedelta(minutes=29)),
        lambda: answering.ask_back(made, text="哪一段？", by=other, at=at),
    ):
        with pytest.raises(answering.Claimed, match="周建军"):
            step()
    assert answering.claim(made, by=other, at=at + terms.CLAIM_LASTS).claimed_by == other
    assert answering.release(made, by=other, at=at + HOUR).claimed_by is None
    assert answering.answer(made, text="好", by=teacher, at=at + HOUR).claimed_by is None


def test_two_at_once_answer_once(together):
    at = factories.AT
    made = asked.ask(lessons.learning(at))
    helpers = [asked.teacher(at) for _ in range(4)]

    def answer(number):
        try:
            answering.answer(made, text=f"答{number}", by=helpers[number], at=at)
        except IllegalMove:
            return False
        return True

    assert sum(together(answer, 4)) == 1
    assert Post.objects.answers().count() == 1


def test_a_returned_question_waits_anew_once_it_is_clear(learning, teacher, at):
    made = answering.ask_back(asked.ask(learning), text="哪一段？", by=teacher, at=at + HOUR)
    assert (made.state, made.due_at) == ("returned", None)
    made = asking.follow_up(made, text="第 3 分钟。", by=learning.user, at=at + 7 * DAY)
    assert (made.state, made.due_on, made.reopened_at) == ("waiting", dt.date(2026, 3, 26), None)
    due = made.due_at
    made = asking.follow_up(made, text="用的是 CO₂。", by=learning.user, at=at + 8 * DAY)
    assert made.due_at == due
    assert [post.kind for post in made.posts.all()] == ["question", "return", "follow_up", "follow_up"]


def test_an_answer_that_did_not_help_comes_back_once(learning, teacher, at):
    made = asked.answered(learning, by=teacher)
    made = asking.follow_up(made, text="立角焊呢？", by=learning.user, at=at + DAY)
    assert (made.state, made.reopened_at) == ("waiting", at + DAY)
    answering.answer(made, text="也一样。", by=teacher, at=at + DAY + HOUR)
    with pytest.raises(asking.ReopenedBefore):
        asking.follow_up(made, text="还是不懂", by=learning.user, at=at + 2 * DAY)
    for _ in range(2):
        made = asking.satisfied(made, by=learning.user, at=at + 2 * DAY)
    assert made.satisfied_at == at + 2 * DAY
    assert Entry.objects.filter(action="enquiry.satisfied").count() == 1


def test_what_has_no_answer_cannot_have_helped(learning, at):
    with pytest.raises(IllegalMove):
        asking.satisfied(asked.ask(learning), by=learning.user, at=at)


def test_nobody_answers_their_own_or_another_providers(learning, at):
    made = asked.ask(learning)
    accounts.appoint(learning.user, Role.INSTRUCTOR, by=None, at=at, organisation=factories.organisation())
    far = factories.user(at=at)
    school = factories.organisation(asked.OTHER_SCHOOL, code="510000")
    accounts.appoint(far, Role.INSTRUCTOR, by=None, at=at, organisation=school)
    keeper, auditor = factories.staff(Role.PROVINCE_CATALOGUE, at=at), factories.staff(Role.AUDITOR, at=at)
    own = User.objects.get(pk=learning.user.pk)
    for person in (own, far, keeper, auditor):
        with pytest.raises(answering.NotYoursToAnswer):
            answering.answer(made, text="我来答", by=person, at=at)
        assert not inbox.may_answer(person, made)
    assert not inbox.inbox_of(far).exists()


# -- the FAQ --------------------------------------------------------------------------------------------------------


def test_what_is_published_may_read_differently_and_the_original_stays(learning, teacher, at):
    entry = asked.published(learning, by=teacher)
    assert (entry.second, entry.lesson_key, entry.province_id) == (65, "film", "520000")
    answering.change_entry(entry, by=teacher, at=at + DAY, question_zh="角度多少？", answer_zh="偏 5°")
    assert entry.enquiry.posts.get(kind="question").text == asked.TEXT
    with pytest.raises(answering.PublishedBefore):
        answering.publish(entry.enquiry, by=teacher, at=at, **asked.FAQ)


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        ({"question_zh": "王建国问：角度多少？"}, answering.NamesTheAsker),
        ({"answer_zh": "打 13900012345 问我"}, terms.PersonalNumber),
        ({"question_zh": " "}, answering.NothingAnswered),
        ({"answer_zh": "长" * 8_001}, terms.TooLong),
    ],
)
def test_what_may_not_be_published(learning, words, broken):
    with pytest.raises(broken):
        asked.published(learning, **words)
    assert not FaqEntry.objects.exists()


def test_an_entry_is_taken_back_and_shown_again(learning, teacher, at):
    entry = asked.published(learning, by=teacher)
    entry = answering.unpublish(entry, by=teacher, at=at + DAY)
    assert not selectors.faq_of("GZ-T1", learning.user).exists()
    with pytest.raises(IllegalMove):
        answering.unpublish(entry, by=teacher, at=at + DAY)
    entry = answering.publish_again(entry, by=teacher, at=at + 2 * DAY)
    assert list(selectors.faq_of("GZ-T1", learning.user)) == [entry]


def test_a_duplicate_gets_the_published_answer(learning, teacher, at):
    entry = asked.published(learning, by=teacher)
    second = lessons.learning(at, user=factories.learner("赵小红", at=at), of=learning.enrolment.version)
    made = answering.point_to(asked.ask(second, at=at + DAY), entry, by=teacher, at=at + DAY)
    assert (made.state, made.duplicate_of) == ("answered", entry)
    assert made.posts.get(kind="answer").text == asked.ANSWER
    with pytest.raises(IllegalMove):
        answering.publish(made, by=teacher, at=at, **asked.FAQ)
    answering.unpublish(entry, by=teacher, at=at + DAY)
    with pytest.raises(answering.NotAnAnswer):
        answering.point_to(asked.ask(second, at=at + DAY), entry, by=teacher, at=at + DAY)


def test_an_entry_follows_the_key_of_its_lesson_over_versions(db, teacher, at):
    course = study.publish(at)
    first = lessons.learning(at, of=course.current_version)
    made = asked.answered(first, by=teacher, key="page")
    entry = answering.publish(made, by=teacher, at=at + DAY, **asked.FAQ)
    later = catalogue.start_version(course, by=course.created_by, at=at)
    reader = lessons.learning(at, user=factories.learner("赵小红", at=at), of=later)
    assert reader.facts("page").id != first.facts("page").id
    shown = selectors.panel(reader.enrolment, reader.facts("page"), few=True)
    assert (shown.own, shown.faq) == ([], [entry])


def test_learners_of_another_province_see_the_faq_and_no_open_question(learning, at):
    entry = asked.published(learning)
    asked.ask(learning, at=at + DAY)
    far = lessons.learning(
        at, user=factories.learner("钱多多", code="510000", at=at), of=learning.enrolment.version
    )
    shown = selectors.panel(far.enrolment, far.facts("film"), few=False)
    assert (shown.own, shown.faq) == ([], [entry])
    assert not selectors.enquiries_of(far.user).exists()


def test_somebody_has_it_too_once(learning, at):
    entry = asked.published(learning)
    assert asking.have_too(entry, enrolment=learning.enrolment, at=at)
    assert not asking.have_too(entry, enrolment=learning.enrolment, at=at)
    row = selectors.faq_of("GZ-T1", learning.user).get()
    assert (row.others, row.is_mine) == (1, True)
    with pytest.raises(IntegrityError, match="me_too_once"), transaction.atomic():
        MeToo.objects.create(entry=entry, user=learning.user, province_id="520000", at=at)


@pytest.mark.parametrize(
    ("text", "found"),
    [("底板薄立板厚，焊枪角度是多少呢", True), ("飞溅太大怎么办？", False), ("？", False)],
)
def test_alike_questions_are_found_by_their_grams(learning, text, found):
    entry = asked.published(learning)
    assert selectors.alike("GZ-T1", text, learning.user) == ([entry] if found else [])
    assert selectors.alike("GZ-T9", text, learning.user) == []


# -- the promise ----------------------------------------------------------------------------------------------------


def test_the_provider_sets_the_days_for_questions_to_come(learning, at):
    course = learning.enrolment.version.course
    before = asked.ask(learning)
    manager = asked.teacher(at, Role.PROVIDER_MANAGER)
    catalogue.promise_answers(course, working_days=1, by=manager, at=at)
    before.refresh_from_db()
    assert before.due_on == dt.date(2026, 3, 19)
    assert asked.ask(learning).due_on == dt.date(2026, 3, 17)
    assert courses.promise_of(course.code).working_days == 1


def test_a_late_question_reaches_the_manager_once(learning, teacher, at):
    made = asked.ask(learning)
    asked.ask(learning, at=at + 3 * DAY)
    assert not promises.pass_next_late(at=made.due_at - dt.timedelta(seconds=1))
    assert promises.pass_next_late(at=made.due_at)
    assert not promises.pass_next_late(at=made.due_at)
    made.refresh_from_db()
    assert made.late_at == made.due_at
    notice = Notice.objects.get(kind="question")
    assert "2026-03-19" in notice.words_zh
    assert "平角焊" in notice.words_zh
    assert answering.answer(made, text="抱歉晚了。", by=teacher, at=at + 5 * DAY).late_at is None


def test_the_tasks_run_twice(learning, teacher, moving_clock, at):
    asked.answered(learning, by=teacher)
    late = asked.ask(learning)
    moving_clock.at = late.due_at
    assert (tasks.pass_late_enquiries(), tasks.pass_late_enquiries()) == (1, 0)
    assert (tasks.figure_promises(), tasks.figure_promises()) == (1, 1)
    kept = courses.promise_of("GZ-T1")
    assert (kept.due, kept.in_time, kept.kept_percent, kept.median_hours) == (2, 1, 50, 5)
    assert kept.figured_at == late.due_at


def test_figures_forget_what_is_older_than_ninety_days(learning, teacher, at):
    asked.answered(learning, by=teacher)
    promises.figure("GZ-T1", at=at + 91 * DAY)
    kept = courses.promise_of("GZ-T1")
    assert (kept.due, kept.in_time, kept.median_minutes) == (0, 0, None)


@pytest.mark.parametrize(
    ("minutes", "hours", "days"), [(None, None, None), (20, 1, None), (2_880, 48, None), (2_881, None, 3)]
)
def test_a_median_reads_in_hours_or_days(minutes, hours, days):
    promise = courses.Promise(median_minutes=minutes)
    assert (promise.median_hours, promise.median_days) == (hours, days)
