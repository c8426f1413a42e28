"""`/api/learn/desk/extra-time/`: more minutes for one learner's exams."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors.extra_time import GRANTERS, described
from learners.services.extra_time import LONGEST_REASON, grant_extra_time
from portal import clock
from portal.api import NeedsRole, idempotent


class ExtraTimeIn(serializers.Serializer):
    number = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The enrolment.")
    minutes = serializers.IntegerField(min_value=0, max_value=240, help_text="0 ends it.")
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ExtraTimeOut(serializers.Serializer):
    number = serializers.IntegerField()
    learner = serializers.CharField(allow_blank=True, help_text="Masked.")
    course = serializers.CharField()
    minutes = serializers.IntegerField()
    reason = serializers.CharField()
    granted_at = serializers.DateTimeField()
    granted_by = serializers.CharField()


@extend_schema(request=ExtraTimeIn, responses={201: ExtraTimeOut}, operation_id="learn_grant_extra_time")
@api_view(["POST"])
@permission_classes([NeedsRole(*GRANTERS)])
@idempotent
def extra_time(request: Request) -> Response:
    """Grant minutes for every attempt of an enrolment that begins from now on. 409 where a rule forbids it."""
    body = ExtraTimeIn(data=request.data)
    body.is_valid(raise_exception=True)
    row = grant_extra_time(by=request.user, at=clock.now(), **body.validated_data)
    return Response(ExtraTimeOut(described([row])[0]).data, status=201)


urlpatterns = [path("desk/extra-time/", extra_time, name="api-extra-time")]
