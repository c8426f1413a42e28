"""`/api/learn/desk/marking/`: answers that no rule decides, and marking them. Never whose they are."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.models import HandMark
from learners.selectors.marking import MARKERS, MARKING_ROLES, described, hand_marks_visible_to
from learners.services.marking import mark_answer
from portal import clock
from portal.api import NeedsRole, Pages, idempotent


class LongestWaitFirst(Pages):
    ordering = ("waits_since_at", "id")


class HandMarkOut(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.CharField()
    course_title = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField()
    accepted = serializers.CharField(
        allow_blank=True, help_text="What a rule would have taken, divided by slashes."
    )
    waits_since_at = serializers.DateTimeField()
    points_percent = serializers.IntegerField(allow_null=True, help_text="Null while it waits.")


class HandMarkPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = HandMarkOut(many=True)


class HandMarkIn(serializers.Serializer):
    points_percent = serializers.ChoiceField(
        choices=HandMark.POINTS, help_text="100 right, 50 half right, 0 not right."
    )


@extend_schema(responses=HandMarkPageOut, operation_id="learn_hand_marks")
@api_view(["GET"])
@permission_classes([NeedsRole(*MARKING_ROLES)])
def hand_marks(request: Request) -> Response:
    """The waiting answers of one's own desk, in cursor pages. What has waited longest comes first."""
    pages = LongestWaitFirst()
    rows = pages.paginate_queryset(hand_marks_visible_to(request.user).waiting(), request)
    return pages.get_paginated_response(HandMarkOut(described(rows), many=True).data)


@extend_schema(request=HandMarkIn, responses=HandMarkOut, operation_id="learn_mark_by_hand")
@api_view(["POST"])
@permission_classes([NeedsRole(*MARKERS)])
@idempotent
def mark(request: Request, mark_id: int) -> Response:
    """Mark it; with the last one the exam is graded. 409 where it is marked already."""
    found = get_object_or_404(hand_marks_visible_to(request.user), pk=mark_id)
    body = HandMarkIn(data=request.data)
    body.is_valid(raise_exception=True)
    marked = mark_answer(
        found, points_percent=body.validated_data["points_percent"], by=request.user, at=clock.now()
    )
    return Response(HandMarkOut(described([marked])[0]).data)


urlpatterns = [
    path("desk/marking/", hand_marks, name="api-hand-marks"),
    path("desk/marking/<int:mark_id>/", mark, name="api-hand-mark"),
]
