"""Budgets and holds. Money is a decimal string in yuan beside integer fen."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.bank.rows import yuan
from subsidies.models import BudgetProposal, Hold
from subsidies.selectors import money as asked
from subsidies.services import budgets, holds

READERS = NeedsRole(*asked.READERS)
MAKER = NeedsRole(Role.FINANCE_MAKER)
CHECKER = NeedsRole(Role.FINANCE_CHECKER)
KEEPERS = NeedsRole(*holds.KEEPERS)
MOST_FEN = budgets.MOST_FEN


class BudgetOut(serializers.Serializer):
    province = serializers.CharField(source="book.province_id")
    fund = serializers.CharField(source="book.fund_id")
    year = serializers.IntegerField(source="book.year")
    issued_fen = serializers.IntegerField(source="issued")
    available_fen = serializers.IntegerField(source="available")
    reserved_fen = serializers.IntegerField(source="reserved")
    in_transit_fen = serializers.IntegerField(source="in_transit")
    paid_fen = serializers.IntegerField(source="paid")
    available = serializers.SerializerMethodField(help_text="Yuan, two decimals.")

    def get_available(self, facts: asked.BudgetFacts) -> str:
        return yuan(facts.available)


class ProposalIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)
    fund = serializers.SlugField(max_length=20)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN - 1)
    document = serializers.CharField(max_length=80)


class ProposalOut(serializers.ModelSerializer):
    class Meta:
        model = BudgetProposal
        fields = [
            "id",
            "province",
            "fund",
            "year",
            "fen",
            "document",
            "state",
            "made_at",
            "checked_at",
            "reason",
        ]


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


def _year(request: Request, at: dt.datetime) -> int:
    text = request.query_params.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else clock.today(at).year  # noqa: PLR2004


@extend_schema(parameters=[OpenApiParameter("year", OpenApiTypes.INT)], responses=BudgetOut(many=True))
@api_view(["GET"])
@permission_classes([READERS])
def money(request: Request) -> Response:
    """The books of a budget year (this one, if none is named) in the provinces that one may see."""
    facts = asked.budgets_visible_to(request.user, _year(request, clock.now()))
    return Response(BudgetOut(facts, many=True).data)


@extend_schema(request=ProposalIn, responses={201: ProposalOut})
@api_view(["POST"])
@permission_classes([MAKER])
@idempotent
def propose(request: Request) -> Response:
    """Enter a budget document; it counts once another person confirmed it."""
    row = budgets.propose_budget(**given(ProposalIn, request), by=request.user, at=clock.now())
    return Response(ProposalOut(row).data, status=201)


@extend_schema(request=None, responses=ProposalOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def issue(request: Request, pk: str) -> Response:
    row = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    return Response(ProposalOut(budgets.issue_budget(row, by=request.user, at=clock.now())).data)


@extend_schema(request=MoneyReasonIn, responses=ProposalOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def refuse(request: Request, pk: str) -> Response:
    row = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    reason = given(MoneyReasonIn, request)["reason"]
    return Response(
        ProposalOut(budgets.refuse_budget(row, by=request.user, at=clock.now(), reason=reason)).data
    )


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
    path("money/", money, name="api-money"),
    path("money/budgets/", propose, name="api-budget-propose"),
    path("money/budgets/<subsidies_row:pk>/issue/", issue, name="api-budget-issue"),
    path("money/budgets/<subsidies_row:pk>/refuse/", refuse, name="api-budget-refuse"),
    path("money/holds/", hold_list, name="api-holds"),
    path("money/holds/<subsidies_row:pk>/close/", close_hold, name="api-hold-close"),
]
