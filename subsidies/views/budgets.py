"""The money desk: the budgets of a year, and the documents that issue, change or close them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.access import has_role, needs_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.forms.money import BudgetForm, ReasonForm
from subsidies.models import BudgetProposal
from subsidies.selectors import ledger as asked
from subsidies.selectors import money as waiting
from subsidies.selectors.batches import batches_visible_to
from subsidies.services import budgets
from subsidies.views import batchshown, moneyshown

SHOWN = 50
MOST_GAUGES = 6
CONFLICT = 409
UNPROCESSABLE = 422


def proposals(user: User) -> list[tuple[BudgetProposal, bool, str]]:
    """Budget documents that wait: whether this person may confirm one, and if not why."""
    rows = []
    for proposal in asked.open_proposals(user)[:SHOWN]:
        checker = has_role(user, Role.FINANCE_CHECKER, province=proposal.province_id)
        own = proposal.made_by_id == user.pk
        why = _("You entered it; another person confirms it.") if own else ""
        rows.append((proposal, checker and not own, why))
    return rows


def money_page(request: HttpRequest, *, form: BudgetForm | None = None, status: int = 200) -> HttpResponse:
    at = clock.now()
    this_year = clock.today(at).year
    years = asked.budget_years(request.user, at)
    wanted = request.GET.get("year", "")
    year = next((one for one in years if str(one) == wanted), this_year)
    mine = waiting.provinces_to_make(request.user)
    rows = asked.budgets_visible_to(request.user, year)
    context = {
        "year": year,
        "years": years,
        "budgets": rows,
        "gauges": len(rows) <= MOST_GAUGES,
        "work": waiting.work_of(request.user),
        "proposals": proposals(request.user),
        "holds": waiting.holds_visible_to(request.user)[:SHOWN],
        "batches": batchshown.batch_rows(batches_visible_to(request.user)[:5]),
        "form": form
        or (BudgetForm(provinces=mine, initial=_asked_for(request, this_year)) if mine else None),
        "provinces": mine,
        "may_free": moneyshown.may_free(request.user),
    }
    return render(request, "subsidies/money.html", context, status=status)


def _asked_for(request: HttpRequest, this_year: int) -> dict[str, Any]:
    """What the form holds at first: a book's page sends its own fund and year along."""
    return {"year": this_year} | {
        name: request.GET[name] for name in ("kind", "province", "fund", "year") if name in request.GET
    }


@require_http_methods(["GET", "HEAD"])
@needs_role(*asked.READERS)
def money(request: HttpRequest) -> HttpResponse:
    return money_page(request)


@require_POST
@needs_role(Role.FINANCE_MAKER)
def propose(request: HttpRequest) -> HttpResponse:
    form = BudgetForm(request.POST, provinces=waiting.provinces_to_make(request.user))
    if not form.is_valid():
        return money_page(request, form=form, status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        budgets.propose_budget(
            province=said["province"].code,
            fund=said["fund"],
            year=said["year"],
            kind=said["kind"],
            fen=said["amount"],
            document=said["document"],
            purpose=said["purpose"],
            by=request.user,
            at=clock.now(),
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return money_page(request, form=form, status=CONFLICT)
    messages.success(request, _("Entered. It counts once another person has confirmed it."))
    return redirect("subsidies:money")


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def issue(request: HttpRequest, pk: str) -> HttpResponse:
    proposal = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    try:
        done = budgets.issue_budget(proposal, by=request.user, at=clock.now())
        messages.success(request, _done(done))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money")


def _done(proposal: BudgetProposal) -> str:
    kinds = BudgetProposal.Kind
    return {
        kinds.ISSUE: _("The budget is issued and available."),
        kinds.RAISE: _("The budget is raised; the sum is available."),
        kinds.CUT: _("The budget is cut."),
        kinds.CLOSE: _("The year is closed. What is set aside in it is being carried on."),
    }[kinds(proposal.kind)]


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def refuse(request: HttpRequest, pk: str) -> HttpResponse:
    proposal = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        budgets.refuse_budget(proposal, by=request.user, at=clock.now(), reason=reason)
        messages.success(request, _("The budget entry is refused."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money")
