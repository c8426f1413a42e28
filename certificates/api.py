"""`/api/certificates/`: my certificates, the public check, and the desk's revocation."""

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import limits, selectors, services
from certificates.models import Certificate
from portal import clock
from portal.api import NeedsRole, Pages, Public, SignedIn, idempotent


class CertificateOut(serializers.ModelSerializer):
    hours = serializers.CharField(source="facts.hours", default="", help_text="Counted 学时 of 45 minutes.")
    course = serializers.CharField(source="facts.course_title", default="")

    class Meta:
        model = Certificate
        fields = ["serial", "code", "state", "holder_masked", "course", "hours", "issued_on", "revoked_at"]


class PublicAnswerOut(serializers.Serializer):
    state = serializers.ChoiceField(choices=["issued", "revoked"])
    serial = serializers.CharField()
    holder_masked = serializers.CharField()
    subject = serializers.CharField(help_text="The occupation with its level, or the course.")
    course_title = serializers.CharField()
    hours = serializers.CharField()
    course_hours = serializers.CharField()
    issued_on = serializers.DateField()
    issuer = serializers.CharField()
    provider = serializers.CharField()
    sample = serializers.BooleanField(help_text="Made by a demo: not a certificate of anybody.")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoke_reason = serializers.CharField()


class RevokeIn(serializers.Serializer):
    reason = serializers.CharField(min_length=5, max_length=500)


class NotFoundCode(exceptions.NotFound):
    default_detail = _(
        "No certificate carries this code. Most often it is a typing error: compare it once more."
    )


@extend_schema(responses=CertificateOut(many=True))
@api_view(["GET"])
@permission_classes([SignedIn])
def mine(request: Request) -> Response:
    """My certificates, newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(selectors.certificates_of(request.user), request)
    return pages.get_paginated_response(CertificateOut(rows, many=True).data)


@extend_schema(responses=PublicAnswerOut)
@api_view(["GET"])
@permission_classes([Public])
def check(request: Request, code: str) -> Response:
    """What anybody may know who holds the verification code."""
    if limits.too_many(request):
        raise exceptions.Throttled(wait=60)
    answer = selectors.public_answer(code)
    if answer is None:
        raise NotFoundCode
    return Response(
        PublicAnswerOut(answer).data, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    )


@extend_schema(request=RevokeIn, responses=CertificateOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.REVOKERS)])
@idempotent
def revoke(request: Request, serial: str) -> Response:
    """Revoke for a reason that everybody may read. 409 where a rule forbids it."""
    found = get_object_or_404(selectors.desk_visible_to(request.user), serial=serial)
    body = RevokeIn(data=request.data)
    body.is_valid(raise_exception=True)
    found = services.revoke(found, by=request.user, at=clock.now(), reason=body.validated_data["reason"])
    return Response(CertificateOut(found).data)


urlpatterns = [
    path("", mine, name="api-certificates"),
    path("verify/<str:code>/", check, name="api-verify"),
    path("<slug:serial>/revoke/", revoke, name="api-revoke"),
]
