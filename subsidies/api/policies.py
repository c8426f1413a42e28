"""Policies: published ones for everybody, drafts for their office."""

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
from portal.accounts.models import Province
from portal.api import NeedsRole, Pages, Public, idempotent
from portal.money import yuan
from portal.moves import steps_from
from subsidies.api.claims import given
from subsidies.models import PolicyVersion
from subsidies.policy import APPROVE, NEEDS_EVIDENCE, REJECT, json_schema
from subsidies.selectors import policies as asked
from subsidies.selectors import policy_versions
from subsidies.selectors.policy_checks import Ran, run_cases
from subsidies.services import policies as services
from subsidies.services.policies.cases import LONGEST_NAME, MOST_CASES
from subsidies.services.policies.publishing import LONGEST_REASON
from subsidies.workflow.policies import POLICY_MOVES

READ = NeedsRole(*asked.READERS)
EDIT = NeedsRole(*asked.EDITORS)
PUBLISH = NeedsRole(*asked.PUBLISHERS)


class PolicyOut(serializers.ModelSerializer):
    first_day = serializers.DateField(source="valid.lower")
    last_day = serializers.DateField(allow_null=True)
    region = serializers.CharField(help_text="000000 is the nation; a city has a province above it.")

    class Meta:
        model = PolicyVersion
        fields = [
            "id",
            "province",
            "region",
            "programme",
            "version",
            "doc_no",
            "first_day",
            "last_day",
            "body",
            "body_sha256",
        ]


class PolicyAtDeskOut(PolicyOut):
    schema = serializers.CharField()
    steps = serializers.SerializerMethodField(help_text="What can happen next.")

    class Meta(PolicyOut.Meta):
        fields = [
            *PolicyOut.Meta.fields,
            "state",
            "revision",
            "schema",
            "engine",
            "document_name",
            "document_sha256",
            "recorded_at",
            "submitted_at",
            "returned_because",
            "published_at",
            "ended_because",
            "steps",
        ]

    def get_steps(self, version: PolicyVersion) -> list[str]:
        return steps_from(POLICY_MOVES, version.state)


class PolicyBodyIn(serializers.Serializer):
    body = serializers.JSONField(help_text="The text as `policies/schema/` describes it.")


class PolicyDraftIn(PolicyBodyIn):
    province = serializers.CharField(
        max_length=6, required=False, allow_null=True, default=None, help_text="Null: the national frame."
    )


class PolicyChangeIn(PolicyBodyIn):
    revision = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The one read."
    )


class PolicyReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class PolicyEndIn(PolicyReasonIn):
    last_day = serializers.DateField()


class PolicyCaseIn(serializers.Serializer):
    name = serializers.CharField(max_length=LONGEST_NAME)
    facts = serializers.JSONField()
    outcome = serializers.ChoiceField([APPROVE, REJECT, NEEDS_EVIDENCE])
    amount_fen = serializers.IntegerField(min_value=0, max_value=10**12, default=0)
    because = serializers.ListField(child=serializers.CharField(max_length=80), default=list, max_length=50)


class PolicyCasesIn(serializers.Serializer):
    cases = PolicyCaseIn(many=True)


class PolicyCaseOut(serializers.Serializer):
    name = serializers.CharField(source="case.name")
    facts = serializers.JSONField(source="case.facts")
    outcome = serializers.CharField(source="case.outcome")
    amount_fen = serializers.IntegerField(source="case.amount_fen")
    amount = serializers.SerializerMethodField(help_text="Yuan, two decimals.")
    because = serializers.ListField(child=serializers.CharField(), source="case.because")
    found_outcome = serializers.CharField(source="outcome", help_text="What the version makes of it.")
    found_fen = serializers.IntegerField(source="amount_fen")
    found_because = serializers.SerializerMethodField()
    holds = serializers.BooleanField()

    def get_amount(self, ran: Ran) -> str:
        return yuan(ran.case.amount_fen)

    def get_found_because(self, ran: Ran) -> list[str]:
        return list(ran.because)


@extend_schema(responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@permission_classes([Public])
def policy_schema(_request: Request) -> Response:
    """JSON Schema (2020-12) of the body of a policy version."""
    return Response(json_schema())


@extend_schema(responses=PolicyOut(many=True))
@api_view(["GET"])
@permission_classes([Public])
def policies(request: Request) -> Response:
    """Published policies, newest first, with their whole body."""
    pages = Pages()
    page = pages.paginate_queryset(policy_versions(), request)
    return pages.get_paginated_response(PolicyOut(page, many=True).data)


def _visible(request: Request, pk: int) -> PolicyVersion:
    return get_object_or_404(asked.versions_visible_to(request.user), pk=pk)


@extend_schema(
    methods=["GET"],
    parameters=[OpenApiParameter("programme", OpenApiTypes.STR)],
    responses=PolicyAtDeskOut(many=True),
    operation_id="policy_desk_list",
)
@extend_schema(
    methods=["POST"],
    request=PolicyDraftIn,
    responses={201: PolicyAtDeskOut},
    operation_id="policy_desk_draft",
)
@api_view(["GET", "POST"])
@permission_classes([READ])
def desk(request: Request) -> Response:
    """Versions of one's province and of the layers above it, drafts among them; POST keeps a new draft."""
    return _draft(request) if request.method == "POST" else _list(request)


def _list(request: Request) -> Response:
    rows = asked.versions_visible_to(request.user)
    if programme := request.query_params.get("programme", ""):
        rows = rows.filter(programme=programme.replace("\x00", ""))
    pages = Pages()
    page = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(PolicyAtDeskOut(page, many=True).data)


@idempotent
def _draft(request: Request) -> Response:
    body = given(PolicyDraftIn, request)
    code = body["province"]
    province = get_object_or_404(Province, pk=code) if code else None
    row = services.draft_policy(province, body["body"], by=request.user, at=clock.now())
    return Response(_told(row), status=201)


@extend_schema(methods=["GET"], responses=PolicyAtDeskOut, operation_id="policy_desk_one")
@extend_schema(
    methods=["PUT"], request=PolicyChangeIn, responses=PolicyAtDeskOut, operation_id="policy_desk_change"
)
@api_view(["GET", "PUT"])
@permission_classes([READ])
def version(request: Request, pk: int) -> Response:
    """One version; PUT writes a draft anew."""
    row = _visible(request, pk)
    return _change(request, row) if request.method == "PUT" else Response(_told(row))


@idempotent
def _change(request: Request, row: PolicyVersion) -> Response:
    body = given(PolicyChangeIn, request)
    row = services.change_policy(
        row, body["body"], by=request.user, at=clock.now(), revision=body["revision"]
    )
    return Response(_told(row))


@extend_schema(request=None, responses=PolicyAtDeskOut)
@api_view(["POST"])
@permission_classes([EDIT])
@idempotent
def submit(request: Request, pk: int) -> Response:
    """Hand a draft in. 409 while a worked case fails, or where it allows more than the layer above."""
    return Response(_told(services.submit_policy(_visible(request, pk), by=request.user, at=clock.now())))


@extend_schema(request=PolicyReasonIn, responses=PolicyAtDeskOut)
@api_view(["POST"])
@permission_classes([PUBLISH])
@idempotent
def send_back(request: Request, pk: int) -> Response:
    """Return what was handed in to its editor, with a reason."""
    row = _visible(request, pk)
    body = given(PolicyReasonIn, request)
    return Response(
        _told(services.return_policy(row, by=request.user, at=clock.now(), reason=body["reason"]))
    )


@extend_schema(request=None, responses=PolicyAtDeskOut)
@api_view(["POST"])
@permission_classes([PUBLISH])
@idempotent
def publish(request: Request, pk: int) -> Response:
    """Put in force what somebody else wrote and handed in."""
    return Response(_told(services.publish_policy(_visible(request, pk), by=request.user, at=clock.now())))


@extend_schema(request=PolicyEndIn, responses=PolicyAtDeskOut)
@api_view(["POST"])
@permission_classes([PUBLISH])
@idempotent
def end(request: Request, pk: int) -> Response:
    """Set the last day of a published version that its text leaves open."""
    row = _visible(request, pk)
    body = given(PolicyEndIn, request)
    return Response(_told(services.end_policy(row, by=request.user, at=clock.now(), **body)))


@extend_schema(request=PolicyReasonIn, responses=PolicyAtDeskOut)
@api_view(["POST"])
@permission_classes([PUBLISH])
@idempotent
def repeal(request: Request, pk: int) -> Response:
    """Take back a published version before its first day."""
    row = _visible(request, pk)
    body = given(PolicyReasonIn, request)
    return Response(
        _told(services.repeal_policy(row, by=request.user, at=clock.now(), reason=body["reason"]))
    )


@extend_schema(methods=["GET"], responses=PolicyCaseOut(many=True), operation_id="policy_desk_cases")
@extend_schema(
    methods=["PUT"],
    request=PolicyCasesIn,
    responses=PolicyCaseOut(many=True),
    operation_id="policy_desk_cases_put",
)
@api_view(["GET", "PUT"])
@permission_classes([READ])
def cases(request: Request, pk: int) -> Response:
    """The worked cases with what the version makes of each; PUT puts others in their place."""
    row = _visible(request, pk)
    return _put_cases(request, row) if request.method == "PUT" else Response(_ran(row))


@idempotent
def _put_cases(request: Request, row: PolicyVersion) -> Response:
    told = given(PolicyCasesIn, request)["cases"][: MOST_CASES + 1]
    worked = [services.Worked(**{**one, "because": tuple(one["because"])}) for one in told]
    services.keep_cases(row, worked, by=request.user, at=clock.now())
    return Response(_ran(row))


def _ran(row: PolicyVersion) -> list[dict[str, Any]]:
    return PolicyCaseOut(run_cases(row), many=True).data


def _told(row: PolicyVersion) -> dict[str, Any]:
    row.refresh_from_db()
    return PolicyAtDeskOut(row).data


urlpatterns = [
    path("policies/", policies, name="api-policies"),
    path("policies/schema/", policy_schema, name="api-policy-schema"),
    path("desk/policies/", desk, name="api-policy-desk"),
    path("desk/policies/<subsidies_row:pk>/", version, name="api-policy"),
    path("desk/policies/<subsidies_row:pk>/cases/", cases, name="api-policy-cases"),
    path("desk/policies/<subsidies_row:pk>/submit/", submit, name="api-policy-submit"),
    path("desk/policies/<subsidies_row:pk>/return/", send_back, name="api-policy-return"),
    path("desk/policies/<subsidies_row:pk>/publish/", publish, name="api-policy-publish"),
    path("desk/policies/<subsidies_row:pk>/end/", end, name="api-policy-end"),
    path("desk/policies/<subsidies_row:pk>/repeal/", repeal, name="api-policy-repeal"),
]
