"""The samples of reviews and their draws. A seed is empty as long as it could help anybody to reckon a draw beforehand."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole, Pages
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.models import Decision, ReviewSample
from subsidies.selectors import samples as asked
from subsidies.selectors.desks import READERS

READ = NeedsRole(*READERS)


class SampleOut(serializers.Serializer):
    id = serializers.IntegerField(source="sample.pk")
    province = serializers.CharField(source="sample.province_id")
    programme = serializers.CharField(source="sample.programme")
    month = serializers.DateField(source="sample.month", help_text="Its first day.")
    waits_for = serializers.IntegerField(help_text="Claims of the month that may still be drawn.")
    seed = serializers.CharField(
        help_text="Empty while a claim may still be drawn. A place is SHA-256 over `seed|what|number`, mod 10,000."
    )


class DrawOut(serializers.Serializer):
    number = serializers.CharField()
    what = serializers.CharField(help_text="`second` or `ministry`.")
    place = serializers.IntegerField(help_text="Kept with the decision; from 0 to 9,999.")
    again = serializers.IntegerField(help_text="What the seed gives now.")
    percent = serializers.IntegerField(help_text="Of the policy: chosen where place < percent * 100.")
    chosen = serializers.BooleanField()


@extend_schema(responses=SampleOut(many=True))
@api_view(["GET"])
@permission_classes([READ])
def sample_list(request: Request) -> Response:
    """Newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(asked.samples_visible_to(request.user), request)
    return pages.get_paginated_response(SampleOut(asked.shown(rows, at=clock.now()), many=True).data)


@extend_schema(responses=DrawOut(many=True))
@api_view(["GET"])
@permission_classes([READ])
def draws(request: Request, pk: str) -> Response:
    """Every draw of a month, made again; none while the seed is closed."""
    row: ReviewSample = get_object_or_404(asked.samples_visible_to(request.user), pk=pk)
    (shown,) = asked.shown([row], at=clock.now())
    pages = Pages()
    decisions = asked.decisions_of(row) if shown.is_open else Decision.objects.none()
    page = pages.paginate_queryset(decisions, request)
    return pages.get_paginated_response(DrawOut(asked.draws_of(row, page), many=True).data)


urlpatterns = [
    path("desk/samples/", sample_list, name="api-samples"),
    path("desk/samples/<subsidies_row:pk>/draws/", draws, name="api-sample-draws"),
]
