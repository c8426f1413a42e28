"""`/api/learn/desk/figures/`: what graded exams say of the questions of one's own courses."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from learners.selectors.figures import FIGURES_ROLES, SORTS, exam_figures_at_the_desk, question_lines
from portal.api import NeedsRole


class OptionFiguresOut(serializers.Serializer):
    key = serializers.CharField()
    text = serializers.CharField()
    share = serializers.FloatField(help_text="Of those who answered, from 0 to 1.")
    is_right = serializers.BooleanField()


class QuestionFiguresOut(serializers.Serializer):
    key = serializers.CharField(help_text="The question's name through the versions of the course.")
    kind = serializers.CharField()
    stem = serializers.CharField()
    drawn = serializers.IntegerField()
    difficulty = serializers.FloatField(allow_null=True, help_text="The share with full points, from 0 to 1.")
    discrimination = serializers.FloatField(
        allow_null=True, help_text="Corrected point-biserial correlation with the rest of the exam."
    )
    exposure = serializers.FloatField(allow_null=True, help_text="The share of graded exams that drew it.")
    blank = serializers.FloatField()
    options = OptionFiguresOut(many=True)
    hints = serializers.ListField(child=serializers.CharField())


@extend_schema(
    responses=QuestionFiguresOut(many=True),
    operation_id="learn_question_figures",
    parameters=[OpenApiParameter("sort", enum=list(SORTS))],
)
@api_view(["GET"])
@permission_classes([NeedsRole(*FIGURES_ROLES)])
def question_figures(request: Request, code: str) -> Response:
    """Every question of the course's exams by its lasting key; 404 while no exam is graded."""
    exam_figures_at_the_desk(request.user, code)
    lines = question_lines(code, sort=request.query_params.get("sort", ""))
    return Response(QuestionFiguresOut(lines, many=True).data)


urlpatterns = [path("desk/figures/<str:code>/", question_figures, name="api-question-figures")]
