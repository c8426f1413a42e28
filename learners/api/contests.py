"""Contested time: a learner's own, and `/api/learn/desk/contests/` where it is answered."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.models import Contest
from learners.selectors import contests as selectors
from learners.selectors.desks import DECIDERS, DESK_ROLES
from learners.selectors.enrolment import enrolment_visible_to
from learners.services import contests
from learners.services.words import LONGEST, SHORTEST
from portal import clock
from portal.api import NeedsRole, Pages, SignedIn, idempotent


class LongestWaitFirst(Pages):
    ordering = ("asked_at", "id")


class ContestIn(serializers.Serializer):
    row = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Of the ledger, as the refusals of the hours name it."
    )
    words = serializers.CharField(min_length=SHORTEST, max_length=LONGEST)


class ContestOut(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    row = serializers.IntegerField(source="row_id")
    state = serializers.CharField(help_text="waiting, granted, kept")
    words = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)


class ContestLineOut(serializers.Serializer):
    id = serializers.IntegerField(source="thing.pk")
    state = serializers.CharField(source="thing.state")
    words = serializers.CharField(source="thing.words")
    asked_at = serializers.DateTimeField(source="thing.asked_at")
    learner = serializers.CharField(help_text="The name, masked.")
    province = serializers.CharField(source="thing.province_id", help_text="Of the learner.")
    course = serializers.CharField()
    course_title = serializers.CharField()
    lesson_title = serializers.CharField()
    reason = serializers.CharField(source="thing.row.reason", help_text="The code of the refusal.")
    seconds = serializers.IntegerField(help_text="That did not count.")
    began = serializers.DateTimeField()
    ended = serializers.DateTimeField()
    answer = serializers.CharField(source="thing.answer", allow_blank=True)


class ContestPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ContestLineOut(many=True)


class ContestAnswerIn(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=["grant", "keep"])
    reason = serializers.CharField(min_length=SHORTEST, max_length=LONGEST)


@extend_schema(methods=["GET"], responses=ContestOut(many=True), operation_id="learn_contests")
@extend_schema(methods=["POST"], request=ContestIn, responses={201: ContestOut}, operation_id="learn_contest")
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def mine(request: Request, enrolment_id: int) -> Response:
    """What I contested in one of my courses; POST contests a row, once."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    if request.method == "POST":
        body = ContestIn(data=request.data)
        body.is_valid(raise_exception=True)
        row = selectors.refused_row(request.user, enrolment, body.validated_data["row"])
        made = contests.contest(row, by=request.user, at=clock.now(), words=body.validated_data["words"])
        return Response(ContestOut(made).data, status=201)
    rows = Contest.objects.filter(enrolment=enrolment).order_by("-pk")
    return Response(ContestOut(rows, many=True).data)


@extend_schema(responses=ContestPageOut, operation_id="learn_contests_waiting")
@api_view(["GET"])
@permission_classes([NeedsRole(*DESK_ROLES)])
def waiting(request: Request) -> Response:
    """What waits on one's own desk, in cursor pages. Whoever has waited longest comes first."""
    pages = LongestWaitFirst()
    rows = pages.paginate_queryset(selectors.waiting_contests(request.user), request)
    return pages.get_paginated_response(ContestLineOut(selectors.described(rows), many=True).data)


@extend_schema(request=ContestAnswerIn, responses=ContestLineOut, operation_id="learn_contest_answer")
@api_view(["POST"])
@permission_classes([NeedsRole(*DECIDERS)])
@idempotent
def answer(request: Request, contest_id: int) -> Response:
    """Let it count or keep it as it is, with a reason that the learner reads. 409 where it is answered already."""
    found = get_object_or_404(selectors.contests_visible_to(request.user), pk=contest_id)
    body = ContestAnswerIn(data=request.data)
    body.is_valid(raise_exception=True)
    said = body.validated_data
    contests.answer(
        found, by=request.user, at=clock.now(), grant=said["verdict"] == "grant", reason=said["reason"]
    )
    found = selectors.contests_visible_to(request.user).get(pk=found.pk)
    return Response(ContestLineOut(selectors.described([found])[0]).data)


urlpatterns = [
    path("enrolments/<int:enrolment_id>/contests/", mine, name="api-contests"),
    path("desk/contests/", waiting, name="api-contests-waiting"),
    path("desk/contests/<int:contest_id>/answer/", answer, name="api-contest-answer"),
]
