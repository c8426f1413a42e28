from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors
from certificates.models import IssuingBatch
from certificates.services import batches as services
from portal import clock
from portal.api import NeedsRole, Pages, idempotent

STEPS = {"pause": services.pause, "resume": services.resume, "cancel": services.cancel}


class StartIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)
    course = serializers.CharField(
        max_length=24, default="", allow_blank=True, help_text="Empty: all that waits."
    )


class StepIn(serializers.Serializer):
    step = serializers.ChoiceField(choices=list(STEPS))


class TermsIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)
    by_batch = serializers.BooleanField()


class TermsOut(TermsIn):
    pass


class IssuingBatchOut(serializers.ModelSerializer):
    province = serializers.CharField(source="province_id")
    course = serializers.CharField(source="course_code")
    issued = serializers.SerializerMethodField()
    failed = serializers.SerializerMethodField()

    class Meta:
        model = IssuingBatch
        fields = ["uid", "province", "course", "state", "total", "issued", "failed", "started_at", "ended_at"]

    def get_issued(self, batch: IssuingBatch) -> int:
        return self.context["progress"][batch.pk].issued

    def get_failed(self, batch: IssuingBatch) -> int:
        return self.context["progress"][batch.pk].failed


class ResultOut(serializers.Serializer):
    number = serializers.CharField()
    course = serializers.CharField(source="course_code")
    holder_masked = serializers.CharField()
    state = serializers.CharField()
    failure = serializers.CharField()


def _told(batch: IssuingBatch) -> dict:
    return IssuingBatchOut(batch, context={"progress": selectors.progress_of_all([batch])}).data


def _found(request: Request, uid: object) -> IssuingBatch:
    return get_object_or_404(selectors.batches_visible_to(request.user), uid=uid)


@extend_schema(methods=["GET"], responses=IssuingBatchOut(many=True))
@extend_schema(methods=["POST"], request=StartIn, responses={201: IssuingBatchOut})
@api_view(["GET", "POST"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
@idempotent
def batches(request: Request) -> Response:
    """The batches of one's provinces, newest first; POST starts one. 409 where a rule forbids it."""
    if request.method == "POST":
        body = StartIn(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        begun = services.start(said["province"], course_code=said["course"], by=request.user, at=clock.now())
        return Response(_told(begun), status=201)
    pages = Pages()
    rows = pages.paginate_queryset(selectors.batches_visible_to(request.user), request)
    told = selectors.progress_of_all(rows)
    return pages.get_paginated_response(IssuingBatchOut(rows, many=True, context={"progress": told}).data)


@extend_schema(methods=["GET"], responses=IssuingBatchOut)
@extend_schema(
    operation_id="certificates_batch_step", methods=["POST"], request=StepIn, responses=IssuingBatchOut
)
@api_view(["GET", "POST"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
@idempotent
def batch(request: Request, uid: object) -> Response:
    """How far a batch is; POST pauses, resumes or cancels it."""
    found = _found(request, uid)
    if request.method == "POST":
        body = StepIn(data=request.data)
        body.is_valid(raise_exception=True)
        found = STEPS[body.validated_data["step"]](found, by=request.user, at=clock.now())
    return Response(_told(found))


@extend_schema(responses=ResultOut(many=True))
@api_view(["GET"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def results(request: Request, uid: object) -> Response:
    """What came of each certificate of a batch, the last asked for first; `state`: issued, failed or requested."""
    pages = Pages()
    rows = selectors.results_of(_found(request, uid), state=request.query_params.get("state", ""))
    return pages.get_paginated_response(ResultOut(pages.paginate_queryset(rows, request), many=True).data)


@extend_schema(request=TermsIn, responses=TermsOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.ISSUERS)])
@idempotent
def terms(request: Request) -> Response:
    """Whether a province issues each certificate at once, or only in batches."""
    body = TermsIn(data=request.data)
    body.is_valid(raise_exception=True)
    said = body.validated_data
    services.set_terms(said["province"], by_batch=said["by_batch"], by=request.user, at=clock.now())
    return Response(said)
