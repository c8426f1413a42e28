from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import limits, selectors
from portal.api import Public


class PublicAnswerOut(serializers.Serializer):
    state = serializers.ChoiceField(choices=["issued", "revoked", "replaced"])
    serial = serializers.CharField()
    holder_masked = serializers.CharField()
    subject = serializers.CharField(help_text="The occupation with its level, or the course.")
    occupation_code = serializers.CharField()
    occupation_edition = serializers.CharField()
    level = serializers.IntegerField(allow_null=True, help_text="5 (初级工) to 1 (高级技师).")
    course_title = serializers.CharField()
    hours = serializers.CharField()
    course_hours = serializers.CharField()
    started_on = serializers.DateField()
    completed_on = serializers.DateField()
    issued_on = serializers.DateField()
    issuer = serializers.CharField()
    provider = serializers.CharField()
    sample = serializers.BooleanField(help_text="Made by a demo: not a certificate of anybody.")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoke_reason = serializers.CharField()
    replaced_at = serializers.DateTimeField(allow_null=True)
    replacement = serializers.CharField(help_text="The serial of the certificate that took its place.")
    replaces = serializers.CharField(help_text="The serial of the certificate whose place it took.")


class NotFoundCode(exceptions.NotFound):
    default_detail = _(
        "No certificate carries this code. Most often it is a typing error: compare it once more."
    )


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
