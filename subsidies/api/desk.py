"""The reviewers' desk. Money is a decimal string in yuan beside integer fen."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole, Pages, idempotent
from portal.money import yuan
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.claims import ExplainedOut, given
from subsidies.models import Claim
from subsidies.selectors import queue as lists
from subsidies.selectors.claims import reviews_visible_to
from subsidies.selectors.desks import OFFICERS, READERS
from subsidies.services import rejections, reviews, seats
from subsidies.services.reviews import LONGEST_REASON

READER = NeedsRole(*READERS)
OFFICER = NeedsRole(*OFFICERS)


class DeskClaimOut(ExplainedOut):
    """As the desks see it."""

    state = serializers.CharField(help_text="A state of the workflow: submitted, checked, …, paid.")
    desk = serializers.CharField(help_text="Where an officer has to act; empty where nobody has.")
    assignee = serializers.CharField(source="assignee.uid", default=None, help_text="Who has taken it.")

    class Meta(ExplainedOut.Meta):
        fields = [*ExplainedOut.Meta.fields, "state", "desk", "assignee"]


class QueuedClaimOut(serializers.ModelSerializer):
    """A line of the queue."""

    held = serializers.BooleanField(source="is_held", help_text="While it is, nobody can pass it.")
    amount = serializers.SerializerMethodField(help_text="Yuan, two decimals.")

    class Meta:
        model = Claim
        fields = [
            *("number", "province", "holder_masked", "occupation", "occupation_name", "level"),
            *("state", "desk", "outcome", "held", "confirmed", "amount", "amount_fen"),
            *("submitted_at", "due_at"),
        ]

    def get_amount(self, claim: Claim) -> str:
        return yuan(claim.amount_fen)


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class CodedReasonIn(ReasonIn):
    codes = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=20,
        help_text="Ids of rules that are not met, or standard reasons; empty: all rules that are not met.",
    )


class SecondReasonIn(serializers.Serializer):
    reason = serializers.CharField(
        max_length=LONGEST_REASON, default="", allow_blank=True, help_text="Empty: as it was proposed."
    )


class HearingIn(ReasonIn):
    granted = serializers.BooleanField()


class AssignIn(serializers.Serializer):
    to = serializers.UUIDField(allow_null=True, help_text="uid of an officer of the desk; null lays it back.")


class ConfirmIn(serializers.Serializer):
    confirmed = serializers.BooleanField(default=False)


def at_desk(request: Request, number: str) -> Claim:
    return get_object_or_404(reviews_visible_to(request.user), number=number)


@extend_schema(
    parameters=[OpenApiParameter("view", OpenApiTypes.STR, enum=list(lists.VIEWS))],
    responses=QueuedClaimOut(many=True),
)
@api_view(["GET"])
@permission_classes([READER])
def queue(request: Request) -> Response:
    """The claims of a saved view, of the provinces that one reviews."""
    view = request.query_params.get("view", "mine")
    if view not in lists.VIEWS:
        raise Http404
    rows = lists.queue(request.user, view=view, at=clock.now()).order_by(*lists.order_of(view))
    pages = Pages()
    page = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(QueuedClaimOut(page, many=True).data)


@extend_schema(responses=DeskClaimOut)
@api_view(["GET"])
@permission_classes([READER])
def one(request: Request, number: str) -> Response:
    """A claim as the desks see it."""
    return Response(DeskClaimOut(at_desk(request, number)).data)


@extend_schema(request=None, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def accept(request: Request, number: str) -> Response:
    """受理: take a claim in for review."""
    row = reviews.accept(at_desk(request, number), by=request.user, at=clock.now())
    return Response(DeskClaimOut(row).data)


@extend_schema(request=ConfirmIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def pass_on(request: Request, number: str) -> Response:
    """A yes; where the claim goes next follows from the policy. `awaiting_funds` where the budget does not hold the sum."""
    body = given(ConfirmIn, request)
    row = reviews.pass_on(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=CodedReasonIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def send_back(request: Request, number: str) -> Response:
    """补正: ask the claimant for evidence or a correction."""
    body = given(CodedReasonIn, request)
    row = reviews.send_back(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=ReasonIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def send_down(request: Request, number: str) -> Response:
    """Give the claim back to the desk before."""
    body = given(ReasonIn, request)
    row = reviews.send_down(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=CodedReasonIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def propose_reject(request: Request, number: str) -> Response:
    """Propose a rejection; another person confirms it."""
    body = given(CodedReasonIn, request)
    row = rejections.propose_reject(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=SecondReasonIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def confirm_reject(request: Request, number: str) -> Response:
    """The second person's no."""
    body = given(SecondReasonIn, request)
    row = rejections.confirm_reject(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=ReasonIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def overrule(request: Request, number: str) -> Response:
    """The second person does not follow the proposal: the claim is reviewed anew."""
    body = given(ReasonIn, request)
    row = rejections.overrule(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=HearingIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def hear(request: Request, number: str) -> Response:
    """Decide an appeal."""
    body = given(HearingIn, request)
    row = rejections.decide_appeal(at_desk(request, number), by=request.user, at=clock.now(), **body)
    return Response(DeskClaimOut(row).data)


@extend_schema(request=AssignIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def assign(request: Request, number: str) -> Response:
    """Take a claim, give it to a colleague of its desk, or lay it back."""
    row = at_desk(request, number)
    uid = given(AssignIn, request)["to"]
    people = [request.user, *(lists.colleagues(request.user, row, at=clock.now()) if row.desk else [])]
    to = next((one for one in people if one.uid == uid), None)
    if uid is not None and to is None:
        raise seats.NotForThem
    return Response(DeskClaimOut(seats.assign(row, to=to, by=request.user, at=clock.now())).data)


@extend_schema(request=ReasonIn, responses=DeskClaimOut)
@api_view(["POST"])
@permission_classes([OFFICER])
@idempotent
def stay_out(request: Request, number: str) -> Response:
    """Keep out of a claim for good, with the reason."""
    row = at_desk(request, number)
    seats.stay_out(row, by=request.user, at=clock.now(), reason=given(ReasonIn, request)["reason"])
    return Response(DeskClaimOut(row).data)


_ONE = "desk/claims/<subsidies_paper:number>/"
urlpatterns = [
    path("desk/claims/", queue, name="api-claim-queue"),
    path(_ONE, one, name="api-claim-desk"),
    path(f"{_ONE}accept/", accept, name="api-claim-accept"),
    path(f"{_ONE}pass/", pass_on, name="api-claim-pass"),
    path(f"{_ONE}send-back/", send_back, name="api-claim-send-back"),
    path(f"{_ONE}send-down/", send_down, name="api-claim-send-down"),
    path(f"{_ONE}propose-reject/", propose_reject, name="api-claim-propose-reject"),
    path(f"{_ONE}confirm-reject/", confirm_reject, name="api-claim-confirm-reject"),
    path(f"{_ONE}overrule/", overrule, name="api-claim-overrule"),
    path(f"{_ONE}hear/", hear, name="api-claim-hear"),
    path(f"{_ONE}assign/", assign, name="api-claim-assign"),
    path(f"{_ONE}stay-out/", stay_out, name="api-claim-stay-out"),
]
