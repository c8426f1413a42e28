"""Project contracts, to read: those of one's office, and those by which one's own organisation can claim."""

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
from subsidies.models import ProjectContract
from subsidies.selectors.contracts import READERS, contracts_read_by

ASKERS = NeedsRole(*READERS, Role.PROVIDER_MANAGER)


class ContractOut(serializers.ModelSerializer):
    first_day = serializers.DateField(help_text="Of the training.")
    last_day = serializers.DateField()
    left_fen = serializers.IntegerField(help_text="What can still be granted.")
    left_people = serializers.IntegerField()

    class Meta:
        model = ProjectContract
        fields = [
            "id",
            "province",
            "organisation",
            "programme",
            "number",
            "title",
            "state",
            "first_day",
            "last_day",
            "occupation",
            "level",
            "courses",
            "people",
            "hours",
            "online_least",
            "online_most",
            "price_fen",
            "sum_fen",
            "granted_fen",
            "granted_people",
            "left_fen",
            "left_people",
        ]


@extend_schema(responses=ContractOut(many=True), operation_id="contracts")
@api_view(["GET"])
@permission_classes([ASKERS])
def contracts(request: Request) -> Response:
    """Newest first. Hours are class hours (学时) of 45 minutes, shares percent, money integer fen."""
    return paged(request, contracts_read_by(request.user), ContractOut)


@extend_schema(responses=ContractOut, operation_id="contract")
@api_view(["GET"])
@permission_classes([ASKERS])
def contract(request: Request, pk: str) -> Response:
    """What is agreed, and what is left of it."""
    return Response(ContractOut(get_object_or_404(contracts_read_by(request.user), pk=pk)).data)


urlpatterns = [
    path("contracts/", contracts, name="api-contracts"),
    path("contracts/<subsidies_row:pk>/", contract, name="api-contract"),
]
