"""Certificates issued elsewhere: the holder's own, and what the desk looks at and decides."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import selectors
from certificates.models import ExternalCertificate, RegisterAnswer, Ruling
from certificates.services import external as services
from certificates.services import rulings
from portal import clock
from portal.api import NeedsRole, Pages, SignedIn, idempotent


class ExternalIn(serializers.Serializer):
    number = serializers.CharField(max_length=80, help_text="As printed.")
    kind = serializers.ChoiceField(choices=ExternalCertificate.Kind.choices)
    occupation = serializers.CharField(max_length=120, help_text="Code or name.")
    level = serializers.IntegerField(
        min_value=1,
        max_value=5,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of a level certificate.",
    )
    issuer_name = serializers.CharField(max_length=100)
    issuer_code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    issued_on = serializers.DateField()
    paper = serializers.FileField(required=False, allow_null=True, default=None, help_text="multipart only")
    agreed = serializers.BooleanField(
        help_text="Number, name and ID number may be sent to the national register."
    )


class PaperIn(serializers.Serializer):
    paper = serializers.FileField()


class RulingIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Ruling.Kind.choices)
    reason = serializers.CharField(min_length=rulings.SHORTEST_REASON, max_length=500)


class RulingRefusalIn(serializers.Serializer):
    reason = serializers.CharField(min_length=rulings.SHORTEST_REASON, max_length=500)


class ExternalOut(serializers.ModelSerializer):
    said = serializers.CharField(help_text="What the last question to the register came to.")
    claimable = serializers.SerializerMethodField(help_text="Checked, and beside a completed course.")

    class Meta:
        model = ExternalCertificate
        fields = [
            "serial",
            "state",
            "number",
            "kind",
            "occupation_code",
            "occupation_name",
            "level",
            "issuer_name",
            "issued_on",
            "holder_masked",
            "said",
            "why",
            "claimable",
            "reported_at",
            "checked_at",
            "confirmed_at",
            "doubted_at",
            "due_at",
        ]

    def get_claimable(self, row: ExternalCertificate) -> bool:
        return row.state == ExternalCertificate.State.CHECKED and row.completion_id is not None


class RegisterAnswerOut(serializers.ModelSerializer):
    digest = serializers.CharField(help_text="SHA-256 of the answer as it came, in hex.")

    class Meta:
        model = RegisterAnswer
        fields = ["asked_at", "came_at", "said", "trouble", "answered_at", "as_of", "facts", "digest", "used"]


class RulingOut(serializers.ModelSerializer):
    external = serializers.CharField(source="external.serial")

    class Meta:
        model = Ruling
        fields = [
            "uid",
            "external",
            "kind",
            "state",
            "reason",
            "proposed_at",
            "decided_at",
            "decision_reason",
        ]


class EvidenceOut(ExternalOut):
    answers = RegisterAnswerOut(many=True)
    rulings = RulingOut(many=True)

    class Meta(ExternalOut.Meta):
        fields = [*ExternalOut.Meta.fields, "answers", "rulings"]


@extend_schema(methods=["GET"], responses=ExternalOut(many=True), operation_id="certificates_external")
@extend_schema(
    methods=["POST"],
    request=ExternalIn,
    responses={201: ExternalOut},
    operation_id="certificates_external_report",
)
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
@idempotent
def own(request: Request) -> Response:
    """My certificates that others issued; POST registers one. The register is asked within a minute."""
    if request.method == "POST":
        body = ExternalIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.report(request.user, at=clock.now(), **body.validated_data)
        return Response(ExternalOut(made).data, status=201)
    pages = Pages()
    rows = pages.paginate_queryset(selectors.externals_of(request.user), request)
    return pages.get_paginated_response(ExternalOut(rows, many=True).data)


def _own(request: Request, serial: str) -> ExternalCertificate:
    return get_object_or_404(selectors.externals_of(request.user), serial=serial)


@extend_schema(responses=ExternalOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def one(request: Request, serial: str) -> Response:
    """What became of it."""
    return Response(ExternalOut(_own(request, serial)).data)


@extend_schema(request=PaperIn, responses=ExternalOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def paper(request: Request, serial: str) -> Response:
    """Add a photo or scan, as multipart."""
    found = _own(request, serial)
    body = PaperIn(data=request.data)
    body.is_valid(raise_exception=True)
    done = services.add_paper(found, body.validated_data["paper"], by=request.user, at=clock.now())
    return Response(ExternalOut(done).data)


@extend_schema(request=None, responses=ExternalOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def take_back(request: Request, serial: str) -> Response:
    """Take it back while nothing is found."""
    done = services.take_back(_own(request, serial), by=request.user, at=clock.now())
    return Response(ExternalOut(done).data)


@extend_schema(request=None, responses=ExternalOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def link(request: Request, serial: str) -> Response:
    """Put it beside the course that I completed since."""
    done = services.link(_own(request, serial), by=request.user, at=clock.now())
    return Response(ExternalOut(done).data)


@extend_schema(responses=ExternalOut(many=True), operation_id="certificates_external_desk")
@api_view(["GET"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def desk(request: Request) -> Response:
    """Those of one's own province, the newest first."""
    pages = Pages()
    rows = pages.paginate_queryset(selectors.externals_at_desk(request.user), request)
    return pages.get_paginated_response(ExternalOut(rows, many=True).data)


def _on_desk(request: Request, serial: str) -> ExternalCertificate:
    return get_object_or_404(selectors.externals_at_desk(request.user), serial=serial)


@extend_schema(responses=EvidenceOut, operation_id="certificates_external_evidence")
@api_view(["GET"])
@permission_classes([NeedsRole(*selectors.DESK_ROLES)])
def evidence(request: Request, serial: str) -> Response:
    """One of them with all answers of the register and all that was proposed."""
    rows = selectors.externals_at_desk(request.user).prefetch_related("answers", "rulings__external")
    return Response(EvidenceOut(get_object_or_404(rows, serial=serial)).data)


@extend_schema(request=RulingIn, responses=RulingOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def propose(request: Request, serial: str) -> Response:
    """Propose to accept it by its paper, to refuse it, or to declare it no longer valid."""
    found = _on_desk(request, serial)
    body = RulingIn(data=request.data)
    body.is_valid(raise_exception=True)
    made = rulings.propose(found, by=request.user, at=clock.now(), **body.validated_data)
    return Response(RulingOut(made).data)


@extend_schema(request=None, responses=ExternalOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def ask(request: Request, serial: str) -> Response:
    """Have the register asked at the next round."""
    done = services.ask_again(_on_desk(request, serial), by=request.user, at=clock.now())
    return Response(ExternalOut(done).data)


def _ruling(request: Request, uid: str) -> Ruling:
    return get_object_or_404(selectors.rulings_visible_to(request.user), uid=uid)


@extend_schema(request=None, responses=ExternalOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def approve(request: Request, uid: str) -> Response:
    """Approve what a colleague proposed: done at once."""
    return Response(ExternalOut(rulings.approve(_ruling(request, uid), by=request.user, at=clock.now())).data)


@extend_schema(request=RulingRefusalIn, responses=RulingOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def refuse(request: Request, uid: str) -> Response:
    """Refuse what a colleague proposed, for a reason."""
    found = _ruling(request, uid)
    body = RulingRefusalIn(data=request.data)
    body.is_valid(raise_exception=True)
    return Response(
        RulingOut(rulings.refuse(found, **body.validated_data, by=request.user, at=clock.now())).data
    )


@extend_schema(request=None, responses=RulingOut)
@api_view(["POST"])
@permission_classes([NeedsRole(*selectors.PROPOSERS)])
@idempotent
def withdraw(request: Request, uid: str) -> Response:
    """Take back one's own proposal."""
    return Response(RulingOut(rulings.withdraw(_ruling(request, uid), by=request.user, at=clock.now())).data)


urlpatterns = [
    path("external/", own, name="api-externals"),
    path("external/desk/", desk, name="api-externals-desk"),
    path("external/desk/<slug:serial>/", evidence, name="api-external-evidence"),
    path("external/desk/<slug:serial>/propose/", propose, name="api-external-propose"),
    path("external/desk/<slug:serial>/ask/", ask, name="api-external-ask"),
    path("external/rulings/<uuid:uid>/approve/", approve, name="api-ruling-approve"),
    path("external/rulings/<uuid:uid>/refuse/", refuse, name="api-ruling-refuse"),
    path("external/rulings/<uuid:uid>/withdraw/", withdraw, name="api-ruling-withdraw"),
    path("external/<slug:serial>/", one, name="api-external"),
    path("external/<slug:serial>/paper/", paper, name="api-external-paper"),
    path("external/<slug:serial>/take-back/", take_back, name="api-external-take-back"),
    path("external/<slug:serial>/link/", link, name="api-external-link"),
]
