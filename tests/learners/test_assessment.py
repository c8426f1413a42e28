import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from courses import selectors as courses
from courses.models import Question
from learners import answers, tasks, terms
from learners.models import Answer, Attempt, LedgerRow, QuizResult
from learners.selectors.enrolment import saved_answers
from learners.selectors.progress import exam_standing, topics
from learners.services import assessment, quizzes
from portal.audit.models import Entry
from tests.learners import study

pytestmark = pytest.mark.django_db
SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)


# -- when the exam is open ------------------------------------------------------------------------------------------


def test_hours_and_lessons_open_the_exam(at):
    row = study.enrolled(at)
    assert {code for code, _ in exam_standing(row, at=at).reasons} == {"hours_missing", "lessons_open"}
    with pytest.raises(assessment.ExamClosed) as refused:
        assessment.start_attempt(row, by=row.user, at=at)
    assert refused.value.code == "hours_missing"
    study.learn(row, at=at)
    assert exam_standing(row, at=at).is_open


def test_who_left_the_course_sits_no_exam(at):
    from learners.services.enrolment import withdraw

    row = study.ready(at)
    withdraw(row, by=row.user, at=at)
    with pytest.raises(assessment.ExamClosed):
        assessment.start_attempt(row, by=row.user, at=at)


def test_a_failed_attempt_is_followed_by_a_break(at):
    row = study.ready(at)
    failed = assessment.submit_attempt(study.sit(row, at=at, right=0), by=row.user, at=at + MINUTE)
    assert (failed.state, failed.score_percent) == ("failed", 0)
    with pytest.raises(assessment.ExamClosed) as refused:
        assessment.start_attempt(row, by=row.user, at=at + 2 * MINUTE)
    assert refused.value.code == "cooling_off"
    again = assessment.start_attempt(row, by=row.user, at=at + MINUTE + terms.COOLING_OFF)
    assert (again.number, again.state) == (2, "running")


def test_attempts_are_used_up_and_come_back_after_thirty_days(at):
    row = study.ready(at)
    for day in range(2):
        moment = at + day * DAY
        assessment.submit_attempt(study.sit(row, at=moment, right=0), by=row.user, at=moment + MINUTE)
    with pytest.raises(assessment.ExamClosed) as refused:
        assessment.start_attempt(row, by=row.user, at=at + 2 * DAY)
    assert refused.value.code == "attempts_used_up"
    assert exam_standing(row, at=at + 2 * DAY).next_at == at + terms.ATTEMPTS_RENEW
    assert assessment.start_attempt(row, by=row.user, at=at + terms.ATTEMPTS_RENEW).number == 3


def test_a_passed_exam_is_not_sat_again(at):
    row = study.ready(at)
    assessment.submit_attempt(study.sit(row, at=at), by=row.user, at=at + MINUTE)
    with pytest.raises(assessment.AlreadyPassed):
        assessment.start_attempt(row, by=row.user, at=at + DAY)


# -- the draw -------------------------------------------------------------------------------------------------------


def test_the_draw_can_be_made_again_from_its_seed(at):
    row = study.ready(at)
    attempt = assessment.start_attempt(row, by=row.user, at=at)
    assert attempt.question_ids == courses.draw(courses.outline(row.version_id), seed=attempt.seed, at=at)
    assert len(set(attempt.question_ids)) == 4
    assert attempt.ends_at == at + 30 * MINUTE


def test_draws_differ_between_learners(at):
    course = study.publish(at, exam=6)
    draws = set()
    for _ in range(5):
        row = study.ready(at, course=course)
        draws.add(tuple(assessment.start_attempt(row, by=row.user, at=at).question_ids))
    assert len(draws) > 1


def test_starting_twice_gives_the_running_attempt(at):
    row = study.ready(at)
    first = assessment.start_attempt(row, by=row.user, at=at)
    assert assessment.start_attempt(row, by=row.user, at=at + MINUTE) == first
    assert Entry.objects.filter(action="exam.started").count() == 1


# -- answers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def attempt(at):
    row = study.ready(at)
    return assessment.start_attempt(row, by=row.user, at=at)


def question_of(attempt, kind):
    ids = Question.objects.filter(pk__in=attempt.question_ids, kind=kind).values_list("pk", flat=True)
    return ids[0]


def test_an_answer_is_kept_and_the_same_again_is_the_same_row(attempt, at):
    question_id = attempt.question_ids[0]
    first = assessment.save_answer(attempt, question_id, ["A"], at=at)
    assert assessment.save_answer(attempt, question_id, ["A", "A"], at=at + SECOND) == first
    changed = assessment.save_answer(attempt, question_id, ["B"], at=at + MINUTE)
    assert (first.seq, changed.seq) == (1, 2)
    assert saved_answers(attempt.pk)[question_id].chosen == ["B"]
    assert Answer.objects.count() == 2


def test_an_answer_can_be_taken_back(attempt, at):
    question_id = attempt.question_ids[0]
    assessment.save_answer(attempt, question_id, ["A"], at=at)
    assert assessment.save_answer(attempt, question_id, [], at=at).chosen == []


def test_a_second_tab_does_not_overwrite_unseen(attempt, at):
    question_id = attempt.question_ids[0]
    held = assessment.save_answer(attempt, question_id, ["A"], at=at, seen=0)
    with pytest.raises(assessment.AnsweredElsewhere) as refused:
        assessment.save_answer(attempt, question_id, ["B"], at=at, seen=0)
    assert refused.value.details == {"seq": held.seq}
    assert assessment.save_answer(attempt, question_id, ["A"], at=at, seen=0) == held
    assert assessment.save_answer(attempt, question_id, ["B"], at=at, seen=held.seq).chosen == ["B"]


def test_tampered_questions_and_options_are_refused(attempt, at):
    asked = attempt.question_ids[0]
    foreign = Question.objects.exclude(pk__in=attempt.question_ids).first().pk
    for question_id in (foreign, 0, -1, 10**15):
        with pytest.raises(assessment.NotAsked):
            assessment.save_answer(attempt, question_id, ["A"], at=at)
    for keys in (["Z"], ["A", "𠮷"], [""], ["A\x00"]):
        with pytest.raises(answers.UnknownOption):
            assessment.save_answer(attempt, asked, keys, at=at)
    single = (
        question_of(attempt, "single")
        if Question.objects.filter(pk__in=attempt.question_ids, kind="single").exists()
        else question_of(attempt, "true_false")
    )
    with pytest.raises(answers.OneOnly):
        assessment.save_answer(attempt, single, ["A", "B"], at=at)
    assert not Answer.objects.exists()


def test_after_time_a_small_grace_then_a_refusal(attempt, at):
    question_id = attempt.question_ids[0]
    assessment.save_answer(attempt, question_id, ["A"], at=attempt.ends_at + terms.GRACE)
    with pytest.raises(assessment.TimeOver):
        assessment.save_answer(attempt, question_id, ["B"], at=attempt.ends_at + terms.GRACE + SECOND)


def test_after_handing_in_nothing_changes(attempt, at):
    assessment.submit_attempt(attempt, by=attempt.enrolment.user, at=at)
    with pytest.raises(assessment.AttemptClosed):
        assessment.save_answer(attempt, attempt.question_ids[0], ["A"], at=at)


def test_a_script_cannot_store_without_end(attempt, at, monkeypatch):
    monkeypatch.setattr(terms, "MOST_SAVES", 3)
    question_id = attempt.question_ids[0]
    for key in ("A", "B", "A"):
        assessment.save_answer(attempt, question_id, [key], at=at)
    with pytest.raises(assessment.TooManyChanges):
        assessment.save_answer(attempt, question_id, ["B"], at=at)


# -- grading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "score", "state"), [(4, 100, "passed"), (3, 75, "passed"), (2, 50, "failed"), (0, 0, "failed")]
)
def test_grades_all_or_nothing_per_question(at, right, score, state):
    row = study.ready(at)
    attempt = assessment.submit_attempt(study.sit(row, at=at, right=right), by=row.user, at=at + MINUTE)
    assert (attempt.state, attempt.score_percent, attempt.right) == (state, score, right)
    assert attempt.submitted_at == at + MINUTE
    assert sum(topic.right for topic in topics(attempt, frozenset(attempt.right_ids))) == right


def test_half_of_a_multiple_answer_is_not_right(at):
    row = study.ready(at)
    attempt = study.sit(row, at=at)
    for question_id in Question.objects.filter(pk__in=attempt.question_ids, kind="multiple").values_list(
        "pk", flat=True
    ):
        assessment.save_answer(attempt, question_id, ["A"], at=at + MINUTE)
    graded = assessment.submit_attempt(attempt, by=row.user, at=at + 2 * MINUTE)
    several = Question.objects.filter(pk__in=attempt.question_ids, kind="multiple").count()
    assert graded.right == 4 - several


def test_handing_in_twice_gives_the_same_result(at):
    row = study.ready(at)
    attempt = study.sit(row, at=at)
    first = assessment.submit_attempt(attempt, by=row.user, at=at + MINUTE)
    again = assessment.submit_attempt(attempt, by=row.user, at=at + 2 * MINUTE)
    assert (first.graded_at, again.graded_at) == (at + MINUTE, at + MINUTE)
    assert Entry.objects.filter(action="exam.graded").count() == 1


def test_handed_in_after_time_counts_what_was_saved_in_time(at):
    row = study.ready(at)
    attempt = study.sit(row, at=at)
    late = assessment.submit_attempt(attempt, by=row.user, at=attempt.ends_at + MINUTE)
    assert (late.state, late.submitted_at) == ("passed", None)


def test_the_task_grades_what_was_saved_once(at, moving_clock):
    row = study.ready(at)
    attempt = study.sit(row, at=at, right=3)
    moving_clock.at = attempt.ends_at + terms.GRACE
    assert tasks.close_due_attempts() == 0
    moving_clock.at += SECOND
    assert tasks.close_due_attempts() == 1
    assert tasks.close_due_attempts() == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score_percent, attempt.submitted_at) == ("passed", 75, None)


def test_an_attempt_over_midnight_in_shanghai(at):
    night = dt.datetime(2026, 3, 16, 15, 45, tzinfo=dt.UTC)
    row = study.ready(night)
    attempt = study.sit(row, at=night)
    assessment.save_answer(attempt, attempt.question_ids[0], ["B"], at=night + 20 * MINUTE)
    assert assessment.submit_attempt(attempt, by=row.user, at=night + 25 * MINUTE).right == 3


def test_one_bad_attempt_is_pushed_forward_and_does_not_stop_the_rest(at):
    course = study.publish(at)
    torn = study.enrolled(at, course=course)
    gone = 10**9
    bad = Attempt.objects.create(
        enrolment=torn,
        province_id="520000",
        number=1,
        seed=1,
        question_ids=[gone],
        pass_mark_percent=60,
        started_at=at,
        ends_at=at + MINUTE,
        close_at=at + MINUTE,
    )
    Answer.objects.create(
        attempt=bad, province_id=bad.province_id, question_id=gone, chosen=["A"], saved_at=at, seq=1
    )
    good = study.sit(study.ready(at, course=course), at=at)
    later = good.ends_at + MINUTE
    assert [assessment.close_next_due(at=later) for _ in range(3)] == [True, True, False]
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.trouble, bad.close_at) == ("running", "DoesNotExist", later + terms.CLOSE_RETRY)
    assert good.state == "passed"


# -- what the database itself refuses -----------------------------------------------------------------------------


def refused(act, name="."):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


def test_constraints_of_an_attempt(attempt, at):
    rows = Attempt.objects.filter(pk=attempt.pk)
    refused(lambda: rows.update(state="passed"), "attempt_state_has_its_facts")
    refused(lambda: rows.update(submitted_at=at), "attempt_state_has_its_facts")
    graded = {"close_at": None, "graded_at": at, "right_ids": []}
    refused(lambda: rows.update(state="passed", score_percent=10, **graded), "attempt_state_fits_score")
    refused(lambda: rows.update(state="failed", score_percent=90, **graded), "attempt_state_fits_score")
    refused(
        lambda: rows.update(state="failed", score_percent=0, submitted_at=at - DAY, **graded),
        "attempt_submitted_after_start",
    )
    refused(lambda: rows.update(seed=attempt.seed + 1), "never changes")
    refused(lambda: rows.update(ends_at=at + DAY), "never changes")
    refused(rows.delete, "never deleted|foreign key")
    values = {f.attname: getattr(attempt, f.attname) for f in Attempt._meta.fields if f.attname != "id"}
    refused(lambda: Attempt.objects.create(**values | {"number": 2}), "attempt_one_open")
    refused(lambda: Attempt.objects.create(**values), "attempt_number_once|attempt_one_open")
    refused(lambda: Attempt.objects.create(**values | {"ends_at": at - DAY}), "attempt_ends_after_start")
    refused(lambda: Attempt.objects.create(**values | {"question_ids": []}), "attempt_asks_something")
    refused(
        lambda: Attempt.objects.create(
            **values | {"number": 2, "state": "failed", "score_percent": 0} | graded
        ),
        "begins as running",
    )


def test_a_graded_attempt_never_changes(attempt, at):
    assessment.submit_attempt(attempt, by=attempt.enrolment.user, at=at)
    refused(lambda: Attempt.objects.filter(pk=attempt.pk).update(score_percent=1), "never changes")


def test_answers_are_append_only_and_belong_to_a_running_attempt(attempt, at):
    row = assessment.save_answer(attempt, attempt.question_ids[0], ["A"], at=at)
    refused(lambda: Answer.objects.filter(pk=row.pk).update(chosen=["B"]))
    refused(lambda: Answer.objects.filter(pk=row.pk).delete())
    told = {"attempt": attempt, "province_id": attempt.province_id, "chosen": ["A"], "saved_at": at}
    refused(lambda: Answer.objects.create(**told, question_id=row.question_id, seq=1), "answer_seq_once")
    refused(lambda: Answer.objects.create(**told, question_id=row.question_id, seq=0), "answer_seq_from_one")
    refused(lambda: Answer.objects.create(**told, question_id=10**9, seq=2), "drawn question")
    assessment.submit_attempt(attempt, by=attempt.enrolment.user, at=at)
    refused(lambda: Answer.objects.create(**told, question_id=row.question_id, seq=2), "running attempt")


# -- the short quiz -------------------------------------------------------------------------------------------------


@pytest.fixture
def quiz(at):
    row = study.enrolled(at)
    return row, courses.outline(row.version_id).lesson("quiz")


def all_with(lesson, key):
    return {question.id: [key] for question in courses.check_questions(lesson.id)}


def test_a_quiz_says_at_once_what_was_right_and_gives_the_reason_only_there(quiz, at):
    row, lesson = quiz
    told = all_with(lesson, "A")
    told[max(told)] = ["B"]
    result, marks = quizzes.submit_quiz(row, lesson, told, opened_at=at - MINUTE, at=at)
    assert (result.passed, result.right, result.total) == (False, 1, 2)
    assert [(mark.right, mark.why) for mark in marks] == [(True, "电会伤人。"), (False, "")]
    assert not LedgerRow.objects.exists()


def test_a_passed_quiz_credits_its_time_once(quiz, at):
    row, lesson = quiz
    for minute in range(2):
        moment = at + minute * 5 * MINUTE
        quizzes.submit_quiz(row, lesson, all_with(lesson, "A"), opened_at=moment - 40 * SECOND, at=moment)
    assert [piece.ms for piece in LedgerRow.objects.filter(entry="credit")] == [40_000]
    assert [row.number for row in QuizResult.objects.all()] == [1, 2]


def test_an_open_page_earns_at_most_a_minute_a_question(quiz, at):
    row, lesson = quiz
    quizzes.submit_quiz(row, lesson, all_with(lesson, "A"), opened_at=at - DAY, at=at)
    assert sum(piece.ms for piece in LedgerRow.objects.filter(entry="credit")) <= 120_000


def test_a_quiz_refuses_gaps_and_strange_keys(quiz, at):
    row, lesson = quiz
    told = {"opened_at": at, "at": at}
    with pytest.raises(quizzes.NotAnswered):
        quizzes.submit_quiz(row, lesson, {}, **told)
    for keys in (["Z"], ["A", "B"]):
        with pytest.raises(quizzes.BadAnswer):
            quizzes.submit_quiz(row, lesson, dict.fromkeys(all_with(lesson, "A"), keys), **told)
    assert not QuizResult.objects.exists()


def test_quiz_results_are_append_only_and_plausible(quiz, at):
    row, lesson = quiz
    study.pass_quiz(row, lesson, at=at)
    result = QuizResult.objects.get()
    refused(lambda: QuizResult.objects.filter(pk=result.pk).update(passed=False))
    refused(lambda: QuizResult.objects.filter(pk=result.pk).delete())
    values = {f.attname: getattr(result, f.attname) for f in QuizResult._meta.fields if f.attname != "id"}
    with pytest.raises(IntegrityError, match="quiz_result_number_once"), transaction.atomic():
        QuizResult.objects.create(**values)
    refused(
        lambda: QuizResult.objects.create(**values | {"number": 2, "submitted_at": at - DAY}),
        "quiz_result_submitted_after_opened",
    )
    refused(
        lambda: QuizResult.objects.create(**values | {"number": 2, "total": 1}),
        "quiz_result_right_within_total",
    )
