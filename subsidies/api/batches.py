"""Batches, bank answers and bank profiles. Money is a decimal string in yuan beside integer fen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, idempotent
from portal.money import yuan
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import MoneyReasonIn, given, paged
from subsidies.bank.template import read_template
from subsidies.bank.writing import TYPES
from subsidies.models import AnswerFile, BankProfile, Batch, BatchLine, LeftOut
from subsidies.selectors import batches as asked
from subsidies.services import answers, assembling, batches, files, profiles

READERS = NeedsRole(*asked.READERS)
MAKER = NeedsRole(Role.FINANCE_MAKER)
CHECKER = NeedsRole(Role.FINANCE_CHECKER)
OFFICERS = NeedsRole(Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


class BatchIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)
    profile = serializers.IntegerField(
        required=False,
        help_text="Id of a live bank profile of the province; its standard one if none is named.",
    )


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
    of = serializers.IntegerField(
        source="total", help_text="Claims to look at while it is assembled; `done` are."
    )

    class Meta:
        model = Batch
        fields = [
            "number",
            "province",
            "state",
            "profile",
            "done",
            "of",
            "problem",
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
        fields = [
            "sha256",
            "accepted",
            "row_count",
            "new_count",
            "pending_count",
            "problems",
            "received_at",
            "read_at",
        ]

    def get_problems(self, file: AnswerFile) -> list[dict[str, Any]]:
        return [{"row": row, "detail": sentence} for row, sentence in asked.said(file.report)]


class LeftOutOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="claim.number")
    batch = serializers.CharField(source="batch.number", allow_null=True, default=None)

    class Meta:
        model = LeftOut
        fields = ["claim", "batch", "reason", "looked_at"]


class BankProfileIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)
    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=80)
    bank_code = serializers.CharField(max_length=35, allow_blank=True, default="")
    template = serializers.JSONField()
    needs_name_check = serializers.BooleanField(default=True)
    releaser_may_be_checker = serializers.BooleanField(default=False)
    cooling_days = serializers.IntegerField(min_value=0, max_value=60, default=3)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, default=None)


class BankProfileOut(serializers.ModelSerializer):
    class Meta:
        model = BankProfile
        fields = [
            "id",
            "province",
            "code",
            "version",
            "name",
            "bank_code",
            "template",
            "needs_name_check",
            "releaser_may_be_checker",
            "cooling_days",
            "valid_from",
            "valid_to",
            "state",
            "made_at",
            "live_at",
            "ended_at",
        ]


def _batch(request: Request, number: str) -> Batch:
    return get_object_or_404(asked.batches_visible_to(request.user), number=number)


@extend_schema(methods=["GET"], responses=BatchOut(many=True), operation_id="batches_list")
@extend_schema(methods=["POST"], request=BatchIn, responses={201: BatchOut}, operation_id="batches_make")
@api_view(["GET", "POST"])
@permission_classes([READERS])
def batch_list(request: Request) -> Response:
    """The batches one may see; POST assembles everything payable of a province, a large batch in the background."""
    if request.method == "GET":
        return paged(request, asked.batches_visible_to(request.user), BatchOut)
    return _make(request)


@idempotent
def _make(request: Request) -> Response:
    said = given(BatchIn, request)
    profile = None
    if "profile" in said:
        profile = get_object_or_404(asked.profiles_visible_to(request.user), pk=said["profile"])
    made = assembling.make_batch(province=said["province"], by=request.user, at=clock.now(), profile=profile)
    return Response(BatchOut(made).data, status=201)


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


@extend_schema(request=None, responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES.values()})
@api_view(["POST"])
@permission_classes([OFFICERS])
def payment_file(request: Request, number: str) -> HttpResponse:
    """The payment file in the bank's format. A POST, for reading it leaves a trace."""
    found = _batch(request, number)
    content = files.payment_file(found, by=request.user, at=clock.now())
    kind = TYPES[read_template(found.profile.template).ending]
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": "no-store"})


@extend_schema(
    request={"multipart/form-data": AnswerFileIn},
    responses={200: AnswerFileOut, 202: AnswerFileOut, 409: AnswerFileOut},
)
@api_view(["POST"])
@permission_classes([OFFICERS])
def answer(request: Request, number: str) -> Response:
    """The bank's answer file. 409 where it is refused, with each row's problem; nothing of it is applied then.

    202 where it is so large that it is read in the background: `accepted` is null until then.
    """
    found = _batch(request, number)
    upload = given(AnswerFileIn, request)["file"]
    taken = answers.apply_answer_file(
        found, name=upload.name, content=upload.read(), by=request.user, at=clock.now()
    )
    return Response(AnswerFileOut(taken).data, status={None: 202, True: 200, False: 409}[taken.accepted])


@extend_schema(responses=LeftOutOut(many=True))
@api_view(["GET"])
@permission_classes([READERS])
def left_out(request: Request) -> Response:
    """Claims that could be paid and did not go into the last batch, with the reason."""
    return paged(request, asked.left_out_visible_to(request.user), LeftOutOut)


@extend_schema(methods=["GET"], responses=BankProfileOut(many=True), operation_id="bank_profiles_list")
@extend_schema(
    methods=["POST"],
    request=BankProfileIn,
    responses={201: BankProfileOut},
    operation_id="bank_profiles_draft",
)
@api_view(["GET", "POST"])
@permission_classes([READERS])
def profile_list(request: Request) -> Response:
    """The bank profiles one may see; POST writes the next version of one, which another person puts live."""
    if request.method == "GET":
        return paged(request, asked.profiles_visible_to(request.user), BankProfileOut)
    return _draft(request)


@idempotent
def _draft(request: Request) -> Response:
    said = given(BankProfileIn, request)
    made = profiles.draft_profile(**said, by=request.user, at=clock.now())
    return Response(BankProfileOut(made).data, status=201)


def _profile(request: Request, pk: str) -> BankProfile:
    return get_object_or_404(asked.profiles_visible_to(request.user), pk=pk)


@extend_schema(request=None, responses=BankProfileOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def profile_live(request: Request, pk: str) -> Response:
    row = profiles.put_live(_profile(request, pk), by=request.user, at=clock.now())
    return Response(BankProfileOut(row).data)


@extend_schema(request=None, responses=BankProfileOut)
@api_view(["POST"])
@permission_classes([OFFICERS])
@idempotent
def profile_discard(request: Request, pk: str) -> Response:
    row = profiles.discard_profile(_profile(request, pk), by=request.user, at=clock.now())
    return Response(BankProfileOut(row).data)


urlpatterns = [
    path("batches/", batch_list, name="api-batches"),
    path("batches/left-out/", left_out, name="api-left-out"),
    path("bank-profiles/", profile_list, name="api-bank-profiles"),
    path("bank-profiles/<subsidies_row:pk>/live/", profile_live, name="api-bank-profile-live"),
    path("bank-profiles/<subsidies_row:pk>/discard/", profile_discard, name="api-bank-profile-discard"),
    path("batches/<subsidies_paper:number>/", batch, name="api-batch"),
    path("batches/<subsidies_paper:number>/lines/", lines, name="api-batch-lines"),
    path("batches/<subsidies_paper:number>/check/", check, name="api-batch-check"),
    path("batches/<subsidies_paper:number>/release/", release, name="api-batch-release"),
    path("batches/<subsidies_paper:number>/cancel/", cancel, name="api-batch-cancel"),
    path("batches/<subsidies_paper:number>/file/", payment_file, name="api-batch-file"),
    path("batches/<subsidies_paper:number>/answer/", answer, name="api-batch-answer"),
]
