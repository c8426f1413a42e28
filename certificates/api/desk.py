from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors, services
from certificates.api.holder import CertificateOut
from certificates.models import Proposal
from portal import clock
from portal.api import NeedsRole, idempotent


class ProposeIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Proposal.Kind.choices)
    reason = serializers.CharField(min_length=5, max_length=500)


class ProposalRefuseIn(serializers.Serializer):
    reason = serializers.CharField(min_length=5, max_length=500)


class CertificateProposalOut(serializers.ModelSerializer):
    certificate = serializers.CharField(source="certificate.serial")

    class Meta:
        model = Proposal
        fields = [
            "uid",
            "certificate",
            "kind",
            "state",
            "reason",
            "proposed_at",
            "decided_at",
            "decision_reason",
        ]


@extend_schema(request=ProposeIn, responses=CertificateProposalOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def propose(request: Request, serial: str) -> Response:
    """Propose to revoke or to replace, for a reason that everybody may read. 409 where a rule forbids it."""
    found = get_object_or_404(selectors.desk_visible_to(request.user), serial=serial)
    body = ProposeIn(data=request.data)
    body.is_valid(raise_exception=True)
    return Response(
        CertificateProposalOut(
            services.propose(found, **body.validated_data, by=request.user, at=clock.now())
        ).data
    )


def _proposal(request: Request, uid: str) -> Proposal:
    return get_object_or_404(selectors.proposals_visible_to(request.user), uid=uid)


@extend_schema(request=None, responses=CertificateOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def approve(request: Request, uid: str) -> Response:
    """Approve what a colleague proposed: gives the revoked certificate, or the one that takes its place."""
    done = services.approve(_proposal(request, uid), by=request.user, at=clock.now())
    return Response(CertificateOut(done).data)


@extend_schema(request=ProposalRefuseIn, responses=CertificateProposalOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def refuse(request: Request, uid: str) -> Response:
    """Refuse what a colleague proposed, for a reason."""
    body = ProposalRefuseIn(data=request.data)
    body.is_valid(raise_exception=True)
    found = _proposal(request, uid)
    return Response(
        CertificateProposalOut(
            services.refuse(found, **body.validated_data, by=request.user, at=clock.now())
        ).data
    )


@extend_schema(request=None, responses=CertificateProposalOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def withdraw(request: Request, uid: str) -> Response:
    """Take back one's own proposal."""
    return Response(
        CertificateProposalOut(
            services.withdraw(_proposal(request, uid), by=request.user, at=clock.now())
        ).data
    )
