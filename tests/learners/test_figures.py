"""Figures of questions: the sums and what follows, the task that can run twice, and the page for who teaches."""

import datetime as dt
from statistics import correlation

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Question
from learners import figures, tasks, terms
from learners.figures import Sums
from learners.models import Attempt, ExamFigures, QuestionFigures
from learners.selectors.figures import question_lines
from learners.services.completion import hand_in
from portal.accounts.roles import Role
from portal.accounts.services import appoint
from tests import factories
from tests.learners import kinds

HOUR = dt.timedelta(hours=1)

# -- the sums --------------------------------------------------------------------------------------------------------

EXAMS = st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=2, max_size=40)


def of(exams, question=0):
    asked = list(range(len(exams[0])))
    said = (Sums.of(question, asked, [n for n in asked if exam[n]], blank=False) for exam in exams)
    return sum(said, Sums())


@given(EXAMS)
def test_the_discrimination_is_the_correlation_with_the_rest(exams):
    first = [int(exam[0]) for exam in exams]
    rest = [1000 * sum(exam[1:]) // 3 for exam in exams]
    found = figures.discrimination(of(exams))
    if len(set(first)) == 1 or len(set(rest)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(correlation(first, rest), abs=1e-9)
    assert figures.difficulty(of(exams)) == sum(first) / len(first)


@given(EXAMS, EXAMS)
def test_what_was_added_can_be_taken_out(some, more):
    assert of(some) + of(more) - of(more) == of(some)


def test_a_question_alone_in_its_exam_has_no_rest():
    assert Sums.of(7, [7], [7], blank=False) == Sums(1, 1, 0, 0, 0, 0)
    assert figures.difficulty(Sums()) is figures.discrimination(Sums()) is None


def many(right, *, rest_of_right=800, rest_of_wrong=300, drawn=100, blank=0):
    wrong = drawn - right
    rest = right * rest_of_right + wrong * rest_of_wrong
    squared = right * rest_of_right**2 + wrong * rest_of_wrong**2
    return Sums(drawn, right, blank, rest, squared, right * rest_of_right)


@pytest.mark.parametrize(
    ("sums", "chosen", "hints"),
    [
        (many(20, drawn=29), {}, ["few"]),
        (many(60), {"A": 0.6, "B": 0.4}, []),
        (many(20), {"A": 0.2, "B": 0.8}, ["wrong", "other_option"]),
        (many(40), {"A": 0.4, "B": 0.5, "C": 0.1}, ["other_option"]),
        (many(50, rest_of_right=300, rest_of_wrong=800), {}, ["backwards"]),
        (many(50, blank=20), {}, ["blank"]),
        (many(95), {"A": 0.95, "B": 0.05, "C": 0.0}, ["easy"]),
        (many(50, rest_of_right=500, rest_of_wrong=500), {}, []),
        (Sums(100, 50, 0, 50_000, 34_000_000, 25_500), {}, ["flat"]),
        (many(60), {"A": 0.6, "B": 0.38, "C": 0.02}, ["no_choice"]),
    ],
)
def test_hints_are_said_by_their_bounds(sums, chosen, hints):
    assert figures.hints(sums, chosen, ["A"]) == hints


def test_shares_count_an_option_in_every_answer_that_holds_it():
    assert figures.shares({"A": 1, "A C": 2, "B": 1}, "ABCD") == {"A": 0.75, "B": 0.25, "C": 0.5, "D": 0.0}
    assert figures.shares({}, "A") == {"A": 0.0}


# -- the task --------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at + HOUR)


def taken(at, course, person, **other):
    attempt = kinds.sit(kinds.ready(at, user=person, course=course), at=at, **other)
    return hand_in(attempt, by=attempt.enrolment.user, at=at)


@pytest.fixture
def exams(db, at, clock):
    course = kinds.publish(at, kinds=("single", "multiple", "numeric", "ordering", "hotspot"))
    taken(at, course, factories.learner("韦·𠮷", at=at))
    return course


def figures_of(kind):
    return QuestionFigures.objects.get(question_id=Question.objects.get(kind=kind).pk)


def test_a_graded_exam_is_counted_once(exams, at):
    assert tasks.figure_due_attempts() == 1
    assert tasks.figure_due_attempts() == 0
    single = figures_of("single")
    assert (single.drawn, single.right, single.blank, single.answers) == (1, 1, 0, {"A": 1})
    assert (single.rest, single.right_rest) == (1000, 1000)
    assert figures_of("numeric").answers == {}
    assert figures_of("ordering").answers == {" ".join(Question.objects.get(kind="ordering").right_keys): 1}
    assert ExamFigures.objects.get().attempts == 1
    attempt = Attempt.objects.get()
    assert (attempt.figures_due_at, attempt.figured_right_ids) == (None, attempt.right_ids)


def test_an_exam_that_is_due_again_is_taken_out_and_put_in(exams, at):
    tasks.figure_due_attempts()
    before = figures_of("single").sums
    Attempt.objects.update(figures_due_at=at)
    assert tasks.figure_due_attempts() == 1
    assert figures_of("single").sums == before
    assert ExamFigures.objects.get().attempts == 1


def test_the_database_refuses_figures_that_cannot_be(exams, at):
    tasks.figure_due_attempts()
    row = figures_of("single")
    for change in (
        {"right": 2},
        {"blank": 2},
        {"rest": 1001},
        {"right_rest": 1001},
        {"rest_squared": 1_000_001},
    ):
        with pytest.raises(IntegrityError, match="figures_are_of_those_drawn"), transaction.atomic():
            QuestionFigures.objects.filter(pk=row.pk).update(**change)


def test_only_graded_exams_are_due(db, at, clock):
    attempt = kinds.sit(kinds.ready(at), at=at)
    assert tasks.figure_due_attempts() == 0
    with pytest.raises(IntegrityError, match="attempt_figured_once_graded"), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(figures_due_at=at)


def test_one_that_fails_is_pushed_forward(exams, at):
    """Taking out what was never put in would leave less than nothing."""
    attempt = Attempt.objects.get()
    Attempt.objects.update(figured_right_ids=[*attempt.question_ids[1:], 1])
    assert tasks.figure_due_attempts() == 1
    attempt.refresh_from_db()
    assert attempt.figures_due_at == at + HOUR + terms.CLOSE_RETRY
    assert not QuestionFigures.objects.exists()


# -- the page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(exams):
    tasks.figure_due_attempts()
    return factories.sign_in(Client(), factories.staff(Role.INSTRUCTOR, name="李·老师"))


def test_the_page_shows_every_question_and_the_same_as_a_table(desk, exams):
    page = desk.get(reverse("learners:figures")).content.decode()
    address = reverse("learners:course-figures", args=[exams.code])
    assert address in page
    answer = desk.get(address)
    assert len(answer.context["lines"]) == 5
    assert "100%" in answer.content.decode()
    only = desk.get(address, {"kind": "single", "sort": "hard"}).context["lines"]
    assert [line.kind for line in only] == ["single"]
    assert desk.get(address, {"shown": "hinted"}).context["lines"] == []
    for nonsense in ({"sort": "\x00"}, {"kind": "𠮷"}, {"shown": "x", "as": "y"}):
        assert desk.get(address, nonsense).status_code == 200
    table = desk.get(address, {"as": "csv"})
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert len(table.content.decode("utf-8-sig").splitlines()) == 6


def test_another_provider_knows_of_no_figures(desk, exams, at):
    elsewhere = factories.user("远方")
    other = factories.organisation("91520281YYY58YK1XQ", code="510000")
    appoint(elsewhere, Role.INSTRUCTOR, by=None, at=at, organisation=other)
    browser = factories.sign_in(Client(), elsewhere)
    assert exams.code not in browser.get(reverse("learners:figures")).content.decode()
    assert browser.get(reverse("learners:course-figures", args=[exams.code])).status_code == 404


def test_figures_of_one_key_in_two_versions_are_one_line(desk, exams):
    row = figures_of("single")
    row.pk, row.question_id = None, 1
    row.save(force_insert=True)
    line = next(line for line in question_lines(exams.code) if line.key == row.key)
    assert line.drawn == 2
