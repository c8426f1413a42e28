"""The authors' desk in JSON: the same selectors and services as the pages.

Whatever is changed names the `revision` it was read at; an older one is 409 `changed_meanwhile` and changes nothing.
"""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import services
from courses.api import drafts
from courses.models import Course, CourseVersion, ExamBlueprint, Lesson
from courses.selectors.authoring import (
    AUTHORS,
    READERS,
    course_to_edit,
    course_to_read,
    courses_readable_by,
    lesson_in,
    may_author,
    providers_for,
    question_in,
    section_in,
    version_numbered,
    working_version,
)
from courses.selectors.differences import differences
from courses.selectors.questions import all_of
from courses.selectors.standards import report_on
from portal import clock
from portal.api import NeedsRole, Pages, idempotent

Made = TypeVar("Made")
_reading = permission_classes([NeedsRole(*READERS)])
_writing = permission_classes([NeedsRole(*AUTHORS)])
_VERSION_STEPS = {
    "submit": services.submit,
    "recall": services.recall,
    "start": services.start_version,
    "discard": services.discard_version,
}
_REFUSED = "What does not hold is 400; a rule that forbids it is 409 with its code and sentence."


def _body(serializer: type[serializers.Serializer], request: Request, *, partial: bool = False) -> dict:
    body = serializer(data=request.data)
    for field in body.fields.values() if partial else ():
        field.required = False  # DRF's own `partial` would also let parts of options and chapters be missing
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _done(act: Callable[[], Made]) -> Made:
    """What a model refuses is the caller's mistake: 400."""
    try:
        return act()
    except ValidationError as broken:
        raise exceptions.ValidationError(broken.messages) from broken


def _revised(serializer: type[serializers.Serializer], request: Request) -> tuple[dict, int]:
    """The words to change and the revision they were read at; without it nothing is changed."""
    words = _body(serializer, request, partial=True)
    if "revision" not in words:
        raise exceptions.ValidationError({"revision": ["Say the revision you read."]})
    return words, words.pop("revision")


def _draft(version: CourseVersion, request: Request) -> Response:
    report = report_on(version)
    may_edit = version.is_editable and may_author(request.user, version.course)
    context = {"report": report, "may_edit": may_edit}
    return Response(drafts.Draft(version, context=context).data)


def _to_edit(request: Request, code: str) -> tuple[Course, CourseVersion, dict[str, object]]:
    course = course_to_edit(request.user, code)
    return course, working_version(course), {"by": request.user, "at": clock.now()}


@extend_schema(methods=["GET"], responses=drafts.DraftRow(many=True), operation_id="drafts")
@extend_schema(
    methods=["POST"], request=drafts.NewCourse, responses=drafts.Draft, operation_id="drafts_create"
)
@api_view(["GET", "POST"])
@_reading
@idempotent
def courses(request: Request) -> Response:
    """One's own courses, newest first, in cursor pages; a new one begins as a draft."""
    if request.method == "GET":
        pages = Pages()
        rows = pages.paginate_queryset(courses_readable_by(request.user), request)
        return pages.get_paginated_response(drafts.DraftRow(rows, many=True).data)
    words = _body(drafts.NewCourse, request)
    provider = providers_for(request.user).filter(pk=words["organisation"]).first()
    if provider is None:
        raise exceptions.NotFound
    words |= {"organisation": provider, "province": provider.province}
    words.setdefault("level", None)
    course = _done(lambda: services.create_course(**words, by=request.user, at=clock.now()))
    return _draft(working_version(course), request)


@extend_schema(methods=["GET"], responses=drafts.Draft, operation_id="draft")
@extend_schema(
    methods=["PATCH"], request=drafts.CourseBody, responses=drafts.Draft, operation_id="draft_change"
)
@api_view(["GET", "PATCH"])
@_reading
def draft(request: Request, code: str) -> Response:
    """The version at the desk, with sections, lessons and what the standard check finds."""
    if request.method == "GET":
        return _draft(working_version(course_to_read(request.user, code)), request)
    course, _version, told = _to_edit(request, code)
    words, revision = _revised(drafts.CourseBody, request)
    if "hours" in words:
        words["hours_tenths"] = int(words.pop("hours") * 10)
    version = _done(lambda: services.change_words(course, words=words, revision=revision, **told))
    return _draft(version, request)


@extend_schema(
    request=drafts.VersionStep, responses=drafts.Draft, operation_id="draft_step", description=_REFUSED
)
@api_view(["POST"])
@_writing
@idempotent
def step(request: Request, code: str) -> Response:
    course, _version, told = _to_edit(request, code)
    _VERSION_STEPS[_body(drafts.VersionStep, request)["step"]](course, **told)
    return _draft(working_version(course_to_edit(request.user, code)), request)


@extend_schema(request=drafts.NewSection, responses=drafts.SectionDraft, operation_id="draft_sections")
@api_view(["POST"])
@_writing
@idempotent
def sections(request: Request, code: str) -> Response:
    course, _version, told = _to_edit(request, code)
    words = _body(drafts.NewSection, request)
    made = _done(lambda: services.add_section(course, **words, **told))
    return Response(drafts.SectionDraft(made).data)


@extend_schema(request=drafts.SectionBody, responses=drafts.SectionDraft, operation_id="draft_section_change")
@api_view(["PATCH"])
@_writing
def section(request: Request, code: str, key: str) -> Response:
    _course, version, told = _to_edit(request, code)
    found = section_in(version, key)
    words, revision = _revised(drafts.SectionBody, request)
    made = _done(lambda: services.save_section(found, words=words, revision=revision, **told))
    return Response(drafts.SectionDraft(made).data)


@extend_schema(request=drafts.PartStep, responses=drafts.Draft, operation_id="draft_section_step")
@api_view(["POST"])
@_writing
@idempotent
def section_step(request: Request, code: str, key: str) -> Response:
    """Up, down, duplicate, delete with all its lessons, or place before another section."""
    _course, version, told = _to_edit(request, code)
    found, asked = section_in(version, key), _body(drafts.PartStep, request)
    before = version.sections.filter(key=asked["before"]).first()
    {
        "up": lambda: services.shift_section(found, -1, **told),
        "down": lambda: services.shift_section(found, 1, **told),
        "duplicate": lambda: services.duplicate_section(found, **told),
        "delete": lambda: services.delete_section(found, **told),
        "place": lambda: services.place_section(found, before=before, **told),
    }[asked["step"]]()
    return _draft(version, request)


@extend_schema(request=drafts.NewLesson, responses=drafts.LessonDraft, operation_id="draft_lessons")
@api_view(["POST"])
@_writing
@idempotent
def lessons(request: Request, code: str) -> Response:
    course, version, told = _to_edit(request, code)
    words = _body(drafts.NewLesson, request)
    if "section" in words:
        words["section"] = section_in(version, words["section"])
    made = _done(lambda: services.add_lesson(course, body_format=Lesson.BodyFormat.MARKDOWN, **words, **told))
    return Response(drafts.LessonDraft(made).data)


@extend_schema(methods=["GET"], responses=drafts.LessonDraft, operation_id="draft_lesson")
@extend_schema(
    methods=["PATCH"],
    request=drafts.LessonBody,
    responses=drafts.LessonDraft,
    operation_id="draft_lesson_change",
)
@api_view(["GET", "PATCH"])
@_reading
def lesson(request: Request, code: str, key: str) -> Response:
    if request.method == "GET":
        course = course_to_read(request.user, code)
        return Response(drafts.LessonDraft(lesson_in(working_version(course), key)).data)
    _course, version, told = _to_edit(request, code)
    found = lesson_in(version, key)
    words, revision = _revised(drafts.LessonBody, request)
    if "section" in words:
        words["section"] = section_in(version, words["section"])
    made = _done(lambda: services.save_lesson(found, words=words, revision=revision, **told))
    return Response(drafts.LessonDraft(made).data)


@extend_schema(request=drafts.PartStep, responses=drafts.Draft, operation_id="draft_lesson_step")
@api_view(["POST"])
@_writing
@idempotent
def lesson_step(request: Request, code: str, key: str) -> Response:
    """Up, down, duplicate, delete, or place into a section before another lesson."""
    _course, version, told = _to_edit(request, code)
    found, asked = lesson_in(version, key), _body(drafts.PartStep, request)
    before = version.lessons.filter(key=asked["before"]).first()
    into = section_in(version, asked["section"]) if asked["section"] else found.section
    {
        "up": lambda: services.shift_lesson(found, -1, **told),
        "down": lambda: services.shift_lesson(found, 1, **told),
        "duplicate": lambda: services.duplicate_lesson(found, **told),
        "delete": lambda: services.delete_lesson(found, **told),
        "place": lambda: services.place_lesson(found, section=into, before=before, **told),
    }[asked["step"]]()
    return _draft(version, request)


def _lesson_named(version: CourseVersion, words: dict) -> None:
    if words.get("lesson"):
        words["lesson"] = lesson_in(version, words["lesson"])


@extend_schema(methods=["GET"], responses=drafts.QuestionDraft(many=True), operation_id="draft_questions")
@extend_schema(
    methods=["POST"],
    request=drafts.NewQuestion,
    responses=drafts.QuestionDraft,
    operation_id="draft_questions_add",
)
@api_view(["GET", "POST"])
@_reading
@idempotent
def questions(request: Request, code: str) -> Response:
    """The questions of the version, in cursor pages. Right answers are told to authors only."""
    if request.method == "GET":
        course = course_to_read(request.user, code)
        pages = Pages()
        rows = pages.paginate_queryset(all_of(working_version(course)), request)
        context = {"answers": may_author(request.user, course)}
        return pages.get_paginated_response(drafts.QuestionDraft(rows, many=True, context=context).data)
    course, version, told = _to_edit(request, code)
    words = _body(drafts.NewQuestion, request)
    _lesson_named(version, words)
    right = words.pop("right_keys", ())
    made = _done(lambda: services.add_question(course, right=right, **words, **told))
    return Response(drafts.QuestionDraft(made, context={"answers": True}).data)


@extend_schema(
    request=drafts.QuestionBody, responses=drafts.QuestionDraft, operation_id="draft_question_change"
)
@api_view(["PATCH"])
@_writing
def question(request: Request, code: str, pk: int) -> Response:
    _course, version, told = _to_edit(request, code)
    found = question_in(version, pk)
    words, revision = _revised(drafts.QuestionBody, request)
    _lesson_named(version, words)
    made = _done(lambda: services.save_question(found, words=words, revision=revision, **told))
    return Response(drafts.QuestionDraft(made, context={"answers": True}).data)


@extend_schema(request=drafts.QuestionStep, responses=drafts.Draft, operation_id="draft_question_step")
@api_view(["POST"])
@_writing
@idempotent
def question_step(request: Request, code: str, pk: int) -> Response:
    """Up, down, delete, or place before another question of the same list."""
    _course, version, told = _to_edit(request, code)
    found = question_in(version, pk)
    asked = _body(drafts.QuestionStep, request)
    before = version.questions.filter(pk=asked.get("before")).first()
    listed = {"in_bank": asked["in_bank"], **told}
    {
        "up": lambda: services.shift_question(found, -1, **listed),
        "down": lambda: services.shift_question(found, 1, **listed),
        "delete": lambda: services.delete_question(found, **told),
        "place": lambda: services.place_question(found, before=before, **listed),
    }[asked["step"]]()
    return _draft(version, request)


@extend_schema(request=drafts.BlueprintBody, responses=drafts.BlueprintBody, operation_id="draft_exam")
@api_view(["PUT"])
@_writing
def exam(request: Request, code: str) -> Response:
    course, _version, told = _to_edit(request, code)
    words = _body(drafts.BlueprintBody, request)
    made: ExamBlueprint = _done(lambda: services.set_blueprint(course, **words, **told))
    return Response(drafts.BlueprintBody(made).data)


@extend_schema(
    parameters=[OpenApiParameter("old", OpenApiTypes.INT), OpenApiParameter("new", OpenApiTypes.INT)],
    responses=drafts.DraftDifferences,
    operation_id="draft_differences",
)
@api_view(["GET"])
@_reading
def compare(request: Request, code: str) -> Response:
    """From version `old` to version `new`; from the one before to the newest where they are not named."""
    course = course_to_read(request.user, code)
    last = working_version(course)
    new = version_numbered(course, _number(request, "new", last.number))
    old = version_numbered(course, _number(request, "old", max(new.number - 1, 1)))
    told = differences(old, new, answers=may_author(request.user, course))
    return Response(drafts.DraftDifferences(told).data)


def _number(request: Request, name: str, otherwise: int) -> int:
    said = request.query_params.get(name, "")
    if not said:
        return otherwise
    if not (said.isascii() and said.isdigit() and len(said) <= 6):  # noqa: PLR2004 - no course has a million versions
        raise exceptions.NotFound
    return int(said)
