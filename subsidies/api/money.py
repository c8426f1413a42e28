"""Holds, and what all addresses of money share."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.models import Hold
from subsidies.selectors import money as asked
from subsidies.services import holds

READERS = NeedsRole(*asked.READERS)
KEEPERS = NeedsRole(*holds.KEEPERS)


class MoneyReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class ProvinceIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)


class HoldOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="claim.number")

    class Meta:
        model = Hold
        fields = ["id", "claim", "category", "note", "opened_at", "closed_at", "closed_because"]


def given(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def paged(request: Request, rows: Any, kind: type[serializers.Serializer], *, order: str = "-id") -> Response:
    pages = Pages()
    pages.ordering = order
    page = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(kind(page, many=True, context={"at": clock.now()}).data)


@extend_schema(responses=HoldOut(many=True))
@api_view(["GET"])
@permission_classes([NeedsRole(*asked.READERS, Role.PROVINCE_REVIEWER)])
def hold_list(request: Request) -> Response:
    """Open holds of the provinces one works for."""
    return paged(request, asked.holds_visible_to(request.user), HoldOut)


@extend_schema(request=MoneyReasonIn, responses=HoldOut)
@api_view(["POST"])
@permission_classes([KEEPERS])
@idempotent
def close_hold(request: Request, pk: str) -> Response:
    row = get_object_or_404(asked.holds_visible_to(request.user), pk=pk)
    reason = given(MoneyReasonIn, request)["reason"]
    return Response(HoldOut(holds.close_hold(row, by=request.user, at=clock.now(), reason=reason)).data)


urlpatterns = [
    path("money/holds/", hold_list, name="api-holds"),
    path("money/holds/<subsidies_row:pk>/close/", close_hold, name="api-hold-close"),
]
