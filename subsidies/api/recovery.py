"""The recovery desk and sanctions. Money is integer fen, and beside it a decimal string in yuan."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
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
from subsidies.models import (
    Instalment,
    RecoveryMove,
    RecoveryOrder,
    Sanction,
    Settlement,
)
from subsidies.selectors import recovery as asked
from subsidies.services import budgets, instalments, recovery, sanctions, settlements

READERS = NeedsRole(*asked.READERS)
OFFICER = NeedsRole(Role.RECOVERY_OFFICER)
SECOND = NeedsRole(*asked.SECOND)
MOST_FEN = budgets.MOST_FEN


class RecoveryOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="claim.number")
    fund = serializers.CharField(source="book.fund_id")
    year = serializers.IntegerField(source="book.year")
    owed_fen = serializers.IntegerField(help_text="What is still to be repaid; counts from the order on.")
    owed = serializers.SerializerMethodField(help_text="Yuan, two decimals.")

    class Meta:
        model = RecoveryOrder
        fields = [
            "number",
            "province",
            "claim",
            "payee_organisation",
            "fund",
            "year",
            "ground",
            "reason",
            "state",
            "paid_fen",
            "ordered_fen",
            "repaid_fen",
            "offset_fen",
            "written_off_fen",
            "cancelled_fen",
            "owed_fen",
            "owed",
            "document",
            "proposed_at",
            "notified_at",
            "reply_due_at",
            "replied_at",
            "ordered_at",
            "pay_due_at",
            "ended_at",
        ]

    def get_owed(self, order: RecoveryOrder) -> str:
        return yuan(order.owed_fen)


class SettlementOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="entitlement.claim.number", default=None, help_text="Of an offset.")

    class Meta:
        model = Settlement
        fields = ["id", "kind", "fen", "reference", "claim", "state", "made_at", "checked_at", "reason"]


class InstalmentOut(serializers.ModelSerializer):
    class Meta:
        model = Instalment
        fields = ["place", "due_on", "fen"]


class RecoveryMoveOut(serializers.ModelSerializer):
    class Meta:
        model = RecoveryMove
        fields = ["step", "source", "target", "at", "note"]


class SanctionOut(serializers.ModelSerializer):
    class Meta:
        model = Sanction
        fields = ["id", "kind", "starts_on", "ends_on", "document", "reason", "imposed_at", "lifted_at"]


class RecoveryPageOut(RecoveryOut):
    settlements = serializers.SerializerMethodField()
    plan = serializers.SerializerMethodField()
    moves = RecoveryMoveOut(many=True)
    sanctions = SanctionOut(many=True)

    class Meta(RecoveryOut.Meta):
        fields = [*RecoveryOut.Meta.fields, "reply", "settlements", "plan", "moves", "sanctions"]

    def get_settlements(self, order: RecoveryOrder) -> SettlementOut(many=True):
        return SettlementOut(asked.settlements_of(order), many=True).data

    def get_plan(self, order: RecoveryOrder) -> InstalmentOut(many=True):
        return InstalmentOut(asked.plan_of(order), many=True).data


class RecoveryIn(serializers.Serializer):
    claim = serializers.CharField(max_length=40, help_text="Number of the claim.")
    fund = serializers.SlugField(max_length=20)
    ground = serializers.ChoiceField(RecoveryOrder.Ground.choices)
    reason = serializers.CharField(max_length=500)
    fen = serializers.IntegerField(
        min_value=1, max_value=MOST_FEN - 1, required=False, help_text="All that was paid, if left out."
    )


class RecoveryDocumentIn(serializers.Serializer):
    document = serializers.CharField(max_length=80)


class RepaymentIn(serializers.Serializer):
    fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN - 1)
    reference = serializers.CharField(max_length=80)


class WriteOffIn(serializers.Serializer):
    fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN - 1)
    document = serializers.CharField(max_length=80)


class OffsetIn(serializers.Serializer):
    claim = serializers.CharField(max_length=40, help_text="Number of the claim that is about to be paid.")
    fen = serializers.IntegerField(
        min_value=1, max_value=MOST_FEN - 1, required=False, help_text="As much as both allow, if left out."
    )


class PlanPartIn(serializers.Serializer):
    due_on = serializers.DateField()
    fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN - 1)


class PlanIn(serializers.Serializer):
    parts = PlanPartIn(many=True, allow_empty=False, max_length=instalments.MOST_PARTS)


class SanctionIn(serializers.Serializer):
    kind = serializers.ChoiceField(Sanction.Kind.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    document = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=500)


def _order(request: Request, number: str) -> RecoveryOrder:
    return get_object_or_404(asked.orders_visible_to(request.user), number=number)


@extend_schema(methods=["GET"], responses=RecoveryOut(many=True), operation_id="recoveries_list")
@extend_schema(
    methods=["POST"], request=RecoveryIn, responses={201: RecoveryOut}, operation_id="recoveries_propose"
)
@api_view(["GET", "POST"])
@permission_classes([READERS])
def recovery_list(request: Request) -> Response:
    """The recoveries one may see; POST proposes one. No money moves before another person orders it."""
    if request.method == "GET":
        return paged(request, asked.orders_visible_to(request.user), RecoveryOut)
    return _propose(request)


@idempotent
def _propose(request: Request) -> Response:
    said = given(RecoveryIn, request)
    if not OFFICER().has_permission(request, None):
        raise recovery.NotYours
    paid = asked.paid_visible_to(request.user)
    row = get_object_or_404(paid, claim__number=said["claim"], fund=said["fund"])
    made = recovery.propose_recovery(
        row,
        ground=said["ground"],
        reason=said["reason"],
        fen=said.get("fen"),
        by=request.user,
        at=clock.now(),
    )
    return Response(RecoveryOut(made).data, status=201)


@extend_schema(responses=RecoveryPageOut)
@api_view(["GET"])
@permission_classes([READERS])
def recovery_order(request: Request, number: str) -> Response:
    return Response(RecoveryPageOut(_order(request, number)).data)


def _who(request: Request) -> dict[str, Any]:
    return {"by": request.user, "at": clock.now()}


@extend_schema(request=None, responses=RecoveryOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def notify(request: Request, number: str) -> Response:
    """Tell the payee; they may reply for ten working days."""
    return Response(RecoveryOut(recovery.notify_payee(_order(request, number), **_who(request))).data)


@extend_schema(request=RecoveryDocumentIn, responses=RecoveryOut)
@api_view(["POST"])
@permission_classes([SECOND])
@idempotent
def order(request: Request, number: str) -> Response:
    """The second person orders it; the sum is owed from now on."""
    found, said = _order(request, number), given(RecoveryDocumentIn, request)
    return Response(RecoveryOut(recovery.order_recovery(found, **said, **_who(request))).data)


@extend_schema(request=MoneyReasonIn, responses=RecoveryOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def enforce(request: Request, number: str) -> Response:
    found, said = _order(request, number), given(MoneyReasonIn, request)
    done = recovery.hand_to_enforcement(found, **said, **_who(request))
    return Response(RecoveryOut(done).data)


@extend_schema(request=MoneyReasonIn, responses=RecoveryOut)
@api_view(["POST"])
@permission_classes([SECOND])
@idempotent
def cancel(request: Request, number: str) -> Response:
    found, said = _order(request, number), given(MoneyReasonIn, request)
    return Response(RecoveryOut(recovery.cancel_recovery(found, **said, **_who(request))).data)


@extend_schema(request=RepaymentIn, responses={201: SettlementOut})
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def repayment(request: Request, number: str) -> Response:
    """Enter a sum that arrived; another person confirms it."""
    found, said = _order(request, number), given(RepaymentIn, request)
    row = settlements.enter_repayment(found, **said, **_who(request))
    return Response(SettlementOut(row).data, status=201)


@extend_schema(request=WriteOffIn, responses={201: SettlementOut})
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def write_off(request: Request, number: str) -> Response:
    """Give a part up by a document; two other people approve it."""
    found, said = _order(request, number), given(WriteOffIn, request)
    row = settlements.enter_write_off(found, **said, **_who(request))
    return Response(SettlementOut(row).data, status=201)


@extend_schema(request=OffsetIn, responses={201: SettlementOut})
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def offset(request: Request, number: str) -> Response:
    """Let a sum that is about to be paid to the same payee pay the debt; another person confirms it."""
    found, said = _order(request, number), given(OffsetIn, request)
    row = asked.offsettable(found).filter(claim__number=said["claim"]).first()
    if row is None:
        raise settlements.NotOffsettable
    made = settlements.enter_offset(found, row, fen=said.get("fen"), **_who(request))
    return Response(SettlementOut(made).data, status=201)


@extend_schema(request=PlanIn, responses={201: InstalmentOut(many=True)})
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def plan(request: Request, number: str) -> Response:
    """Agree on dated parts that add up to what is owed; they replace the plan before."""
    found, said = _order(request, number), given(PlanIn, request)
    parts = [(part["due_on"], part["fen"]) for part in said["parts"]]
    made = instalments.plan_instalments(found, parts, **_who(request))
    return Response(InstalmentOut(made, many=True).data, status=201)


@extend_schema(request=SanctionIn, responses={201: SanctionOut})
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def sanction(request: Request, number: str) -> Response:
    found, said = _order(request, number), given(SanctionIn, request)
    row = sanctions.impose_sanction(found, **said, **_who(request))
    return Response(SanctionOut(row).data, status=201)


@extend_schema(request=MoneyReasonIn, responses=SanctionOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def lift(request: Request, pk: str) -> Response:
    row = get_object_or_404(asked.sanctions_visible_to(request.user), pk=pk)
    return Response(
        SanctionOut(sanctions.lift_sanction(row, **given(MoneyReasonIn, request), **_who(request))).data
    )


def _settlement(request: Request, number: str, pk: str) -> Settlement:
    return get_object_or_404(_order(request, number).settlements, pk=pk)


@extend_schema(request=None, responses=SettlementOut)
@api_view(["POST"])
@permission_classes([SECOND])
@idempotent
def confirm(request: Request, number: str, pk: str) -> Response:
    """Another person confirms; a write-off is posted by the second approval."""
    row = settlements.confirm_settlement(_settlement(request, number, pk), **_who(request))
    return Response(SettlementOut(row).data)


@extend_schema(request=MoneyReasonIn, responses=SettlementOut)
@api_view(["POST"])
@permission_classes([SECOND])
@idempotent
def refuse(request: Request, number: str, pk: str) -> Response:
    found, said = _settlement(request, number, pk), given(MoneyReasonIn, request)
    row = settlements.refuse_settlement(found, **said, **_who(request))
    return Response(SettlementOut(row).data)


_ORDER = "recovery/<subsidies_paper:number>/"
_SETTLEMENT = f"{_ORDER}settlements/<subsidies_row:pk>/"
urlpatterns = [
    path("recovery/", recovery_list, name="api-recoveries"),
    path(_ORDER, recovery_order, name="api-recovery"),
    path(f"{_ORDER}notify/", notify, name="api-recovery-notify"),
    path(f"{_ORDER}order/", order, name="api-recovery-order"),
    path(f"{_ORDER}enforce/", enforce, name="api-recovery-enforce"),
    path(f"{_ORDER}cancel/", cancel, name="api-recovery-cancel"),
    path(f"{_ORDER}repayment/", repayment, name="api-recovery-repayment"),
    path(f"{_ORDER}write-off/", write_off, name="api-recovery-write-off"),
    path(f"{_ORDER}offset/", offset, name="api-recovery-offset"),
    path(f"{_ORDER}plan/", plan, name="api-recovery-plan"),
    path(f"{_ORDER}sanction/", sanction, name="api-recovery-sanction"),
    path(f"{_SETTLEMENT}confirm/", confirm, name="api-settlement-confirm"),
    path(f"{_SETTLEMENT}refuse/", refuse, name="api-settlement-refuse"),
    path("sanctions/<subsidies_row:pk>/lift/", lift, name="api-sanction-lift"),
]
