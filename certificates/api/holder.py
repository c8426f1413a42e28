from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors
from certificates.models import Certificate
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


@extend_schema(responses=CertificateOut(many=True))
@api_view(["GET"])
@permission_classes([SignedIn])
def mine(request: Request) -> Response:
    """My certificates, newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(selectors.certificates_of(request.user), request)
    return pages.get_paginated_response(CertificateOut(rows, many=True).data)
