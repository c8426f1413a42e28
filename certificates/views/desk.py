"""The desk of a province: what was issued, one sheet for each, and what two people change together."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import selectors, services, signers, workflow
from certificates.forms import DecideForm, DeskForm, ProposeForm
from certificates.models import Certificate, Proposal
from certificates.selectors import desk as lists
from certificates.selectors import inspections as inspecting
from certificates.selectors.drafts import differences
from certificates.views import tables
from portal import clock, windows
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.moves import steps_from
from portal.rules import RuleBroken

PAGE_SIZE = 50
PROPOSALS_SHOWN = 10
MOST_TAKEN = 100_000
"""Rows of an exported list; whoever needs more narrows it by months."""
MOST_IN_A_WORKBOOK = 20_000


@require_safe
@needs_role(*selectors.DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    form = DeskForm(request.GET)
    filters = form.filters()
    visible = selectors.desk_visible_to(request.user)
    rows = lists.narrowed(visible, filters)
    page = windows.window(
        rows.select_related("province"),
        filters.order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
    )
    proposals = lists.open_proposals(request.user)
    return render(
        request,
        "certificates/desk.html",
        {
            "page": page,
            "count": windows.counted(rows),
            "most_counted": windows.MOST_COUNTED,
            "form": form,
            "words": filters.words,
            "more": any(
                (filters.course, filters.province, filters.issued_from, filters.issued_to, filters.only)
            ),
            "batch": filters.batch,
            "provinces": provinces if len(provinces := selectors.desk_provinces(request.user)) > 1 else [],
            "query": _query(request),
            "proposals": proposals[:PROPOSALS_SHOWN],
            "more_proposals": proposals.count() > PROPOSALS_SHOWN,
            "paperless": not filters.only and lists.failed_papers(visible),
            "may_inspect": inspecting.may_inspect_somewhere(request.user),
            "waiting_since": selectors.oldest_waiting(visible),
            "trouble": signers.known_trouble(clock.now()),
        },
    )


def _query(request: HttpRequest) -> str:
    """The filters of the address, without the place in the list; to stand behind a question mark."""
    told = request.GET.copy()
    for name in ("after", "before", "as"):
        told.pop(name, None)
    return told.urlencode()


@require_safe
@never_cache
@needs_role(*selectors.DESK_ROLES)
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list as CSV or, with `?as=xlsx`, as a workbook; its first rows where it is very long."""
    filters = DeskForm(request.GET).filters()
    rows = lists.narrowed(selectors.desk_visible_to(request.user), filters).order_by(*filters.order)
    name = f"certificates-{clock.today(clock.now()):%Y%m%d}"
    if request.GET.get("as") == "xlsx":
        return tables.workbook(name, rows[:MOST_IN_A_WORKBOOK])
    return tables.table(name, rows[:MOST_TAKEN])


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
