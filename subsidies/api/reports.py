"""The reports in JSON. Sums are integer fen; what is not shown for its smallness is null."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole
from subsidies.selectors import reports as asked
from subsidies.views import reportshown
from subsidies.views.reports import form_of

READER = NeedsRole(*asked.READERS)


class ColumnOut(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=[asked.COUNT, asked.FEN])


class FigureOut(serializers.Serializer):
    key = serializers.JSONField()
    name = serializers.CharField()
    values = serializers.ListField(child=serializers.IntegerField(allow_null=True))


class SectionOut(serializers.Serializer):
    name = serializers.CharField()
    by = serializers.CharField()
    columns = ColumnOut(many=True)
    lines = FigureOut(many=True)
    total = serializers.ListField(child=serializers.IntegerField(), allow_null=True)


class FiguresReportOut(serializers.Serializer):
    view = serializers.ChoiceField(choices=list(asked.VIEWS))
    taken_at = serializers.DateTimeField(allow_null=True, help_text="The moment the figures are of.")
    sections = SectionOut(many=True)


@extend_schema(
    responses=FiguresReportOut,
    parameters=[
        OpenApiParameter(
            "by", str, description="province, fund, programme, occupation, level, provider or month."
        ),
        OpenApiParameter("year", int),
        OpenApiParameter("month", int),
        OpenApiParameter("province", str),
        OpenApiParameter("fund", str),
    ],
)
@api_view(["GET"])
@permission_classes([READER])
def report(request: Request, view: str) -> Response:
    """A report: money, claims, ageing, outcomes or groups. A filter that cannot be read is a 400 and says so."""
    at = clock.now()
    form = form_of(request.query_params, request.user, view, at=at)
    if form.is_bound and not form.is_valid():
        raise serializers.ValidationError(form.errors)
    sections, taken_at = asked.report(request.user, view, form.asked(), at=at)
    told = [
        {
            "name": section.name,
            "by": section.by,
            "columns": section.columns,
            "lines": [
                {"key": line.key, "name": name, "values": line.values}
                for name, line in zip(
                    reportshown.names_of(section, section.lines), section.lines, strict=True
                )
            ],
            "total": section.total,
        }
        for section in sections
    ]
    return Response(FiguresReportOut({"view": view, "taken_at": taken_at, "sections": told}).data)


urlpatterns = [path("reports/<slug:view>/", report, name="api-report")]
