"""What an imported package says of a learner, and when it stood open, told by the page that shows it. Mounted at /api/learn/."""

from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.packages import package_time, package_word
from learners.services import time
from learners.services.packages import KEPT, SUSPEND, keep_package_state
from portal import clock
from portal.api import SignedIn

MOST_PARTS = 500
MOST_RUNS = 10_000
LONGEST_TIME = 40
_REFUSED = OpenApiResponse(
    OpenApiTypes.OBJECT, description="`{code, detail}`: a rule forbids it, with its sentence."
)


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


class OpeningIn(serializers.Serializer):
    enrolment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    lesson = serializers.SlugField(max_length=40)
    number = serializers.IntegerField(
        min_value=0, max_value=MOST_PARTS, default=0, help_text="Part of the package, from 0."
    )


class PackageTimeIn(serializers.Serializer):
    """One message of the page. `told` is the package's word of its present run, `run` how often it has begun anew."""

    visible = serializers.BooleanField(
        help_text="Whether the page could be seen all the time since the last message."
    )
    run = serializers.IntegerField(min_value=0, max_value=MOST_RUNS, default=0)
    told = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_TIME, allow_blank=True, trim_whitespace=False),
        default=dict,
        help_text="`cmi.core.session_time` or `cmi.session_time`. What cannot be read counts as nothing.",
    )


class PackageTimeOut(serializers.Serializer):
    """`waiting_ms` is what would count if its question were answered now: the smallest of the three numbers."""

    session = serializers.UUIDField()
    state = serializers.CharField()
    beat_ms = serializers.IntegerField()
    seen_ms = serializers.IntegerField()
    declared_ms = serializers.IntegerField()
    waiting_ms = serializers.IntegerField()


@extend_schema(
    request=OpeningIn, responses={201: PackageTimeOut, 409: _REFUSED}, operation_id="learn_package_open"
)
@api_view(["POST"])
@permission_classes([SignedIn])
def open_package(request: Request) -> Response:
    """A package is in front of me from now on. Whatever else I have open is taken over."""
    asked = _valid(OpeningIn, request)
    enrolment = enrolment_visible_to(request.user, asked["enrolment"])
    lesson = outline_of(enrolment).lesson(asked["lesson"])
    if lesson is None:
        raise Http404
    session = time.open_package(enrolment, lesson, number=asked["number"], by=request.user, at=clock.now())
    return Response(PackageTimeOut(package_time(session)).data, status=status.HTTP_201_CREATED)


@extend_schema(
    request=PackageTimeIn, responses={200: PackageTimeOut, 409: _REFUSED}, operation_id="learn_package_beat"
)
@api_view(["POST"])
@permission_classes([SignedIn])
def tell_package(request: Request, session_id: object) -> Response:
    """It is still open. 409 once something else was opened, or nothing was heard for long."""
    session = time.tell_package(session_id, by=request.user, at=clock.now(), **_valid(PackageTimeIn, request))
    return Response(PackageTimeOut(package_time(session)).data)


@extend_schema(request=PackageTimeIn, responses={200: PackageTimeOut}, operation_id="learn_package_close")
@api_view(["POST"])
@permission_classes([SignedIn])
def close_package(request: Request, session_id: object) -> Response:
    """It is left, with its last word. What it has earned waits for its question."""
    session = time.close_package(
        session_id, by=request.user, at=clock.now(), **_valid(PackageTimeIn, request)
    )
    return Response(PackageTimeOut(package_time(session)).data)


def _valid(kind: type[serializers.Serializer], request: Request) -> dict:
    form = kind(data=request.data)
    form.is_valid(raise_exception=True)
    return form.validated_data


urlpatterns = [
    path("packages/", open_package, name="api-package-open"),
    path("packages/<uuid:session_id>/beats/", tell_package, name="api-package-beat"),
    path("packages/<uuid:session_id>/close/", close_package, name="api-package-close"),
    path("enrolments/<int:enrolment_id>/packages/<slug:key>/", package, name="api-package-state"),
]
