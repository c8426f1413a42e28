"""`/api/learn/`: enrolments, the closing exam, quizzes. The same selectors and services as the pages."""

import datetime as dt

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors as courses
from learners.answers import LONGEST_TEXT, MOST_KEYS
from learners.forms.quiz import opened_at, sign_opened
from learners.models import Attempt, Enrolment
from learners.selectors.enrolment import (
    attempt_visible_to,
    completion_of,
    enrolment_visible_to,
    enrolments_visible_to,
    saved_answers,
)
from learners.selectors.progress import exam_standing, topics
from learners.services import assessment
from learners.services import enrolment as services
from learners.services.completion import hand_in
from learners.services.quizzes import submit_quiz
from portal import clock
from portal.accounts.models import User
from portal.api import Pages, SignedIn, idempotent


class EnrolIn(serializers.Serializer):
    course = serializers.CharField(max_length=24, help_text="Course code.")
    counts = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="What the learner was told: whether it counts for the subsidy. Where that has changed: 409.",
    )


class EnrolmentOut(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.CharField()
    version = serializers.IntegerField()
    province = serializers.CharField()
    state = serializers.CharField()
    enrolled_at = serializers.DateTimeField()
    counts_for_subsidy = serializers.BooleanField(help_text="Settled on the day of enrolment.")
    subsidy_reason = serializers.CharField(allow_blank=True, help_text="The code of the reason.")


class EnrolmentPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EnrolmentOut(many=True)


class LessonOut(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    covered_seconds = serializers.IntegerField()
    required_seconds = serializers.IntegerField()
    done = serializers.BooleanField()
    is_counted = serializers.BooleanField(help_text="Whether it earns time here, and the exam waits for it.")


class ReasonOut(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class ProgressOut(EnrolmentOut):
    hours = serializers.CharField(help_text="Counted class hours (45 min), a decimal string.")
    required_hours = serializers.CharField()
    course_hours = serializers.CharField()
    lessons = LessonOut(many=True)
    exam_open = serializers.BooleanField()
    exam_waits_for = ReasonOut(many=True)
    attempts_left = serializers.IntegerField()
    completed_at = serializers.DateTimeField(allow_null=True)


class OptionOut(serializers.Serializer):
    key = serializers.CharField()
    text = serializers.CharField()


class SpotOut(serializers.Serializer):
    """In hundredths of the picture; the option of the same key names it."""

    key = serializers.CharField()
    x = serializers.IntegerField()
    y = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class PictureOut(serializers.Serializer):
    address = serializers.CharField(help_text="Signed for this reader; it runs out.")
    text = serializers.CharField(help_text="What the picture shows.")
    spots = SpotOut(many=True)


class AnswerOut(serializers.Serializer):
    question = serializers.IntegerField()
    chosen = serializers.ListField(child=serializers.CharField())
    seq = serializers.IntegerField(help_text="Send it back as `seen` with the next change.")
    saved_at = serializers.DateTimeField()


class QuestionOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    stem = serializers.CharField()
    options = OptionOut(many=True)
    several = serializers.BooleanField(help_text="Whether more than one option may be chosen.")
    unit = serializers.CharField(allow_blank=True, help_text="Of a number.")
    picture = PictureOut(allow_null=True, help_text="Of a spot in a picture.")
    answer = AnswerOut(allow_null=True)


class TopicOut(serializers.Serializer):
    title = serializers.CharField()
    right = serializers.IntegerField()
    total = serializers.IntegerField()


class AttemptOut(serializers.Serializer):
    """Questions while it runs, scores when it is graded. Never a key. `marking`: an answer waits for an instructor."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    state = serializers.CharField()
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    seconds_left = serializers.IntegerField()
    questions = QuestionOut(many=True)
    score_percent = serializers.IntegerField(allow_null=True)
    pass_mark_percent = serializers.IntegerField()
    topics = TopicOut(many=True)


class Keys(serializers.ListField):
    """Keys of options, of an ordering all in the order given; or the one text of a written answer."""

    child = serializers.CharField(max_length=LONGEST_TEXT)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=MOST_KEYS, **kwargs)


class AnswerIn(serializers.Serializer):
    chosen = Keys(
        help_text="Keys of the chosen options, all keys of an ordering in order, or one text; empty takes the answer back."
    )
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The seq of the answer last seen, 0 for none: another page's later answer is then not overwritten.",
    )
    key = serializers.UUIDField(
        required=False,
        help_text="Your own name for this sending. Sent again under the same one, it is acknowledged again.",
    )


class QuizAnswerIn(serializers.Serializer):
    question = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    chosen = Keys()


class QuizIn(serializers.Serializer):
    answers = QuizAnswerIn(many=True, max_length=200)
    opened = serializers.CharField(max_length=200, required=False, allow_blank=True)


class QuizOut(serializers.Serializer):
    opened = serializers.CharField(help_text="Send it back with the answers: it says when you began.")
    questions = QuestionOut(many=True)


class MarkOut(serializers.Serializer):
    question = serializers.IntegerField()
    right = serializers.BooleanField()
    open = serializers.BooleanField(help_text="No rule decides; in a quiz it does not count as right.")
    why = serializers.CharField(allow_blank=True)


class QuizResultOut(serializers.Serializer):
    passed = serializers.BooleanField()
    right = serializers.IntegerField()
    total = serializers.IntegerField()
    marks = MarkOut(many=True)


def _enrolment(row: Enrolment) -> dict[str, object]:
    return {
        "id": row.pk,
        "course": row.course_code,
        "version": row.version_id,
        "province": row.province_id,
        "state": row.state,
        "enrolled_at": row.enrolled_at,
        "counts_for_subsidy": row.counts_for_subsidy,
        "subsidy_reason": row.subsidy_reason,
    }


def _hours(value: object) -> str:
    return f"{float(value):g}"


def _picture(facts: courses.QuestionFacts, user: User) -> dict[str, object] | None:
    if not facts.picture_key:
        return None
    names = ("key", "x", "y", "width", "height")
    return {
        "address": courses.media_url(facts.picture_key, user=user, at=clock.now()),
        "text": facts.picture_text,
        "spots": [dict(zip(names, spot, strict=True)) for spot in facts.spots],
    }


def _question(facts: courses.QuestionFacts, user: User, answer: dict | None = None) -> dict[str, object]:
    return {
        "id": facts.id,
        "kind": facts.kind,
        "stem": facts.stem,
        "options": [{"key": key, "text": text} for key, text in facts.options],
        "several": facts.several,
        "unit": facts.unit,
        "picture": _picture(facts, user),
        "answer": answer,
    }


def _answer(row: object) -> dict[str, object] | None:
    if row is None:
        return None
    return {"question": row.question_id, "chosen": row.chosen, "seq": row.seq, "saved_at": row.saved_at}


def _attempt(row: Attempt, *, at: dt.datetime) -> dict[str, object]:
    held = saved_answers(row.pk) if row.is_running else {}
    facts = courses.questions(row.question_ids) if row.is_running and at <= row.ends_at else {}
    scores = topics(row, frozenset(row.right_ids)) if row.is_graded else []
    return {
        "id": row.pk,
        "number": row.number,
        "state": row.state,
        "started_at": row.started_at,
        "ends_at": row.ends_at,
        "seconds_left": max(0, int((row.ends_at - at).total_seconds())) if row.is_running else 0,
        "questions": [
            _question(facts[i], row.enrolment.user, _answer(held.get(i)))
            for i in row.question_ids
            if i in facts
        ],
        "score_percent": row.score_percent,
        "pass_mark_percent": row.pass_mark_percent,
        "topics": [{"title": t.title, "right": t.right, "total": t.total} for t in scores],
    }


@extend_schema(methods=["GET"], responses=EnrolmentPageOut, operation_id="learn_enrolments_list")
@extend_schema(methods=["POST"], request=EnrolIn, responses={201: EnrolmentOut})
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def enrolments(request: Request) -> Response:
    """My courses; POST enrols in one. 409 where a rule forbids it."""
    if request.method == "POST":
        body = EnrolIn(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        row = services.enrol(request.user, said["course"], at=clock.now(), told=said["counts"])
        return Response(_enrolment(row), status=201)
    pages = Pages()
    rows = pages.paginate_queryset(enrolments_visible_to(request.user), request)
    return pages.get_paginated_response([_enrolment(row) for row in rows])


@extend_schema(responses=ProgressOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def enrolment(request: Request, enrolment_id: int) -> Response:
    """How far one of my courses is, and what its exam waits for."""
    row = enrolment_visible_to(request.user, enrolment_id)
    standing = exam_standing(row, at=clock.now())
    far, done = standing.progress, completion_of(row)
    out = _enrolment(row) | {
        "hours": _hours(far.hours),
        "required_hours": _hours(far.required_hours),
        "course_hours": _hours(far.course_hours),
        "lessons": [
            {
                "key": item.lesson.key,
                "kind": item.lesson.kind,
                "title": item.lesson.title,
                "covered_seconds": item.covered_seconds,
                "required_seconds": item.required_seconds,
                "done": item.done,
                "is_counted": item.lesson.is_counted,
            }
            for item in far.rows
        ],
        "exam_open": standing.is_open,
        "exam_waits_for": [{"code": code, "detail": str(text)} for code, text in standing.reasons],
        "attempts_left": standing.left,
        "completed_at": done.completed_at if done else None,
    }
    return Response(out)


@extend_schema(request=None, responses=EnrolmentOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def withdraw(request: Request, enrolment_id: int) -> Response:
    """Leave a course; its hours stay on record."""
    row = enrolment_visible_to(request.user, enrolment_id)
    return Response(_enrolment(services.withdraw(row, by=request.user, at=clock.now())))


@extend_schema(request=None, responses={201: AttemptOut})
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def start(request: Request, enrolment_id: int) -> Response:
    """Draw an exam and start its clock; while one is running, the same one again."""
    row = enrolment_visible_to(request.user, enrolment_id)
    at = clock.now()
    attempt = assessment.start_attempt(row, by=request.user, at=at)
    return Response(_attempt(attempt, at=at), status=201)


@extend_schema(responses=AttemptOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def attempt(request: Request, attempt_id: int) -> Response:
    """One of my exams as it stands now."""
    return Response(_attempt(attempt_visible_to(request.user, attempt_id), at=clock.now()))


@extend_schema(request=AnswerIn, responses=AnswerOut)
@api_view(["PUT"])
@permission_classes([SignedIn])
def answer(request: Request, attempt_id: int, question_id: int) -> Response:
    """Save one answer. The reply is the acknowledgement: it is on disk. The same answer or key again changes nothing."""
    row = attempt_visible_to(request.user, attempt_id)
    body = AnswerIn(data=request.data)
    body.is_valid(raise_exception=True)
    saved = assessment.save_answer(row, question_id, at=clock.now(), **body.validated_data)
    return Response(_answer(saved))


@extend_schema(request=None, responses=AttemptOut)
@api_view(["POST"])
@permission_classes([SignedIn])
def submit(request: Request, attempt_id: int) -> Response:
    """Hand in. A second time gives the same result."""
    row = attempt_visible_to(request.user, attempt_id)
    at = clock.now()
    return Response(_attempt(hand_in(row, by=request.user, at=at), at=at))


@extend_schema(methods=["GET"], responses=QuizOut)
@extend_schema(methods=["POST"], request=QuizIn, responses=QuizResultOut)
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def quiz(request: Request, enrolment_id: int, key: str) -> Response:
    """The short quiz of a lesson; POST checks the answers."""
    row = enrolment_visible_to(request.user, enrolment_id)
    lesson = courses.outline(row.version_id).lesson(key)
    if lesson is None or lesson.kind != "quiz":
        raise Http404
    at = clock.now()
    if request.method == "GET":
        shown = [_question(facts, request.user) for facts in courses.check_questions(lesson.id)]
        return Response({"opened": sign_opened(row, lesson, at=at), "questions": shown})
    body = QuizIn(data=request.data)
    body.is_valid(raise_exception=True)
    told = body.validated_data
    result, marks = submit_quiz(
        row,
        lesson,
        {item["question"]: item["chosen"] for item in told["answers"]},
        opened_at=opened_at(told.get("opened", ""), row, lesson, at=at),
        at=at,
    )
    out = {
        "passed": result.passed,
        "right": result.right,
        "total": result.total,
        "marks": [{"question": m.question.id, "right": m.right, "open": m.open, "why": m.why} for m in marks],
    }
    return Response(out)


urlpatterns = [
    path("enrolments/", enrolments, name="api-enrolments"),
    path("enrolments/<int:enrolment_id>/", enrolment, name="api-enrolment"),
    path("enrolments/<int:enrolment_id>/withdraw/", withdraw, name="api-withdraw"),
    path("enrolments/<int:enrolment_id>/attempts/", start, name="api-exam-start"),
    path("enrolments/<int:enrolment_id>/quizzes/<slug:key>/", quiz, name="api-quiz"),
    path("attempts/<int:attempt_id>/", attempt, name="api-exam"),
    path("attempts/<int:attempt_id>/answers/<int:question_id>/", answer, name="api-exam-answer"),
    path("attempts/<int:attempt_id>/submit/", submit, name="api-exam-submit"),
]
