"""The desk of a province: what was issued, one sheet for each, and what two people change together."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import selectors, services, signers, workflow
from certificates.forms import DecideForm, DeskForm, ProposeForm
from certificates.models import Certificate, Proposal
from certificates.selectors.drafts import differences
from portal import clock
from portal.accounts.roles import Role, needs_role
from portal.moves import steps_from
from portal.rules import RuleBroken

PAGE_SIZE = 50


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


def _on_desk(request: HttpRequest, serial: str) -> Certificate:
    rows = selectors.desk_visible_to(request.user).numbered(serial)
    return get_object_or_404(rows.select_related("province", "replaces", "replacement", "batch"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def sheet(request: HttpRequest, serial: str) -> HttpResponse:
    """One certificate on the desk; POST proposes to revoke or replace it."""
    found = _on_desk(request, serial)
    form = ProposeForm(request.POST or None, steps=steps_from(workflow.MOVES, found.state))
    if request.method == "POST" and form.is_valid():
        try:
            services.propose(
                found,
                form.cleaned_data["kind"],
                by=request.user,
                at=clock.now(),
                reason=form.cleaned_data["reason"],
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Proposed. A second person of the province decides."))
            return redirect("certificates:sheet", serial=serial)
    return _sheet(request, found, form=form, status=422 if form.is_bound else 200)


def _sheet(
    request: HttpRequest,
    found: Certificate,
    *,
    form: ProposeForm | None = None,
    decide: DecideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    steps = steps_from(workflow.MOVES, found.state)
    proposals = list(found.proposals.select_related("proposed_by", "decided_by"))
    waiting = next((one for one in proposals if one.state == workflow.OPEN), None)
    mine = selectors.may_propose(request.user, found)
    changeable = mine and waiting is None and bool({"revoke", "replace"} & set(steps))
    changes, obstacle = _changes(found) if mine and found.is_on_paper else ([], "")
    return render(
        request,
        "certificates/sheet.html",
        {
            "certificate": found,
            "form": (form or ProposeForm(steps=steps)) if changeable else None,
            "proposals": proposals,
            "waiting": waiting,
            "decide": decide or DecideForm(),
            "may_decide": mine and waiting is not None and waiting.proposed_by_id != request.user.pk,
            "may_withdraw": waiting is not None and waiting.proposed_by_id == request.user.pk,
            "changes": changes,
            "obstacle": obstacle,
            "retriable": "retry" in steps and selectors.may_retry(request.user),
        },
        status=status,
    )


def _changes(found: Certificate) -> tuple[list, str]:
    """What a replacement would say otherwise, or the sentence that says why there can be none."""
    try:
        return differences(found, at=clock.now()), ""
    except RuleBroken as broken:
        return [], str(broken)


@require_POST
@never_cache
@needs_role(*selectors.PROPOSERS)
def decide(request: HttpRequest, serial: str) -> HttpResponse:
    """What a second person says to the open proposal, or the first one's word that it is taken back."""
    found = _on_desk(request, serial)
    proposal = get_object_or_404(found.proposals.open())
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            done = _decided(proposal, form.cleaned_data, request)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect("certificates:sheet", serial=done.number)
    return _sheet(request, found, decide=form, status=422)


def _decided(proposal: Proposal, said: dict, request: HttpRequest) -> Certificate:
    told = {"by": request.user, "at": clock.now()}
    if said["decision"] == "approve":
        done = services.approve(proposal, **told)
        messages.success(request, _("Done. Everybody who checks the certificate sees it from now on."))
        return done
    if said["decision"] == "refuse":
        services.refuse(proposal, reason=said["reason"], **told)
        messages.success(request, _("The proposal is refused. The certificate stays as it is."))
    else:
        services.withdraw(proposal, **told)
        messages.success(request, _("The proposal is taken back."))
    return proposal.certificate


@require_POST
@needs_role(Role.OPERATOR)
def retry(request: HttpRequest, serial: str) -> HttpResponse:
    found = _on_desk(request, serial)
    try:
        services.retry(found, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("The worker will try again in a moment."))
    return redirect("certificates:sheet", serial=serial)
