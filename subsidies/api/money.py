"""Budgets, batches, bank answers and holds. Money is a decimal string in yuan beside integer fen."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
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
from subsidies.models import AnswerFile, Batch, BatchLine, BudgetProposal, Hold
from subsidies.selectors import money as asked
from subsidies.services import answers, batches, budgets, holds

READERS = NeedsRole(*asked.READERS)
MAKER = NeedsRole(Role.FINANCE_MAKER)
CHECKER = NeedsRole(Role.FINANCE_CHECKER)
OFFICERS = NeedsRole(Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
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


class LineOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="claim.number")
    fund = serializers.CharField(source="entitlement.fund_id")

    class Meta:
        model = BatchLine
        fields = [
            "line_no",
            "claim",
            "fund",
            "fen",
            "holder_masked",
            "account_masked",
            "bank_name",
            "state",
            "bank_reason",
        ]


class BatchOut(serializers.ModelSerializer):
    total = serializers.SerializerMethodField(help_text="Yuan, two decimals.")

    class Meta:
        model = Batch
        fields = [
            "number",
            "province",
            "state",
            "line_count",
            "total",
            "total_fen",
            "made_at",
            "checked_at",
            "released_at",
            "file_sha256",
            "file_written_at",
            "answered_at",
            "reason",
        ]

    def get_total(self, batch: Batch) -> str:
        return yuan(batch.total_fen)


class BatchPageOut(BatchOut):
    settled = serializers.SerializerMethodField()
    returned = serializers.SerializerMethodField()
    pending = serializers.SerializerMethodField(help_text="Answers taken and not yet applied.")

    class Meta(BatchOut.Meta):
        fields = [*BatchOut.Meta.fields, "settled", "returned", "pending"]

    def _progress(self, batch: Batch) -> asked.Progress:
        if not hasattr(self, "_known"):
            self._known = asked.progress_of(batch)
        return self._known

    def get_settled(self, batch: Batch) -> int:
        return self._progress(batch).settled

    def get_returned(self, batch: Batch) -> int:
        return self._progress(batch).returned

    def get_pending(self, batch: Batch) -> int:
        return self._progress(batch).pending


class AnswerFileIn(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True)


class AnswerFileOut(serializers.ModelSerializer):
    problems = serializers.SerializerMethodField(help_text="Row and sentence, where the file was refused.")

    class Meta:
        model = AnswerFile
        fields = ["sha256", "accepted", "row_count", "new_count", "problems", "received_at"]

    def get_problems(self, file: AnswerFile) -> list[dict[str, Any]]:
        return [{"row": row, "detail": sentence} for row, sentence in asked.said(file.report)]


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


def _batch(request: Request, number: str) -> Batch:
    return get_object_or_404(asked.batches_visible_to(request.user), number=number)


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


@extend_schema(methods=["GET"], responses=BatchOut(many=True), operation_id="batches_list")
@extend_schema(methods=["POST"], request=ProvinceIn, responses={201: BatchOut}, operation_id="batches_make")
@api_view(["GET", "POST"])
@permission_classes([READERS])
def batch_list(request: Request) -> Response:
    """The batches one may see; POST assembles everything payable of a province."""
    if request.method == "GET":
        return paged(request, asked.batches_visible_to(request.user), BatchOut)
    return _make(request)


@idempotent
def _make(request: Request) -> Response:
    province = given(ProvinceIn, request)["province"]
    return Response(
        BatchOut(batches.make_batch(province=province, by=request.user, at=clock.now())).data, status=201
    )


@extend_schema(responses=BatchPageOut)
@api_view(["GET"])
@permission_classes([READERS])
def batch(request: Request, number: str) -> Response:
    return Response(BatchPageOut(_batch(request, number)).data)


@extend_schema(responses=LineOut(many=True))
@api_view(["GET"])
@permission_classes([READERS])
def lines(request: Request, number: str) -> Response:
    rows = _batch(request, number).lines.select_related("claim", "entitlement")
    return paged(request, rows, LineOut, order="line_no")


@extend_schema(request=None, responses=BatchOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def check(request: Request, number: str) -> Response:
    return Response(
        BatchOut(batches.check_batch(_batch(request, number), by=request.user, at=clock.now())).data
    )


@extend_schema(request=None, responses=BatchOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def release(request: Request, number: str) -> Response:
    return Response(
        BatchOut(batches.release_batch(_batch(request, number), by=request.user, at=clock.now())).data
    )


@extend_schema(request=MoneyReasonIn, responses=BatchOut)
@api_view(["POST"])
@permission_classes([OFFICERS])
@idempotent
def cancel(request: Request, number: str) -> Response:
    reason = given(MoneyReasonIn, request)["reason"]
    row = batches.cancel_batch(_batch(request, number), by=request.user, at=clock.now(), reason=reason)
    return Response(BatchOut(row).data)


@extend_schema(request=None, responses={(200, "text/csv"): OpenApiTypes.BINARY})
@api_view(["POST"])
@permission_classes([OFFICERS])
def payment_file(request: Request, number: str) -> HttpResponse:
    """The payment file as CSV. A POST, for reading it leaves a trace."""
    content = batches.payment_file(_batch(request, number), by=request.user, at=clock.now())
    return HttpResponse(
        content, content_type="text/csv; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


@extend_schema(
    request={"multipart/form-data": AnswerFileIn}, responses={200: AnswerFileOut, 409: AnswerFileOut}
)
@api_view(["POST"])
@permission_classes([OFFICERS])
def answer(request: Request, number: str) -> Response:
    """The bank's answer file. 409 where it is refused, with each row's problem; nothing of it is applied then."""
    found = _batch(request, number)
    upload = given(AnswerFileIn, request)["file"]
    taken = answers.apply_answer_file(
        found, name=upload.name, content=upload.read(), by=request.user, at=clock.now()
    )
    return Response(AnswerFileOut(taken).data, status=200 if taken.accepted else 409)


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
    path("batches/", batch_list, name="api-batches"),
    path("batches/<subsidies_paper:number>/", batch, name="api-batch"),
    path("batches/<subsidies_paper:number>/lines/", lines, name="api-batch-lines"),
    path("batches/<subsidies_paper:number>/check/", check, name="api-batch-check"),
    path("batches/<subsidies_paper:number>/release/", release, name="api-batch-release"),
    path("batches/<subsidies_paper:number>/cancel/", cancel, name="api-batch-cancel"),
    path("batches/<subsidies_paper:number>/file/", payment_file, name="api-batch-file"),
    path("batches/<subsidies_paper:number>/answer/", answer, name="api-batch-answer"),
]
