"""What an imported package says of a learner, told by the page that shows it. Mounted at /api/learn/."""

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.packages import package_word
from learners.services.packages import KEPT, SUSPEND, keep_package_state
from portal import clock
from portal.api import SignedIn

MOST_PARTS = 500


class Told(serializers.DictField):
    """Values by their SCORM name. Those that are not kept, times among them, are passed over."""

    child = serializers.CharField(max_length=KEPT[SUSPEND], allow_blank=True, trim_whitespace=False)


class PackageIn(serializers.Serializer):
    number = serializers.IntegerField(
        min_value=0, max_value=MOST_PARTS, help_text="Part of the package, from 0."
    )
    told = Told()


class PackageOut(serializers.Serializer):
    status = serializers.CharField(help_text="not_opened, opened, incomplete, completed, passed, failed")
    word = serializers.CharField(help_text="The status in the reader's language. It counts for no time.")
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    score_word = serializers.CharField(allow_blank=True)


@extend_schema(methods=["GET"], responses=PackageOut, operation_id="learn_package")
@extend_schema(methods=["PUT"], request=PackageIn, responses=PackageOut, operation_id="learn_package_keep")
@api_view(["GET", "PUT"])
@permission_classes([SignedIn])
def package(request: Request, enrolment_id: int, key: str) -> Response:
    """The package's own word of one of my lessons; PUT keeps what it told last."""
    row = enrolment_visible_to(request.user, enrolment_id)
    lesson = outline_of(row).lesson(key)
    if lesson is None or lesson.kind != "package":
        raise Http404
    if request.method == "PUT":
        body = PackageIn(data=request.data)
        body.is_valid(raise_exception=True)
        keep_package_state(row, lesson, at=clock.now(), **body.validated_data)
    return Response(PackageOut(package_word(row, lesson)).data)


urlpatterns = [
    path("enrolments/<int:enrolment_id>/packages/<slug:key>/", package, name="api-package-state"),
]
