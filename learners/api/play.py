"""What a player tells, and what a page of hours shows. Mounted at /api/learn/."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from courses import selectors as courses
from learners.models import Enrolment, PlaySession
from learners.selectors import time as hours
from learners.selectors.classes import recording_of
from learners.selectors.editions import edition as edition_of
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.progress import progress
from learners.selectors.replies import reply_of
from learners.services import beats, time
from learners.states import State
from portal import clock, shortcut
from portal.api import SignedIn
from portal.rules import RuleBroken
from portal.templatetags.zhixun import hours as shown

MOST = 2**31 - 1
LONGEST_ID = 19  # digits of a bigint
LONGEST_BEAT, LONGEST_NONCE, MOST_RATE = 4_096, 24, 10_000
_NAMES = {"seq", "nonce", "position", "playing", "visible", "rate"}
_MEANT = (_NAMES, _NAMES | {"start"}, _NAMES | {"brief"}, _NAMES | {"start", "brief"})
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_HEADERS = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store, private"),
    ("X-Content-Type-Options", "nosniff"),
)
_REFUSED = OpenApiResponse(
    OpenApiTypes.OBJECT, description="`{code, detail}`: a rule forbids it, with its sentence."
)


class Opening(serializers.Serializer):
    enrolment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    lesson = serializers.SlugField(max_length=40)
    position = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, help_text="ms; default: where the server left off"
    )


class Telling(serializers.Serializer):
    """One beat. `start`: where play went on after a jump, in ms; left out where there was none."""

    seq = serializers.IntegerField(min_value=1, max_value=MOST)
    nonce = serializers.CharField(max_length=LONGEST_NONCE)
    position = serializers.IntegerField(min_value=0, max_value=MOST, help_text="ms of the film")
    playing = serializers.BooleanField()
    visible = serializers.BooleanField()
    rate = serializers.IntegerField(min_value=1, max_value=MOST_RATE, default=100, help_text="per cent")
    start = serializers.IntegerField(
        min_value=0, max_value=MOST, required=False, allow_null=True, default=None
    )
    brief = serializers.BooleanField(
        default=False,
        help_text="the reply may leave out what the beat counted for: `seq`, `nonce` and `position` are enough",
    )


class Answering(serializers.Serializer):
    number = serializers.IntegerField(min_value=1, max_value=MOST)
    answers = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=2), max_length=20),
        required=False,
        default=dict,
        help_text="chosen option keys by question id",
    )
    here = serializers.BooleanField(default=False)


class Asking(serializers.Serializer):
    number = serializers.IntegerField(min_value=1, max_value=MOST)


def _valid(kind: type[serializers.Serializer], request: Request) -> dict:
    form = kind(data=request.data)
    form.is_valid(raise_exception=True)
    return form.validated_data


@extend_schema(request=Opening, responses={201: OpenApiTypes.OBJECT, 409: _REFUSED})
@api_view(["POST"])
@permission_classes([SignedIn])
def open_session(request: Request) -> Response:
    """Open a player on a lesson. The learner's other live session is taken over."""
    asked, at = _valid(Opening, request), clock.now()
    enrolment = enrolment_visible_to(request.user, asked["enrolment"])
    lesson = courses.outline(enrolment.version_id).lesson(asked["lesson"])
    if lesson is None:
        raise Http404
    session = time.open_session(
        enrolment,
        recording_of(enrolment, lesson) or lesson,
        by=request.user,
        at=at,
        position=asked.get("position"),
        web_session=request.session.session_key or "",
    )
    return Response(_opened(session, at), status=status.HTTP_201_CREATED)


def _opened(session: PlaySession, at: object) -> dict[str, object]:
    edition = edition_of(session.edition_id)
    return {
        "session": str(session.pk),
        "beat_ms": edition.beat_ms,
        "min_gap_ms": edition.min_gap_ms,
        "max_gap_ms": edition.max_gap_ms,
        **reply_of(session, State.from_json(session.now), at=at),
    }


def tell(environ: shortcut.Environ, cookies: Mapping[str, str], session_id: str) -> shortcut.Answer:
    """One beat. The same `seq` again is answered again and counts once; anything out of order is 409."""
    try:
        return _beat(environ, cookies, session_id)
    except RuleBroken as broken:
        status = HTTPStatus.FORBIDDEN if isinstance(broken, beats.SignedOut) else HTTPStatus.CONFLICT
        return _said({"code": broken.code, "detail": str(broken)}, status)
    except Http404:
        return _said({"code": "not_found", "detail": str(NotFound.default_detail)}, HTTPStatus.NOT_FOUND)


def _beat(environ: shortcut.Environ, cookies: Mapping[str, str], session_id: str) -> shortcut.Answer:
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    if not (key.isascii() and key.isalnum()):
        key = ""  # a quoted cookie may hold any byte, and PostgreSQL takes no null
    if environ["REQUEST_METHOD"] != "POST":
        beats.must_be_at_the_door(session_id, key)
        return _said({"detail": _("A beat is posted.")}, HTTPStatus.METHOD_NOT_ALLOWED)
    try:
        told = _told(shortcut.body_of(environ, LONGEST_BEAT))
    except serializers.ValidationError as wrong:
        beats.must_be_at_the_door(session_id, key)
        return _said(wrong.detail, HTTPStatus.BAD_REQUEST)
    return _said(time.beat(session_id, told, web_session=key, at=clock.now()), HTTPStatus.OK)


def _told(body: bytes | None) -> time.Told:
    """What a player writes is taken as it is; anything else is read with patience, or refused with its sentences."""
    if body is None:
        raise serializers.ValidationError({"detail": _("This is too long for a beat.")})
    try:
        told = json.loads(body.decode())
        as_meant = _is_as_meant(told)
    except (ValueError, RecursionError):
        raise serializers.ValidationError({"detail": _("This is not JSON.")}) from None
    if not as_meant:
        form = Telling(data=told)
        form.is_valid(raise_exception=True)
        told = form.validated_data
    return time.Told(**told)


def _is_as_meant(told: object) -> bool:
    return (
        type(told) is dict
        and told.keys() in _MEANT
        and type(told["seq"]) is type(told["position"]) is type(told["rate"]) is int
        and type(told["playing"]) is type(told["visible"]) is type(told.get("brief", False)) is bool
        and type(told["nonce"]) is str
        and told["nonce"].isascii()
        and 0 < len(told["nonce"]) <= LONGEST_NONCE
        and 1 <= told["seq"] <= MOST
        and 0 <= told["position"] <= MOST
        and 1 <= told["rate"] <= MOST_RATE
        and ((start := told.get("start")) is None or (type(start) is int and 0 <= start <= MOST))
    )


def describe_beats(result: dict, generator: SchemaGenerator, **_told: object) -> dict:
    """The beat in the OpenAPI description, beside what is described by itself (a hook of drf-spectacular)."""
    inspector = AutoSchema()
    inspector.registry, inspector.view, inspector.method = generator.registry, APIView(request=None), "POST"
    told = inspector.resolve_serializer(Telling, "request")
    result["components"]["schemas"][told.name] = told.schema
    said = {"application/json": {"schema": {"type": "object", "additionalProperties": {}}}}
    answers = {
        HTTPStatus.OK: "The reply, a brief one where that was enough; the whole one for a `seq` told before.",
        HTTPStatus.BAD_REQUEST: "Names of fields with what is wrong.",
        HTTPStatus.FORBIDDEN: "Signed out.",
        HTTPStatus.NOT_FOUND: "No such session under this sign-in.",
        HTTPStatus.CONFLICT: "`{code, detail}`: out of order, too soon, or the session is over.",
    }
    result["paths"]["/api/learn/sessions/{session_id}/beats/"] = {
        "post": {
            "operationId": "learn_sessions_beats_create",
            "description": tell.__doc__,
            "parameters": [
                {
                    "in": "path",
                    "name": "session_id",
                    "required": True,
                    "schema": {"type": "string", "format": "uuid"},
                }
            ],
            "tags": ["learn"],
            "requestBody": {"content": {"application/json": {"schema": told.ref}}, "required": True},
            "security": [{"cookieAuth": []}],
            "responses": {
                str(status.value): {"description": words, "content": said}
                for status, words in answers.items()
            },
        }
    }
    return result


def _said(said: object, status: HTTPStatus) -> shortcut.Answer:
    return shortcut.Answer(status, _HEADERS, _JSON.encode(said).encode())


@extend_schema(request=Answering, responses={200: OpenApiTypes.OBJECT, 409: _REFUSED})
@api_view(["POST"])
@permission_classes([SignedIn])
def answer(request: Request, session_id: object) -> Response:
    """Answer the open check. The same `number` again gives the same reply."""
    told = _valid(Answering, request)
    chosen = {
        int(key): frozenset(keys)
        for key, keys in told["answers"].items()
        if key.isdecimal() and len(key) <= LONGEST_ID
    }
    reply = time.answer(
        session_id, by=request.user, at=clock.now(), number=told["number"], answers=chosen, here=told["here"]
    )
    enrolment = PlaySession.objects.select_related("enrolment").get(pk=session_id).enrolment
    found = hours.hours_of(enrolment, at=clock.now(), most=0)
    return Response({**reply, "course": _course(found), "exam": _way_to_exam(enrolment, found)})


def _way_to_exam(enrolment: Enrolment, found: hours.Hours) -> dict[str, object]:
    """What is missing for the exam, in the words of the page beside the film; `counted` are class hours for its bar."""
    missing = progress(enrolment).missing_hours
    more = _("%(missing)s more hours to the exam") % {"missing": shown(missing)}
    return {
        "title": more if missing else _("Enough hours for the exam"),
        "counted": float(found.counted_hours),
    }


def _course(found: hours.Hours) -> dict[str, str]:
    """The course's hours as the page beside the film shows them, after what a check confirmed or voided."""
    return {
        "course": shown(found.counted_hours),
        "today": shown(found.today_hours),
        "checks": f"{found.checks_passed} / {found.checks_asked}",
    }


@extend_schema(request=Asking, responses={200: OpenApiTypes.OBJECT, 409: _REFUSED})
@api_view(["POST"])
@permission_classes([SignedIn])
def more_time(request: Request, session_id: object) -> Response:
    """Longer to answer the open check, up to three times."""
    number = _valid(Asking, request)["number"]
    left = time.more_time(session_id, by=request.user, at=clock.now(), number=number)
    return Response({"seconds": left})


@extend_schema(request=None, responses={200: OpenApiTypes.OBJECT})
@api_view(["POST"])
@permission_classes([SignedIn])
def close(request: Request, session_id: object) -> Response:
    """The lesson is left. What waits for a question can still be confirmed within the edition's hours."""
    session = time.close_session(session_id, by=request.user, at=clock.now())
    return Response({"state": session.state})


@extend_schema(responses={200: OpenApiTypes.OBJECT})
@api_view(["GET"])
@permission_classes([SignedIn])
def hours_of(request: Request, enrolment_id: int) -> Response:
    """Counted, waiting and refused time of an enrolment; hours as exact decimal or fraction strings."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    return Response(_hours(enrolment))


def _hours(enrolment: Enrolment) -> dict[str, object]:
    found = hours.hours_of(enrolment, at=clock.now())
    return {
        "course_hours": str(found.course_hours),
        "valid_hours": str(found.valid_hours),
        "counted_seconds": found.counted_seconds,
        "waiting_seconds": found.held_seconds,
        "refused_seconds": found.refused_seconds,
        "today_seconds": found.today_seconds,
        "class_hour_seconds": found.class_hour_seconds,
        "daily_cap_hours": found.daily_cap_hours,
        "lessons": [
            {
                "key": row.lesson.key,
                "counted_seconds": row.counted_seconds,
                "waiting_seconds": row.held_seconds,
                "length_seconds": row.length_seconds,
            }
            for row in found.lessons
        ],
        "refusals": [
            {
                "lesson": row.lesson.key if row.lesson else None,
                "code": row.code,
                "sentence": str(row.sentence),
                "remedy": str(row.remedy),
                "seconds": row.seconds,
                "began": row.began,
                "ended": row.ended,
                "media": row.media,
                "row": row.row,
                "contest": row.contest.state if row.contest else None,
                "granted_seconds": row.granted_seconds,
            }
            for row in found.refusals
        ],
        "taken_back": [
            {
                "lesson": row.lesson.key if row.lesson else None,
                "seconds": row.seconds,
                "at": row.at,
                "why": row.why,
            }
            for row in found.taken
        ],
    }


urlpatterns = [
    path("sessions/", open_session, name="api-play-open"),
    path("sessions/<uuid:session_id>/beats/", shortcut.view(tell), name="api-play-beat"),
    path("sessions/<uuid:session_id>/answer/", answer, name="api-play-answer"),
    path("sessions/<uuid:session_id>/more-time/", more_time, name="api-play-more-time"),
    path("sessions/<uuid:session_id>/close/", close, name="api-play-close"),
    path("enrolments/<int:enrolment_id>/hours/", hours_of, name="api-hours"),
]
