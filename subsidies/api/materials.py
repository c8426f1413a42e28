"""Papers with a claim that is prepared or to be corrected; and the mandate for a provider."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses.papers import MOST_BYTES
from portal import clock
from portal.accounts import selectors as accounts
from portal.api import SignedIn, idempotent
from portal.uploads import kept_in_memory
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.claims import own
from subsidies.api.money import given
from subsidies.models import Mandate, Material, Programme
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import facts, papers, records
from subsidies.selectors import materials as asked
from subsidies.selectors.offers import DEFAULT, programme_for
from subsidies.services import claims, drafts, mandates, materials


class MaterialOut(serializers.ModelSerializer):
    class Meta:
        model = Material
        fields = ["id", "kind", "document_name", "document_bytes", "document_sha256", "added_at"]


class WantedOut(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField()
    papers = MaterialOut(many=True)


class PreparedIn(serializers.Serializer):
    kind = serializers.CharField(max_length=40)
    paper = serializers.FileField(max_length=200)


class MandateIn(serializers.Serializer):
    agreed = serializers.BooleanField()


class MandateOut(serializers.ModelSerializer):
    class Meta:
        model = Mandate
        fields = ["organisation", "certificate_serial", "version", "given_at", "ended_at"]


def _wanted(rows: list[asked.Wanted]) -> list[dict[str, object]]:
    found = [
        {"kind": one.kind, "name": one.name, "papers": [shown.row for shown in one.papers]} for one in rows
    ]
    return WantedOut(found, many=True).data


def _paper(request: Request, serial: str) -> papers.Paper:
    paper = papers.paper_of(request.user, serial)
    if paper is None:
        raise Http404
    if not accounts.is_real_name_verified(request.user):
        raise claims.NotVerified
    return paper


@extend_schema(methods=["GET"], responses=WantedOut(many=True), operation_id="claim_materials_prepared")
@extend_schema(
    methods=["POST"],
    request={"multipart/form-data": PreparedIn},
    responses={201: MaterialOut},
    operation_id="claim_materials_prepare",
)
@kept_in_memory(MOST_BYTES)
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@parser_classes([MultiPartParser])
def prepared(request: Request, serial: str) -> Response:
    """Papers that the policy of `?programme=` asks for with a claim for one's own certificate; POST adds one."""
    paper, at = _paper(request, serial), clock.now()
    programme = request.query_params.get("programme", DEFAULT).replace("\x00", "")
    paying = programme_for(Programme.Payee.PERSON, programme)
    if paying is None:
        raise Http404
    policy = facts.explain(records.subject_of(request.user, paper, {}, programme=paying, at=at), at=at).policy
    draft = claims_asked.draft_of(request.user, serial, programme)
    if request.method == "GET":
        return Response(_wanted(asked.wanted(policy, draft, user=request.user, at=at)))
    told = given(PreparedIn, request)
    draft = draft or drafts.open_draft(request.user, serial, programme=programme, at=at)
    row = materials.add_material(draft, **told, policy=policy, by=request.user, at=at)
    return Response(MaterialOut(row).data, status=201)


@extend_schema(
    request={"multipart/form-data": PreparedIn},
    responses={201: MaterialOut},
    operation_id="claim_materials_add",
)
@kept_in_memory(MOST_BYTES)
@api_view(["POST"])
@permission_classes([SignedIn])
@parser_classes([MultiPartParser])
def added(request: Request, number: str) -> Response:
    """Add a paper to a returned claim of one's own."""
    row, told, at = own(request, number), given(PreparedIn, request), clock.now()
    policy = facts.explain(records.Subject.of(row), at=at).policy
    made = materials.add_material(row, **told, policy=policy, by=request.user, at=at)
    return Response(MaterialOut(made).data, status=201)


@extend_schema(request=None, responses={204: None})
@api_view(["DELETE"])
@permission_classes([SignedIn])
def removed(request: Request, pk: str) -> Response:
    """Take a paper away from a claim that one still prepares."""
    row = get_object_or_404(Material, pk=pk, draft__claimant=request.user)
    materials.remove_material(row, by=request.user, at=clock.now())
    return Response(status=204)


@extend_schema(request=MandateIn, responses={201: MandateOut}, methods=["POST"])
@extend_schema(responses={204: None}, methods=["DELETE"])
@api_view(["POST", "DELETE"])
@permission_classes([SignedIn])
@parser_classes([JSONParser])
@idempotent
def mandate(request: Request, serial: str) -> Response:
    """Let the provider of the course claim for one's own certificate; DELETE takes that back."""
    _paper(request, serial)
    if request.method == "DELETE":
        mandates.end_mandate(request.user, serial, at=clock.now())
        return Response(status=204)
    agreed = given(MandateIn, request)["agreed"]
    row = mandates.give_mandate(request.user, serial, at=clock.now(), agreed=agreed)
    return Response(MandateOut(row).data, status=201)


urlpatterns = [
    path("claims/materials/<subsidies_paper:serial>/", prepared, name="api-claim-materials"),
    path("claims/<subsidies_paper:number>/materials/", added, name="api-claim-material-add"),
    path("claims/materials/<subsidies_row:pk>/remove/", removed, name="api-claim-material-remove"),
    path("claims/mandates/<subsidies_paper:serial>/", mandate, name="api-claim-mandate"),
]
