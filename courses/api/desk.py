"""The province's desk in JSON: the same selectors, forms and services as the pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors
from courses.api.rows import CourseRow
from courses.forms import STEPS, StepForm
from courses.selectors.pages import DESK_STATES, in_desk_state
from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, idempotent


class Step(serializers.Serializer):
    step = serializers.ChoiceField(choices=list(STEPS))
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


@extend_schema(
    parameters=[OpenApiParameter("state", OpenApiTypes.STR, enum=list(DESK_STATES))],
    responses=CourseRow(many=True),
    operation_id="courses_desk",
)
@api_view(["GET"])
@permission_classes([NeedsRole(Role.PROVINCE_CATALOGUE, Role.AUDITOR)])
def desk(request: Request) -> Response:
    """The courses of one's own province, newest first, in cursor pages."""
    rows = selectors.at_the_desk(request.user)
    if (state := request.query_params.get("state", "")) in DESK_STATES:
        rows = in_desk_state(rows, state)
    pages = Pages()
    return pages.get_paginated_response(CourseRow(pages.paginate_queryset(rows, request), many=True).data)


@extend_schema(request=Step, responses=CourseRow, operation_id="courses_step")
@api_view(["POST"])
@permission_classes([NeedsRole(Role.PROVINCE_CATALOGUE)])
@idempotent
def steps(request: Request, code: str) -> Response:
    """Publish, return, suspend, resume, withdraw. A refusal by rule is 409 with its code and sentence."""
    found = selectors.course_to_decide(request.user, code)
    body = Step(data=request.data)
    body.is_valid(raise_exception=True)
    form = StepForm(body.validated_data, course=found)
    form.is_valid()
    form.take(by=request.user, at=clock.now())
    return Response(CourseRow(form.course).data)
