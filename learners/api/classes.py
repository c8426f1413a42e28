"""Live classes and workshop days of a learner: when they are, and being there. Mounted at /api/learn/."""

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.models import Enrolment, Meeting
from learners.selectors import classes as selectors
from learners.selectors.enrolment import enrolment_visible_to
from learners.services import rolls
from portal import clock
from portal.api import SignedIn


class ClassOut(serializers.Serializer):
    id = serializers.IntegerField(source="meeting.pk")
    kind = serializers.CharField(source="meeting.kind", help_text="live, workshop")
    title = serializers.CharField()
    state = serializers.CharField(source="meeting.state", help_text="planned, cancelled, closed, signed")
    begins_at = serializers.DateTimeField(source="meeting.begins_at")
    ends_at = serializers.DateTimeField()
    moved_from_at = serializers.DateTimeField(source="meeting.moved_from_at", allow_null=True)
    note = serializers.CharField(source="meeting.note", help_text="Why it was moved or cancelled.")
    place = serializers.CharField(source="meeting.place", help_text="Empty for a live class.")
    is_open = serializers.BooleanField(help_text="One can check in, or is in.")
    came = serializers.BooleanField()
    credited_seconds = serializers.IntegerField(allow_null=True, help_text="Null until it is signed.")


class StandingOut(serializers.Serializer):
    checked_in_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="Of the stream, while the class is on.")
    calling = serializers.BooleanField(help_text="Press within `seconds`.")
    seconds = serializers.IntegerField()
    missed = serializers.BooleanField(help_text="A call went by: press, and it counts again from then on.")
    confirmed_seconds = serializers.IntegerField()
    inside = serializers.BooleanField(help_text="Of a workshop day.")


class CodeIn(serializers.Serializer):
    code = serializers.RegexField(r"^[0-9]{6}$")


def _class(request: Request, enrolment_id: int, meeting_id: int) -> tuple[Enrolment, Meeting]:
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    return enrolment, selectors.meeting_of(enrolment, meeting_id)


def _standing(enrolment: Enrolment, meeting: Meeting) -> Response:
    row, at = selectors.attendance_of(enrolment, meeting), clock.now()
    if row is None:
        raise Http404
    live, now = meeting.kind == Meeting.Kind.LIVE, clock.milliseconds(at)
    roll = selectors.rolled(row) if live else None
    over = at > selectors.planned_end(meeting) or meeting.state != Meeting.State.PLANNED
    calling = bool(roll and roll.is_open(now))
    told = {
        "checked_in_at": row.checked_in_at,
        "url": "" if over else meeting.url,
        "calling": calling,
        "seconds": (roll.call.until - now) // 1000 if calling else 0,
        "missed": bool(roll and roll.is_late(now)),
        "confirmed_seconds": sum(b - a for a, b in roll.confirmed) // 1000 if roll else 0,
        "inside": not live and row.presses.count() % 2 == 1,
    }
    return Response(StandingOut(told).data)


@extend_schema(responses=ClassOut(many=True), operation_id="learn_classes")
@api_view(["GET"])
@permission_classes([SignedIn])
def classes(request: Request, enrolment_id: int) -> Response:
    """The classes of one of my courses, in order of their beginning."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    return Response(ClassOut(selectors.classes_of(enrolment, at=clock.now()), many=True).data)


@extend_schema(request=None, responses=StandingOut, operation_id="learn_class_check_in")
@api_view(["POST"])
@permission_classes([SignedIn])
def check_in(request: Request, enrolment_id: int, meeting_id: int) -> Response:
    """Into a live class; again, where one stands in it. 409 where the door is shut or all places are taken."""
    enrolment, meeting = _class(request, enrolment_id, meeting_id)
    rolls.check_in(meeting, enrolment, by=request.user, at=clock.now())
    return _standing(enrolment, meeting)


@extend_schema(request=None, responses=StandingOut, operation_id="learn_class_here")
@api_view(["POST"])
@permission_classes([SignedIn])
def here(request: Request, enrolment_id: int, meeting_id: int) -> Response:
    """The answer to the open call. 409 where nobody calls."""
    enrolment, meeting = _class(request, enrolment_id, meeting_id)
    row = selectors.attendance_of(enrolment, meeting)
    if row is None:
        raise Http404
    rolls.press(row, by=request.user, at=clock.now())
    return _standing(enrolment, meeting)


@extend_schema(request=CodeIn, responses=StandingOut, operation_id="learn_class_door")
@api_view(["POST"])
@permission_classes([SignedIn])
def door(request: Request, enrolment_id: int, meeting_id: int) -> Response:
    """In or out of a workshop day with the code of this minute. 409 for a wrong one; five wrong ones, and it waits."""
    enrolment, meeting = _class(request, enrolment_id, meeting_id)
    body = CodeIn(data=request.data)
    body.is_valid(raise_exception=True)
    rolls.pass_door(meeting, enrolment, by=request.user, at=clock.now(), code=body.validated_data["code"])
    return _standing(enrolment, meeting)


_ONE = "enrolments/<int:enrolment_id>/classes/<int:meeting_id>/"
urlpatterns = [
    path("enrolments/<int:enrolment_id>/classes/", classes, name="api-classes"),
    path(f"{_ONE}check-in/", check_in, name="api-class-check-in"),
    path(f"{_ONE}here/", here, name="api-class-here"),
    path(f"{_ONE}door/", door, name="api-class-door"),
]
