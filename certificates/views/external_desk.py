"""The desk of a province for certificates issued elsewhere: what the register said, and what two people decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import selectors, workflow
from certificates.forms import DecideForm, ExternalDeskForm, RulingForm
from certificates.models import ExternalCertificate
from certificates.selectors.external import paper_of, search, waiting_at_desk
from certificates.services import external as services
from certificates.services import rulings
from portal import clock
from portal.accounts.access import needs_role
from portal.moves import steps_from
from portal.rules import RuleBroken

PAGE_SIZE = 50


@require_safe
@needs_role(*selectors.DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    form = ExternalDeskForm(request.GET)
    form.is_valid()
    state, words = form.cleaned_data.get("state", ""), form.cleaned_data.get("words", "").strip()
    rows = search(selectors.externals_at_desk(request.user), state=state, words=words)
    return render(
        request,
        "certificates/external_desk.html",
        {
            "page": Paginator(rows.select_related("province"), PAGE_SIZE).get_page(request.GET.get("page")),
            "state": state,
            "words": words,
            "states": form.fields["state"].choices[1:],
        },
    )


desk.waiting = waiting_at_desk


def _on_desk(request: HttpRequest, serial: str) -> ExternalCertificate:
    rows = selectors.externals_at_desk(request.user).select_related("province", "completion__enrolment")
    return get_object_or_404(rows, serial=serial)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def sheet(request: HttpRequest, serial: str) -> HttpResponse:
    """One of them with its evidence; POST proposes what becomes of it."""
    found = _on_desk(request, serial)
    told = request.POST if request.method == "POST" else None
    form = RulingForm(told, steps=steps_from(workflow.EXTERNAL_MOVES, found.state))
    if form.is_bound and form.is_valid():
        try:
            rulings.propose(found, by=request.user, at=clock.now(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Proposed. A second person of the province decides."))
            return redirect("certificates:external-sheet", serial)
    return _sheet(request, found, form=form, status=422 if form.is_bound else 200)


def _sheet(
    request: HttpRequest,
    found: ExternalCertificate,
    *,
    form: RulingForm | None = None,
    decide: DecideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    steps = steps_from(workflow.EXTERNAL_MOVES, found.state)
    made = list(found.rulings.select_related("proposed_by", "decided_by"))
    waiting = next((one for one in made if one.state == workflow.OPEN), None)
    mine = selectors.may_rule(request.user, found)
    changeable = mine and waiting is None and bool({"vouch", "refuse", "withdraw"} & set(steps))
    own_proposal = waiting is not None and waiting.proposed_by_id == request.user.pk
    return render(
        request,
        "certificates/external_sheet.html",
        {
            "external": found,
            "answers": list(found.answers.select_related("asked_by").order_by("-pk")[:PAGE_SIZE]),
            "paper": paper_of(found, user=request.user, at=clock.now()),
            "form": (form or RulingForm(steps=steps)) if changeable else None,
            "refused_form": form if form is not None and form.is_bound and not changeable else None,
            "rulings": made,
            "waiting": waiting,
            "decide": decide or DecideForm(),
            "may_decide": mine and waiting is not None and not own_proposal,
            "may_withdraw": own_proposal,
            "may_ask": mine and found.state in workflow.HELD,
        },
        status=status,
    )


@require_POST
@never_cache
@needs_role(*selectors.PROPOSERS)
def decide(request: HttpRequest, serial: str) -> HttpResponse:
    """What a second person says to the open proposal, or the first one's word that it is taken back."""
    found = _on_desk(request, serial)
    ruling = get_object_or_404(found.rulings.open())
    form = DecideForm(request.POST)
    if form.is_valid():
        said, told = form.cleaned_data, {"by": request.user, "at": clock.now()}
        try:
            if said["decision"] == "approve":
                rulings.approve(ruling, **told)
            elif said["decision"] == "refuse":
                rulings.refuse(ruling, reason=said["reason"], **told)
            else:
                rulings.withdraw(ruling, **told)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Done."))
            return redirect("certificates:external-sheet", serial)
    return _sheet(request, found, decide=form, status=422)


@require_POST
@needs_role(*selectors.PROPOSERS)
def ask(request: HttpRequest, serial: str) -> HttpResponse:
    try:
        services.ask_again(_on_desk(request, serial), by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("The register is asked in a moment."))
    return redirect("certificates:external-sheet", serial)
