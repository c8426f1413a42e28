"""An author's package in JSON: what became of the uploads, and one more as multipart/form-data."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses.forms import PackageForm
from courses.models import Package
from courses.selectors.authoring import AUTHORS, package_lesson_to_edit
from courses.selectors.packages import uploads_of
from portal import clock
from portal.api import NeedsRole


class PackageRow(serializers.ModelSerializer):
    """`refusal` is the sentence of a package that was not taken, in the reader's language."""

    refusal = serializers.CharField()

    class Meta:
        model = Package
        fields = (
            "id",
            "state",
            "name",
            "bytes",
            "standard",
            "title",
            "done",
            "total",
            "uploaded_at",
            "decided_at",
            "refused_code",
            "refusal",
        )


class PackageUpload(serializers.Serializer):
    file = serializers.FileField()


@extend_schema(methods=["GET"], responses=PackageRow(many=True), operation_id="courses_packages")
@extend_schema(
    methods=["POST"],
    request={"multipart/form-data": PackageUpload},
    responses={202: PackageRow},
    operation_id="courses_package_upload",
)
@api_view(["GET", "POST"])
@permission_classes([NeedsRole(*AUTHORS)])
def package(request: Request, code: str, key: str) -> Response:
    """The newest uploads of a lesson; POST puts another into quarantine, to be checked by a worker."""
    lesson = package_lesson_to_edit(request.user, code, key)
    if request.method == "GET":
        return Response(PackageRow(uploads_of(lesson), many=True).data)
    form = PackageForm(request.data, request.FILES)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors.get_json_data())
    taken = form.take(lesson, by=request.user, at=clock.now())
    return Response(PackageRow(taken).data, status=status.HTTP_202_ACCEPTED)
