"""One's own claims. Money is a decimal string in yuan beside integer fen."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.access import may
from portal.api import Pages, SignedIn, idempotent
from portal.money import yuan
from portal.moves import steps_from
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.forms.claims import question_of
from subsidies.models import Claim, Programme
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import facts, papers, records, road
from subsidies.selectors.offers import DEFAULT, programme_for
from subsidies.services import claims, rejections
from subsidies.services.reviews import LONGEST_REASON
from subsidies.workflow.claims import MOVES, Channel, State

CLAIMANTS = frozenset({"resubmit", "withdraw", "appeal"})


class ClaimOut(serializers.ModelSerializer):
    status = serializers.SerializerMethodField(help_text="One of: " + ", ".join(road.STATUSES) + ".")
    amount = serializers.SerializerMethodField(help_text="Yuan, two decimals.")
    reason = serializers.SerializerMethodField(help_text="Why it was sent back or turned down.")
    steps = serializers.SerializerMethodField(help_text="What the claimant can do.")

    class Meta:
        model = Claim
        fields = [
            "number",
            "province",
            "programme",
            "purpose",
            "channel",
            "payee_organisation",
            "holder_masked",
            "certificate_serial",
            "certificate_kind",
            "occupation",
            "occupation_name",
            "level",
            "course_title",
            "declared",
            "confirmed",
            "status",
            "outcome",
            "amount",
            "amount_fen",
            "lines",
            "reason",
            "submitted_at",
            "due_at",
            "appeal_ends_at",
            "steps",
        ]

    def get_amount(self, claim: Claim) -> str:
        return yuan(claim.amount_fen)

    def get_status(self, claim: Claim) -> str:
        return road.STATUS_OF[claim.state]

    def get_reason(self, claim: Claim) -> str:
        return "" if claim.state == State.REJECT_PROPOSED else claim.reason

    def get_steps(self, claim: Claim) -> list[str]:
        own = claim.channel == Channel.PERSON or self.context.get("organisation", False)
        return [step for step in steps_from(MOVES, claim.state) if step in CLAIMANTS and own]


class ClaimReasonOut(serializers.Serializer):
    code = serializers.CharField()
    ref = serializers.CharField(help_text="The clause or the part of the policy.")
    zh = serializers.CharField()
    en = serializers.CharField()


class ExplainedOut(ClaimOut):
    rests_on = serializers.SerializerMethodField(help_text="The reasons behind a no, each with its clause.")
    explanation = serializers.SerializerMethodField(help_text="The record of the newest decision.")

    class Meta(ClaimOut.Meta):
        fields = [*ClaimOut.Meta.fields, "rests_on", "explanation"]

    @extend_schema_field(ClaimReasonOut(many=True))
    def get_rests_on(self, claim: Claim) -> list[dict[str, str]]:
        against = claims_asked.decision_against(claim)
        return against.reasons if against else []

    def get_explanation(self, claim: Claim) -> dict[str, Any] | None:
        return claims_asked.explanation_of(claim)


class AnswerAskedOut(serializers.Serializer):
    path = serializers.CharField(help_text="The name under which it is answered.")
    question = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class QuestionStepOut(serializers.Serializer):
    step = serializers.CharField(help_text="status, link or other: the page that asks.")
    answers = AnswerAskedOut(many=True)


class AnswersIn(serializers.Serializer):
    answers = serializers.DictField(
        child=serializers.BooleanField(allow_null=True),
        default=dict,
        help_text="Path of each question to true, false or null (not known); which there are, `claims/questions/` says.",
    )


class SubmitIn(AnswersIn):
    serial = serializers.CharField(max_length=40)
    programme = serializers.CharField(max_length=20, default=DEFAULT, help_text="`SKILL`, `LIVING`, …")
    agreed = serializers.BooleanField()


class ClaimAppealIn(serializers.Serializer):
    words = serializers.CharField(max_length=LONGEST_REASON)


def given(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def own(request: Request, number: str) -> Claim:
    """A claim that the person made themselves. 404 for one that an organisation made for them."""
    rows = claims_asked.own_claims(request.user).filter(channel=Channel.PERSON)
    return get_object_or_404(rows, number=number)


@extend_schema(methods=["GET"], responses=ClaimOut(many=True), operation_id="claims_mine")
@extend_schema(methods=["POST"], request=SubmitIn, responses={201: ClaimOut}, operation_id="claims_submit")
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
def mine(request: Request) -> Response:
    """One's own claims; POST claims for a certificate. 409 where a rule forbids it."""
    return _submit(request) if request.method == "POST" else _mine(request)


def _mine(request: Request) -> Response:
    pages = Pages()
    page = pages.paginate_queryset(claims_asked.own_claims(request.user), request)
    return pages.get_paginated_response(ClaimOut(page, many=True).data)


@idempotent
def _submit(request: Request) -> Response:
    body = given(SubmitIn, request)
    row = claims.submit_claim(
        request.user,
        body["serial"],
        at=clock.now(),
        programme=body["programme"],
        key=request.headers.get("Idempotency-Key", ""),
        answers=body["answers"],
        agreed=body["agreed"],
    )
    return Response(ClaimOut(row).data, status=201)


@extend_schema(responses=ExplainedOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def claim(request: Request, number: str) -> Response:
    """A claim that one may see, with the record that explains its amount. Staff need their second factor."""
    at_desk = may(request, claims_asked.DESK_ROLES)
    rows = claims_asked.claims_visible_to if at_desk else claims_asked.own_claims
    row = get_object_or_404(rows(request.user), number=number)
    return Response(ExplainedOut(row).data)


@extend_schema(responses=QuestionStepOut(many=True))
@api_view(["GET"])
@permission_classes([SignedIn])
def questions(request: Request, serial: str) -> Response:
    """What has to be answered to claim for one's own certificate, under the policy in force of `?programme=`."""
    paper = papers.paper_of(request.user, serial)
    if paper is None:
        raise Http404
    if not accounts.is_real_name_verified(request.user):
        raise claims.NotVerified
    at, programme = clock.now(), request.query_params.get("programme", DEFAULT)
    paying = programme_for(Programme.Payee.PERSON, programme.replace("\x00", ""))
    if paying is None:
        raise Http404
    subject = records.subject_of(request.user, paper, {}, programme=paying, at=at)
    asked = facts.explain(subject, at=at).steps
    steps = [{"step": step.name, "answers": [_asked(path) for path in step.paths]} for step in asked]
    return Response(QuestionStepOut(steps, many=True).data)


def _asked(path: str) -> dict[str, str]:
    question, hint = question_of(path)
    return {"path": path, "question": str(question), "hint": str(hint)}


@extend_schema(request=AnswersIn, responses=ClaimOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def resubmit(request: Request, number: str) -> Response:
    """Hand in a returned claim again; answers replace the earlier ones."""
    body = given(AnswersIn, request)
    row = claims.resubmit(own(request, number), by=request.user, at=clock.now(), answers=body["answers"])
    return Response(ClaimOut(row).data)


@extend_schema(request=None, responses=ClaimOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def withdraw(request: Request, number: str) -> Response:
    row = claims.withdraw(own(request, number), by=request.user, at=clock.now())
    return Response(ClaimOut(row).data)


@extend_schema(request=ClaimAppealIn, responses=ClaimOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def appeal(request: Request, number: str) -> Response:
    """Answer a rejection, once. 409 after its last day."""
    words = given(ClaimAppealIn, request)["words"]
    row = rejections.file_appeal(own(request, number), by=request.user, at=clock.now(), words=words)
    return Response(ClaimOut(row).data)


urlpatterns = [
    path("claims/", mine, name="api-claims"),
    path("claims/<subsidies_paper:number>/", claim, name="api-claim"),
    path("claims/questions/<subsidies_paper:serial>/", questions, name="api-claim-questions"),
    path("claims/<subsidies_paper:number>/resubmit/", resubmit, name="api-claim-resubmit"),
    path("claims/<subsidies_paper:number>/withdraw/", withdraw, name="api-claim-withdraw"),
    path("claims/<subsidies_paper:number>/appeal/", appeal, name="api-claim-appeal"),
]
