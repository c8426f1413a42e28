"""The question whether a course can be paid for, in JSON, for anybody. Nothing is stored."""

from typing import Any

from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.api import Public
from portal.money import yuan
from subsidies.forms.eligibility import EligibilityForm
from subsidies.policy.questions import Answers
from subsidies.selectors.eligibility import course_asked_about, eligibility
from subsidies.views.eligibility import answer_of


class EligibilityReason(serializers.Serializer):
    title = serializers.CharField()
    reason = serializers.CharField()
    change = serializers.ListField(child=serializers.CharField())


class EligibilityLine(serializers.Serializer):
    title = serializers.CharField()
    fund = serializers.CharField()
    formula = serializers.CharField()
    fen = serializers.IntegerField()


class ProgrammeOut(serializers.Serializer):
    answer = serializers.ChoiceField(choices=["yes", "nothing", "no", "depends"])
    policy = serializers.IntegerField(source="version.pk", default=None, allow_null=True)
    title = serializers.CharField(source="version.title", default="")
    doc_no = serializers.CharField(source="version.doc_no", default="")
    valid_from = serializers.DateField(source="version.valid.lower", default=None, allow_null=True)
    amount = serializers.SerializerMethodField(help_text="Yuan, two decimals.")
    amount_fen = serializers.IntegerField()
    sure_fen = serializers.IntegerField(help_text="Certain once every open rule turns out well.")
    lines = EligibilityLine(many=True)
    reasons = EligibilityReason(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Facts that are still open.")

    def get_amount(self, item: dict[str, Any]) -> str:
        return yuan(item["amount_fen"])


class EligibilityQuestion(serializers.Serializer):
    name = serializers.CharField(help_text="Send the answer back under this name.")
    label = serializers.CharField()
    choices = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class EligibilityOut(serializers.Serializer):
    course = serializers.CharField()
    offered = serializers.BooleanField(help_text="Whether an enrolment of today would count for the subsidy.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why it would not.")
    programmes = ProgrammeOut(many=True)
    questions = EligibilityQuestion(many=True)


def _told(request: Request) -> dict[str, str | list[str]]:
    """The answers as a form reads them. Raises ValidationError."""
    if not isinstance(request.data, dict):
        raise serializers.ValidationError({"answers": [_("Send an object with the answers by name.")]})
    return {
        name: [str(one) for one in value] if isinstance(value, list) else str(value)
        for name, value in request.data.items()
        if value is not None
    }


@extend_schema(methods=["GET"], responses=EligibilityOut, operation_id="subsidies_eligibility")
@extend_schema(
    methods=["POST"],
    request=OpenApiTypes.OBJECT,
    responses=EligibilityOut,
    operation_id="subsidies_eligibility_answer",
)
@api_view(["GET", "POST"])
@permission_classes([Public])
def panel(request: Request, code: str) -> Response:
    """What the policies of the course's province say; POST with answers under the names of the questions."""
    course = course_asked_about(request.user, code)
    if course.current_version_id is None:
        raise Http404
    at = clock.now()
    found = eligibility(course, Answers(), at=at)
    form = EligibilityForm(
        _told(request) if request.method == "POST" else None, known=found.known, today=clock.today(at)
    )
    if form.is_bound:
        if not form.is_valid():
            raise serializers.ValidationError(form.errors.get_json_data())
        found = eligibility(course, form.answers(), at=at)
    fields = form.shown(found.asked, kind=found.basis["certificate"]["kind"])
    out = {
        "course": course.code,
        "offered": found.standing.counts,
        "reasons": [sentence for _code, sentence in found.standing.reasons],
        "programmes": [answer_of(programme) for programme in found.programmes],
        "questions": [
            {
                "name": field.name,
                "label": str(field.label),
                "choices": [[key, str(word)] for key, word in getattr(field.field, "choices", [])],
            }
            for field in fields
        ],
    }
    return Response(EligibilityOut(out).data)


urlpatterns = [path("eligibility/<str:code>/", panel, name="api-eligibility")]
