"""Answers to the questions that stand in a film: a self-check. Mounted at /api/learn/."""

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from courses import selectors as courses
from learners import checks
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from portal.api import SignedIn


class TryIn(serializers.Serializer):
    chosen = serializers.ListField(child=serializers.CharField(max_length=2), max_length=20)


class TryOut(serializers.Serializer):
    right = serializers.BooleanField()
    why = serializers.CharField(help_text="With a right answer; may be empty.")


@extend_schema(request=TryIn, responses=TryOut)
@api_view(["POST"])
@permission_classes([SignedIn])
def try_question(request: Request, enrolment_id: int, question_id: int) -> Response:
    """Whether an answer to a question of a film is right. It earns nothing, costs nothing and is not written down."""
    body = TryIn(data=request.data)
    body.is_valid(raise_exception=True)
    lessons = outline_of(enrolment_visible_to(request.user, enrolment_id)).lessons
    asked = next((lesson for lesson in lessons if question_id in lesson.question_ids), None)
    if asked is None or all(question.id != question_id for question in courses.pinned_questions(asked.id)):
        raise Http404
    tried = checks.tried(question_id, frozenset(body.validated_data["chosen"]))
    return Response({"right": tried.right, "why": tried.why})


urlpatterns = [
    path("enrolments/<int:enrolment_id>/questions/<int:question_id>/try/", try_question, name="api-try")
]
