"""A certificate that somebody else issued: its holder registers it and sees what became of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from certificates import selectors, terms, workflow
from certificates.forms import ExternalForm, PaperForm
from certificates.models import ExternalCertificate
from certificates.selectors.external import fitting_completion, paper_of
from certificates.services import external as services
from courses.selectors.occupations import occupation_names
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import signed_in
from portal.accounts.services import NotVerified
from portal.moves import steps_from
from portal.rules import RuleBroken


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest) -> HttpResponse:
    if not people.is_real_name_verified(request.user):
        messages.info(request, NotVerified.message)
        return redirect(reverse("accounts:identity") + "?" + urlencode({"next": request.path}))
    form = ExternalForm(request.POST, request.FILES) if request.method == "POST" else ExternalForm()
    if form.is_bound and form.is_valid():
        try:
            made = services.report(request.user, at=clock.now(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_broken(broken)
        else:
            messages.success(
                request, _("Registered. The register is being asked; you are told what it says.")
            )
            return redirect("certificates:external", made.serial)
    return render(
        request,
        "certificates/external_new.html",
        {"form": form, "occupations": occupation_names()},
        status=422 if form.is_bound else 200,
    )


def _own(request: HttpRequest, serial: str) -> ExternalCertificate:
    return get_object_or_404(selectors.externals_of(request.user), serial=serial)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def external(request: HttpRequest, serial: str) -> HttpResponse:
    """What became of it; POST adds a photo or scan."""
    found = _own(request, serial)
    form = PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()
    if form.is_bound and form.is_valid():
        try:
            services.add_paper(found, form.cleaned_data["paper"], by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error("paper", str(broken))
        else:
            messages.success(
                request, _("The paper is added. The office sees it once the virus scan has passed it.")
            )
            return redirect("certificates:external", serial)
    return render(
        request,
        "certificates/external.html",
        _told(request, found) | {"form": form},
        status=422 if form.is_bound else 200,
    )


def _told(request: HttpRequest, found: ExternalCertificate) -> dict[str, object]:
    unlinked = found.completion_id is None and found.state in workflow.HELD
    open_to_paper = found.state in (workflow.REPORTED, workflow.REFUSED)
    return {
        "external": found,
        "paper": paper_of(found, user=request.user, at=clock.now()),
        "may_add_paper": open_to_paper and not found.document_key,
        "may_take_back": "take_back" in steps_from(workflow.EXTERNAL_MOVES, found.state),
        "unlinked": unlinked,
        "linkable": unlinked and fitting_completion(found) is not None,
        "claimable": found.state == workflow.CHECKED and found.completion_id is not None,
        "listed_after": terms.LISTED_AFTER.days,
    }


@require_POST
@signed_in
def take_back(request: HttpRequest, serial: str) -> HttpResponse:
    try:
        services.take_back(_own(request, serial), by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("Taken back. Nothing more is asked about it, and its paper is deleted."))
    return redirect("certificates:external", serial)


@require_POST
@signed_in
def link(request: HttpRequest, serial: str) -> HttpResponse:
    try:
        services.link(_own(request, serial), by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("Your course and this certificate now stand together."))
    return redirect("certificates:external", serial)
