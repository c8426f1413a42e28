"""`/api/learn/`: questions at a lesson, for learners. The same selectors and services as the pages."""

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners import asking
from learners.models import Enquiry, FaqEntry, Report
from learners.selectors import asking as selectors
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.services import asking as services
from portal import clock
from portal.api import SignedIn, idempotent


class PostOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField(help_text="Empty where a moderator hid it. An answer is Markdown.")
    text_en = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    hidden_reason = serializers.CharField(allow_blank=True)


class EnquiryOut(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.CharField()
    lesson = serializers.CharField(help_text="The lesson's key.")
    second = serializers.IntegerField(allow_null=True)
    heading = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Of the promised answer, while it waits.")
    is_late = serializers.BooleanField()
    posts = PostOut(many=True)


class EntryOut(serializers.Serializer):
    id = serializers.IntegerField()
    second = serializers.IntegerField(allow_null=True)
    heading = serializers.CharField(allow_blank=True)
    question = serializers.CharField()
    answer_html = serializers.CharField()
    others = serializers.IntegerField(help_text="Learners who have it, too.")
    is_mine = serializers.BooleanField()


class PromisedOut(serializers.Serializer):
    working_days = serializers.IntegerField()
    due = serializers.IntegerField(help_text="Of the last 90 days.")
    in_time = serializers.IntegerField()
    median_minutes = serializers.IntegerField(allow_null=True)


class QuestionsOut(serializers.Serializer):
    promise = PromisedOut()
    own = EnquiryOut(many=True)
    faq = EntryOut(many=True)


class AskIn(serializers.Serializer):
    text = serializers.CharField(max_length=asking.LONGEST)
    second = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=10**6
    )
    heading = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)


class FollowUpIn(serializers.Serializer):
    text = serializers.CharField(max_length=asking.LONGEST)


class ReportIn(serializers.Serializer):
    why = serializers.ChoiceField(choices=Report.Why.choices)
    words = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=asking.LONGEST_REASON
    )


class ReportedOut(serializers.Serializer):
    id = serializers.IntegerField()


def enquiry_out(row: Enquiry) -> dict[str, object]:
    posts = [
        {
            "id": post.pk,
            "kind": post.kind,
            "text": "" if post.hidden_at else post.text,
            "text_en": "" if post.hidden_at else post.text_en,
            "at": post.at,
            "hidden_reason": post.hidden_reason,
        }
        for post in row.posts.all()
    ]
    return {
        "id": row.pk,
        "course": row.course_code,
        "lesson": row.lesson_key,
        "second": row.second,
        "heading": row.heading,
        "state": row.state,
        "asked_at": row.asked_at,
        "due_at": row.due_at,
        "is_late": row.late_at is not None,
        "posts": posts,
    }


def _entry(row: FaqEntry) -> dict[str, object]:
    return {
        "id": row.pk,
        "second": row.second,
        "heading": row.heading,
        "question": row.question,
        "answer_html": row.answer,
        "others": row.others,
        "is_mine": row.is_mine,
    }


@extend_schema(methods=["GET"], responses=QuestionsOut, operation_id="learn_questions")
@extend_schema(methods=["POST"], request=AskIn, responses={201: EnquiryOut}, operation_id="learn_ask")
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def questions(request: Request, enrolment_id: int, key: str) -> Response:
    """My own questions at a lesson and the published ones; POST asks another. 409 where a rule forbids it."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    lesson = outline_of(enrolment).lesson(key)
    if lesson is None:
        raise Http404
    if request.method == "POST":
        body = AskIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.ask(enrolment, lesson, by=request.user, at=clock.now(), **body.validated_data)
        return Response(EnquiryOut(enquiry_out(made)).data, status=201)
    found = selectors.panel(enrolment, lesson, few=False)
    out = {
        "promise": found.promise,
        "own": [enquiry_out(row.enquiry) for row in found.own],
        "faq": [_entry(row) for row in found.faq],
    }
    return Response(QuestionsOut(out).data)


@extend_schema(responses=EnquiryOut, operation_id="learn_question")
@api_view(["GET"])
@permission_classes([SignedIn])
def enquiry(request: Request, enquiry_id: int) -> Response:
    """One of my questions, with all that was said."""
    return Response(EnquiryOut(enquiry_out(selectors.enquiry_visible_to(request.user, enquiry_id))).data)


@extend_schema(request=FollowUpIn, responses=EnquiryOut, operation_id="learn_question_follow_up")
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def follow_up(request: Request, enquiry_id: int) -> Response:
    """Add to my question, say more, or send an answer back once."""
    found = selectors.enquiry_visible_to(request.user, enquiry_id)
    body = FollowUpIn(data=request.data)
    body.is_valid(raise_exception=True)
    made = services.follow_up(found, by=request.user, at=clock.now(), **body.validated_data)
    return Response(EnquiryOut(enquiry_out(made)).data)


@extend_schema(request=None, responses=EnquiryOut, operation_id="learn_question_satisfied")
@api_view(["POST"])
@permission_classes([SignedIn])
def satisfied(request: Request, enquiry_id: int) -> Response:
    """The answer helped. A second time changes nothing."""
    found = selectors.enquiry_visible_to(request.user, enquiry_id)
    made = services.satisfied(found, by=request.user, at=clock.now())
    return Response(EnquiryOut(enquiry_out(made)).data)


@extend_schema(request=None, responses=EntryOut, operation_id="learn_faq_me_too")
@api_view(["POST"])
@permission_classes([SignedIn])
def have_too(request: Request, entry_id: int) -> Response:
    """I have this published question, too. A second time changes nothing."""
    entry = selectors.entry_visible_to(request.user, entry_id)
    enrolment = selectors.enrolment_for(request.user, entry.course_code)
    services.have_too(entry, enrolment=enrolment, at=clock.now())
    row = selectors.faq_of(entry.course_code, request.user).get(pk=entry.pk)
    return Response(EntryOut(_entry(row)).data)


@extend_schema(request=ReportIn, responses={201: ReportedOut}, operation_id="learn_faq_report")
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def report_entry(request: Request, entry_id: int) -> Response:
    """Report a published answer to a moderator."""
    return _report(request, selectors.entry_visible_to(request.user, entry_id))


@extend_schema(request=ReportIn, responses={201: ReportedOut}, operation_id="learn_post_report")
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def report_post(request: Request, post_id: int) -> Response:
    """Report what somebody said in my question."""
    return _report(request, selectors.post_to_report(request.user, post_id))


def _report(request: Request, thing: object) -> Response:
    body = ReportIn(data=request.data)
    body.is_valid(raise_exception=True)
    made = services.report(thing, by=request.user, at=clock.now(), **body.validated_data)
    return Response({"id": made.pk}, status=201)


urlpatterns = [
    path("enrolments/<int:enrolment_id>/lessons/<slug:key>/questions/", questions, name="api-questions"),
    path("questions/<int:enquiry_id>/", enquiry, name="api-enquiry"),
    path("questions/<int:enquiry_id>/follow-up/", follow_up, name="api-follow-up"),
    path("questions/<int:enquiry_id>/satisfied/", satisfied, name="api-satisfied"),
    path("faq/<int:entry_id>/me-too/", have_too, name="api-have-too"),
    path("faq/<int:entry_id>/report/", report_entry, name="api-report-entry"),
    path("posts/<int:post_id>/report/", report_post, name="api-report-post"),
]
