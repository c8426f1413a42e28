"""`/api/learn/attempts/…/appeals/` and `/api/learn/desk/appeals/`: appeals against an exam's result. Never whose they are."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.models import Appeal, AppealMark
from learners.selectors.appeals import (
    APPEAL_ROLES,
    DECIDERS,
    appeal_standing,
    appeals_visible_to,
    described,
    papers,
)
from learners.selectors.enrolment import attempt_visible_to
from learners.services import appeals
from portal import clock
from portal.api import NeedsRole, Pages, SignedIn, idempotent


class OldestFirst(Pages):
    ordering = ("appealed_at", "id")


class AppealIn(serializers.Serializer):
    words = serializers.CharField(max_length=appeals.LONGEST_WORDS)
    questions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        default=list,
        max_length=500,
        help_text="Ids of the questions meant; none: the whole exam.",
    )


class AppealOut(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.CharField()
    number = serializers.IntegerField(help_text="The enrolment.")
    words = serializers.CharField()
    meant = serializers.ListField(child=serializers.IntegerField(), help_text="Places in the exam, from 1.")
    state = serializers.CharField(help_text="open, upheld, granted")
    remedy = serializers.CharField(allow_blank=True, help_text="marks, set_aside")
    appealed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    old_score = serializers.IntegerField()
    new_score = serializers.IntegerField()
    new_result = serializers.CharField()
    pass_mark = serializers.IntegerField()


class AppealsOut(serializers.Serializer):
    until = serializers.DateTimeField(help_text="Until then an appeal can be made.")
    is_open = serializers.BooleanField(help_text="Whether one can be made now.")
    appeals = AppealOut(many=True)


class PaperOut(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    stem = serializers.CharField()
    given = serializers.CharField(allow_blank=True)
    right = serializers.CharField()
    points_percent = serializers.IntegerField()
    meant = serializers.BooleanField()
    ruling = serializers.CharField(allow_blank=True)


class AppealSheetOut(AppealOut):
    questions = PaperOut(many=True)


class AppealPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = AppealOut(many=True)


class MarkIn(serializers.Serializer):
    question = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    ruling = serializers.ChoiceField(choices=AppealMark.Ruling.choices)


class DecisionIn(serializers.Serializer):
    decision = serializers.ChoiceField(choices=("uphold", "marks", "set_aside"))
    reason = serializers.CharField(max_length=appeals.LONGEST_REASON)
    marks = MarkIn(many=True, required=False, default=list, max_length=500)


@extend_schema(methods=["GET"], responses=AppealsOut, operation_id="learn_appeals")
@extend_schema(methods=["POST"], request=AppealIn, responses={201: AppealOut}, operation_id="learn_appeal")
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def own_appeals(request: Request, attempt_id: int) -> Response:
    """What I appealed about one of my exams; POST makes an appeal. 409 where a rule forbids it."""
    attempt = attempt_visible_to(request.user, attempt_id)
    at = clock.now()
    if request.method == "POST":
        body = AppealIn(data=request.data)
        body.is_valid(raise_exception=True)
        told = body.validated_data
        made = appeals.make_appeal(
            attempt, words=told["words"], question_ids=told["questions"], by=request.user, at=at
        )
        return Response(AppealOut(described([made])[0]).data, status=201)
    standing = appeal_standing(attempt, at=at)
    if standing is None:
        raise appeals.NotGraded
    return Response(AppealsOut(standing).data)


@extend_schema(responses=AppealPageOut, operation_id="learn_desk_appeals")
@api_view(["GET"])
@permission_classes([NeedsRole(*APPEAL_ROLES)])
def desk_appeals(request: Request) -> Response:
    """The open appeals of one's own desk, in cursor pages, the oldest first."""
    pages = OldestFirst()
    rows = pages.paginate_queryset(appeals_visible_to(request.user).open(), request)
    return pages.get_paginated_response(AppealOut(described(rows), many=True).data)


@extend_schema(responses=AppealSheetOut, operation_id="learn_desk_appeal")
@api_view(["GET"])
@permission_classes([NeedsRole(*APPEAL_ROLES)])
def desk_appeal(request: Request, appeal_id: int) -> Response:
    """One appeal with the exam's questions, the answers given and what they are worth now."""
    return Response(_sheet(get_object_or_404(appeals_visible_to(request.user), pk=appeal_id)))


@extend_schema(request=DecisionIn, responses=AppealSheetOut, operation_id="learn_decide_appeal")
@api_view(["POST"])
@permission_classes([NeedsRole(*DECIDERS)])
@idempotent
def decide(request: Request, appeal_id: int) -> Response:
    """Decide it. 409 where it is decided already, or by somebody who had a part in the result."""
    found = get_object_or_404(appeals_visible_to(request.user), pk=appeal_id)
    body = DecisionIn(data=request.data)
    body.is_valid(raise_exception=True)
    told = body.validated_data
    by_whom = {"reason": told["reason"], "by": request.user, "at": clock.now()}
    if told["decision"] == "marks":
        marks = {row["question"]: row["ruling"] for row in told["marks"]}
        appeals.change_marks(found, marks, **by_whom)
    elif told["decision"] == "set_aside":
        appeals.set_attempt_aside(found, **by_whom)
    else:
        appeals.uphold_result(found, **by_whom)
    return Response(_sheet(get_object_or_404(appeals_visible_to(request.user), pk=appeal_id)))


def _sheet(found: Appeal) -> dict[str, object]:
    return {
        **AppealOut(described([found])[0]).data,
        "questions": PaperOut(papers(found), many=True).data,
    }


urlpatterns = [
    path("attempts/<int:attempt_id>/appeals/", own_appeals, name="api-appeals"),
    path("desk/appeals/", desk_appeals, name="api-desk-appeals"),
    path("desk/appeals/<int:appeal_id>/", desk_appeal, name="api-desk-appeal"),
    path("desk/appeals/<int:appeal_id>/decision/", decide, name="api-decide-appeal"),
]
