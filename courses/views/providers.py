"""Providers: the province's desk, the provider's own desk, and the page for everybody."""

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import services
from courses.forms.providers import (
    AgreementForm,
    CallOffForm,
    ContactForm,
    ContactReasonForm,
    LicenceForm,
    ProviderFilter,
    ProviderForm,
)
from courses.selectors import provider_pages, providers
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.access import needs_role
from portal.accounts.models import Organisation, Province
from portal.accounts.roles import Role
from portal.numbers import whole
from portal.rules import RuleBroken

PER_PAGE = 50
COURSES_PER_PAGE = 20
UNPROCESSABLE = 422
READERS = (Role.PROVINCE_CATALOGUE, Role.AUDITOR, Role.PROVIDER_MANAGER)
KEEPERS = (Role.PROVINCE_CATALOGUE, Role.PROVIDER_MANAGER)


@require_safe
def provider(request: HttpRequest, organisation_id: int) -> HttpResponse:
    found = providers.public_provider(organisation_id)
    context = provider_pages.public_page(found, at=clock.now())
    page = Paginator(context.pop("courses"), COURSES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/provider.html", {**context, "page": page})


@needs_role(Role.PROVINCE_CATALOGUE, Role.AUDITOR)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    form = ProviderFilter(request.GET)
    rows = providers.providers_at_the_desk(request.user, on=_today())
    tabs = form.tabs(provider_pages.desk_tabs(form.narrow(rows, by_state=False)))
    page = Paginator(form.narrow(rows), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": [(row, *provider_pages.licence_shown(row.licence_state)) for row in page],
        "page": page,
        "tabs": tabs,
        "may_admit": providers.decides_in(request.user) is not None,
    }
    return render(request, "courses/providers.html", context)


def _today() -> dt.date:
    return clock.today(clock.now())


def _province(request: HttpRequest) -> Province:
    """The province whose licences the user decides. Raises Http404."""
    code = providers.decides_in(request.user)
    if code is None:
        raise Http404
    return next(one for one in accounts.provinces() if one.pk == code)


@needs_role(Role.PROVINCE_CATALOGUE, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    reads_only = providers.decides_in(request.user) is None
    if reads_only and request.method != "POST":
        return render(request, "courses/provider_new.html")
    province = _province(request)
    form = ProviderForm(request.POST or None, initial={"effective_on": _today()})
    if request.method == "POST":
        made = _done(form, lambda: form.admit(province, by=request.user, at=clock.now()))
        if made is not None:
            messages.success(request, _("%(name)s is entered.") % {"name": made.organisation.name})
            return redirect("courses:provider-desk", made.organisation_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "courses/provider_new.html", {"form": form, "province": province}, status=status)


def _done(form: object, act: Callable[[], object]) -> object | None:
    """What the service made; None with the reason in the form where it was refused."""
    if not form.is_valid():
        return None
    try:
        return act()
    except RuleBroken as broken:
        form.add_error(None, str(broken))
    except ValidationError as broken:
        form.add_error(None, broken)
    return None


def _opened(request: HttpRequest, organisation_id: int) -> Organisation:
    found = provider_pages.opens_to(request.user, organisation_id, on=_today())
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, organisation: Organisation, **forms: object) -> HttpResponse:
    """A provider's page at the desk; with forms that were refused it says so and keeps what was typed."""
    at = clock.now()
    page = provider_pages.provider_page(organisation, user=request.user, at=at)
    earliest = page["today"] + dt.timedelta(days=1 if page["today_is_decided"] else 0)
    context = {
        "licence_form": LicenceForm(states=page["states"], initial={"effective_on": earliest}),
        "contact_form": ContactForm(auto_id="contact_%s"),
        "agreement_form": AgreementForm(auto_id="agreement_%s"),
        "reveal_form": ContactReasonForm(auto_id=False),
        "call_off_form": CallOffForm(auto_id=False),
        **page,
        **forms,
    }
    refused = any(getattr(form, "is_bound", False) for form in forms.values())
    return render(request, "courses/provider_desk.html", context, status=UNPROCESSABLE if refused else 200)


@needs_role(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def provider_desk(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """The page of one provider; posting decides about its licence."""
    found = _opened(request, organisation_id)
    if request.method != "POST":
        return _shown(request, found)
    province = _province(request)
    states = provider_pages.provider_page(found, user=request.user, at=clock.now())["states"]
    form = LicenceForm(request.POST, request.FILES, states=states)
    made = _done(form, lambda: form.decide(found, province, by=request.user, at=clock.now()))
    if made is None:
        return _shown(request, found, licence_form=form)
    messages.success(
        request,
        _("Decided: %(state)s from %(day)s on.")
        % {"state": made.get_state_display(), "day": made.valid_from.isoformat()},
    )
    return redirect("courses:provider-desk", found.pk)


@needs_role(Role.PROVINCE_CATALOGUE)
@require_POST
def call_off(request: HttpRequest, licence_id: int) -> HttpResponse:
    licence = providers.licence_to_call_off(request.user, licence_id)
    form = CallOffForm(request.POST, auto_id="call_off_%s")
    said = lambda: services.call_off(licence, by=request.user, at=clock.now(), **form.cleaned_data)  # noqa: E731
    if _done(form, said) is None:
        return _shown(
            request, _opened(request, licence.organisation_id), call_off_form=form, calling_off=licence.pk
        )
    messages.success(request, _("Called off. What held before holds on."))
    return redirect("courses:provider-desk", licence.organisation_id)


@needs_role(*KEEPERS)
@require_POST
def contact_add(request: HttpRequest, organisation_id: int) -> HttpResponse:
    found = _opened(request, organisation_id)
    form = ContactForm(request.POST, auto_id="contact_%s")
    if _done(form, lambda: form.add(found, by=request.user, at=clock.now())) is None:
        return _shown(request, found, contact_form=form)
    messages.success(request, _("Contact added."))
    return redirect("courses:provider-desk", found.pk)


@needs_role(*KEEPERS)
@require_POST
def contact_remove(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = providers.contact_to_use(request.user, contact_id, on=_today())
    services.remove_contact(contact, by=request.user, at=clock.now())
    messages.success(request, _("Contact removed."))
    return redirect("courses:provider-desk", contact.organisation_id)


@needs_role(*KEEPERS)
@require_POST
def contact_reveal(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Show phone and e-mail once. The look is kept in the audit with its reason."""
    contact = providers.contact_to_use(request.user, contact_id, on=_today())
    found = _opened(request, contact.organisation_id)
    form = ContactReasonForm(request.POST, auto_id="reveal_%s")
    said = lambda: services.reveal_contact(contact, by=request.user, at=clock.now(), **form.cleaned_data)  # noqa: E731
    shown = _done(form, said)
    if shown is None:
        return _shown(request, found, reveal_form=form, revealing=contact.pk)
    return _shown(request, found, revealed={"id": contact.pk, "phone": shown[0], "email": shown[1]})


@needs_role(Role.PROVINCE_CATALOGUE)
@require_POST
def agreement_add(request: HttpRequest, organisation_id: int) -> HttpResponse:
    found, province = _opened(request, organisation_id), _province(request)
    form = AgreementForm(request.POST, request.FILES, auto_id="agreement_%s")
    if _done(form, lambda: form.add(found, province, by=request.user, at=clock.now())) is None:
        return _shown(request, found, agreement_form=form)
    messages.success(request, _("Agreement added."))
    return redirect("courses:provider-desk", found.pk)


# -- the provider's own desk ----------------------------------------------------------------------------------------


@needs_role(Role.PROVIDER_MANAGER)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The first of the manager's organisations; the others are one tap away."""
    found = providers.own_organisation(request.user)
    others = providers.own_organisations(request.user).exclude(pk=found.pk)
    return _shown(request, found, others=list(others))


@needs_role(Role.PROVIDER_MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    rows = providers.notices_visible_to(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        told = map(whole, request.POST.getlist("notice")[:PER_PAGE])
        read = [one for one in told if one is not None]
        mine = set(providers.own_organisations(request.user).values_list("pk", flat=True))
        services.mark_read(read, organisations=mine, by=request.user, at=clock.now())
        return redirect("courses:notices")
    unread = [row.pk for row in page if row.read_at is None]
    return render(request, "courses/notices.html", {"page": page, "unread": unread})


notices.waiting = providers.unread_notices
