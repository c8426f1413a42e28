"""The desk of project contracts: listed, drafted by one officer, put in force by another, ended; and what came of each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import selectors as courses
from courses.selectors.occupations import occupation_names
from courses.selectors.providers import agreed_providers
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.audit.selectors import history_of
from portal.audit.words import of_action
from portal.rules import RuleBroken
from subsidies.forms.contracts import ContractForm, DropContractForm, EndContractForm, initial_of
from subsidies.models import ProjectContract
from subsidies.selectors import contracts as asked
from subsidies.selectors.offers import published_in
from subsidies.services import contracts as services
from subsidies.views import shown
from subsidies.workflow.contracts import ContractState

PAGE = 30
CLAIMS = 20
CONFLICT, UNPROCESSABLE = 409, 422
KINDS = {
    ContractState.DRAFT: "wait",
    ContractState.IN_FORCE: "ok",
    ContractState.ENDED: "plain",
    ContractState.DROPPED: "plain",
}


def _found(request: HttpRequest, pk: str) -> ProjectContract:
    return get_object_or_404(asked.contracts_visible_to(request.user), pk=pk)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def desk(request: HttpRequest) -> HttpResponse:
    rows = asked.contracts_visible_to(request.user)
    state = request.GET.get("state", "")
    if state in ContractState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, KINDS[ContractState(row.state)]) for row in page.object_list],
        "states": [("", _("All")), *ContractState.choices],
        "state": state if state in ContractState.values else "",
        "may_write": bool(asked.provinces_to_draft(request.user)),
    }
    return render(request, "subsidies/contracts/desk.html", context)


def _form(request: HttpRequest, row: ProjectContract | None = None) -> ContractForm:
    mine = [row.province_id] if row else asked.provinces_to_draft(request.user)
    told: dict[str, Any] = {
        "bodies": agreed_providers(mine, clock.today(clock.now())),
        "programmes": asked.project_programmes(),
    }
    if row is None:
        told["provinces"] = mine
    else:
        told["initial"] = initial_of(row)
    return ContractForm(request.POST or None, **told)


def _form_page(
    request: HttpRequest, form: ContractForm, row: ProjectContract | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "contract": row, "occupations": occupation_names()}
    return render(request, "subsidies/contracts/edit.html", context, status=status)


def _keep(request: HttpRequest, form: ContractForm, row: ProjectContract | None) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, row, status=UNPROCESSABLE)
    by, at = request.user, clock.now()
    try:
        if row is not None:
            kept = services.change_contract(row, form.terms(), by=by, at=at)
        else:
            province = form.cleaned_data["province"].pk
            kept = services.draft_contract(form.terms(), province=province, by=by, at=at)
    except services.BadTerms as broken:
        form.refuse(broken)
        return _form_page(request, form, row, status=UNPROCESSABLE)
    except services.NumberTaken as broken:
        form.add_error("number", str(broken))
        return _form_page(request, form, row, status=UNPROCESSABLE)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _form_page(request, form, row, status=CONFLICT)
    messages.success(request, _("Kept as a draft. Another person puts it in force."))
    return redirect("subsidies:contract", kept.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.POLICY_EDITOR)
def new(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    return _keep(request, form, None) if request.method == "POST" else _form_page(request, form, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.POLICY_EDITOR)
def edit(request: HttpRequest, pk: str) -> HttpResponse:
    """A draft of one's own."""
    row = _found(request, pk)
    if not asked.may_change(request.user, row):
        raise Http404
    form = _form(request, row)
    return _keep(request, form, row) if request.method == "POST" else _form_page(request, form, row)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def one(request: HttpRequest, pk: str) -> HttpResponse:
    return _page(request, _found(request, pk))


def _page(
    request: HttpRequest,
    row: ProjectContract,
    *,
    broken: RuleBroken | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a contract; `broken` is why a step was refused, and `more` forms that keep what was typed."""
    row = asked.contracts_visible_to(request.user).get(pk=row.pk)
    names = courses.titles_of(row.courses) if row.courses else {}
    context = {
        "contract": row,
        "kind": KINDS[ContractState(row.state)],
        "courses": [(code, names.get(code, code)) for code in row.courses],
        "occupation": dict(occupation_names()).get(row.occupation, row.occupation),
        "level": shown.level_of(row.level) if row.level else "",
        "standing": asked.standing_of(row),
        "claims": list(asked.claims_of(row)[:CLAIMS]),
        "steps": asked.steps_of(request.user, row),
        "own": row.state == ContractState.DRAFT and row.drafted_by_id == request.user.pk,
        "may_change": asked.may_change(request.user, row),
        "unpaid": row.state in {ContractState.DRAFT, ContractState.IN_FORCE}
        and not published_in(row.province_id, [row.programme]),
        "history": [
            (entry, of_action(entry.action)) for entry in history_of("subsidies.projectcontract", row.pk)
        ],
        "end_form": EndContractForm(auto_id="end_%s", initial={"last_day": row.last_day}),
        "drop_form": DropContractForm(auto_id="drop_%s"),
        "broken": broken,
        **more,
    }
    return render(request, "subsidies/contracts/contract.html", context, status=status)


@never_cache
@require_POST
@needs_role(Role.POLICY_PUBLISHER)
def enforce(request: HttpRequest, pk: str) -> HttpResponse:
    row = _found(request, pk)
    try:
        services.enforce_contract(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        return _page(request, row, broken=broken, status=CONFLICT)
    messages.success(request, _("The contract is in force; its provider can claim by it."))
    return redirect("subsidies:contract", row.pk)


@never_cache
@require_POST
@needs_role(Role.POLICY_PUBLISHER)
def end(request: HttpRequest, pk: str) -> HttpResponse:
    done = _("The contract is ended. What was trained until its last day can be claimed still.")
    return _over(request, pk, "end", EndContractForm, services.end_contract, done)


@never_cache
@require_POST
@needs_role(Role.POLICY_EDITOR)
def drop(request: HttpRequest, pk: str) -> HttpResponse:
    return _over(request, pk, "drop", DropContractForm, services.drop_contract, _("The draft is dropped."))


def _over(
    request: HttpRequest,
    pk: str,
    step: str,
    kind: type[Form],
    act: Callable[..., ProjectContract],
    done: str,
) -> HttpResponse:
    """A step that ends a contract, with what its form asks; `done` is said where it was taken."""
    row, form = _found(request, pk), kind(request.POST, auto_id=f"{step}_%s")
    asking = {f"{step}_form": form, "asking": step}
    if not form.is_valid():
        return _page(request, row, status=UNPROCESSABLE, **asking)
    try:
        act(row, by=request.user, at=clock.now(), **form.cleaned_data)
    except RuleBroken as broken:
        return _page(request, row, broken=broken, status=CONFLICT, **asking)
    messages.success(request, done)
    return redirect("subsidies:contract", row.pk)
