"""`/api/learn/`: terms of enrolment, and the line for a seat."""

from django.core.exceptions import ValidationError
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors as courses
from learners.models import WaitingPlace
from learners.selectors import intake as selectors
from learners.services import enrolment
from learners.services import intake as services
from portal import clock
from portal.accounts import selectors as people
from portal.api import NeedsRole, Pages, SignedIn, idempotent


class IntakeOut(serializers.Serializer):
    """What the provider has set; all empty where nothing was."""

    course = serializers.CharField()
    seats = serializers.IntegerField(allow_null=True, help_text="How many may learn at the same time.")
    accept_days = serializers.IntegerField()
    opens_on = serializers.DateField(allow_null=True)
    closes_on = serializers.DateField(allow_null=True)
    learn_until = serializers.DateField(allow_null=True)
    only_province = serializers.CharField(allow_null=True)
    prerequisites = serializers.ListField(child=serializers.CharField())
    learning = serializers.IntegerField(help_text="Active enrolments.")
    waiting = serializers.IntegerField(help_text="Places in line, offered seats included.")


class IntakeIn(serializers.Serializer):
    """The terms as a whole; what is left out is open."""

    seats = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    accept_days = serializers.IntegerField(min_value=1, max_value=14, required=False, default=3)
    opens_on = serializers.DateField(required=False, allow_null=True, default=None)
    closes_on = serializers.DateField(required=False, allow_null=True, default=None)
    learn_until = serializers.DateField(required=False, allow_null=True, default=None)
    only_province = serializers.CharField(max_length=6, required=False, allow_null=True, default=None)
    prerequisites = serializers.ListField(
        child=serializers.CharField(max_length=24),
        max_length=services.MOST_PREREQUISITES,
        required=False,
        default=list,
    )

    def validate_only_province(self, code: str | None) -> object:
        if code is None:
            return None
        found = next((row for row in people.provinces() if row.pk == code), None)
        if found is None:
            raise serializers.ValidationError(
                _("There is no province with this code."), code="unknown_province"
            )
        return found


class PlaceOut(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.CharField(source="course_code")
    state = serializers.CharField()
    joined_at = serializers.DateTimeField()
    number = serializers.SerializerMethodField(help_text="1 for whoever gets the next seat.")
    offer_ends_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when the seat is kept; enrolling accepts it."
    )

    def get_number(self, place: WaitingPlace) -> int:
        return selectors.number_in_line(place)


class PlacePageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PlaceOut(many=True)


class JoinIn(serializers.Serializer):
    course = serializers.CharField(max_length=24, help_text="Course code.")


def _terms(course: object) -> dict[str, object]:
    row = selectors.described([course])[0]
    held = row.intake
    told = {name: getattr(held, name, None) for name in ("seats", "opens_on", "closes_on", "learn_until")}
    codes = held.prerequisites.values_list("course_code", flat=True) if held else []
    return {
        "course": course.code,
        **told,
        "accept_days": held.accept_days if held else 3,
        "only_province": held.only_province_id if held else None,
        "prerequisites": list(codes),
        "learning": row.learning,
        "waiting": row.waiting,
    }


@extend_schema(methods=["GET"], responses=IntakeOut)
@extend_schema(methods=["PUT"], request=IntakeIn, responses=IntakeOut)
@api_view(["GET", "PUT"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def intake(request: Request, code: str) -> Response:
    """The terms of enrolment of a course of one's own desk; PUT states them anew, as a whole."""
    course = courses.course_to_read(request.user, code)
    if request.method == "PUT":
        body = IntakeIn(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            services.set_intake(course.code, by=request.user, at=clock.now(), **body.validated_data)
        except ValidationError as broken:
            raise serializers.ValidationError(broken.messages) from broken
    return Response(IntakeOut(_terms(course)).data)


@extend_schema(methods=["GET"], responses=PlacePageOut, operation_id="learn_lines")
@extend_schema(methods=["POST"], request=JoinIn, responses={201: PlaceOut}, operation_id="learn_line_join")
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def lines(request: Request) -> Response:
    """My places in line; POST joins the line of a full course."""
    if request.method == "POST":
        body = JoinIn(data=request.data)
        body.is_valid(raise_exception=True)
        place = enrolment.await_seat(request.user, body.validated_data["course"], at=clock.now())
        return Response(PlaceOut(place).data, status=201)
    pages = Pages()
    rows = pages.paginate_queryset(selectors.places_of(request.user), request)
    return pages.get_paginated_response(PlaceOut(rows, many=True).data)


@extend_schema(request=None, responses=PlaceOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def leave(request: Request, place_id: int) -> Response:
    """Give up a place in line, or a seat that is kept."""
    place = selectors.place_visible_to(request.user, place_id)
    return Response(PlaceOut(services.leave_line(place, by=request.user, at=clock.now())).data)


urlpatterns = [
    path("desk/terms/<str:code>/", intake, name="api-intake"),
    path("lines/", lines, name="api-lines"),
    path("lines/<int:place_id>/leave/", leave, name="api-line-leave"),
]
