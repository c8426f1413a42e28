"""`/api/me/`: who I am here, my real-name registration, my account for payment."""

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts import selectors, services
from portal.accounts.access import live_appointments, may
from portal.accounts.models import Province
from portal.accounts.roles import PAID_FOR
from portal.api import SignedIn, idempotent
from portal.rules import RuleBroken


class RoleOut(serializers.Serializer):
    role = serializers.CharField()
    province = serializers.CharField(allow_null=True)
    organisation = serializers.IntegerField(allow_null=True)


class MeOut(serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField(help_text="Masked.")
    province = serializers.CharField(allow_null=True)
    verified = serializers.BooleanField()
    roles = RoleOut(many=True)


class IdentityIn(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    number = serializers.CharField(max_length=40)
    province = serializers.SlugRelatedField(slug_field="code", queryset=Province.objects.all())
    agreed = serializers.BooleanField()


class NameIn(serializers.Serializer):
    name = serializers.CharField(max_length=60)


class IdentityOut(serializers.Serializer):
    masked_name = serializers.CharField()
    masked_number = serializers.CharField()
    province_code = serializers.CharField(source="province_id")


class BankAccountIn(serializers.Serializer):
    bank_name = serializers.CharField(max_length=80)
    number = serializers.CharField(max_length=40)
    agreed = serializers.BooleanField()


class OrganisationAccountIn(serializers.Serializer):
    organisation = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Its id; whoever does not act for it is refused."
    )
    bank_name = serializers.CharField(max_length=80)
    number = serializers.CharField(max_length=60)


class OrganisationAccountOut(serializers.Serializer):
    bank_name = serializers.CharField()
    masked_number = serializers.CharField()


class BankAccountOut(serializers.Serializer):
    bank_name = serializers.CharField()
    masked_number = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())


class SignInAgain(RuleBroken):
    code = "reauthentication_required"
    message = _("Sign in again before you change the account a subsidy is paid to.")


@extend_schema(responses=MeOut)
@api_view(["GET"])
@permission_classes([SignedIn])
def me(request: Request) -> Response:
    """Who is signed in, and what he or she may do."""
    user = request.user
    roles = [
        {"role": a.role, "province": a.province_id, "organisation": a.organisation_id}
        for a in live_appointments(user)
    ]
    return Response(
        {
            "name": user.display_name,
            "phone": user.masked_phone,
            "province": user.province_id,
            "verified": selectors.is_real_name_verified(user),
            "roles": roles,
        }
    )


@extend_schema(request=IdentityIn, responses={201: IdentityOut})
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def identity(request: Request) -> Response:
    """Register with one's real name, once. 409 where a rule forbids it."""
    body = IdentityIn(data=request.data)
    body.is_valid(raise_exception=True)
    row = services.register_real_name(request.user, **body.validated_data, at=clock.now())
    return Response(IdentityOut(row).data, status=201)


@extend_schema(request=NameIn, responses=IdentityOut)
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def name(request: Request) -> Response:
    """Take over a name that has changed. What was issued keeps the earlier one. 409 where a rule forbids it."""
    body = NameIn(data=request.data)
    body.is_valid(raise_exception=True)
    if not selectors.is_real_name_verified(request.user):
        raise services.NotVerified
    row = services.renew_name(request.user, **body.validated_data, by=request.user, at=clock.now())
    return Response(IdentityOut(row).data)


@extend_schema(request=BankAccountIn, responses={201: BankAccountOut})
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def bank_account(request: Request) -> Response:
    """Set the account a subsidy is paid to. Needs a sign-in of the last 15 minutes."""
    if not did_recently_reauthenticate(request._request):  # noqa: SLF001 - allauth wants Django's own request
        raise SignInAgain
    body = BankAccountIn(data=request.data)
    body.is_valid(raise_exception=True)
    row, warnings = services.set_bank_account(
        request.user, **body.validated_data, by=request.user, at=clock.now()
    )
    out = {"bank_name": row.bank_name, "masked_number": row.masked_number, "warnings": warnings}
    return Response(out, status=201)


@extend_schema(request=OrganisationAccountIn, responses={201: OrganisationAccountOut})
@api_view(["POST"])
@permission_classes([SignedIn])
@idempotent
def organisation_account(request: Request) -> Response:
    """Set the account an organisation is paid to. Needs an office in it and a sign-in of the last 15 minutes."""
    if not may(request, PAID_FOR):
        raise PermissionDenied
    if not did_recently_reauthenticate(request._request):  # noqa: SLF001 - allauth wants Django's own request
        raise SignInAgain
    body = OrganisationAccountIn(data=request.data)
    body.is_valid(raise_exception=True)
    told = body.validated_data
    own = selectors.organisations_acted_for(request.user)
    told["organisation"] = get_object_or_404(own, pk=told["organisation"])
    row = services.set_organisation_account(**told, by=request.user, at=clock.now())
    return Response({"bank_name": row.bank_name, "masked_number": row.masked_number}, status=201)


urlpatterns = [
    path("", me, name="api-me"),
    path("identity/", identity, name="api-identity"),
    path("identity/name/", name, name="api-identity-name"),
    path("organisation-account/", organisation_account, name="api-organisation-account"),
    path("bank-account/", bank_account, name="api-bank-account"),
]
