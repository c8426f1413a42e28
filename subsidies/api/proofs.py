"""The proofs of the books and what each found."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.roles import Role
from portal.api import NeedsRole
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import paged
from subsidies.models import ReconcileRun
from subsidies.selectors import proofs as proofs_asked
from subsidies.services.reconcile import sentence_of

PROOF_READERS = NeedsRole(Role.AUDITOR, Role.OPERATOR)


class ProofOut(serializers.ModelSerializer):
    class Meta:
        model = ReconcileRun
        fields = ["id", "started_at", "ended_at", "milliseconds", "breaches", "counts"]


class FindingOut(serializers.Serializer):
    invariant = serializers.CharField()
    detail = serializers.CharField()


class ProofPageOut(ProofOut):
    findings = serializers.SerializerMethodField()

    class Meta(ProofOut.Meta):
        fields = [*ProofOut.Meta.fields, "findings"]

    def get_findings(self, run: ReconcileRun) -> FindingOut(many=True):
        return [{"invariant": row["invariant"], "detail": sentence_of(row)} for row in run.findings]


@extend_schema(responses=ProofOut(many=True))
@api_view(["GET"])
@permission_classes([PROOF_READERS])
def proof_list(request: Request) -> Response:
    """The proofs of the books, newest first."""
    return paged(request, proofs_asked.runs(), ProofOut)


@extend_schema(responses=ProofPageOut)
@api_view(["GET"])
@permission_classes([PROOF_READERS])
def proof(request: Request, pk: str) -> Response:
    return Response(ProofPageOut(get_object_or_404(proofs_asked.runs(), pk=pk)).data)


urlpatterns = [
    path("proofs/", proof_list, name="api-proofs"),
    path("proofs/<subsidies_row:pk>/", proof, name="api-proof"),
]
