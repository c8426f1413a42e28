"""`/api/me/notices/`: what I was told, what I have read, what I want to get by which channel."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import Pages, SignedIn
from portal.notices import selectors, services
from portal.notices.kinds import KINDS, Channel
from portal.notices.models import Notice
from portal.notices.services.notices import choose

MOST_AT_ONCE = 100
_PAIRS = [f"{code}:{channel}" for code in KINDS for channel in Channel]


class NoticeOut(serializers.ModelSerializer):
    words = serializers.CharField()

    class Meta:
        model = Notice
        fields = ["id", "kind", "words", "path", "created_at", "read_at"]


class ReadIn(serializers.Serializer):
    notices = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST_AT_ONCE,
        help_text="Numbers of own notices; without them all are marked.",
    )


class ReadOut(serializers.Serializer):
    read = serializers.IntegerField(help_text="How many were unread.")


class WishesIn(serializers.Serializer):
    wanted = serializers.ListField(
        child=serializers.ChoiceField(choices=_PAIRS),
        help_text="`kind:channel`; all others are switched off.",
    )


class WishesOut(serializers.Serializer):
    wanted = serializers.ListField(child=serializers.CharField())
    bound = serializers.ListField(child=serializers.CharField(), help_text="Cannot be switched off.")


@extend_schema(responses=NoticeOut(many=True))
@api_view(["GET"])
@permission_classes([SignedIn])
def notice_list(request: Request) -> Response:
    """Own notices, the newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(selectors.notices_visible_to(request.user), request)
    return pages.get_paginated_response(NoticeOut(rows, many=True).data)


@extend_schema(request=ReadIn, responses=ReadOut)
@api_view(["POST"])
@permission_classes([SignedIn])
def read(request: Request) -> Response:
    """Mark own notices as read. A second time changes nothing."""
    body = ReadIn(data=request.data)
    body.is_valid(raise_exception=True)
    count = services.mark_read(body.validated_data.get("notices"), by=request.user, at=clock.now())
    return Response({"read": count})


@extend_schema(methods=["GET"], responses=WishesOut)
@extend_schema(methods=["PUT"], request=WishesIn, responses=WishesOut)
@api_view(["GET", "PUT"])
@permission_classes([SignedIn])
def choices(request: Request) -> Response:
    """By which channels each kind is sent; on the site it always stands."""
    if request.method == "PUT":
        body = WishesIn(data=request.data)
        body.is_valid(raise_exception=True)
        choose(request.user, body.validated_data["wanted"], at=clock.now())
    cells = [cell for wish in selectors.wishes_of(request.user) for cell in wish.cells]
    return Response(
        {
            "wanted": [cell.name for cell in cells if cell.wanted],
            "bound": [cell.name for cell in cells if cell.bound],
        }
    )


urlpatterns = [
    path("", notice_list, name="api-notices-own"),
    path("read/", read, name="api-notices-read"),
    path("choices/", choices, name="api-notices-choices"),
]
