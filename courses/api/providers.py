"""Providers in JSON: the same selectors and services as the pages of the province, of the provider and of everybody."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes, permission_classes
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses import services
from courses.forms.providers import ProviderFilter
from courses.models import Agreement, Contact, Licence, Notice
from courses.selectors import provider_pages, providers
from courses.selectors.papers import Paper, papers_of
from courses.workflow import LICENCE_MOVES, LicenceState, PaperState
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.models import Organisation, Province
from portal.accounts.roles import Role
from portal.api import NeedsRole, Pages, Public, idempotent

DECIDERS = NeedsRole(Role.PROVINCE_CATALOGUE)
READERS = NeedsRole(Role.PROVINCE_CATALOGUE, Role.AUDITOR, Role.PROVIDER_MANAGER)
KEEPERS = NeedsRole(Role.PROVINCE_CATALOGUE, Role.PROVIDER_MANAGER)


class ProviderRow(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    uscc = serializers.CharField()
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    province = serializers.CharField(source="province_id")


class ProviderAtDesk(ProviderRow):
    licence_state = serializers.CharField(allow_null=True, help_text="In force today; null: none.")
    licence_from = serializers.DateField(allow_null=True)


class LicenceRow(serializers.ModelSerializer):
    class Meta:
        model = Licence
        fields = ("id", "province", "state", "valid_from", "valid_to", "reason", "decided_at")


class PublicLicence(serializers.ModelSerializer):
    class Meta:
        model = Licence
        fields = ("province", "state", "valid_from")


class PublicProvider(ProviderRow):
    licences = PublicLicence(many=True)


class ContactRow(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ("id", "name", "function", "masked_phone", "masked_email")


class AgreementRow(serializers.ModelSerializer):
    document_state = serializers.ChoiceField(choices=PaperState.choices, allow_blank=True)
    document_url = serializers.CharField(
        allow_blank=True,
        help_text="Short-lived, for this reader only; blank until the virus scan has passed.",
    )
    document_trouble = serializers.CharField(
        allow_blank=True, help_text="Why there is no address, or not yet."
    )
    holds_today = serializers.BooleanField()

    class Meta:
        model = Agreement
        fields = (
            "id", "province", "number", "title", "signed_on", "valid_from", "valid_to", "document_name",
            "document_state", "document_url", "document_trouble", "holds_today",
        )  # fmt: skip


class ProviderDetail(ProviderRow):
    licences = LicenceRow(many=True)
    contacts = ContactRow(many=True)
    agreements = AgreementRow(many=True)


class ProviderReason(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class LicenceIn(ProviderReason):
    step = serializers.ChoiceField(choices=list(LICENCE_MOVES))
    effective_on = serializers.DateField(help_text="Today or later.")


class ProviderIn(LicenceIn):
    uscc = serializers.CharField(max_length=60, help_text="GB 32100, 18 characters.")
    kind = serializers.ChoiceField(choices=Organisation.Kind.choices)
    name_zh = serializers.CharField(max_length=200)
    name_en = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ContactIn(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    function = serializers.CharField(max_length=80)
    phone = serializers.CharField(max_length=40)
    email = serializers.CharField(max_length=254, required=False, allow_blank=True, default="")


class ContactShown(serializers.Serializer):
    phone = serializers.CharField()
    email = serializers.CharField(allow_blank=True)


class AgreementIn(serializers.Serializer):
    number = serializers.CharField(max_length=80)
    title = serializers.CharField(max_length=160)
    signed_on = serializers.DateField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    document = serializers.FileField(required=False, allow_null=True, default=None)


class NoticeRow(serializers.ModelSerializer):
    words = serializers.CharField()
    course = serializers.CharField(source="course.code", allow_null=True, default=None)

    class Meta:
        model = Notice
        fields = ("id", "organisation", "province", "course", "kind", "words", "at", "read_at")


class NoticesRead(serializers.Serializer):
    notices = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=100)


class NumberRead(serializers.Serializer):
    read = serializers.IntegerField(help_text="How many were unread until now.")


def _told(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _opened(request: Request, organisation_id: int) -> Organisation:
    found = provider_pages.opens_to(request.user, organisation_id, on=clock.today(clock.now()))
    if found is None:
        raise Http404
    return found


def _province(request: Request) -> Province:
    code = providers.decides_in(request.user)
    return next(one for one in accounts.provinces() if one.pk == code)


def _agreement(row: Agreement, paper: Paper, *, holds: bool) -> dict[str, Any]:
    row.document_state, row.document_url, row.document_trouble = paper.state, paper.url, paper.trouble
    row.holds_today = holds
    return AgreementRow(row).data


@extend_schema(responses=PublicProvider, operation_id="provider")
@api_view(["GET"])
@permission_classes([Public])
def provider(request: Request, organisation_id: int) -> Response:
    """A provider as anybody may know it, with the licences in force today."""
    found = providers.public_provider(organisation_id)
    found.licences = providers.licences_in_force(found.pk, on=clock.today(clock.now()))
    return Response(PublicProvider(found).data)


_FILTERS = [
    OpenApiParameter(
        "q", OpenApiTypes.STR, description="Part of a name, or the beginning of the credit code."
    ),
    OpenApiParameter("kind", OpenApiTypes.STR, enum=Organisation.Kind.values),
    OpenApiParameter("state", OpenApiTypes.STR, enum=LicenceState.values),
]


@extend_schema(
    methods=["GET"],
    parameters=_FILTERS,
    responses=ProviderAtDesk(many=True),
    operation_id="providers_desk",
)
@extend_schema(
    methods=["POST"], request=ProviderIn, responses={201: LicenceRow}, operation_id="provider_admit"
)
@api_view(["GET", "POST"])
@permission_classes([NeedsRole(Role.PROVINCE_CATALOGUE, Role.AUDITOR)])
@idempotent
def desk(request: Request) -> Response:
    """The providers of one's province, in cursor pages; POST enters one with its first licence."""
    if request.method == "POST":
        if providers.decides_in(request.user) is None:
            raise Http404
        told = _told(ProviderIn, request)
        made = services.admit(province=_province(request), by=request.user, at=clock.now(), **told)
        return Response(LicenceRow(made).data, status=201)
    rows = providers.providers_at_the_desk(request.user, on=clock.today(clock.now()))
    pages = Pages()
    found = pages.paginate_queryset(ProviderFilter(request.query_params).narrow(rows), request)
    return pages.get_paginated_response(ProviderAtDesk(found, many=True).data)


@extend_schema(responses=ProviderDetail, operation_id="provider_desk")
@api_view(["GET"])
@permission_classes([READERS])
def provider_desk(request: Request, organisation_id: int) -> Response:
    """One provider at the desk, or one's own: licences of all days, contacts masked, agreements."""
    at = clock.now()
    found = _opened(request, organisation_id)
    page = provider_pages.provider_page(found, user=request.user, at=at)
    row = ProviderRow(found).data
    licences = [entry.licence for line in page["timelines"] for entry in line.entries]
    return Response(
        {
            **row,
            "licences": LicenceRow(licences, many=True).data,
            "contacts": ContactRow(page["contacts"], many=True).data,
            "agreements": [_agreement(row, paper, holds=holds) for row, paper, holds in page["agreements"]],
        }
    )


@extend_schema(request=LicenceIn, responses={201: LicenceRow}, operation_id="licence_decide")
@api_view(["POST"])
@permission_classes([DECIDERS])
@idempotent
def decide(request: Request, organisation_id: int) -> Response:
    """List, put on probation, suspend or remove, from today or a later day on."""
    found, told = _opened(request, organisation_id), _told(LicenceIn, request)
    made = services.decide(
        found, _province(request), told.pop("step"), by=request.user, at=clock.now(), **told
    )
    return Response(LicenceRow(made).data, status=201)


@extend_schema(request=ProviderReason, responses=LicenceRow, operation_id="licence_call_off")
@api_view(["POST"])
@permission_classes([DECIDERS])
@idempotent
def call_off(request: Request, licence_id: int) -> Response:
    """Drop a decision before it takes effect."""
    licence = providers.licence_to_call_off(request.user, licence_id)
    told = _told(ProviderReason, request)
    return Response(LicenceRow(services.call_off(licence, by=request.user, at=clock.now(), **told)).data)


@extend_schema(request=ContactIn, responses={201: ContactRow}, operation_id="contact_add")
@api_view(["POST"])
@permission_classes([KEEPERS])
@idempotent
def contact_add(request: Request, organisation_id: int) -> Response:
    found, told = _opened(request, organisation_id), _told(ContactIn, request)
    made = services.add_contact(found, by=request.user, at=clock.now(), **told)
    return Response(ContactRow(made).data, status=201)


@extend_schema(request=None, responses=ContactRow, operation_id="contact_remove")
@api_view(["POST"])
@permission_classes([KEEPERS])
def contact_remove(request: Request, contact_id: int) -> Response:
    contact = providers.contact_to_use(request.user, contact_id, on=clock.today(clock.now()))
    return Response(ContactRow(services.remove_contact(contact, by=request.user, at=clock.now())).data)


@extend_schema(request=ProviderReason, responses=ContactShown, operation_id="contact_reveal")
@api_view(["POST"])
@permission_classes([KEEPERS])
def contact_reveal(request: Request, contact_id: int) -> Response:
    """Phone and e-mail in full. The look is kept in the audit with its reason."""
    contact = providers.contact_to_use(request.user, contact_id, on=clock.today(clock.now()))
    told = _told(ProviderReason, request)
    phone, email = services.reveal_contact(contact, by=request.user, at=clock.now(), **told)
    return Response({"phone": phone, "email": email})


@extend_schema(request=AgreementIn, responses={201: AgreementRow}, operation_id="agreement_add")
@api_view(["POST"])
@permission_classes([DECIDERS])
@parser_classes([JSONParser, MultiPartParser, FormParser])
def agreement_add(request: Request, organisation_id: int) -> Response:
    """Enter an agreement, with its paper as multipart `document` (PDF, PNG or JPEG, up to 10 MB)."""
    found, told, at = _opened(request, organisation_id), _told(AgreementIn, request), clock.now()
    made = services.add_agreement(found, _province(request), by=request.user, at=at, **told)
    (paper,) = papers_of([made], user=request.user, at=at)
    return Response(_agreement(made, paper, holds=made.holds_on(clock.today(at))), status=201)


@extend_schema(responses=NoticeRow(many=True), operation_id="provider_notices")
@api_view(["GET"])
@permission_classes([NeedsRole(Role.PROVIDER_MANAGER)])
def notices(request: Request) -> Response:
    """What the provinces told one's own organisation, newest first, in cursor pages."""
    pages = Pages()
    found = pages.paginate_queryset(providers.notices_visible_to(request.user), request)
    return pages.get_paginated_response(NoticeRow(found, many=True).data)


@extend_schema(request=NoticesRead, responses=NumberRead, operation_id="provider_notices_read")
@api_view(["POST"])
@permission_classes([NeedsRole(Role.PROVIDER_MANAGER)])
def notices_read(request: Request) -> Response:
    """Mark notices as read. Others than one's own are left alone."""
    mine = set(providers.own_organisations(request.user).values_list("pk", flat=True))
    ids = _told(NoticesRead, request)["notices"]
    read = services.mark_read(ids, organisations=mine, by=request.user, at=clock.now())
    return Response({"read": read})


urlpatterns = [
    path("providers/<int:organisation_id>/", provider, name="api-provider"),
    path("desk/providers/", desk, name="api-providers"),
    path("desk/providers/<int:organisation_id>/", provider_desk, name="api-provider-desk"),
    path("desk/providers/<int:organisation_id>/licence/", decide, name="api-licence-decide"),
    path("desk/providers/<int:organisation_id>/contacts/", contact_add, name="api-contact-add"),
    path("desk/providers/<int:organisation_id>/agreements/", agreement_add, name="api-agreement-add"),
    path("desk/licences/<int:licence_id>/call-off/", call_off, name="api-licence-call-off"),
    path("desk/contacts/<int:contact_id>/reveal/", contact_reveal, name="api-contact-reveal"),
    path("desk/contacts/<int:contact_id>/remove/", contact_remove, name="api-contact-remove"),
    path("own/notices/", notices, name="api-provider-notices"),
    path("own/notices/read/", notices_read, name="api-provider-notices-read"),
]
