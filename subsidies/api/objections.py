"""Objections: anybody raises one and asks after it with its receipt; the desk lists and decides them."""

from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock, limits
from portal.api import NeedsRole, Public, idempotent
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import given, paged
from subsidies.models import NoticeLine, Objection
from subsidies.selectors import objections as asked
from subsidies.services import objections as services
from subsidies.services.reviews import LONGEST_REASON

READ = NeedsRole(*asked.READERS)
DECIDE = NeedsRole(*asked.DECIDERS)
STEPS = {"uphold": services.uphold, "dismiss": services.dismiss}


class ObjectionIn(serializers.Serializer):
    words = serializers.CharField(max_length=LONGEST_REASON)
    contact = serializers.CharField(max_length=services.LONGEST_CONTACT, required=False, default="")
    evidence = serializers.FileField(required=False, default=None, help_text="PDF, PNG or JPEG, up to 10 MB.")


class ObjectionToldOut(serializers.Serializer):
    receipt = serializers.CharField()
    notice = serializers.CharField()
    line = serializers.IntegerField()
    state = serializers.ChoiceField(Objection.State.choices)
    raised_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="The last day to decide it.")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ObjectionOut(serializers.ModelSerializer):
    claim = serializers.CharField(source="claim.number")
    notice = serializers.CharField(source="line.notice.number")
    line = serializers.IntegerField(source="line.line_no")
    due_on = serializers.DateField()

    class Meta:
        model = Objection
        fields = [
            "id",
            "province",
            "claim",
            "notice",
            "line",
            "state",
            "words",
            "document_name",
            "raised_at",
            "due_on",
            "decided_at",
            "reason",
        ]


class ObjectionReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


@extend_schema(request=ObjectionIn, responses={201: ObjectionToldOut})
@api_view(["POST"])
@permission_classes([Public])
@parser_classes([JSONParser, FormParser, MultiPartParser])
def raise_one(request: Request, number: str, line_no: int) -> Response:
    """Object to a line of a running notice. The receipt in the answer is the only way to ask after it. Braked by address."""
    rows = NoticeLine.objects.select_related("notice", "claim")
    line = get_object_or_404(rows, notice__number=number, line_no=line_no)
    turn = limits.told(request)
    if turn.refused:
        raise exceptions.Throttled(wait=turn.seconds)
    made = services.raise_objection(line, **given(ObjectionIn, request), at=clock.now())
    return Response(_told(made), status=HTTPStatus.CREATED)


def _told(objection: Objection) -> dict[str, Any]:
    return ObjectionToldOut(asked.told(objection)).data


@extend_schema(responses=ObjectionToldOut)
@api_view(["GET"])
@permission_classes([Public])
def by_receipt(request: Request, receipt: str) -> Response:
    found = asked.by_receipt(receipt)
    if found is None:
        raise Http404
    return Response(_told(found))


@extend_schema(
    parameters=[OpenApiParameter("state", OpenApiTypes.STR, enum=Objection.State.values)],
    responses=ObjectionOut(many=True),
)
@api_view(["GET"])
@permission_classes([READ])
def objection_list(request: Request) -> Response:
    """Those of the provinces one decides or audits in, newest first; none to one's own claim."""
    rows = asked.objections_visible_to(request.user)
    state = request.query_params.get("state", "")
    if state in Objection.State.values:
        rows = rows.filter(state=state)
    return paged(request, rows, ObjectionOut)


def _found(request: Request, pk: str) -> Objection:
    return get_object_or_404(asked.objections_visible_to(request.user), pk=pk)


@extend_schema(responses=ObjectionOut)
@api_view(["GET"])
@permission_classes([READ])
def objection(request: Request, pk: str) -> Response:
    return Response(ObjectionOut(_found(request, pk)).data)


def _decide(request: Request, pk: str, step: str) -> Response:
    reason = given(ObjectionReasonIn, request)["reason"]
    done = STEPS[step](_found(request, pk), by=request.user, at=clock.now(), reason=reason)
    return Response(ObjectionOut(done).data)


@extend_schema(request=ObjectionReasonIn, responses=ObjectionOut)
@api_view(["POST"])
@permission_classes([DECIDE])
@idempotent
def uphold(request: Request, pk: str) -> Response:
    """Founded: the claim is struck and its money free."""
    return _decide(request, pk, "uphold")


@extend_schema(request=ObjectionReasonIn, responses=ObjectionOut)
@api_view(["POST"])
@permission_classes([DECIDE])
@idempotent
def dismiss(request: Request, pk: str) -> Response:
    """Not founded: the claim goes on."""
    return _decide(request, pk, "dismiss")


urlpatterns = [
    path("notices/<subsidies_paper:number>/lines/<int:line_no>/object/", raise_one, name="api-object"),
    path("objections/<subsidies_paper:receipt>/", by_receipt, name="api-objection-told"),
    path("desk/objections/", objection_list, name="api-objections"),
    path("desk/objections/<subsidies_row:pk>/", objection, name="api-objection"),
    path("desk/objections/<subsidies_row:pk>/uphold/", uphold, name="api-objection-uphold"),
    path("desk/objections/<subsidies_row:pk>/dismiss/", dismiss, name="api-objection-dismiss"),
]
