"""`/api/learn/practice/`: a film of one's own work sent in parts, and where it stands."""

import uuid
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors as courses
from courses import services as catalogue
from learners.models import Submission
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.practice import submission_of_film, task_standing
from learners.services import practice
from portal import clock, tus
from portal.api import SignedIn
from portal.numbers import whole

_GONE = {"cancelled", "removed"}


def _film(submission: Submission) -> courses.FilmStanding:
    return courses.practice_film(submission.film_id)


def _told(answer: HttpResponse, submission: Submission) -> HttpResponse:
    film = _film(submission)
    return tus.standing(answer, received=film.received, size=film.size)


@extend_schema(exclude=True)
@api_view(["POST", "OPTIONS"])
@permission_classes([SignedIn])
@tus.spoken
def begin(request: Request) -> HttpResponse:
    """Say what will be sent; the answer's Location is where to."""
    told = tus.begun(request)
    if isinstance(told, HttpResponse):
        return told
    size, said = told
    number = whole(said.get("enrolment", ""))
    enrolment = enrolment_visible_to(request.user, number or 0)
    lesson = outline_of(enrolment).lesson(said.get("lesson", ""))
    if lesson is None:
        raise Http404
    try:
        submission = practice.begin_submission(
            enrolment,
            lesson,
            name=said.get("filename") or "film",
            fingerprint=said.get("fingerprint", ""),
            size=size,
            by=request.user,
            at=clock.now(),
        )
    except ValidationError as wrong:
        return tus.refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", " ".join(wrong.messages))
    answer = HttpResponse(status=HTTPStatus.CREATED)
    answer["Location"] = reverse("api-practice-film", args=[submission.film_id])
    return _told(answer, submission)


@extend_schema(exclude=True)
@api_view(["HEAD", "PATCH", "DELETE", "OPTIONS"])
@permission_classes([SignedIn])
@tus.spoken
def send(request: Request, uid: uuid.UUID) -> HttpResponse:
    """Where the film stands (HEAD), its next bytes (PATCH), or that it is given up (DELETE)."""
    submission = submission_of_film(request.user, uid)
    if request.method == "DELETE":
        practice.give_up(submission, by=request.user, at=clock.now())
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if submission.film.state in _GONE:
        return tus.gone()
    if request.method == "HEAD":
        return _told(HttpResponse(), submission)
    told = tus.next_bytes(request)
    if isinstance(told, HttpResponse):
        return told
    # read from the request itself: nothing in between keeps the body
    film = catalogue.receive_next(submission.film, *told, source=request, by=request.user, at=clock.now())
    return tus.standing(HttpResponse(status=HTTPStatus.NO_CONTENT), received=film.received, size=film.size)


class SubmissionOut(serializers.Serializer):
    uid = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.CharField()
    film_state = serializers.CharField()
    received = serializers.IntegerField(help_text="Bytes that have arrived.")
    size = serializers.IntegerField(help_text="Bytes.")
    percent = serializers.IntegerField(help_text="Of making the film.")
    trouble = serializers.CharField(allow_blank=True)
    score_percent = serializers.IntegerField(allow_null=True)
    handed_in_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class TaskOut(serializers.Serializer):
    left = serializers.IntegerField(help_text="How often it may still be handed in.")
    passed = serializers.BooleanField()
    next_at = serializers.DateTimeField(allow_null=True)
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of why no film may be begun."
    )
    submissions = SubmissionOut(many=True)


@extend_schema(responses=TaskOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def task(request: Request, enrolment_id: int, key: str) -> Response:
    """Where a learner is with a practical task."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    lesson = outline_of(enrolment).lesson(key)
    standing = task_standing(enrolment, lesson, at=clock.now()) if lesson else None
    if standing is None:
        raise Http404
    rows = [(row, _film(row)) for row in standing.submissions]
    told = {
        "left": standing.left,
        "passed": standing.passed is not None,
        "next_at": standing.next_at,
        "reasons": [code for code, _sentence in standing.reasons],
        "submissions": [
            {
                "uid": row.pk,
                "number": row.number,
                "state": row.state,
                "film_state": film.state,
                "received": film.received,
                "size": film.size,
                "percent": film.percent,
                "trouble": film.trouble,
                "score_percent": row.score_percent,
                "handed_in_at": row.handed_in_at,
                "decided_at": row.decided_at,
            }
            for row, film in rows
        ],
    }
    return Response(TaskOut(told).data)


urlpatterns = [
    path("practice/films/", begin, name="api-practice-films"),
    path("practice/films/<uuid:uid>/", send, name="api-practice-film"),
    path("<int:enrolment_id>/practice/<slug:key>/", task, name="api-practice-task"),
]
