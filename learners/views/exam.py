"""The closing exam, one question a page, and the short quizzes. Every page works without JavaScript."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from courses import selectors as courses
from learners import answers, terms
from learners.forms.quiz import QuizForm, opened_at, sign_opened
from learners.models import Attempt
from learners.selectors.appeals import appeal_standing
from learners.selectors.enrolment import (
    attempt_visible_to,
    completion_of,
    enrolment_visible_to,
    saved_answers,
)
from learners.selectors.outlines import outline_of
from learners.selectors.progress import exam_standing, topics
from learners.services import assessment
from learners.services.completion import hand_in
from learners.services.quizzes import submit_quiz
from learners.views.conditions import conditions
from portal import clock
from portal.accounts.access import signed_in
from portal.numbers import whole
from portal.rules import RuleBroken

REVIEW = "review"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def exam(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    at = clock.now()
    refused = None
    if request.method == "POST":
        try:
            attempt = assessment.start_attempt(enrolment, by=request.user, at=at)
        except RuleBroken as broken:
            refused = broken.message
        else:
            return redirect("learners:question", attempt.pk, 1)
    standing = exam_standing(enrolment, at=at)
    return render(
        request,
        "learners/exam.html",
        {
            "enrolment": enrolment,
            "standing": standing,
            "progress": standing.progress,
            "conditions": conditions(standing),
            "renew_days": terms.ATTEMPTS_RENEW.days,
            "refused": refused,
        },
        status=409 if refused else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def question(request: HttpRequest, attempt_id: int, number: int) -> HttpResponse:
    attempt = attempt_visible_to(request.user, attempt_id)
    at = clock.now()
    if not 1 <= number <= attempt.total:
        raise Http404
    if request.method != "POST":
        if not attempt.is_running or at > attempt.ends_at:
            return redirect("learners:result", attempt.pk)
        return render(request, "learners/question.html", _sheet(attempt, number, at=at))
    try:
        _save(request, attempt, number, at=at)
    except (assessment.AttemptClosed, assessment.TimeOver) as broken:
        messages.error(request, broken.message)
        return redirect("learners:result", attempt.pk)
    except RuleBroken as broken:
        sheet = _sheet(attempt, number, at=at, typed=request.POST) | {"refused": broken.message}
        return render(request, "learners/question.html", sheet, status=409)
    return _onward(request, attempt, number)


def _save(request: HttpRequest, attempt: Attempt, number: int, *, at: dt.datetime) -> None:
    """Nothing chosen and nothing held is no answer; everything else goes to the service."""
    question_id = attempt.question_ids[number - 1]
    chosen = answers.read(courses.questions([question_id])[question_id], request.POST, "chosen")
    seq = whole(request.POST.get("seen", ""))
    if chosen or seq:
        assessment.save_answer(attempt, question_id, chosen, at=at, seen=seq)


def _onward(request: HttpRequest, attempt: Attempt, number: int) -> HttpResponse:
    to = request.POST.get("to", "")
    if (wanted := whole(to)) and wanted <= attempt.total:
        return redirect("learners:question", attempt.pk, wanted)
    if to == REVIEW or number == attempt.total:
        return redirect("learners:review", attempt.pk)
    return redirect("learners:question", attempt.pk, number + 1)


def _sheet(
    attempt: Attempt, number: int, *, at: dt.datetime, typed: QueryDict | None = None
) -> dict[str, object]:
    """What the paper of a running exam shows; `number` 0 is the last page before handing in.

    A refused text or order stays as it was `typed`.
    """
    saved = saved_answers(attempt.pk)
    done = {question_id for question_id, row in saved.items() if row.chosen}
    question_id = attempt.question_ids[number - 1] if number else None
    held = saved.get(question_id)
    question = courses.questions([question_id])[question_id] if number else None
    return {
        "attempt": attempt,
        "outline": outline_of(attempt.enrolment),
        "number": number,
        "question": question,
        "answer": _answer(attempt, question, held.chosen if held else [], typed, at=at) if question else None,
        "seen": held.seq if held else 0,
        "saved_at": max((row.saved_at for row in saved.values()), default=None),
        "seconds_left": max(0, int((attempt.ends_at - at).total_seconds())),
        "sheet": [(n, qid in done) for n, qid in enumerate(attempt.question_ids, 1)],
        "answered": len(done),
        "open": attempt.total - len(done),
        "open_numbers": [n for n, qid in enumerate(attempt.question_ids, 1) if qid not in done],
    }


def _answer(
    attempt: Attempt,
    question: courses.QuestionFacts,
    chosen: list[str],
    typed: QueryDict | None,
    *,
    at: dt.datetime,
) -> courses.AnswerSheet:
    places = None
    if typed is not None and question.is_written:
        chosen = typed.getlist("chosen")
    elif typed is not None and question.kind == "ordering":
        chosen, places = [], answers.places_in(question, typed, "chosen")
    picture = (
        courses.media_url(question.picture_key, user=attempt.enrolment.user, at=at) if question.spots else ""
    )
    return courses.answer_sheet(question, chosen, picture=picture, places=places)


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def review(request: HttpRequest, attempt_id: int) -> HttpResponse:
    attempt = attempt_visible_to(request.user, attempt_id)
    at = clock.now()
    if not attempt.is_running or at > attempt.ends_at:
        return redirect("learners:result", attempt.pk)
    return render(request, "learners/review.html", _sheet(attempt, 0, at=at))


@require_POST
@signed_in
def submit(request: HttpRequest, attempt_id: int) -> HttpResponse:
    attempt = attempt_visible_to(request.user, attempt_id)
    hand_in(attempt, by=request.user, at=clock.now())
    return redirect("learners:result", attempt.pk)


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def result(request: HttpRequest, attempt_id: int) -> HttpResponse:
    attempt = attempt_visible_to(request.user, attempt_id)
    at = clock.now()
    if attempt.is_running and at <= attempt.ends_at:
        return redirect("learners:question", attempt.pk, 1)
    return render(
        request,
        "learners/result.html",
        {
            "attempt": attempt,
            "enrolment": attempt.enrolment,
            "outline": outline_of(attempt.enrolment),
            "topics": topics(attempt, frozenset(attempt.right_ids)) if attempt.is_graded else [],
            "regrade": attempt.regrades.corrected().filter(outcome__in=["applied", "lowered"]).first(),
            "waiting": attempt.hand_marks.waiting().count() if attempt.is_marking else 0,
            "standing": exam_standing(attempt.enrolment, at=at),
            "completion": completion_of(attempt.enrolment),
            "appealing": appeal_standing(attempt, at=at),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def quiz(request: HttpRequest, enrolment_id: int, key: str) -> HttpResponse:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    outline = outline_of(enrolment)
    lesson = outline.lesson(key)
    if lesson is None or lesson.kind != "quiz":
        raise Http404
    at = clock.now()
    questions = courses.check_questions(lesson.id)
    form = QuizForm(
        questions,
        request.POST if request.method == "POST" else None,
        initial={"opened": sign_opened(enrolment, lesson, at=at)},
        pictures={
            question.id: courses.media_url(question.picture_key, user=request.user, at=at)
            for question in questions
            if question.picture_key
        },
    )
    page = {
        "enrolment": enrolment,
        "outline": outline,
        "lesson": lesson,
        "form": form,
        "quiz_percent": terms.QUIZ_PASS_PERCENT,
    }
    if request.method == "POST" and form.is_valid():
        opened = opened_at(form.cleaned_data["opened"], enrolment, lesson, at=at)
        try:
            done, marks = submit_quiz(enrolment, lesson, form.answers, opened_at=opened, at=at)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            return render(request, "learners/quiz_result.html", page | {"result": done, "marks": marks})
    return render(request, "learners/quiz.html", page, status=422 if form.is_bound else 200)
