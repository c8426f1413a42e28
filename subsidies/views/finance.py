"""The money desk: budgets and holds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.roles import Role, has_role, needs_role
from portal.rules import RuleBroken
from subsidies.money_forms import BudgetForm, ReasonForm
from subsidies.selectors import money as asked
from subsidies.selectors.batches import batches_visible_to
from subsidies.services import budgets, holds
from subsidies.views import batchshown, moneyshown

LINES_PER_PAGE = 50
MOST_GAUGES = 6
CONFLICT = 409
UNPROCESSABLE = 422
OFFICERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


def _money_page(request: HttpRequest, *, form: BudgetForm | None = None, status: int = 200) -> HttpResponse:
    at = clock.now()
    this_year = clock.today(at).year
    years = asked.budget_years(request.user, at)
    wanted = request.GET.get("year", "")
    year = next((one for one in years if str(one) == wanted), this_year)
    mine = asked.provinces_to_make(request.user)
    budgets_ = asked.budgets_visible_to(request.user, year)
    context = {
        "year": year,
        "years": years,
        "budgets": budgets_,
        "gauges": len(budgets_) <= MOST_GAUGES,
        "work": asked.work_of(request.user),
        "proposals": moneyshown.proposals(request.user),
        "holds": asked.holds_visible_to(request.user)[:LINES_PER_PAGE],
        "batches": batchshown.batch_rows(batches_visible_to(request.user)[:5]),
        "form": form or (BudgetForm(provinces=mine, initial={"year": this_year}) if mine else None),
        "provinces": mine,
        "may_free": moneyshown.may_free(request.user),
    }
    return render(request, "subsidies/money.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@needs_role(*asked.READERS)
def money(request: HttpRequest) -> HttpResponse:
    return _money_page(request)


@require_POST
@needs_role(Role.FINANCE_MAKER)
def propose(request: HttpRequest) -> HttpResponse:
    form = BudgetForm(request.POST, provinces=asked.provinces_to_make(request.user))
    if not form.is_valid():
        return _money_page(request, form=form, status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        budgets.propose_budget(
            province=said["province"].code,
            fund=said["fund"],
            year=said["year"],
            fen=said["amount"],
            document=said["document"],
            by=request.user,
            at=clock.now(),
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _money_page(request, form=form, status=CONFLICT)
    messages.success(request, _("Entered. It counts once another person has confirmed it."))
    return redirect("subsidies:money")


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def issue(request: HttpRequest, pk: str) -> HttpResponse:
    proposal = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    try:
        budgets.issue_budget(proposal, by=request.user, at=clock.now())
        messages.success(request, _("The budget is issued and available."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money")


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def refuse(request: HttpRequest, pk: str) -> HttpResponse:
    proposal = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    try:
        budgets.refuse_budget(proposal, by=request.user, at=clock.now(), reason=_reason(request))
        messages.success(request, _("The budget entry is refused."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money")


def _reason(request: HttpRequest) -> str:
    """The reason as typed; empty where the form refuses it, which the service then says."""
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
@needs_role(Role.PROVINCE_REVIEWER, *OFFICERS)
def free(request: HttpRequest, pk: str) -> HttpResponse:
    hold = get_object_or_404(asked.holds_visible_to(request.user), pk=pk)
    try:
        holds.close_hold(hold, by=request.user, at=clock.now(), reason=_reason(request))
        messages.success(request, _("The hold is closed; the claim goes on."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money" if has_role(request.user, *asked.READERS) else "subsidies:notice_desk")
