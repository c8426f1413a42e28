from dataclasses import replace

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors, services
from certificates.api.holder import CertificateOut
from certificates.forms import DeskForm
from certificates.models import Certificate, Proposal
from certificates.selectors import desk as lists
from certificates.selectors import statistics as counting
from portal import clock
from portal.api import NeedsRole, Pages, idempotent


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


class DeskOut(CertificateOut):
    province = serializers.CharField(source="province_id")
    course_code = serializers.CharField()

    class Meta:
        model = Certificate
        fields = [*CertificateOut.Meta.fields, "province", "course_code", "kind", "requested_at", "failure"]


class MonthOut(serializers.Serializer):
    first_on = serializers.DateField()
    issued = serializers.IntegerField()
    revoked = serializers.IntegerField()
    replaced = serializers.IntegerField()
    failed = serializers.IntegerField()


class StatisticsOut(serializers.Serializer):
    taken_at = serializers.DateTimeField()
    months = MonthOut(many=True)
    states = serializers.DictField(child=serializers.IntegerField(), help_text="As of now.")
    waiting_since = serializers.DateTimeField(allow_null=True)
    missing = serializers.IntegerField(help_text="Serial numbers that were given and are not found: 0.")
    numbers_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When the numbers of before were counted; later ones are counted as of now.",
    )


@extend_schema(
    responses=DeskOut(many=True),
    parameters=[
        OpenApiParameter(name, description="As on the desk.")
        for name in DeskForm.base_fields
        if name != "sort"
    ],
)
@api_view(["GET"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def certificates(request: Request) -> Response:
    """The certificates of one's provinces, the last asked for first, narrowed as on the desk."""
    pages = Pages()
    filters = replace(DeskForm(request.query_params).filters(), sort=lists.NEW)
    rows = lists.narrowed(selectors.desk_visible_to(request.user), filters)
    return pages.get_paginated_response(DeskOut(pages.paginate_queryset(rows, request), many=True).data)


@extend_schema(responses=StatisticsOut)
@api_view(["GET"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def statistics(request: Request) -> Response:
    """The last twelve months of one's provinces, as of now; `province` narrows it to one."""
    codes = [province.code for province in selectors.desk_provinces(request.user)]
    asked = request.query_params.get("province", "")
    told = counting.statistics([asked] if asked in codes else codes, months=12, at=clock.now())
    return Response(StatisticsOut(told).data)
