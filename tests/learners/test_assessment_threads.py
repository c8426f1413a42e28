import datetime as dt

from courses import selectors as courses
from learners.models import Answer, Attempt, Completion, QuizResult
from learners.services import assessment, completion, quizzes
from portal.audit.models import Entry
from portal.audit.selectors import breaches
from tests.learners import study

MINUTE = dt.timedelta(minutes=1)


def test_a_double_start_is_one_attempt(together, at):
    row = study.ready(at)
    started = together(lambda _: assessment.start_attempt(row, by=row.user, at=at), 4)
    assert {attempt.pk for attempt in started} == {Attempt.objects.get().pk}


def test_two_tabs_hand_in_at_once(together, at):
    row = study.ready(at)
    attempt = study.sit(row, at=at)

    done = together(lambda _: completion.hand_in(attempt, by=row.user, at=at + MINUTE), 4)

    assert {(one.state, one.score_percent) for one in done} == {("passed", 100)}
    assert Completion.objects.count() == 1
    assert Entry.objects.filter(action="exam.graded").count() == 1
    assert Entry.objects.filter(action="enrolment.completed").count() == 1
    assert list(breaches()) == []


def test_answers_from_two_tabs_at_once_are_all_kept_in_order(together, at):
    row = study.ready(at)
    attempt = assessment.start_attempt(row, by=row.user, at=at)
    keys = ["A", "B", "A", "B"]
    together(lambda n: assessment.save_answer(attempt, attempt.question_ids[n], [keys[n]], at=at), 4)
    assert sorted(Answer.objects.values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_the_same_answer_sent_twice_at_once_is_one_row(together, at):
    row = study.ready(at)
    attempt = assessment.start_attempt(row, by=row.user, at=at)
    together(lambda _: assessment.save_answer(attempt, attempt.question_ids[0], ["A"], at=at), 4)
    assert Answer.objects.count() == 1


def test_handing_in_while_the_sweeper_closes(together, at):
    row = study.ready(at)
    attempt = study.sit(row, at=at)
    late = attempt.ends_at + MINUTE

    def act(n):
        if n % 2:
            return assessment.close_next_due(at=late)
        return assessment.submit_attempt(attempt, by=row.user, at=late)

    outcomes = together(act, 4)
    assert not [error for error in outcomes if isinstance(error, Exception)]
    assert Entry.objects.filter(action="exam.graded").count() == 1


def test_two_sweepers_share_the_work(together, at):
    course = study.publish(at)
    attempts = [study.sit(study.ready(at, course=course), at=at) for _ in range(3)]
    late = attempts[0].ends_at + MINUTE

    def sweep(_):
        count = 0
        while assessment.close_next_due(at=late):
            count += 1
        return count

    assert sum(together(sweep, 3)) == 3
    assert Attempt.objects.passed().count() == 3


def test_a_quiz_handed_in_twice_at_once(together, at):
    row = study.enrolled(at)
    lesson = courses.outline(row.version_id).lesson("quiz")
    told = {question.id: ["A"] for question in courses.check_questions(lesson.id)}
    outcomes = together(lambda _: quizzes.submit_quiz(row, lesson, told, opened_at=at - MINUTE, at=at), 3)
    assert not [error for error in outcomes if isinstance(error, Exception)]
    assert sorted(QuizResult.objects.values_list("number", flat=True)) == [1, 2, 3]
