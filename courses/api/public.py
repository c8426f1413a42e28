"""The catalogue in JSON, for anybody: the same selectors as the pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors
from courses.api.rows import CourseDetail, Found
from courses.selectors.asked import FACETS, SORTS
from portal import clock
from portal.api import Public

_FILTERS = [
    OpenApiParameter("q", OpenApiTypes.STR, description="Words; all must be found."),
    *(
        OpenApiParameter(name, OpenApiTypes.STR, many=True, description=f"Any of these: {label}.")
        for name, label in zip(FACETS, FACETS, strict=True)
    ),
    OpenApiParameter("sort", OpenApiTypes.STR, enum=list(SORTS)),
    OpenApiParameter("page", OpenApiTypes.INT),
    OpenApiParameter("as", OpenApiTypes.STR, enum=["typed"], description="Take the words as they are typed."),
]


@extend_schema(parameters=_FILTERS, responses=Found, operation_id="courses_search")
@api_view(["GET"])
@permission_classes([Public])
def courses(request: Request) -> Response:
    """Published courses with facets. Anything in the query that makes no sense is left aside."""
    return Response(Found(selectors.search(request.query_params)).data)


@extend_schema(responses=CourseDetail, operation_id="courses_course")
@api_view(["GET"])
@permission_classes([Public])
def course(request: Request, code: str) -> Response:
    found = selectors.course_visible_to(request.user, code.upper())
    page = selectors.course_page(found, at=clock.now())
    return Response(CourseDetail(found, context={"page": page}).data)
