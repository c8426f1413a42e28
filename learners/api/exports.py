"""`/api/learn/xapi/` and `/api/learn/record/`: own learning for other programs, without name and number."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors import record, statements
from portal import clock
from portal.api import SignedIn
from portal.numbers import whole


class StatementsOut(serializers.Serializer):
    statements = serializers.ListField(child=serializers.DictField(), help_text="xAPI 1.0.3.")
    more = serializers.CharField(help_text="Where the next ones are; empty at the end.")


@extend_schema(
    parameters=[
        OpenApiParameter(
            "enrolment", OpenApiTypes.INT, description="Of one enrolment; an auditor may name any."
        ),
        OpenApiParameter("cursor", OpenApiTypes.STR),
    ],
    responses=StatementsOut,
)
@api_view(["GET"])
@permission_classes([SignedIn])
def xapi(request: Request) -> Response:
    """Own learning as xAPI statements with the Video Profile 1.0.3."""
    asked, cursor = request.query_params.get("enrolment", ""), request.query_params.get("cursor", "")
    if asked and whole(asked) is None:
        raise Http404
    rows = statements.enrolments_to_export(request.user, whole(asked))
    if asked and not rows.exists():
        raise Http404
    try:
        said, following = statements.page(rows, cursor)
    except statements.BadCursor as broken:
        raise exceptions.NotFound from broken
    told = {"cursor": following} | ({"enrolment": asked} if asked else {})
    more = f"{reverse('api-xapi')}?{urlencode(told)}" if following else ""
    answer = Response({"statements": said, "more": more})
    answer["X-Experience-API-Version"] = "1.0.3"
    return answer


@extend_schema(responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@permission_classes([SignedIn])
def learning_record(request: Request) -> Response:
    """Own learning record, with the names of docs/exports.md."""
    answer = Response(record.as_json(request.user, home=settings.SITE_URL, at=clock.now()))
    answer["Content-Disposition"] = 'attachment; filename="learning-record.json"'
    return answer


urlpatterns = [
    path("xapi/", xapi, name="api-xapi"),
    path("record/", learning_record, name="api-record"),
]
