"""Each step that a learner has to know of tells it, once, in the step's own transaction."""

import datetime as dt

import pytest
from django.urls import reverse

from learners.models import Coverage, Enrolment
from learners.services import classes, contests, corrections, shut_lessons, telling
from learners.services.completion import complete_if_due, hand_in
from learners.tasks import tell_of_classes, tell_of_near_deadlines
from portal import clock
from portal.accounts.roles import Role
from portal.notices.models import Notice
from tests import factories
from tests.learners import asked, lessons, meetings, study
from tests.learners.meetings import MINUTE
from tests.learners.test_contests import write

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def told(person):
    """Kind and page of what somebody was told, the oldest first."""
    return list(Notice.objects.filter(user=person).order_by("id").values_list("kind", "path"))


def test_a_graded_exam_and_a_completed_course_are_told_once(at):
    person = factories.learner("买买提·吐尔逊")
    enrolment = study.ready(at, user=person)
    attempt = study.sit(enrolment, at=at)
    hand_in(attempt, by=person, at=at + dt.timedelta(minutes=5))
    hand_in(attempt, by=person, at=at + dt.timedelta(minutes=6))
    complete_if_due(enrolment, at=at + HOUR)
    assert told(person) == [
        ("exam.graded", reverse("learners:result", args=[attempt.pk])),
        ("course.completed", reverse("learners:course", args=[enrolment.pk])),
    ]
    words = Notice.objects.get(kind="exam.graded")
    assert words.words_zh == "“安全用电𠮷入门”的考试成绩已出：100 分（满分 100），通过。"
    assert "100 of 100, passed" in words.words_en


def test_whoever_failed_is_told_so(at):
    person = factories.learner()
    hand_in(study.sit(study.ready(at, user=person), at=at, right=0), by=person, at=at + HOUR / 60)
    assert "未通过" in Notice.objects.get(user=person).words_zh


def test_a_lesson_shut_and_opened_again_is_told_each_time(at):
    learning = lessons.learning(at)
    coverage = lessons.shut(learning)
    page = reverse("learners:lesson", args=[learning.enrolment.pk, "page"])
    assert told(learning.user) == [("lesson.shut", page)]
    keeper = factories.staff(Role.PROVINCE_CATALOGUE)
    shut_lessons.reopen_lesson(coverage, by=keeper, at=at + HOUR, reason="电话核实过了")
    lessons.shut(learning, at=at + 2 * HOUR)
    assert [kind for kind, _path in told(learning.user)] == ["lesson.shut", "lesson.reopened", "lesson.shut"]


def test_an_answer_is_told_to_the_asker(at):
    learning = lessons.learning(at)
    teacher = factories.staff(Role.INSTRUCTOR)
    enquiry = asked.answered(learning, by=teacher, at=at)
    assert told(learning.user) == [("question.answered", reverse("learners:enquiry", args=[enquiry.pk]))]


@pytest.mark.parametrize(("hours_left", "tells"), [(7, 0), (6, 1), (1, 1), (0, 0), (-1, 0)])
def test_time_that_must_be_confirmed_soon_is_told_once(at, monkeypatch, hours_left, tells):
    learning = lessons.learning(at - 30 * HOUR)
    Coverage.objects.create(
        user=learning.user,
        province_id="520000",
        enrolment=learning.enrolment,
        lesson_id=learning.facts("film").id,
        seed="0" * 32,
        held_ms=5,
        held_at=at + (hours_left - 24) * HOUR,
    )
    monkeypatch.setattr("portal.clock.now", lambda: at)
    assert tell_of_near_deadlines() == tells
    tell_of_near_deadlines()
    assert len(told(learning.user)) == tells
    if tells:
        until = f"2026-03-16 {10 + hours_left}:00"
        assert until in Notice.objects.get(user=learning.user).words_en


# -- time that people vouch for -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grant", "said"), [(True, "现予计入"), (False, "维持不变")])
def test_the_answer_to_a_contest_is_told(at, grant, said):
    learning = lessons.learning(at, user=factories.learner("买买提·吐尔逊"))
    contest = contests.contest(
        write(learning, (0, 10, "gap"))[0], by=learning.user, at=at, words="我一直在看𠮷。"
    )
    keeper = factories.staff(Role.PROVINCE_CATALOGUE)
    contests.answer(contest, by=keeper, at=at, grant=grant, reason="网络故障属实。")
    page = reverse("learners:hours", args=[learning.enrolment.pk])
    assert told(learning.user) == [("contest.answered", page)]
    assert said in Notice.objects.get().words_zh


def test_time_is_told_of_when_it_is_taken_back_and_not_before(at):
    learning, teacher, keeper = (
        lessons.learning(at),
        factories.staff(Role.INSTRUCTOR),
        factories.staff(Role.PROVINCE_CATALOGUE),
    )
    credit = write(learning, (0, 10, ""))[-1]
    for confirm in (False, True):
        correction = corrections.propose(credit, by=teacher, at=at, seconds=240, why="现场检查：本人不在。")
        assert told(learning.user) == []
        corrections.decide(correction, by=keeper, at=at + HOUR, confirm=confirm)
    assert told(learning.user) == [("time.taken", reverse("learners:hours", args=[learning.enrolment.pk]))]
    assert Notice.objects.get().words_en.startswith("4 min of ")


@pytest.fixture
def enrolled(at):
    """A course with a live lesson, three who learn it, and one of them who has stopped."""
    of = meetings.version(at)
    learners = [
        lessons.learning(at, user=factories.learner(name), of=of) for name in ("赵小红", "阿依·古丽", "周𠮷")
    ]
    Enrolment.objects.filter(pk=learners[-1].enrolment.pk).update(state="withdrawn", withdrawn_at=at)
    return of, learners


def kinds_told(learning):
    return [kind for kind, _path in told(learning.user)]


def test_a_class_planned_moved_and_called_off_is_told_to_those_enrolled(enrolled, at, moving_clock):
    of, (first, second, gone) = enrolled
    stranger = lessons.learning(at, of=meetings.version(at, code="GZ-T2"))
    host = factories.staff(Role.INSTRUCTOR)
    meeting = meetings.plan(of, host, at)
    assert kinds_told(first) == []
    moving_clock.at = at
    tell_of_classes()
    tell_of_classes()
    page = reverse("learners:class", args=[first.enrolment.pk, meeting.pk])
    assert told(first.user) == [("class.planned", page)]
    there, back = meeting.begins_at + 24 * HOUR, meeting.begins_at
    for hour, begins_at in enumerate((there, back, there), 1):
        classes.move_meeting(meeting, by=host, at=at + hour * MINUTE, begins_at=begins_at, note="教师出差。")
        moving_clock.at = at + hour * MINUTE
        tell_of_classes()
    classes.cancel_meeting(meeting, by=host, at=at + HOUR / 2, note="教师生病。")
    moving_clock.at = at + HOUR / 2
    tell_of_classes()
    assert kinds_told(first) == ["class.planned", *3 * ["class.moved"], "class.cancelled"]
    assert kinds_told(second) == kinds_told(first)
    assert kinds_told(gone) == kinds_told(stranger) == []
    moved = Notice.objects.filter(user=first.user, kind="class.moved").last()
    assert f"{there.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" in moved.words_zh


def test_many_are_told_chunk_by_chunk(enrolled, at, monkeypatch):
    of, (first, second, _gone) = enrolled
    monkeypatch.setattr(telling, "CHUNK", 1)
    meetings.plan(of, factories.staff(Role.INSTRUCTOR), at)
    assert telling.of_next_meeting(at=at)
    assert [kinds_told(one) for one in (first, second)] == [["class.planned"], []]
    while telling.of_next_meeting(at=at):
        pass
    assert [kinds_told(one) for one in (first, second)] == [["class.planned"], ["class.planned"]]


def test_a_class_that_has_begun_is_no_news(enrolled, at):
    of, (first, *_others) = enrolled
    meeting = meetings.plan(of, factories.staff(Role.INSTRUCTOR), at)
    assert telling.of_next_meeting(at=meeting.begins_at)
    assert not telling.of_next_meeting(at=meeting.begins_at)
    assert kinds_told(first) == []
