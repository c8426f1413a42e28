"""Standards, checks and shortfalls in JSON: the same selectors as the pages. They are written on the pages only."""

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses.forms.standards import ShortfallFilter, StandardFilter
from courses.models import ContentStandard, CourseVersion, Shortfall
from courses.selectors import shortfalls as short
from courses.selectors import standard_lists as asked
from courses.selectors.authoring import AUTHORS, course_to_edit
from courses.selectors.catalogue import course_at_the_desk
from courses.selectors.pages import open_version, version_shown
from courses.selectors.standards import Report, report_on
from portal import clock
from portal.accounts.access import has_role
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, Public


class StandardRow(serializers.ModelSerializer):
    title = serializers.CharField()
    occupation = serializers.CharField(source="occupation.code")
    edition = serializers.CharField(source="occupation.edition")
    first_day = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)
    rules = serializers.JSONField(
        source="body", help_text="As it was published; hours are class hours (学时)."
    )

    class Meta:
        model = ContentStandard
        fields = (
            "id",
            "title",
            "province",
            "occupation",
            "edition",
            "certificate_kind",
            "level",
            "first_day",
            "last_day",
            "doc_no",
            "source",
            "is_fictional",
            "mend_days",
            "rules",
            "body_sha256",
            "published_at",
        )


class FindingRow(serializers.Serializer):
    rule = serializers.CharField()
    module = serializers.CharField(allow_blank=True)
    ok = serializers.BooleanField()
    blocks = serializers.BooleanField()
    section = serializers.CharField(allow_blank=True, help_text="Key of the section, or empty.")
    lesson = serializers.CharField(allow_blank=True, help_text="Key of the lesson, or empty.")
    actual = serializers.IntegerField(help_text="In the rule's unit; class hours in tenths.")
    needed = serializers.IntegerField()


class Checked(serializers.Serializer):
    version = serializers.IntegerField()
    on = serializers.DateField()
    passed = serializers.BooleanField()
    standards = serializers.ListField(child=serializers.IntegerField())
    findings = FindingRow(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What blocks, in words.")


class ShortfallRow(serializers.ModelSerializer):
    course = serializers.CharField(source="course.code")
    version = serializers.IntegerField(source="version.number")
    missing = serializers.SerializerMethodField()

    class Meta:
        model = Shortfall
        fields = (
            "id",
            "course",
            "version",
            "province",
            "standard",
            "found_at",
            "due_on",
            "mended_at",
            "missing",
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, row: Shortfall) -> list[str]:
        return short.reasons(row)


def _checked(version: CourseVersion, report: Report) -> dict[str, object]:
    return {
        "version": version.number,
        "on": report.on,
        "passed": report.passed,
        "standards": [standard.pk for standard in report.in_force.sources],
        "findings": report.findings,
        "missing": report.missing,
    }


def _paged(rows: QuerySet, row: type[serializers.BaseSerializer], request: Request) -> Response:
    pages = Pages()
    return pages.get_paginated_response(row(pages.paginate_queryset(rows, request), many=True).data)


@extend_schema(
    parameters=[OpenApiParameter("q", OpenApiTypes.STR), OpenApiParameter("province", OpenApiTypes.STR)],
    responses=StandardRow(many=True),
    operation_id="courses_standards",
)
@api_view(["GET"])
@permission_classes([Public])
def standards(request: Request) -> Response:
    """Every published content and duration standard, in cursor pages."""
    return _paged(
        StandardFilter(request.query_params).narrow(asked.published_standards()), StandardRow, request
    )


@extend_schema(responses=StandardRow, operation_id="courses_standard")
@api_view(["GET"])
@permission_classes([Public])
def standard(request: Request, pk: int) -> Response:
    return Response(StandardRow(asked.published_standard(pk)).data)


@extend_schema(responses=Checked, operation_id="courses_check")
@api_view(["GET"])
@permission_classes([NeedsRole(*AUTHORS, Role.AUDITOR)])
def course_check(request: Request, code: str) -> Response:
    """The version in work, or else the published one, held against the standard of today. Nothing is kept."""
    fetch = course_at_the_desk if has_role(request.user, Role.AUDITOR) else course_to_edit
    found = fetch(request.user, code.upper())
    version = open_version(found) or version_shown(found)
    report = report_on(version, on=clock.today(clock.now()))
    return Response(Checked(_checked(version, report)).data)


@extend_schema(
    parameters=[
        OpenApiParameter("state", OpenApiTypes.STR, enum=["open", "overdue", "mended", ""]),
        OpenApiParameter("standard", OpenApiTypes.INT),
        OpenApiParameter("q", OpenApiTypes.STR),
    ],
    responses=ShortfallRow(many=True),
    operation_id="courses_shortfalls",
)
@api_view(["GET"])
@permission_classes([NeedsRole(*short.READERS, *short.SUPPLIERS)])
def shortfalls(request: Request) -> Response:
    """Published courses that fall short of a newer standard: the province's, or the supplier's own."""
    form = ShortfallFilter(request.query_params)
    rows = form.narrow(short.shortfalls_visible_to(request.user))
    shown = form.in_state(rows, form.state_asked, clock.today(clock.now()))
    return _paged(shown, ShortfallRow, request)
