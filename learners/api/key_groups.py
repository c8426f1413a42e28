"""`/api/learn/`: key groups of the learner, and the offices' desk."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors import key_groups as selectors
from learners.services import key_groups as services
from portal import clock, groups
from portal.api import NeedsRole, Pages, SignedIn, idempotent


class GroupOut(serializers.Serializer):
    id = serializers.IntegerField(source="row.pk")
    group = serializers.CharField(source="row.group")
    name = serializers.CharField()
    learner = serializers.CharField(help_text="The name, masked.")
    state = serializers.CharField(source="row.state")
    evidence = serializers.CharField(source="row.evidence")
    county = serializers.CharField(source="row.county", help_text="Code; empty for any desk.")
    valid_from = serializers.DateField(source="row.valid_from")
    valid_to = serializers.DateField(source="row.valid_to", allow_null=True)
    holds = serializers.BooleanField(help_text="Verified, and today is one of its days.")
    renewable = serializers.BooleanField()
    reason = serializers.CharField(source="row.reason", help_text="Why it was refused.")
    declared_at = serializers.DateTimeField(source="row.declared_at")
    decided_at = serializers.DateTimeField(source="row.decided_at", allow_null=True)


class GroupPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = GroupOut(many=True)


class GroupIn(serializers.Serializer):
    group = serializers.ChoiceField(choices=list(groups.groups()))
    evidence = serializers.CharField(max_length=300, help_text="The paper and who issued it. No ID number.")
    until = serializers.DateField(required=False, allow_null=True, default=None)
    county = serializers.CharField(max_length=6, required=False, allow_blank=True, default="")
    paper = serializers.FileField(required=False, allow_null=True, default=None, help_text="multipart only")


class VerifyIn(serializers.Serializer):
    evidence = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    until = serializers.DateField(required=False, allow_null=True, default=None)


class RefuseIn(serializers.Serializer):
    reason = serializers.CharField(min_length=services.SHORTEST_REASON, max_length=300)


def _out(request: Request, *rows: object) -> list[dict]:
    return GroupOut(selectors.described(rows, user=request.user, at=clock.now()), many=True).data


@extend_schema(methods=["GET"], responses=GroupPageOut, operation_id="learn_groups")
@extend_schema(
    methods=["POST"], request=GroupIn, responses={201: GroupOut}, operation_id="learn_group_declare"
)
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def own(request: Request) -> Response:
    """My key groups; POST declares one. It counts once an office has verified it."""
    if request.method == "POST":
        body = GroupIn(data=request.data)
        body.is_valid(raise_exception=True)
        row = services.declare_key_group(request.user, at=clock.now(), **body.validated_data)
        return Response(_out(request, row)[0], status=201)
    pages = Pages()
    rows = pages.paginate_queryset(selectors.memberships_of(request.user), request)
    return pages.get_paginated_response(_out(request, *rows))


@extend_schema(request=None, responses=GroupOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def take_back(request: Request, pk: int) -> Response:
    """Take a declaration back that nobody has decided."""
    row = selectors.own_membership(request.user, pk)
    return Response(_out(request, services.take_back_key_group(row, by=request.user, at=clock.now()))[0])


class LongestWaitFirst(Pages):
    ordering = ("declared_at", "id")


@extend_schema(responses=GroupPageOut, operation_id="learn_groups_desk")
@api_view(["GET"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def desk(request: Request) -> Response:
    """What waits for a decision at one's own desk. Whoever has waited longest comes first."""
    pages = LongestWaitFirst()
    rows = pages.paginate_queryset(selectors.memberships_visible_to(request.user).waiting(), request)
    return pages.get_paginated_response(_out(request, *rows))


def _to_decide(request: Request, pk: int) -> object:
    row = get_object_or_404(selectors.memberships_visible_to(request.user), pk=pk)
    if not selectors.may_decide(request.user, row):
        raise services.NotYours
    return row


@extend_schema(request=VerifyIn, responses=GroupOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.DECIDERS)])
@idempotent
def verify(request: Request, pk: int) -> Response:
    """The evidence was seen."""
    row = _to_decide(request, pk)
    body = VerifyIn(data=request.data)
    body.is_valid(raise_exception=True)
    done = services.verify_key_group(row, by=request.user, at=clock.now(), **body.validated_data)
    return Response(_out(request, done)[0])


@extend_schema(request=RefuseIn, responses=GroupOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.DECIDERS)])
@idempotent
def refuse(request: Request, pk: int) -> Response:
    """It is not proven, for a reason that the learner reads."""
    row = _to_decide(request, pk)
    body = RefuseIn(data=request.data)
    body.is_valid(raise_exception=True)
    done = services.refuse_key_group(row, by=request.user, at=clock.now(), **body.validated_data)
    return Response(_out(request, done)[0])


urlpatterns = [
    path("groups/", own, name="api-groups"),
    path("groups/<int:pk>/take-back/", take_back, name="api-group-take-back"),
    path("desk/groups/", desk, name="api-groups-desk"),
    path("desk/groups/<int:pk>/verify/", verify, name="api-group-verify"),
    path("desk/groups/<int:pk>/refuse/", refuse, name="api-group-refuse"),
]
