"""Impact runs: a version replayed over past decisions; started, watched and stopped as on the pages."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole, idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import given, paged
from subsidies.models import ImpactRun, PolicyVersion
from subsidies.selectors import impacts as looked
from subsidies.selectors import policies as asked
from subsidies.services import impacts

READ = NeedsRole(*asked.READERS)
RUN = NeedsRole(*asked.EDITORS, *asked.PUBLISHERS)


class ImpactIn(serializers.Serializer):
    decided_from = serializers.DateField(required=False, allow_null=True, default=None)
    decided_to = serializers.DateField(required=False, allow_null=True, default=None)


class ImpactOut(serializers.ModelSerializer):
    class Meta:
        model = ImpactRun
        fields = [
            "id",
            "version",
            "revision",
            "state",
            "decided_from",
            "decided_to",
            "done",
            "total",
            "trouble",
            "started_at",
            "ended_at",
        ]


class FiguresOut(serializers.Serializer):
    """Numbers of claims, and sums in fen. `asked` are neither gained nor lost, and in none of the sums."""

    claims = serializers.IntegerField()
    gaining = serializers.IntegerField()
    losing = serializers.IntegerField()
    same = serializers.IntegerField()
    asked = serializers.IntegerField()
    before_fen = serializers.IntegerField()
    after_fen = serializers.IntegerField()


class NamedFiguresOut(serializers.Serializer):
    name = serializers.CharField()
    figures = FiguresOut()


class ImpactPageOut(ImpactOut):
    figures = serializers.SerializerMethodField()
    groups = serializers.SerializerMethodField()
    occupations = serializers.SerializerMethodField()

    class Meta(ImpactOut.Meta):
        fields = [*ImpactOut.Meta.fields, "figures", "groups", "occupations"]

    def get_figures(self, run: ImpactRun) -> FiguresOut:
        return FiguresOut(looked.figures_of(run)).data

    def get_groups(self, run: ImpactRun) -> NamedFiguresOut(many=True):
        return _named(looked.by_group(run))

    def get_occupations(self, run: ImpactRun) -> NamedFiguresOut(many=True):
        return _named(looked.by_occupation(run)[:50])


def _named(rows: list[tuple[str, looked.Figures]]) -> list[dict[str, object]]:
    return [{"name": name, "figures": FiguresOut(figures).data} for name, figures in rows]


def _version(request: Request, pk: str) -> PolicyVersion:
    return get_object_or_404(asked.versions_visible_to(request.user), pk=pk)


@extend_schema(methods=["GET"], responses=ImpactOut(many=True))
@extend_schema(methods=["POST"], request=ImpactIn, responses={201: ImpactOut})
@api_view(["GET", "POST"])
@permission_classes([READ])
@idempotent
def runs(request: Request, pk: str) -> Response:
    """The runs of a version, newest first; POST starts one."""
    version = _version(request, pk)
    if request.method == "GET":
        return paged(request, looked.runs_visible_to(request.user).filter(version=version), ImpactOut)
    run = impacts.start_run(version, by=request.user, at=clock.now(), **given(ImpactIn, request))
    return Response(ImpactOut(run).data, status=201)


def _run(request: Request, pk: str) -> ImpactRun:
    return get_object_or_404(looked.runs_visible_to(request.user), pk=pk)


@extend_schema(responses=ImpactPageOut)
@api_view(["GET"])
@permission_classes([READ])
def run(request: Request, pk: str) -> Response:
    """How far a run is, and what it found so far."""
    return Response(ImpactPageOut(_run(request, pk)).data)


@extend_schema(request=None, responses=ImpactOut)
@api_view(["POST"])
@permission_classes([RUN])
@idempotent
def cancel(request: Request, pk: str) -> Response:
    """Stop it where it is; what was found so far stays."""
    return Response(ImpactOut(impacts.cancel_run(_run(request, pk), by=request.user, at=clock.now())).data)


urlpatterns = [
    path("desk/policies/<subsidies_row:pk>/impacts/", runs, name="api-policy-impacts"),
    path("desk/policy-impacts/<subsidies_row:pk>/", run, name="api-policy-impact"),
    path("desk/policy-impacts/<subsidies_row:pk>/cancel/", cancel, name="api-policy-impact-cancel"),
]
