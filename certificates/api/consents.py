"""Consent codes of a holder, and an employer's check of many certificates."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from certificates import codes, services
from certificates.api.public import PublicAnswerOut
from certificates.lists import Asked
from certificates.models import ConsentCode
from certificates.selectors import consents as selectors
from certificates.services.consents import MOST_LINES, OUTCOMES
from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, SignedIn


class ConsentIn(serializers.Serializer):
    given_to = serializers.CharField(max_length=80, help_text="The employer, in the holder's words.")
    purpose = serializers.CharField(max_length=120)
    ends_on = serializers.DateField(help_text="The last day; at most 90 days from today.")
    certificates = serializers.ListField(
        child=serializers.CharField(max_length=18),
        max_length=100,
        allow_null=True,
        default=None,
        help_text="Serials of the holder's own certificates; null covers all, also those to come.",
    )


class UseOut(serializers.Serializer):
    used_at = serializers.DateTimeField()
    organisation = serializers.CharField(source="organisation.name")


class ConsentOut(serializers.Serializer):
    uid = serializers.UUIDField(source="consent.uid")
    state = serializers.ChoiceField(choices=["open", "over", "withdrawn", "used_up"])
    given_to = serializers.CharField(source="consent.given_to")
    purpose = serializers.CharField(source="consent.purpose")
    covers_all = serializers.BooleanField(source="consent.covers_all")
    certificates = serializers.ListField(child=serializers.CharField())
    given_at = serializers.DateTimeField(source="consent.given_at")
    ends_at = serializers.DateTimeField(source="consent.ends_at")
    withdrawn_at = serializers.DateTimeField(source="consent.withdrawn_at", allow_null=True)
    count = serializers.IntegerField()
    uses = UseOut(many=True)


class GivenOut(serializers.Serializer):
    uid = serializers.UUIDField()
    code = serializers.CharField(help_text="Told this once; what is kept of it cannot be read back.")
    ends_at = serializers.DateTimeField()


class AskedIn(serializers.Serializer):
    code = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=80, allow_blank=True, default="")


class CheckIn(serializers.Serializer):
    organisation = serializers.CharField(
        default="", help_text="Social credit code of the employer, for those who act for several."
    )
    lines = AskedIn(many=True, min_length=1, max_length=MOST_LINES)


class ShownOut(serializers.Serializer):
    certificate = PublicAnswerOut(source="answer")
    name_matches = serializers.BooleanField(allow_null=True, help_text="Null where no name was given.")


class CheckedOut(serializers.Serializer):
    line = serializers.IntegerField(source="asked.number")
    outcome = serializers.ChoiceField(choices=[(outcome, outcome) for outcome in OUTCOMES])
    sentence = serializers.CharField()
    certificates = ShownOut(source="shown", many=True)


@extend_schema(methods=["GET"], responses=ConsentOut(many=True))
@extend_schema(methods=["POST"], request=ConsentIn, responses={201: GivenOut})
@api_view(["GET", "POST"])
@permission_classes([SignedIn])
def consents(request: Request) -> Response:
    """My consents with who used them, and giving one. A repeated POST gives another code: none is kept to be told again."""
    if request.method == "GET":
        return Response(ConsentOut(selectors.given_by(request.user, at=clock.now()), many=True).data)
    body = ConsentIn(data=request.data)
    body.is_valid(raise_exception=True)
    consent, code = services.give_consent(request.user, **body.validated_data, at=clock.now())
    said = {"uid": consent.uid, "code": codes.grouped(code), "ends_at": consent.ends_at}
    return Response(GivenOut(said).data, status=201, headers={"Cache-Control": "no-store"})


class WithdrawnOut(serializers.ModelSerializer):
    class Meta:
        model = ConsentCode
        fields = ["uid", "withdrawn_at"]


@extend_schema(request=None, responses=WithdrawnOut)
@api_view(["POST"])
@permission_classes([SignedIn])
def withdraw(request: Request, uid: str) -> Response:
    """Withdraw a consent: its code opens nothing any more."""
    consent = get_object_or_404(selectors.consents_of(request.user), uid=uid)
    return Response(WithdrawnOut(services.withdraw_consent(consent, by=request.user, at=clock.now())).data)


@extend_schema(request=CheckIn, responses=CheckedOut(many=True))
@api_view(["POST"])
@permission_classes([NeedsRole(Role.EMPLOYER)])
def check(request: Request) -> Response:
    """Check up to 500 consent codes. Each one that opens is used once, and its holder sees when and by which employer."""
    body = CheckIn(data=request.data)
    body.is_valid(raise_exception=True)
    told = body.validated_data
    employers = {employer.uscc: employer for employer in selectors.employers_of(request.user)}
    asked = told["organisation"]
    if asked not in employers and (asked or len(employers) > 1):
        raise serializers.ValidationError({"organisation": [_("Say for which enterprise.")]})
    employer = employers.get(asked) or next(iter(employers.values()))
    lines = [Asked(number, **line) for number, line in enumerate(told["lines"], 1)]
    rows = services.check_many(lines, organisation=employer, by=request.user, at=clock.now())
    return Response(CheckedOut(rows, many=True).data, headers={"Cache-Control": "no-store"})
