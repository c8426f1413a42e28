"""The desk of supply by machine: a manager's keys, addresses for messages and log; the province watches and revokes."""

import json

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.api.resending import resend
from courses.forms import CallFilter, EndpointForm, EndpointStepForm, KeyForm, RevokeForm
from courses.selectors import partners
from courses.services import partner_keys, webhooks
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken

READS_AND_WRITES = require_http_methods(["GET", "HEAD", "POST"])
LATEST = 8
DELIVERIES = 50


@needs_role(*partners.DESK)
@require_safe
def partner(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    keys = list(partners.keys_visible_to(request.user)[:200])
    page = {
        "keys": [(key, partner_keys.trouble_with(key, at=at)) for key in keys],
        "endpoints": partners.endpoints_visible_to(request.user)[:200],
        "calls": partners.calls_visible_to(request.user)[:LATEST],
        "manages": partners.managed_by(request.user),
    }
    return render(request, "courses/partner.html", page)


@needs_role(Role.PROVIDER_MANAGER)
@reauthentication_required
@READS_AND_WRITES
def key_new(request: HttpRequest) -> HttpResponse:
    """The token is in the answer to this one POST and nowhere else."""
    form = KeyForm(request.POST or None, organisations=partners.managed_by(request.user))
    if form.is_valid() and (made := form.make(by=request.user, at=clock.now())):
        page = {"key": made[0], "token": made[1], "site": settings.SITE_URL}
        return render(request, "courses/partner_key_made.html", page)
    return render(
        request, "courses/partner_key_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@needs_role(*partners.DESK)
@READS_AND_WRITES
def key(request: HttpRequest, public_id: str) -> HttpResponse:
    found = partners.one(partners.keys_visible_to(request.user), public_id=public_id)
    may_revoke = partners.may_revoke(request.user, found) and found.revoked_at is None
    form = RevokeForm(request.POST or None)
    if may_revoke and form.is_valid():
        partner_keys.revoke_key(found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("The key is revoked. It opens nothing any more."))
        return redirect("courses:partner")
    page = {
        "key": found,
        "trouble": partner_keys.trouble_with(found, at=clock.now()),
        "form": form,
        "may_revoke": may_revoke,
        "calls": partners.calls_visible_to(request.user).filter(key=found)[:LATEST],
    }
    return render(request, "courses/partner_key.html", page, status=422 if form.is_bound else 200)


@needs_role(Role.PROVIDER_MANAGER)
@reauthentication_required
@READS_AND_WRITES
def endpoint_new(request: HttpRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None, organisations=partners.managed_by(request.user))
    if form.is_valid() and (made := form.add(by=request.user, at=clock.now())):
        page = {"endpoint": made[0], "secret": made[1]}
        return render(request, "courses/partner_secret_made.html", page)
    return render(
        request, "courses/partner_endpoint_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@needs_role(*partners.DESK)
@READS_AND_WRITES
def endpoint(request: HttpRequest, uid: str) -> HttpResponse:
    found = partners.one(partners.endpoints_visible_to(request.user), uid=uid)
    acts = partners.acts_for(request.user, found.organisation_id)
    form = EndpointStepForm(request.POST or None, endpoint=found)
    if acts and form.is_valid():
        try:
            messages.success(request, form.take(by=request.user, at=clock.now()))
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            gone = form.cleaned_data["step"] == "remove"
            return redirect("courses:partner") if gone else redirect("courses:partner-endpoint", uid=uid)
    page = {
        "endpoint": found,
        "acts": acts,
        "form": form,
        "secrets": webhooks.live_secrets(found, at=clock.now()),
        "kept_days": settings.DELIVERIES_KEPT.days,
        "deliveries": partners.deliveries_visible_to(request.user).filter(endpoint=found)[:DELIVERIES],
    }
    return render(request, "courses/partner_endpoint.html", page, status=422 if form.is_bound else 200)


@needs_role(Role.PROVIDER_MANAGER)
@reauthentication_required
@READS_AND_WRITES
def rotate(request: HttpRequest, uid: str) -> HttpResponse:
    """A GET asks, a POST makes the secret, which is in this one answer and shown nowhere again."""
    found = partners.one(partners.endpoints_managed_by(request.user), uid=uid)
    trouble = ""
    if request.method == "POST":
        try:
            secret = webhooks.rotate_secret(found, by=request.user, at=clock.now())
        except RuleBroken as broken:
            trouble = str(broken)
        else:
            page = {"endpoint": found, "secret": secret, "rotated": True}
            return render(request, "courses/partner_secret_made.html", page)
    page = {"endpoint": found, "trouble": trouble}
    return render(request, "courses/partner_rotate.html", page, status=422 if trouble else 200)


@needs_role(*partners.DESK)
@READS_AND_WRITES
def delivery(request: HttpRequest, uid: str) -> HttpResponse:
    found = partners.one(partners.deliveries_visible_to(request.user), uid=uid)
    acts = partners.acts_for(request.user, found.endpoint.organisation_id)
    trouble = ""
    if request.method == "POST" and acts:
        try:
            webhooks.resend(found, by=request.user, at=clock.now())
        except RuleBroken as broken:
            trouble = str(broken)
        else:
            messages.success(request, _("The message goes out again, under the same id."))
            return redirect("courses:partner-delivery", uid=uid)
    said = json.dumps(found.payload, ensure_ascii=False, indent=2)
    page = {"delivery": found, "acts": acts, "trouble": trouble, "said": said}
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/partner_delivery.html", page, status=status)


@needs_role(*partners.DESK)
@require_safe
def partner_calls(request: HttpRequest) -> HttpResponse:
    form = CallFilter(request.GET)
    rows, older = form.page(partners.calls_visible_to(request.user))
    return render(request, "courses/partner_calls.html", {"form": form, "calls": rows, "older": older})


@needs_role(*partners.DESK)
@READS_AND_WRITES
def partner_call(request: HttpRequest, uid: str) -> HttpResponse:
    found = partners.one(partners.calls_visible_to(request.user).defer(None), uid=uid)
    acts = partners.acts_for(request.user, found.organisation_id)
    trouble = ""
    if request.method == "POST" and acts:
        try:
            done = resend(found, by=request.user, at=clock.now())
        except RuleBroken as broken:
            trouble = str(broken)
        else:
            messages.success(request, _("Sent again. This is what became of it."))
            return redirect("courses:partner-call", uid=done.uid)
    page = {"call": found, "acts": acts, "trouble": trouble, "body": partners.shown_body(found)}
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/partner_call.html", page, status=status)
