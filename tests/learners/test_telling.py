"""Each step that a learner has to know of tells it, once, in the step's own transaction."""

import datetime as dt

import pytest
from django.urls import reverse

from learners.models import Coverage
from learners.services import shut_lessons
from learners.services.completion import complete_if_due, hand_in
from learners.tasks import tell_of_near_deadlines
from portal.accounts.roles import Role
from portal.notices.models import Notice
from tests import factories
from tests.learners import asked, lessons, study

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
