"""Answers of a running exam through a lost word of the server, a reload, a lost network and a second tab."""

import re

import pytest
from playwright.sync_api import Route, expect

from portal.demo.people import GUIZHOU, Person
from tests.e2e.walking import Walker

EXAMINEE = Person(
    key="examinee", phone="13800138002", name="龙·𠮷宁", province=GUIZHOU, number="110115200506099979"
)
PREPARE = """
import datetime as dt
import secrets
from courses import selectors as courses
from courses.models import Question
from django.db import transaction
from learners.services import assessment, enrolment, quizzes, time
from portal import clock
from portal.demo import accounts
from portal.demo.people import Person
@transaction.atomic
def prepare():
    at = clock.now()
    learner = accounts.make({examinee}, at=at)
    mine = enrolment.enrol(learner, "GZ-DEMO", at=at)
    outline = courses.outline(mine.version_id)
    for n, lesson in enumerate(outline.lessons):
        if lesson.kind != "quiz":
            seconds, wall = lesson.seconds or 300, at - dt.timedelta(days=2 + n)
            time.credit(mine, lesson, kind="reading", wall=(wall, wall + dt.timedelta(seconds=seconds)), seconds=seconds, at=at)
    def right(asked):
        if asked.kind == "numeric":
            return [str(asked.number)]
        return asked.accepted[:1] if asked.kind == "short_text" else list(asked.right_keys)
    asked = Question.objects.filter(version=mine.version_id, lesson__key="quiz")
    answers = {row.pk: right(row) for row in asked}
    quizzes.submit_quiz(mine, outline.lesson("quiz"), answers, opened_at=at - dt.timedelta(seconds=60), at=at)
    def singles(seed):
        drawn = courses.draw(outline, seed=seed, at=at)
        return Question.objects.filter(pk__in=drawn, kind="single").count()
    seed = next(seed for seed in range(1000) if singles(seed) >= 6)
    secrets.randbelow = lambda most: seed
    exam = assessment.start_attempt(mine, by=learner, at=at)
    single = Question.objects.filter(pk__in=exam.question_ids, kind="single").values_list("pk", flat=True)
    print("EXAM", exam.pk, *(exam.question_ids.index(pk) + 1 for pk in single))
prepare()
"""
SAVE = re.compile(r"/api/learn/attempts/\d+/answers/")


@pytest.fixture(scope="module")
def exam(stack):
    """An exam that runs, and the numbers of its questions with one right answer."""
    told = stack.manage("shell", "-v0", "-c", PREPARE.replace("{examinee}", repr(EXAMINEE)))
    attempt, *numbers = re.search(r"EXAM (.*)", told)[1].split()
    return f"/learn/exams/{attempt}/", [number for number in numbers if number != "10"]


@pytest.fixture
def place(exam):
    """A question that no other test has answered."""
    start, numbers = exam
    return f"{start}{numbers.pop()}/"


@pytest.fixture
def learner(walker):
    return walker().sign_in(EXAMINEE)


def box(page, letter):
    return page.locator(f"#paper input[value={letter}]")


def said(page):
    return page.locator("span[data-saved]")


def is_content(page):
    expect(said(page)).to_contain_text("Saved")
    expect(page.locator("#trouble")).to_be_hidden()


class Word:
    """The way from one page to the server: the answer may arrive and its acknowledgement not, or neither."""

    def __init__(self, page):
        self.arrives = self.returns = True
        page.route(SAVE, self._carry)

    def _carry(self, route: Route):
        if self.arrives and self.returns:
            route.continue_()
            return
        if self.arrives:
            route.fetch()
        route.abort()

    def lost(self, *, both_ways: bool = False):
        self.returns, self.arrives = False, not both_ways

    def back(self):
        self.returns = self.arrives = True


def test_a_change_after_a_lost_word_is_no_other_page(learner, place):
    page = learner.go(place).page
    word = Word(page)
    word.lost()
    box(page, "A").check()
    expect(said(page)).to_contain_text("trying again")
    box(page, "B").check()
    word.back()
    is_content(page)
    page.locator("button.btn--primary[name=to]").click()
    expect(page).not_to_have_url(re.compile(f"{place}$"))
    learner.go(place)
    expect(box(page, "B")).to_be_checked()
    expect(page.locator(".note--bad[role=alert]:visible")).to_have_count(0)


def test_a_reload_after_a_lost_word_sends_it_again_and_goes_on(learner, place):
    page = learner.go(place).page
    word = Word(page)
    word.lost()
    box(page, "A").check()
    expect(said(page)).to_contain_text("trying again")
    box(page, "C").check()
    page.reload()
    expect(box(page, "C")).to_be_checked()
    expect(said(page)).to_contain_text("trying again")
    word.back()
    page.reload()
    expect(box(page, "C")).to_be_checked()
    is_content(page)
    box(page, "D").check()
    is_content(page)
    learner.go(place)
    expect(box(page, "D")).to_be_checked()


def test_a_page_that_was_made_before_the_answer_arrived_shows_it(learner, place):
    page = learner.go(place).page
    address = page.url
    made_before = page.request.get(address).body()
    with page.expect_response(SAVE):
        box(page, "A").check()
    is_content(page)
    page.route(address, lambda route: route.fulfill(body=made_before, content_type="text/html"))
    page.reload()
    expect(box(page, "A")).to_be_checked()
    with page.expect_response(SAVE):
        box(page, "B").check()
    is_content(page)
    page.unroute(address)
    page.reload()
    expect(box(page, "B")).to_be_checked()
    expect(page.locator("#trouble")).to_be_hidden()


def test_without_network_the_page_stays_and_goes_on_by_itself(learner, place):
    page = learner.go(place).page
    page.context.set_offline(True)
    box(page, "A").check()
    page.locator("button.btn--primary[name=to]").click()
    expect(page.get_by_text("kept on this device")).to_be_visible()
    assert page.url.endswith(place)
    page.context.set_offline(False)
    expect(page).not_to_have_url(re.compile(f"{place}$"))
    learner.go(place)
    expect(box(page, "A")).to_be_checked()


def test_a_second_tab_sends_what_the_first_cannot(learner, place):
    first = learner.go(place).page
    word = Word(first)
    word.lost(both_ways=True)
    box(first, "A").check()
    expect(said(first)).to_contain_text("trying again")
    second = Walker.beside(learner).go(place).page
    expect(box(second, "A")).to_be_checked()
    is_content(second)
    word.back()
    is_content(first)
    box(first, "B").check()
    is_content(first)
    # the second tab has not seen this: its own change is the one that is told
    box(second, "C").check()
    expect(second.get_by_text("differently on another page")).to_be_visible()
    learner.go(place)
    expect(box(first, "B")).to_be_checked()
