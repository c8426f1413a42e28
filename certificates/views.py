from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import codes, limits, paper, selectors, services, signers, workflow
from certificates.forms import DeskForm, RevokeForm, VerifyForm
from portal import clock
from portal.accounts.roles import Role, may, needs_role, signed_in
from portal.moves import steps_from
from portal.rules import RuleBroken

PAGE_SIZE = 50


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "certificates/mine.html",
        {"certificates": selectors.certificates_of(request.user)[:PAGE_SIZE]},
    )


@require_safe
@never_cache
@signed_in
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    found = get_object_or_404(selectors.certificates_of(request.user), serial=serial)
    if found.state not in (workflow.ISSUED, workflow.REVOKED):
        return render(request, "certificates/being_made.html", {"certificate": found})
    facts = found.paper_facts()
    return render(
        request,
        "certificates/certificate.html",
        {
            "certificate": found,
            "facts": facts,
            "words": paper.words_on(facts),
            "qr": paper.qr_address(facts.verify_url),
            "claimable": found.state == workflow.ISSUED,
        },
    )


@require_safe
@never_cache
@signed_in
def pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper, for its holder and, with their second factor, for the desks of its province."""
    at_desk = may(request, selectors.DESK_ROLES)
    rows = selectors.visible_to(request.user) if at_desk else selectors.certificates_of(request.user)
    found = get_object_or_404(rows.on_paper(), serial=serial)
    return HttpResponse(
        selectors.pdf_of(found),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{found.serial}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _unlisted(view):  # noqa: ANN001, ANN202 - a decorator of views, as in Django
    """Answers about people do not belong in search engines, nor in a cache on the way."""

    @wraps(view)
    @never_cache
    def unlisted(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return unlisted


@require_safe
@_unlisted
def verify(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["code"]
        code = codes.plain(typed)
        if code.startswith("ZX") and len(code) < codes.LENGTH:
            form.add_error("code", _("This is the serial number. Type the verification code below it."))
        elif code and code.isascii() and code.isalnum() and len(code) <= 2 * codes.LENGTH:
            return redirect("certificates:verified", code=code)
        else:
            form.add_error(
                "code", _("A verification code has only letters and digits. Look at the paper again.")
            )
    return render(request, "certificates/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@_unlisted
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """The public answer: valid, revoked, or not found. An unknown code is a 404 with the same page."""
    if limits.too_many(request):
        return render(request, "429.html", status=429)
    answer = selectors.public_answer(code)
    context = {
        "form": VerifyForm(initial={"code": codes.grouped(codes.plain(code)[: 2 * codes.LENGTH])}),
        "answer": answer,
        "mistyped": not codes.is_well_formed(codes.plain(code)),
        "at": clock.now(),
    }
    return render(request, "certificates/verified.html", context, status=200 if answer else 404)


@require_safe
@needs_role(*selectors.DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    form = DeskForm(request.GET)
    form.is_valid()
    state, words = form.cleaned_data.get("state", ""), form.cleaned_data.get("words", "").strip()
    visible = selectors.desk_visible_to(request.user)
    rows = selectors.search(visible, state=state, words=words).select_related("province")
    return render(
        request,
        "certificates/desk.html",
        {
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
            "state": state,
            "words": words,
            "states": form.fields["state"].choices[1:],
            "waiting_since": selectors.oldest_waiting(visible),
            "trouble": signers.trouble(clock.now()),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def sheet(request: HttpRequest, serial: str) -> HttpResponse:
    """One certificate on the desk, with the form to revoke it where that is possible."""
    found = get_object_or_404(
        selectors.desk_visible_to(request.user).select_related("province"), serial=serial
    )
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke(found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(
                request, _("The certificate is revoked. Everybody who checks it sees it from now on.")
            )
            return redirect("certificates:sheet", serial=serial)
    steps = steps_from(workflow.MOVES, found.state)
    return render(
        request,
        "certificates/sheet.html",
        {
            "certificate": found,
            "form": form,
            "revocable": "revoke" in steps and selectors.may_revoke(request.user, found),
            "retriable": "retry" in steps and selectors.may_retry(request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs_role(Role.OPERATOR)
def retry(request: HttpRequest, serial: str) -> HttpResponse:
    found = get_object_or_404(selectors.desk_visible_to(request.user), serial=serial)
    try:
        services.retry(found, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("The worker will try again in a moment."))
    return redirect("certificates:sheet", serial=serial)
