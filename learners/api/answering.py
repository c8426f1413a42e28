"""`/api/learn/desk/`: the inbox of those who answer, what moderators decide, what courses promise."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors as courses
from courses import services as catalogue
from learners import asking
from learners.api.asking import EnquiryOut, PromisedOut, enquiry_out
from learners.models import Report
from learners.selectors import inbox
from learners.selectors import moderation as reports_
from learners.services import answering, moderation
from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, idempotent

STEPS = {
    "claim": (answering.claim, ()),
    "release": (answering.release, ()),
    "answer": (answering.answer, ("text", "text_en")),
    "return": (answering.ask_back, ("text",)),
    "point": (answering.point_to, ("entry",)),
    "publish": (answering.publish, ("question_zh", "answer_zh", "question_en", "answer_en")),
}
ENTRY_STEPS = {"unpublish": answering.unpublish, "publish": answering.publish_again}


def _text(longest: int = asking.LONGEST_ANSWER) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, default="", max_length=longest)


class EarliestDueFirst(Pages):
    ordering = ("due_at", "id")


class OldestFirst(Pages):
    ordering = ("id",)


class InboxOut(EnquiryOut):
    learner = serializers.CharField(help_text="The name, masked.", allow_blank=True)
    province = serializers.CharField(help_text="Of the learner.")
    claimed_by = serializers.CharField(allow_blank=True)


class InboxPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = InboxOut(many=True)


class InboxStepIn(serializers.Serializer):
    """`text` for answer and return, `entry` for point, the four texts for publish."""

    step = serializers.ChoiceField(choices=list(STEPS))
    text, text_en = _text(), _text()
    question_zh, question_en = _text(asking.LONGEST), _text(asking.LONGEST)
    answer_zh, answer_en = _text(), _text()
    entry = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**63 - 1)


class FaqStepIn(serializers.Serializer):
    step = serializers.ChoiceField(choices=list(ENTRY_STEPS))


class FaqStateOut(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    state = serializers.CharField()


class ReportOut(serializers.Serializer):
    id = serializers.IntegerField(source="report.pk")
    state = serializers.CharField(source="report.state")
    why = serializers.CharField(source="report.why")
    words = serializers.CharField(source="report.words", allow_blank=True)
    at = serializers.DateTimeField(source="report.at")
    province = serializers.CharField(source="report.province_id")
    text = serializers.CharField()
    author = serializers.CharField(help_text="Of a learner masked.", allow_blank=True)
    decided_reason = serializers.CharField(source="report.decided_reason", allow_blank=True)


class ReportPageOut(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReportOut(many=True)


class DecideIn(serializers.Serializer):
    step = serializers.ChoiceField(choices=["hide", "keep"])
    reason = serializers.CharField(min_length=asking.SHORTEST_REASON, max_length=asking.LONGEST_REASON)
    pause_days = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=asking.LONGEST_PAUSE
    )


class PromiseIn(serializers.Serializer):
    working_days = serializers.IntegerField(min_value=1, max_value=10)


def _lines(rows: list, *, at: object) -> list[dict[str, object]]:
    return [
        enquiry_out(line.enquiry)
        | {"learner": line.learner, "province": line.enquiry.province_id, "claimed_by": line.claimed_by}
        for line in inbox.described(rows, at=at)
    ]


@extend_schema(responses=InboxPageOut, operation_id="learn_inbox")
@api_view(["GET"])
@permission_classes([NeedsRole(*inbox.INBOX_ROLES)])
def questions(request: Request) -> Response:
    """What waits at one's own desk, in cursor pages, the earliest due first."""
    pages = EarliestDueFirst()
    rows = inbox.inbox_of(request.user).waiting().prefetch_related("posts")
    found = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(InboxOut(_lines(found, at=clock.now()), many=True).data)


@extend_schema(request=InboxStepIn, responses=InboxOut, operation_id="learn_inbox_step")
@api_view(["POST"])
@permission_classes([NeedsRole(*inbox.ANSWERERS)])
@idempotent
def step(request: Request, enquiry_id: int) -> Response:
    """One step with a question. 409 where a rule forbids it, or somebody else is answering."""
    found = inbox.enquiry_at_the_desk(request.user, enquiry_id)
    body = InboxStepIn(data=request.data)
    body.is_valid(raise_exception=True)
    said = body.validated_data
    act, names = STEPS[said["step"]]
    told = {name: said[name] for name in names if name != "entry"}
    at = clock.now()
    if "entry" in names:
        entry = get_object_or_404(inbox.entries_to_point_to(found), pk=said["entry"])
        act(found, entry, by=request.user, at=at)
    else:
        act(found, by=request.user, at=at, **told)
    found = inbox.enquiry_at_the_desk(request.user, enquiry_id)
    return Response(InboxOut(_lines([found], at=at)[0]).data)


@extend_schema(request=FaqStepIn, responses=FaqStateOut, operation_id="learn_faq_step")
@api_view(["POST"])
@permission_classes([NeedsRole(*inbox.ANSWERERS)])
@idempotent
def faq_step(request: Request, entry_id: int) -> Response:
    """Take a published answer back, or publish it again."""
    found = inbox.entry_at_the_desk(request.user, entry_id)
    body = FaqStepIn(data=request.data)
    body.is_valid(raise_exception=True)
    act = ENTRY_STEPS[body.validated_data["step"]]
    return Response(FaqStateOut(act(found, by=request.user, at=clock.now())).data)


@extend_schema(responses=ReportPageOut, operation_id="learn_reports")
@api_view(["GET"])
@permission_classes([NeedsRole(*reports_.REPORT_ROLES)])
def reports(request: Request) -> Response:
    """What was reported and waits for a decision, the oldest first."""
    pages = OldestFirst()
    rows = reports_.reports_visible_to(request.user).filter(state="open")
    found = pages.paginate_queryset(rows, request)
    return pages.get_paginated_response(ReportOut(reports_.described(found), many=True).data)


@extend_schema(request=DecideIn, responses=ReportOut, operation_id="learn_report_decide")
@api_view(["POST"])
@permission_classes([NeedsRole(*reports_.MODERATORS)])
@idempotent
def decide(request: Request, report_id: int) -> Response:
    """Hide or keep what was reported, for a reason that its author reads."""
    found = reports_.report_at_the_desk(request.user, report_id)
    body = DecideIn(data=request.data)
    body.is_valid(raise_exception=True)
    said = dict(body.validated_data)
    done: Report = moderation.decide(found, said.pop("step"), by=request.user, at=clock.now(), **said)
    return Response(ReportOut(reports_.described([done])[0]).data)


@extend_schema(request=PromiseIn, responses=PromisedOut, operation_id="learn_promise")
@api_view(["PUT"])
@permission_classes([NeedsRole(Role.PROVIDER_MANAGER)])
def promise(request: Request, code: str) -> Response:
    """Within how many working days questions about one's own course are answered."""
    course = get_object_or_404(courses.courses_that_promise(request.user), code=code)
    body = PromiseIn(data=request.data)
    body.is_valid(raise_exception=True)
    catalogue.promise_answers(course, by=request.user, at=clock.now(), **body.validated_data)
    return Response(PromisedOut(courses.promise_of(course.code)).data)


urlpatterns = [
    path("desk/questions/", questions, name="api-inbox"),
    path("desk/questions/<int:enquiry_id>/steps/", step, name="api-inbox-step"),
    path("desk/faq/<int:entry_id>/steps/", faq_step, name="api-faq-step"),
    path("desk/reports/", reports, name="api-reports"),
    path("desk/reports/<int:report_id>/decide/", decide, name="api-report-decide"),
    path("desk/promises/<slug:code>/", promise, name="api-promise"),
]
