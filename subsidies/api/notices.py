"""Public notices, for everybody to read, and their publication. Money is integer fen."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import NeedsRole, Public, idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import ProvinceIn, given, paged
from subsidies.models import Notice, NoticeLine, PaymentLine, PaymentNotice
from subsidies.selectors import money as asked
from subsidies.selectors import payment_notices as paid
from subsidies.services import notices, payment_notices

PUBLISHERS = NeedsRole(*notices.PUBLISHERS)


class PublicNoticeOut(serializers.ModelSerializer):
    days_left = serializers.SerializerMethodField(help_text="Working days; 0 when it is over.")
    line_count = serializers.IntegerField()
    total_fen = serializers.IntegerField()

    class Meta:
        model = Notice
        fields = [
            "number",
            "province",
            "published_at",
            "working_days",
            "starts_on",
            "ends_on",
            "basis",
            "days_left",
            "line_count",
            "total_fen",
            "sha256",
        ]

    def get_days_left(self, notice: Notice) -> int:
        return asked.days_of(notice, self.context["at"]).left


class NoticeLineOut(serializers.ModelSerializer):
    class Meta:
        model = NoticeLine
        fields = ["line_no", "holder_masked", "number_masked", "occupation_name", "level", "fen"]


@extend_schema(
    parameters=[OpenApiParameter("province", OpenApiTypes.STR)], responses=PublicNoticeOut(many=True)
)
@api_view(["GET"])
@permission_classes([Public])
def notice_list(request: Request) -> Response:
    """Public notices, newest first."""
    code = request.query_params.get("province", "")
    return paged(request, asked.notices(code if code.isascii() and code.isdigit() else ""), PublicNoticeOut)


@extend_schema(responses=PublicNoticeOut)
@api_view(["GET"])
@permission_classes([Public])
def notice(request: Request, number: str) -> Response:
    row = get_object_or_404(asked.notices(), number=number)
    return Response(PublicNoticeOut(row, context={"at": clock.now()}).data)


@extend_schema(responses=NoticeLineOut(many=True))
@api_view(["GET"])
@permission_classes([Public])
def notice_lines(request: Request, number: str) -> Response:
    """The masked list of a notice."""
    rows = get_object_or_404(asked.notices(), number=number).lines.all()
    return paged(request, rows, NoticeLineOut, order="line_no")


@extend_schema(request=ProvinceIn, responses={201: PublicNoticeOut})
@api_view(["POST"])
@permission_classes([PUBLISHERS])
@idempotent
def publish(request: Request) -> Response:
    at = clock.now()
    made = notices.publish_notice(province=given(ProvinceIn, request)["province"], by=request.user, at=at)
    return Response(PublicNoticeOut(asked.notices().get(pk=made.pk), context={"at": at}).data, status=201)


class PaymentNoticeOut(serializers.ModelSerializer):
    line_count = serializers.IntegerField()
    total_fen = serializers.IntegerField()

    class Meta:
        model = PaymentNotice
        fields = ["number", "province", "published_at", "line_count", "total_fen", "sha256"]


class PaymentLineOut(serializers.ModelSerializer):
    class Meta:
        model = PaymentLine
        fields = ["line_no", "holder_masked", "number_masked", "occupation_name", "level", "fen", "paid_on"]


@extend_schema(
    parameters=[OpenApiParameter("province", OpenApiTypes.STR)], responses=PaymentNoticeOut(many=True)
)
@api_view(["GET"])
@permission_classes([Public])
def payment_list(request: Request) -> Response:
    """Published lists of payments, newest first."""
    code = request.query_params.get("province", "")
    rows = paid.payment_notices(code if code.isascii() and code.isdigit() else "")
    return paged(request, rows, PaymentNoticeOut)


@extend_schema(responses=PaymentNoticeOut)
@api_view(["GET"])
@permission_classes([Public])
def payment(request: Request, number: str) -> Response:
    return Response(PaymentNoticeOut(get_object_or_404(paid.payment_notices(), number=number)).data)


@extend_schema(responses=PaymentLineOut(many=True))
@api_view(["GET"])
@permission_classes([Public])
def payment_lines(request: Request, number: str) -> Response:
    """The masked list of payments."""
    rows = get_object_or_404(paid.payment_notices(), number=number).lines.all()
    return paged(request, rows, PaymentLineOut, order="line_no")


@extend_schema(request=ProvinceIn, responses={201: PaymentNoticeOut})
@api_view(["POST"])
@permission_classes([PUBLISHERS])
@idempotent
def publish_payments(request: Request) -> Response:
    """Publish what was paid under policies that ask for it."""
    code = given(ProvinceIn, request)["province"]
    made = payment_notices.publish_payment(province=code, by=request.user, at=clock.now())
    return Response(PaymentNoticeOut(paid.payment_notices().get(pk=made.pk)).data, status=201)


urlpatterns = [
    path("notices/", notice_list, name="api-notices"),
    path("notices/publish/", publish, name="api-notice-publish"),
    path("notices/payments/", payment_list, name="api-payment-notices"),
    path("notices/payments/publish/", publish_payments, name="api-payment-notice-publish"),
    path("notices/payments/<subsidies_paper:number>/", payment, name="api-payment-notice"),
    path("notices/payments/<subsidies_paper:number>/lines/", payment_lines, name="api-payment-notice-lines"),
    path("notices/<subsidies_paper:number>/", notice, name="api-notice"),
    path("notices/<subsidies_paper:number>/lines/", notice_lines, name="api-notice-lines"),
]
