"""The catalogue and its desk in JSON: the same selectors and services as the pages."""

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors
from courses.forms import StepForm
from courses.models import Course
from courses.selectors.search import FACETS, SORTS
from courses.workflow import MOVES, State
from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, Public, idempotent


class CourseRow(serializers.ModelSerializer):
    title = serializers.CharField()
    hours = serializers.SerializerMethodField(help_text="Class hours (学时), a decimal string.")
    level_name = serializers.CharField()
    occupation = serializers.CharField(source="occupation.code")
    occupation_name = serializers.CharField(source="occupation.name")
    province = serializers.CharField(source="province_id")
    province_name = serializers.CharField(source="province.name")
    provider = serializers.IntegerField(source="organisation_id")
    provider_name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Course
        fields = (
            "code",
            "title",
            "hours",
            "level",
            "level_name",
            "certificate_kind",
            "delivery",
            "occupation",
            "occupation_name",
            "province",
            "province_name",
            "provider",
            "provider_name",
            "state",
            "is_sample",
            "published_at",
        )

    def get_hours(self, course: Course) -> str:
        return f"{course.hours_tenths / 10:.1f}"


class FacetValueRow(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField()
    chosen = serializers.BooleanField()


class FacetRow(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    values = FacetValueRow(many=True)


class Found(serializers.Serializer):
    total = serializers.IntegerField()
    page = serializers.IntegerField(source="page.number")
    pages = serializers.IntegerField(source="page.paginator.num_pages")
    facets = FacetRow(many=True)
    courses = CourseRow(many=True, source="page.object_list")


class LessonRow(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=["video", "reading", "quiz"])
    title = serializers.CharField()
    seconds = serializers.IntegerField(help_text="Media seconds of a video, 0 otherwise.")
    characters = serializers.IntegerField(help_text="Characters of a reading page, 0 otherwise.")


class BlueprintRow(serializers.Serializer):
    questions = serializers.IntegerField()
    pass_mark_percent = serializers.IntegerField()
    minutes = serializers.IntegerField()
    attempts = serializers.IntegerField()


class CourseDetail(CourseRow):
    summary = serializers.CharField()
    may_enrol = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    lessons = serializers.SerializerMethodField()
    exam = serializers.SerializerMethodField()

    class Meta(CourseRow.Meta):
        fields = (*CourseRow.Meta.fields, "summary", "may_enrol", "version", "lessons", "exam")

    def get_may_enrol(self, _course: Course) -> bool:
        return self.context["page"]["may_enrol"]

    def get_version(self, _course: Course) -> int:
        return self.context["page"]["version"].number

    @extend_schema_field(LessonRow(many=True))
    def get_lessons(self, _course: Course) -> list[dict[str, object]]:
        return LessonRow(self.context["page"]["outline"].lessons, many=True).data

    @extend_schema_field(BlueprintRow(allow_null=True))
    def get_exam(self, _course: Course) -> dict[str, int] | None:
        blueprint = self.context["page"]["blueprint"]
        return BlueprintRow(blueprint).data if blueprint else None


class Step(serializers.Serializer):
    step = serializers.ChoiceField(choices=list(MOVES))
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


_FILTERS = [
    OpenApiParameter("q", OpenApiTypes.STR, description="Words; all must be found."),
    *(
        OpenApiParameter(name, OpenApiTypes.STR, many=True, description=f"Any of these: {label}.")
        for name, label in zip(FACETS, FACETS, strict=True)
    ),
    OpenApiParameter("sort", OpenApiTypes.STR, enum=list(SORTS)),
    OpenApiParameter("page", OpenApiTypes.INT),
]


@extend_schema(parameters=_FILTERS, responses=Found, operation_id="courses_search")
@api_view(["GET"])
@permission_classes([Public])
def courses(request: Request) -> Response:
    """Published courses with facets. Anything in the query that makes no sense is left aside."""
    return Response(Found(selectors.search(request.query_params, clock.now())).data)


@extend_schema(responses=CourseDetail, operation_id="courses_course")
@api_view(["GET"])
@permission_classes([Public])
def course(request: Request, code: str) -> Response:
    found = selectors.course_visible_to(request.user, code.upper())
    page = selectors.course_page(found, at=clock.now())
    return Response(CourseDetail(found, context={"page": page}).data)


@extend_schema(
    parameters=[OpenApiParameter("state", OpenApiTypes.STR, enum=State.values)],
    responses=CourseRow(many=True),
    operation_id="courses_desk",
)
@api_view(["GET"])
@permission_classes([NeedsRole(Role.PROVINCE_CATALOGUE, Role.AUDITOR)])
def desk(request: Request) -> Response:
    """The courses of one's own province, newest first, in cursor pages."""
    rows = selectors.at_the_desk(request.user)
    if (state := request.query_params.get("state", "")) in State.values:
        rows = rows.filter(state=state)
    pages = Pages()
    return pages.get_paginated_response(CourseRow(pages.paginate_queryset(rows, request), many=True).data)


@extend_schema(request=Step, responses=CourseRow, operation_id="courses_step")
@api_view(["POST"])
@permission_classes([NeedsRole(Role.PROVINCE_CATALOGUE)])
@idempotent
def steps(request: Request, code: str) -> Response:
    """Publish, return, suspend, resume. A refusal by rule is 409 with its code and sentence."""
    found = selectors.course_to_decide(request.user, code)
    body = Step(data=request.data)
    body.is_valid(raise_exception=True)
    form = StepForm(body.validated_data, course=found)
    form.is_valid()
    form.take(by=request.user, at=clock.now())
    return Response(CourseRow(form.course).data)


urlpatterns = [
    path("", courses, name="api-courses"),
    path("desk/", desk, name="api-courses-desk"),
    path("desk/<str:code>/steps/", steps, name="api-courses-steps"),
    path("<str:code>/", course, name="api-course"),
]
