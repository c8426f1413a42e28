"""`/api/learn/desk/signals/`: what a person should look at after exams were graded. Closing changes nothing else."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors.integrity import LOOKERS, SIGNAL_ROLES, described, signals_visible_to
from learners.services.integrity import LONGEST_NOTE, close_signal
from portal import clock
from portal.api import NeedsRole, Pages, idempotent


class OldestFirst(Pages):
    ordering = ("found_at", "id")


class SignalOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    seen = serializers.CharField(help_text="The facts in words.")
    meaning = serializers.CharField()
    otherwise = serializers.CharField(help_text="What else explains it.")
    course = serializers.CharField()
    number = serializers.IntegerField(help_text="The enrolment.")
    learner = serializers.CharField(allow_blank=True, help_text="Masked.")
    other_number = serializers.IntegerField(allow_null=True, help_text="The enrolment it was compared with.")
    found_at = serializers.DateTimeField()
    state = serializers.CharField(help_text="open, cleared, referred")
    closed_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class SignalPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SignalOut(many=True)


class SignalIn(serializers.Serializer):
    step = serializers.ChoiceField(choices=("clear", "refer"))
    note = serializers.CharField(max_length=LONGEST_NOTE)


@extend_schema(responses=SignalPageOut, operation_id="learn_signals")
@api_view(["GET"])
@permission_classes([NeedsRole(*SIGNAL_ROLES)])
def signals(request: Request) -> Response:
    """The open signals of one's own desk, in cursor pages, the oldest first."""
    pages = OldestFirst()
    rows = pages.paginate_queryset(signals_visible_to(request.user).open(), request)
    return pages.get_paginated_response(SignalOut(described(rows), many=True).data)


@extend_schema(request=SignalIn, responses=SignalOut, operation_id="learn_close_signal")
@api_view(["POST"])
@permission_classes([NeedsRole(*LOOKERS)])
@idempotent
def close(request: Request, signal_id: int) -> Response:
    """Close it with a note. 409 where it is closed already."""
    found = get_object_or_404(signals_visible_to(request.user), pk=signal_id)
    body = SignalIn(data=request.data)
    body.is_valid(raise_exception=True)
    told = body.validated_data
    close_signal(found, told["step"], note=told["note"], by=request.user, at=clock.now())
    done = get_object_or_404(signals_visible_to(request.user), pk=signal_id)
    return Response(SignalOut(described([done])[0]).data)


urlpatterns = [
    path("desk/signals/", signals, name="api-signals"),
    path("desk/signals/<int:signal_id>/close/", close, name="api-close-signal"),
]
