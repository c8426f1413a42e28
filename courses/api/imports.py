"""Imports in JSON: the same selectors, forms and services as the pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses.forms.imports import STEPS, ImportForm
from courses.models import ImportJob, ImportRow
from courses.selectors import imports as selectors
from portal import clock
from portal.api import NeedsRole, Pages


class JobRow(serializers.ModelSerializer):
    course = serializers.CharField(source="course.code", default="")
    organisation = serializers.CharField(source="organisation.uscc")
    problem = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta:
        model = ImportJob
        fields = (
            *(
                "id",
                "kind",
                "form",
                "name",
                "sha256",
                "organisation",
                "course",
                "state",
                "rows",
                "done",
                "counts",
            ),
            *("looked_again", "problem", "steps", "uploaded_at", "decided_at", "finished_at", "cleared_at"),
        )

    def get_problem(self, job: ImportJob) -> str:
        return selectors.problem_of(job)

    def get_steps(self, job: ImportJob) -> list[str]:
        return selectors.steps_of(job)


class Reason(serializers.Serializer):
    row = serializers.IntegerField()
    detail = serializers.CharField()


class FateRow(serializers.ModelSerializer):
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = ("number", "last", "ref", "label", "fate", "course_code", "changes", "reasons")

    @extend_schema_field(Reason(many=True))
    def get_reasons(self, row: ImportRow) -> list[dict[str, object]]:
        told = selectors.reasons_of(row, self.context["kind"])
        return [{"row": number, "detail": sentence} for number, sentence in told]


class Upload(serializers.Serializer):
    kind = serializers.ChoiceField(choices=ImportJob.Kind.choices)
    organisation = serializers.IntegerField(required=False, help_text="Where one acts for several.")
    course = serializers.CharField(required=False, help_text="Code of the course that questions are for.")
    file = serializers.FileField()


class ImportStep(serializers.Serializer):
    step = serializers.ChoiceField(choices=list(STEPS))


class RowPages(Pages):
    ordering = "number"


_BRING = permission_classes([NeedsRole(*selectors.BRINGERS)])


@extend_schema(methods=["GET"], responses=JobRow(many=True), operation_id="imports_list")
@extend_schema(
    methods=["POST"],
    request={"multipart/form-data": Upload},
    responses={201: JobRow},
    operation_id="imports_upload",
)
@api_view(["GET", "POST"])
@_BRING
@parser_classes([MultiPartParser, FormParser])
def imports(request: Request) -> Response:
    """One's imports, newest first; or bring a file. A file that cannot be taken is 409 with its code and sentence."""
    if request.method == "POST":
        form = ImportForm(request.data, request.FILES, user=request.user)
        if not form.is_valid():
            raise exceptions.ValidationError(form.errors)
        job = form.upload(by=request.user, at=clock.now())
        return Response(JobRow(job).data, status=status.HTTP_201_CREATED)
    pages = Pages()
    rows = pages.paginate_queryset(selectors.imports_visible_to(request.user), request)
    return pages.get_paginated_response(JobRow(rows, many=True).data)


@extend_schema(responses=JobRow, operation_id="imports_one")
@api_view(["GET"])
@_BRING
def import_job(request: Request, pk: int) -> Response:
    """State, progress and counts of one import."""
    return Response(JobRow(selectors.import_visible_to(request.user, pk)).data)


@extend_schema(
    parameters=[OpenApiParameter("fate", OpenApiTypes.STR, enum=ImportRow.Fate.values)],
    responses=FateRow(many=True),
    operation_id="imports_rows",
)
@api_view(["GET"])
@_BRING
def import_rows(request: Request, pk: int) -> Response:
    """What becomes of each course or question of the file."""
    job = selectors.import_visible_to(request.user, pk)
    pages = RowPages()
    rows = pages.paginate_queryset(selectors.rows_of(job, request.query_params.get("fate", "")), request)
    return pages.get_paginated_response(FateRow(rows, many=True, context={"kind": job.kind}).data)


@extend_schema(request=ImportStep, responses=JobRow, operation_id="imports_step")
@api_view(["POST"])
@_BRING
def import_steps(request: Request, pk: int) -> Response:
    """Apply what the preview shows, or leave it."""
    job = selectors.import_visible_to(request.user, pk)
    body = ImportStep(data=request.data)
    body.is_valid(raise_exception=True)
    job = STEPS[body.validated_data["step"]](job, by=request.user, at=clock.now())
    return Response(JobRow(job).data)
