from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal import clock, context
from portal.accounts import selectors, services
from portal.accounts.access import is_staff, needs_role, signed_in
from portal.accounts.forms import BankAccountForm, IdentityForm, NameForm, OrganisationAccountForm
from portal.accounts.models import User
from portal.accounts.roles import PAID_FOR
from portal.rules import RuleBroken

LONGEST_PATH = 500


def _back(request: HttpRequest, default: str) -> HttpResponse:
    """To the page named by `next`, if it is a path of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    is_path = target.startswith("/") and target.isprintable() and len(target) <= LONGEST_PATH
    return HttpResponseRedirect(target) if ours and is_path else redirect(default)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def identity(request: HttpRequest) -> HttpResponse:
    facts = selectors.identity_of(request.user)
    if facts is not None and request.method != "POST":
        return render(request, "accounts/identity_done.html", {"facts": facts})
    brought_in = selectors.name_brought_in(request.user) if facts is None else ""
    form = IdentityForm(
        request.POST or None, initial={"province": request.user.province_id, "name": brought_in}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.register_real_name(request.user, **form.cleaned_data, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Your name is verified. You can enrol and claim now."))
            return _back(request, "accounts:identity")
    return render(
        request,
        "accounts/identity.html",
        {
            "form": form,
            "is_brought_in": bool(brought_in),
            "next": request.POST.get("next") or request.GET.get("next", ""),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def name(request: HttpRequest) -> HttpResponse:
    """A name that has changed, or was registered wrongly; the number stays."""
    facts = selectors.identity_of(request.user)
    if facts is None:
        messages.info(request, services.NotVerified.message)
        return redirect("accounts:identity")
    form = NameForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.renew_name(request.user, **form.cleaned_data, by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error("name", broken.message)
        else:
            messages.success(
                request,
                _(
                    "Your new name is taken over. Certificates issued before keep the earlier one: your province replaces them when you ask for it."
                ),
            )
            return redirect("accounts:identity")
    return render(
        request, "accounts/name.html", {"form": form, "facts": facts}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@reauthentication_required
def bank(request: HttpRequest) -> HttpResponse:
    if not selectors.is_real_name_verified(request.user):
        messages.info(request, services.NotVerified.message)
        return redirect("accounts:identity")
    form = BankAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _account, warnings = services.set_bank_account(
                request.user, **form.cleaned_data, by=request.user, at=clock.now()
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            if warnings:
                messages.warning(
                    request,
                    _("Saved. The check digit of this number does not fit: please compare it once more."),
                )
            else:
                messages.success(request, _("The account is saved."))
            return _back(request, "accounts:bank")
    return render(
        request,
        "accounts/bank.html",
        {
            "form": form,
            "account": selectors.bank_account_of(request.user),
            "identity": selectors.identity_of(request.user),
            "changes": selectors.account_changes_of(request.user),
            "next": request.POST.get("next") or request.GET.get("next", ""),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
@reauthentication_required
def organisation_bank(request: HttpRequest) -> HttpResponse:
    """The accounts to which the organisations are paid for which somebody acts."""
    own = selectors.organisations_acted_for(request.user)
    form = OrganisationAccountForm(request.POST or None, organisations=own)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_organisation_account(**form.cleaned_data, by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("The account is saved."))
            return _back(request, "accounts:organisation_bank")
    accounts = selectors.organisation_accounts_of(body.pk for body in own)
    return render(
        request,
        "accounts/organisation_bank.html",
        {
            "form": form,
            "rows": [
                (body, accounts.get(body.pk), selectors.organisation_account_changes(body.pk)) for body in own
            ],
            "next": request.POST.get("next") or request.GET.get("next", ""),
        },
        status=422 if form.is_bound else 200,
    )


@require_GET
@signed_in
def security(request: HttpRequest) -> HttpResponse:
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    return render(
        request,
        "accounts/security.html",
        {
            "has_app": Authenticator.Type.TOTP in kinds,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
            "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
            "has_password": request.user.has_usable_password(),
            "staff": is_staff(request.user),
        },
    )


@require_GET
@signed_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where staff land who have not yet used a second factor: set one up, or sign in again with it."""
    has_one = Authenticator.objects.filter(
        user=request.user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).exists()
    return render(request, "accounts/second_factor.html", {"has_one": has_one})


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Switch the large type on or off: for the account where there is one, and for this browser."""
    size = User.ReadingSize.LARGE if request.POST.get("size") == "large" else User.ReadingSize.NORMAL
    if request.user.is_authenticated:
        services.set_reading_size(request.user, size)
    response = _back(request, "home")
    response.set_cookie(
        context.READING_COOKIE,
        size,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
        httponly=True,
    )
    return response
