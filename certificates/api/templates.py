from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates.models import PaperTemplate
from certificates.selectors import templates as asked
from portal.api import NeedsRole, Pages


class TemplateOut(serializers.ModelSerializer):
    state = serializers.ChoiceField(choices=["draft", "published"])
    province = serializers.CharField(source="province_id", allow_null=True, help_text="None: the nation's.")
    number = serializers.IntegerField(
        allow_null=True, help_text="Counted per province and kind; none for a draft."
    )
    body = serializers.DictField(
        child=serializers.CharField(), help_text="The texts, with their fields in braces."
    )
    sha256 = serializers.CharField(help_text="Of the texts, as certificates name it in their grounds.")

    class Meta:
        model = PaperTemplate
        fields = [
            "id",
            "province",
            "kind",
            "number",
            "state",
            "valid_from",
            "source",
            "body",
            "sha256",
            "edited_at",
            "published_at",
        ]


@extend_schema(responses=TemplateOut(many=True))
@api_view(["GET"])
@permission_classes([NeedsRole(*asked.READERS)])
def templates(request: Request) -> Response:
    """Templates of the paper that the reader's desk shows, newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(asked.templates_visible_to(request.user), request)
    return pages.get_paginated_response(TemplateOut(rows, many=True).data)


@extend_schema(responses=TemplateOut)
@api_view(["GET"])
@permission_classes([NeedsRole(*asked.READERS)])
def template(request: Request, pk: int) -> Response:
    return Response(TemplateOut(get_object_or_404(asked.templates_visible_to(request.user), pk=pk)).data)
