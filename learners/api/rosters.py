"""`/api/learn/`: an employer's staff, and the invitations of whoever asks. Lists are uploaded by page only."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors import rosters as selectors
from learners.services import invitations as services
from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, SignedIn, idempotent


class MemberOut(serializers.Serializer):
    id = serializers.IntegerField(source="row.pk")
    name = serializers.CharField(help_text="As the employer wrote it.")
    course = serializers.CharField(source="row.course_code")
    title = serializers.CharField()
    progress = serializers.ChoiceField(choices=list(selectors.PROGRESS))
    invited_at = serializers.DateTimeField(source="row.invited_at")


class MemberPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MemberOut(many=True)


class InvitationOut(serializers.Serializer):
    id = serializers.IntegerField(source="row.pk")
    employer = serializers.CharField(source="row.organisation.name")
    course = serializers.CharField(source="row.course_code")
    title = serializers.CharField()
    group = serializers.CharField(help_text="What the employer suggests; nothing is declared.")
    state = serializers.CharField(source="row.state")
    enrolment = serializers.IntegerField(source="row.enrolment_id", allow_null=True)
    invited_at = serializers.DateTimeField(source="row.invited_at")


class InvitationAnswerIn(serializers.Serializer):
    step = serializers.ChoiceField(choices=["accept", "decline", "end"])


@extend_schema(responses=MemberPageOut, operation_id="learn_staff")
@api_view(["GET"])
@permission_classes([NeedsRole(Role.EMPLOYER)])
def staff(request: Request) -> Response:
    """Whom my enterprise has invited, and how far those are who have agreed."""
    pages = Pages()
    rows = pages.paginate_queryset(selectors.staff_visible_to(request.user), request)
    return pages.get_paginated_response(MemberOut(selectors.members(rows), many=True).data)


@extend_schema(request=None, responses=MemberOut)
@api_view(["POST"])
@permission_classes([NeedsRole(Role.EMPLOYER)])
@idempotent
def has_left(request: Request, pk: int) -> Response:
    """The person has left: nothing more is seen."""
    member = selectors.member_visible_to(request.user, pk)
    services.end_invitation(member, by=request.user, at=clock.now())
    row = selectors.member_visible_to(request.user, pk)
    return Response(MemberOut(selectors.members([row])[0]).data)


@extend_schema(responses=InvitationOut(many=True), operation_id="learn_invitations")
@api_view(["GET"])
@permission_classes([SignedIn])
def invitations(request: Request) -> Response:
    """Employers who ask me, and those who see how far I am."""
    return Response(InvitationOut(selectors.invitations_described(request.user), many=True).data)


@extend_schema(request=InvitationAnswerIn, responses=InvitationOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def answer(request: Request, pk: int) -> Response:
    """Accept, which enrols; decline, which the employer is not told; or end what it sees."""
    row = selectors.invitation_visible_to(request.user, pk)
    body = InvitationAnswerIn(data=request.data)
    body.is_valid(raise_exception=True)
    match body.validated_data["step"]:
        case "accept":
            row = services.accept_invitation(row, request.user, at=clock.now())
        case "decline":
            row = services.decline_invitation(row, request.user, at=clock.now())
        case _:
            row = services.end_invitation(row, by=request.user, at=clock.now())
    return Response(InvitationOut(selectors.asked([row])[0]).data)


urlpatterns = [
    path("desk/staff/", staff, name="api-staff"),
    path("desk/staff/<int:pk>/left/", has_left, name="api-has-left"),
    path("invitations/", invitations, name="api-invitations"),
    path("invitations/<int:pk>/", answer, name="api-invitation"),
]
