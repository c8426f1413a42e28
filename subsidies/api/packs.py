"""Evidence packs, and the letter and the record of a decision, for machines."""

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

from certificates.services.letters import CannotBeSigned
from portal import clock
from portal.api import NeedsRole, SignedIn, idempotent
from subsidies import addresses, exported  # noqa: F401 - registers the converter
from subsidies.api.claims import given, own
from subsidies.api.money import paged
from subsidies.models import Claim, Decision, EvidencePack
from subsidies.selectors import packs as asked
from subsidies.selectors.claims import letters_of, reviews_visible_to
from subsidies.selectors.desks import READERS
from subsidies.services import packs
from subsidies.services.letters import letter_pdf
from subsidies.views.packs import ASKERS, taken

ASKER = NeedsRole(*ASKERS)
READER = NeedsRole(*READERS)
UNAVAILABLE = 503


class PackIn(serializers.Serializer):
    reason = serializers.CharField(max_length=packs.LONGEST_REASON)


class PackOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="claim.number")

    class Meta:
        model = EvidencePack
        fields = [
            *("uid", "claim", "reason", "state", "done", "parts", "asked_at", "ready_at", "expires_at"),
            *("file_bytes", "sha256", "manifest_sha256"),
        ]


@extend_schema(methods=["GET"], responses=PackOut(many=True), operation_id="evidence_packs_list")
@extend_schema(methods=["POST"], request=PackIn, responses={202: PackOut}, operation_id="evidence_packs_ask")
@api_view(["GET", "POST"])
@permission_classes([ASKER])
def of_claim(request: Request, number: str) -> Response:
    """One's own evidence packs of a claim, newest first; POST has one made. 409 where there is one."""
    claim = get_object_or_404(reviews_visible_to(request.user), number=number)
    if request.method == "GET":
        return paged(request, asked.packs_of(claim, request.user), PackOut)
    return _ask(request, claim)


@idempotent
def _ask(request: Request, claim: Claim) -> Response:
    reason = given(PackIn, request)["reason"]
    pack = packs.ask(claim, by=request.user, at=clock.now(), reason=reason)
    return Response(PackOut(pack).data, status=202)


@extend_schema(methods=["GET"], responses=PackOut, operation_id="evidence_pack")
@extend_schema(methods=["DELETE"], responses=PackOut, operation_id="evidence_pack_delete")
@api_view(["GET", "DELETE"])
@permission_classes([ASKER])
def one(request: Request, uid: object) -> Response:
    pack = get_object_or_404(asked.packs_visible_to(request.user), uid=uid)
    if request.method == "DELETE":
        packs.delete_next(at=clock.now(), pack=pack, by=request.user)
        pack.refresh_from_db()
    return Response(PackOut(pack).data)


@extend_schema(request=None, responses=OpenApiTypes.BINARY)
@api_view(["POST"])
@permission_classes([ASKER])
def file(request: Request, uid: object) -> HttpResponse:
    """The ZIP. A POST, for fetching it leaves a trace."""
    content, _pack = taken(request, uid)
    return HttpResponse(content, content_type="application/zip", headers={"Cache-Control": "no-store"})


def _letter(claim: Claim, pk: str) -> HttpResponse:
    decision = get_object_or_404(letters_of(claim), pk=pk)
    try:
        return HttpResponse(letter_pdf(decision), content_type="application/pdf")
    except CannotBeSigned as broken:
        return Response({"code": broken.code, "detail": str(broken)}, status=UNAVAILABLE)


@extend_schema(responses=OpenApiTypes.BINARY)
@api_view(["GET"])
@permission_classes([SignedIn])
def own_letter(request: Request, number: str, pk: str) -> HttpResponse:
    """The signed letter of a decision about one's own claim, as PDF."""
    return _letter(own(request, number), pk)


@extend_schema(responses=OpenApiTypes.BINARY)
@api_view(["GET"])
@permission_classes([READER])
def desk_letter(request: Request, number: str, pk: str) -> HttpResponse:
    return _letter(get_object_or_404(reviews_visible_to(request.user), number=number), pk)


@extend_schema(responses=dict[str, Any])
@api_view(["GET"])
@permission_classes([READER])
def record(request: Request, number: str, pk: str) -> Response:
    """A decision with facts, record and everything it rested on, as it is stored."""
    claim = get_object_or_404(reviews_visible_to(request.user), number=number)
    found = get_object_or_404(Decision.objects.select_related("claim", "by"), claim=claim, pk=pk)
    return Response(exported.decision_json(found))


urlpatterns = [
    path("claims/<subsidies_paper:number>/letters/<subsidies_row:pk>/", own_letter, name="api-claim-letter"),
    path(
        "desk/claims/<subsidies_paper:number>/letters/<subsidies_row:pk>/",
        desk_letter,
        name="api-claim-desk-letter",
    ),
    path(
        "desk/claims/<subsidies_paper:number>/decisions/<subsidies_row:pk>/",
        record,
        name="api-claim-decision",
    ),
    path("desk/claims/<subsidies_paper:number>/packs/", of_claim, name="api-claim-packs"),
    path("desk/packs/<uuid:uid>/", one, name="api-pack"),
    path("desk/packs/<uuid:uid>/file/", file, name="api-pack-file"),
]
