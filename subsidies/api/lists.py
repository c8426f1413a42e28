"""Lists of claims of one's own organisations: upload, rows, hand in; and what an organisation does with a claim of a list."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts.access import may
from portal.accounts.roles import PAID_FOR
from portal.api import SignedIn, idempotent
from portal.uploads import kept_in_memory
from subsidies import addresses, claim_lists  # noqa: F401 - registers the converter
from subsidies.api.claims import AnswersIn, ClaimAppealIn, ClaimOut
from subsidies.api.money import given, paged
from subsidies.models import Claim, ClaimList, ClaimListRow
from subsidies.selectors import lists as asked
from subsidies.selectors.contracts import contracts_to_claim
from subsidies.services import claims, lists, rejections
from subsidies.tasks.lists import work_on_due_lists
from subsidies.workflow.claims import Channel


class ClaimListOut(serializers.ModelSerializer):
    steps = serializers.SerializerMethodField(
        help_text="What can be done with it: submit, check_again, cancel."
    )

    class Meta:
        model = ClaimList
        fields = [
            "id",
            "organisation",
            "province",
            "programme",
            "channel",
            "contract",
            "state",
            "rows",
            "done",
            "counts",
            "uploaded_at",
            "submitted_at",
            "finished_at",
            "steps",
        ]

    def get_steps(self, made: ClaimList) -> list[str]:
        return asked.steps_of(made)


class ClaimListRowOut(serializers.ModelSerializer):
    claim = serializers.SlugRelatedField(slug_field="number", read_only=True)
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = ClaimListRow
        fields = [
            "number",
            "masked_name",
            "masked_number",
            "certificate_serial",
            "fate",
            "insured",
            "claim",
            "reasons",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, row: ClaimListRow) -> list[str]:
        return asked.reasons_of(row)


class ClaimListIn(serializers.Serializer):
    organisation = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    programme = serializers.CharField(max_length=20)
    channel = serializers.ChoiceField(choices=[Channel.ENTERPRISE, Channel.PROVIDER])
    contract = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        allow_null=True,
        default=None,
        help_text="The id of a project contract, where the programme pays by contracts.",
    )
    file = serializers.FileField(
        help_text="xlsx or csv: name, resident ID, certificate.", allow_empty_file=True
    )


class ClaimListSubmitIn(serializers.Serializer):
    agreed = serializers.BooleanField()


def _guard(request: Request) -> None:
    if not may(request, PAID_FOR):
        raise PermissionDenied


def _found(request: Request, pk: str) -> ClaimList:
    _guard(request)
    return get_object_or_404(asked.lists_visible_to(request.user), pk=pk)


@extend_schema(methods=["GET"], responses=ClaimListOut(many=True), operation_id="claim_lists")
@extend_schema(
    methods=["POST"],
    request={"multipart/form-data": ClaimListIn},
    responses={201: ClaimListOut},
    operation_id="claim_lists_upload",
)
@kept_in_memory(claim_lists.MOST_BYTES)
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@parser_classes([MultiPartParser])
def all_lists(request: Request) -> Response:
    """The lists of one's organisations; POST uploads one. The same file gives the list that it made before."""
    _guard(request)
    if request.method == "GET":
        return paged(request, asked.lists_visible_to(request.user), ClaimListOut)
    told = given(ClaimListIn, request)
    file, at = told.pop("file"), clock.now()
    known = {(channel, body.pk): body for channel, body in asked.channels_of(request.user)}
    body = known.get((told["channel"], told.pop("organisation")))
    if body is None:
        raise Http404
    if told["contract"] is not None:
        told["contract"] = get_object_or_404(contracts_to_claim([body.pk]), pk=told["contract"])
    made = lists.upload_list(file, name=file.name, organisation=body, by=request.user, at=at, **told)
    work_on_due_lists.delay_on_commit()
    return Response(ClaimListOut(made).data, status=201)


@extend_schema(responses=ClaimListOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def one(request: Request, pk: str) -> Response:
    """Where a list stands."""
    return Response(ClaimListOut(_found(request, pk)).data)


@extend_schema(responses=ClaimListRowOut(many=True))
@api_view(["GET"])
@permission_classes([SignedIn])
def rows(request: Request, pk: str) -> Response:
    """What becomes of each row; `?fate=` narrows them."""
    found = _found(request, pk)
    return paged(request, asked.rows_of(found, request.query_params.get("fate", "")), ClaimListRowOut)


@extend_schema(request=ClaimListSubmitIn, responses=ClaimListOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def submit(request: Request, pk: str) -> Response:
    """Hand a list in. 409 where a rule forbids it."""
    found, told = _found(request, pk), given(ClaimListSubmitIn, request)
    key = request.headers.get("Idempotency-Key", "")
    made = lists.submit_list(found, by=request.user, at=clock.now(), key=key, agreed=told["agreed"])
    work_on_due_lists.delay_on_commit()
    return Response(ClaimListOut(made).data)


@extend_schema(request=None, responses=ClaimListOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def check_again(request: Request, pk: str) -> Response:
    """Have the rows looked at once more, as of now."""
    made = lists.check_again(_found(request, pk), by=request.user, at=clock.now())
    work_on_due_lists.delay_on_commit()
    return Response(ClaimListOut(made).data)


@extend_schema(request=None, responses=ClaimListOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def cancel(request: Request, pk: str) -> Response:
    """Drop a list that was not handed in."""
    return Response(
        ClaimListOut(lists.cancel_list(_found(request, pk), by=request.user, at=clock.now())).data
    )


def _claim(request: Request, number: str) -> Claim:
    _guard(request)
    return get_object_or_404(asked.list_claims_visible_to(request.user), number=number)


class ListClaimOut(ClaimOut):
    """What the organisation sees of a claim: not what is known of the person."""

    class Meta(ClaimOut.Meta):
        fields = [name for name in ClaimOut.Meta.fields if name not in {"declared", "confirmed", "outcome"}]


def _out(claim: Claim) -> dict[str, Any]:
    return ListClaimOut(claim, context={"organisation": True}).data


@extend_schema(responses=ListClaimOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def claim(request: Request, number: str) -> Response:
    """A claim that a list of one's organisation has made."""
    return Response(_out(_claim(request, number)))


@extend_schema(request=AnswersIn, responses=ListClaimOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def resubmit(request: Request, number: str) -> Response:
    """Hand a returned claim in again."""
    body = given(AnswersIn, request)
    row = claims.resubmit(_claim(request, number), by=request.user, at=clock.now(), answers=body["answers"])
    return Response(_out(row))


@extend_schema(request=None, responses=ListClaimOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def withdraw(request: Request, number: str) -> Response:
    return Response(_out(claims.withdraw(_claim(request, number), by=request.user, at=clock.now())))


@extend_schema(request=ClaimAppealIn, responses=ListClaimOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def appeal(request: Request, number: str) -> Response:
    """Answer a rejection, once. 409 after its last day."""
    words = given(ClaimAppealIn, request)["words"]
    row = rejections.file_appeal(_claim(request, number), by=request.user, at=clock.now(), words=words)
    return Response(_out(row))


_CLAIM = "claim-lists/claims/<subsidies_paper:number>"
urlpatterns = [
    path("claim-lists/", all_lists, name="api-claim-lists"),
    path("claim-lists/<subsidies_row:pk>/", one, name="api-claim-list"),
    path("claim-lists/<subsidies_row:pk>/rows/", rows, name="api-claim-list-rows"),
    path("claim-lists/<subsidies_row:pk>/submit/", submit, name="api-claim-list-submit"),
    path("claim-lists/<subsidies_row:pk>/check-again/", check_again, name="api-claim-list-check-again"),
    path("claim-lists/<subsidies_row:pk>/cancel/", cancel, name="api-claim-list-cancel"),
    path(f"{_CLAIM}/", claim, name="api-list-claim"),
    path(f"{_CLAIM}/resubmit/", resubmit, name="api-list-claim-resubmit"),
    path(f"{_CLAIM}/withdraw/", withdraw, name="api-list-claim-withdraw"),
    path(f"{_CLAIM}/appeal/", appeal, name="api-list-claim-appeal"),
]
