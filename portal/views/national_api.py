"""`/api/overview/`: the figures of the national view as JSON."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole
from portal.money import yuan
from portal.views.national import READERS, rows_visible_to


class ProvinceOut(serializers.Serializer):
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    registered = serializers.IntegerField(help_text="People with their real name.")
    learning = serializers.IntegerField(help_text="Courses being learned.")
    certified = serializers.IntegerField(help_text="Valid certificates.")
    claimed = serializers.IntegerField(help_text="Claims ever submitted.")
    paid = serializers.IntegerField(help_text="Claims paid.")
    paid_fen = serializers.IntegerField()
    paid_yuan = serializers.SerializerMethodField()

    def get_paid_yuan(self, row: object) -> str:
        return yuan(row.paid_fen)


class OverviewOut(serializers.Serializer):
    taken_at = serializers.DateTimeField()
    provinces = ProvinceOut(many=True)


@extend_schema(responses=OverviewOut, operation_id="overview")
@api_view(["GET"])
@permission_classes([NeedsRole(*READERS)])
def overview(request: Request) -> Response:
    """Registered, learning, certified, claimed and paid, for each province the reader may see."""
    rows, taken_at = rows_visible_to(request.user, at=clock.now())
    return Response(OverviewOut({"taken_at": taken_at, "provinces": rows}).data)
