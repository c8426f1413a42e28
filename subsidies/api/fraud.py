"""Findings of the checks for fraud: the list, one of them, the decision."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole, idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.claims import given
from subsidies.api.money import paged
from subsidies.models import Finding
from subsidies.selectors.fraud import findings as asked
from subsidies.services.fraud import deciding
from subsidies.services.reviews import LONGEST_REASON

FINDING_READERS = NeedsRole(*asked.READERS)
FINDING_DECIDERS = NeedsRole(*asked.DECIDERS)


class CheckFindingOut(serializers.ModelSerializer):
    """What a check found; `seen` in the reader's language. Either `claim`, `provider` or `officer` says of what."""

    claim = serializers.CharField(source="claim.number", default=None, allow_null=True)
    provider = serializers.CharField(source="provider.name", default=None, allow_null=True)
    officer = serializers.CharField(source="officer.uid", default=None, allow_null=True)
    seen = serializers.SerializerMethodField()
    otherwise = serializers.SerializerMethodField(help_text="What else explains it.")
    figures = serializers.DictField()

    class Meta:
        model = Finding
        fields = [
            *("id", "province", "check_code", "version", "action", "claim", "provider", "officer", "seen"),
            *("otherwise", "figures", "weight", "found_at", "due_at", "state", "decided_at", "reason"),
        ]

    def get_seen(self, finding: Finding) -> str:
        return asked.seen_by(finding)

    def get_otherwise(self, finding: Finding) -> str:
        return asked.otherwise(finding)


class FindingReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


@extend_schema(
    parameters=[
        OpenApiParameter("view", OpenApiTypes.STR, enum=list(asked.VIEWS)),
        OpenApiParameter("check", OpenApiTypes.STR),
    ],
    responses=CheckFindingOut(many=True),
)
@api_view(["GET"])
@permission_classes([FINDING_READERS])
def finding_list(request: Request) -> Response:
    """Findings of the provinces one works for, newest first."""
    view = request.query_params.get("view", "all")
    if view not in asked.VIEWS:
        raise Http404
    rows = asked.of_view(asked.findings_visible_to(request.user), view, at=clock.now())
    if check := request.query_params.get("check", "").replace("\x00", ""):
        rows = rows.filter(check_code=check)
    return paged(request, rows, CheckFindingOut)


def _found(request: Request, pk: str) -> Finding:
    return get_object_or_404(asked.findings_visible_to(request.user), pk=pk)


@extend_schema(responses=CheckFindingOut)
@api_view(["GET"])
@permission_classes([FINDING_READERS])
def finding(request: Request, pk: str) -> Response:
    return Response(CheckFindingOut(_found(request, pk)).data)


@extend_schema(request=FindingReasonIn, responses=CheckFindingOut)
@api_view(["POST"])
@permission_classes([FINDING_DECIDERS])
@idempotent
def dismiss(request: Request, pk: str) -> Response:
    """There is a harmless reason; what it held goes on."""
    reason = given(FindingReasonIn, request)["reason"]
    return Response(
        CheckFindingOut(
            deciding.dismiss(_found(request, pk), by=request.user, at=clock.now(), reason=reason)
        ).data
    )


@extend_schema(request=FindingReasonIn, responses=CheckFindingOut)
@api_view(["POST"])
@permission_classes([FINDING_DECIDERS])
@idempotent
def confirm(request: Request, pk: str) -> Response:
    """It is so; what it held stays held until the reviewers act."""
    reason = given(FindingReasonIn, request)["reason"]
    return Response(
        CheckFindingOut(
            deciding.confirm(_found(request, pk), by=request.user, at=clock.now(), reason=reason)
        ).data
    )


urlpatterns = [
    path("findings/", finding_list, name="api-findings"),
    path("findings/<subsidies_row:pk>/", finding, name="api-finding"),
    path("findings/<subsidies_row:pk>/dismiss/", dismiss, name="api-finding-dismiss"),
    path("findings/<subsidies_row:pk>/confirm/", confirm, name="api-finding-confirm"),
]
