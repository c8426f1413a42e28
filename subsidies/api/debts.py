"""What is asked back from oneself, and the reply to it."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import given, paged
from subsidies.api.recovery import InstalmentOut, RecoveryOut
from subsidies.models import RecoveryOrder
from subsidies.selectors import recovery as asked
from subsidies.services import recovery


class DebtOut(RecoveryOut):
    """What the payee sees: no seats of officers, no sanctions' papers."""

    plan = serializers.SerializerMethodField()

    class Meta(RecoveryOut.Meta):
        fields = [*RecoveryOut.Meta.fields, "reply", "plan"]

    def get_plan(self, order: RecoveryOrder) -> InstalmentOut(many=True):
        return InstalmentOut(asked.plan_of(order), many=True).data


class ReplyIn(serializers.Serializer):
    text = serializers.CharField(max_length=4000)


@extend_schema(responses=DebtOut(many=True))
@api_view(["GET"])
@permission_classes([IsAuthenticated])
def debts(request: Request) -> Response:
    """What is asked back from oneself."""
    return paged(request, asked.debts_of(request.user), DebtOut)


def _debt(request: Request, number: str) -> RecoveryOrder:
    return get_object_or_404(asked.debts_of(request.user), number=number)


@extend_schema(responses=DebtOut)
@api_view(["GET"])
@permission_classes([IsAuthenticated])
def debt(request: Request, number: str) -> Response:
    return Response(DebtOut(_debt(request, number)).data)


@extend_schema(request=ReplyIn, responses=DebtOut)
@api_view(["POST"])
@permission_classes([IsAuthenticated])
@idempotent
def reply(request: Request, number: str) -> Response:
    """The payee's reply, once, while the time for it runs."""
    found, said = _debt(request, number), given(ReplyIn, request)
    return Response(DebtOut(recovery.reply_to_recovery(found, **said, by=request.user, at=clock.now())).data)


urlpatterns = [
    path("debts/", debts, name="api-debts"),
    path("debts/<subsidies_paper:number>/", debt, name="api-debt"),
    path("debts/<subsidies_paper:number>/reply/", reply, name="api-debt-reply"),
]
