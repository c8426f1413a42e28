from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors
from certificates.models import Certificate
from portal import clock
from portal.api import Pages, SignedIn


class CertificateOut(serializers.ModelSerializer):
    hours = serializers.CharField(source="facts.hours", default="", help_text="Counted 学时 of 45 minutes.")
    course = serializers.CharField(source="facts.course_title", default="")

    class Meta:
        model = Certificate
        fields = [
            "uid",
            "serial",
            "code",
            "state",
            "holder_masked",
            "course",
            "hours",
            "issued_on",
            "revoked_at",
            "replaced_at",
        ]


class CredentialOut(serializers.Serializer):
    document = serializers.DictField(help_text="OpenBadgeCredential (Open Badges 3.0), as the file says it.")
    credential = serializers.CharField(help_text="The file: a VC-JWT.")


@extend_schema(responses=CertificateOut(many=True))
@api_view(["GET"])
@permission_classes([SignedIn])
def mine(request: Request) -> Response:
    """My certificates, newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(selectors.certificates_of(request.user), request)
    return pages.get_paginated_response(CertificateOut(rows, many=True).data)


@extend_schema(responses=CredentialOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def credential(request: Request, serial: str) -> Response:
    """My certificate as a digital credential. 409 when it counts no more, or while nothing can be signed."""
    found = get_object_or_404(selectors.certificates_of(request.user).on_paper(), serial=serial)
    document, token = selectors.credential_of(found, at=clock.now())
    return Response(CredentialOut({"document": document, "credential": token}).data)
