"""`/api/learn/desk/`: lessons that failed presence checks have shut, and opening them again."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors.desks import DESK_ROLES
from learners.selectors.shut_lessons import REOPENERS, described, shut_lessons_visible_to
from learners.services import time
from learners.services.shut_lessons import LONGEST_REASON, SHORTEST_REASON
from portal import clock
from portal.api import NeedsRole, Pages, idempotent


class LongestWaitFirst(Pages):
    ordering = ("shut_at", "id")


class ShutLessonOut(serializers.Serializer):
    id = serializers.IntegerField()
    learner = serializers.CharField(help_text="The name, masked.")
    course = serializers.CharField()
    course_title = serializers.CharField()
    lesson = serializers.CharField(help_text="The lesson's key.")
    lesson_title = serializers.CharField()
    province = serializers.CharField(help_text="Of the learner.")
    shut_at = serializers.DateTimeField(allow_null=True, help_text="Null once it is open again.")
    failures = serializers.IntegerField(help_text="Presence checks failed since the lesson was last opened.")
    counted_seconds = serializers.IntegerField()
    reopened_at = serializers.DateTimeField(allow_null=True)


class ShutLessonPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ShutLessonOut(many=True)


class ReopenIn(serializers.Serializer):
    reason = serializers.CharField(min_length=SHORTEST_REASON, max_length=LONGEST_REASON)


@extend_schema(responses=ShutLessonPageOut, operation_id="learn_shut_lessons")
@api_view(["GET"])
@permission_classes([NeedsRole(*DESK_ROLES)])
def shut_lessons(request: Request) -> Response:
    """The shut lessons of one's own desk, in cursor pages. Whoever has waited longest comes first."""
    pages = LongestWaitFirst()
    rows = pages.paginate_queryset(shut_lessons_visible_to(request.user).shut(), request)
    return pages.get_paginated_response(ShutLessonOut(described(rows), many=True).data)


@extend_schema(request=ReopenIn, responses=ShutLessonOut, operation_id="learn_reopen_lesson")
@api_view(["POST"])
@permission_classes([NeedsRole(*REOPENERS)])
@idempotent
def reopen(request: Request, coverage_id: int) -> Response:
    """Open it again, for a reason that goes into the audit log. 409 where it is open already."""
    found = get_object_or_404(shut_lessons_visible_to(request.user), pk=coverage_id)
    body = ReopenIn(data=request.data)
    body.is_valid(raise_exception=True)
    time.reopen_lesson(found, by=request.user, at=clock.now(), reason=body.validated_data["reason"])
    found = shut_lessons_visible_to(request.user).get(pk=found.pk)
    return Response(ShutLessonOut(described([found])[0]).data)


urlpatterns = [
    path("desk/", shut_lessons, name="api-shut-lessons"),
    path("desk/<int:coverage_id>/reopen/", reopen, name="api-lesson-reopen"),
]
