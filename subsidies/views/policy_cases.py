"""The worked cases of a version: what must come of each, and what the version makes of it."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken
from subsidies.forms.policies import CaseForm, FromDecisionForm
from subsidies.models import PolicyVersion
from subsidies.policy import read_policy
from subsidies.policy.typed import yuan
from subsidies.selectors import policies as asked
from subsidies.selectors.impacts import OUTCOMES
from subsidies.selectors.policy_checks import FEWEST_CASES, Ran, run_case, run_cases
from subsidies.services import policies as services
from subsidies.services.policies import Worked
from subsidies.views import shown
from subsidies.views.policies import CONFLICT, UNPROCESSABLE, found

TAGS = {"APPROVE": "ok", "REJECT": "bad", "NEEDS_EVIDENCE": "wait"}
BLANK: dict[str, Any] = {
    "person": {"born": "1985-01-01", "sex": "M", "groups": [], "statuses": [], "hukou_in_region": True},
    "training": {"started_on": ""},
    "learning": {"valid_hours": "80", "online_hours": "0", "offline_days": 0},
    "course": {"hours": "100"},
    "certificate": {"kind": "level", "occupation": "", "level": 4, "issued_on": ""},
    "occupation": {"shortage": False},
    "claim": {"submitted_on": ""},
    "history": [],
    "other_schemes": [],
}


@never_cache
@require_safe
@needs_role(*asked.READERS)
def cases(request: HttpRequest, pk: str) -> HttpResponse:
    return _cases(request, found(request, pk))


def _cases(
    request: HttpRequest, row: PolicyVersion, *, form: FromDecisionForm | None = None, status: int = 200
) -> HttpResponse:
    ran = run_cases(row)
    context = {
        "version": row,
        "rows": [(one, _side(one.case), _side(one)) for one in ran],
        "holding": sum(one.holds for one in ran),
        "fewest": FEWEST_CASES,
        "may_edit": row.is_draft and asked.may_edit(request.user, row.province_id),
        "form": form or FromDecisionForm(),
    }
    return render(request, "subsidies/policies/cases.html", context, status=status)


def _side(one: Any) -> dict[str, Any]:
    """A case or what was found, as the page shows it."""
    return {
        "tag": TAGS[one.outcome],
        "outcome": OUTCOMES[one.outcome],
        "fen": one.amount_fen,
        "because": list(one.because),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.READERS)
def case(request: HttpRequest, pk: str, place: str) -> HttpResponse:
    """One case with why it comes out so; `new` is one more."""
    row = found(request, pk)
    known = None if place == "new" else get_object_or_404(row.cases, place=int(place))
    may_edit = row.is_draft and asked.may_edit(request.user, row.province_id)
    if known is None and request.method != "POST" and not may_edit:
        raise Http404
    ran = run_case(read_policy(row.body), known) if known else None
    form = CaseForm(request.POST or None, initial=_initial(row, ran))
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and _kept(request, row, form, known.place if known else None):
            messages.success(request, _("The case is kept."))
            return redirect("subsidies:policy-cases", pk=pk)
    context = {
        "version": row,
        "case": known,
        "form": form,
        "ran": ran,
        "expected": _side(known) if known else None,
        "side": _side(ran) if ran else None,
        "rules": shown.rules_of(ran.record) if ran else [],
        "lines": shown.lines_of(ran.record["lines"]) if ran else [],
        "may_edit": may_edit,
    }
    return render(request, "subsidies/policies/case.html", context, status=status)


def _initial(row: PolicyVersion, ran: Ran | None) -> dict[str, Any]:
    if ran is None:
        like = row.cases.first()
        facts = like.facts if like else BLANK
        return {"facts": json.dumps(facts, ensure_ascii=False, indent=2), "outcome": "APPROVE"}
    kept = ran.case
    return {
        "name": kept.name,
        "facts": json.dumps(kept.facts, ensure_ascii=False, indent=2),
        "outcome": kept.outcome,
        "amount": yuan(kept.amount_fen) if kept.amount_fen else "",
        "because": ", ".join(kept.because),
    }


def _kept(request: HttpRequest, row: PolicyVersion, form: CaseForm, place: int | None) -> bool:
    told = form.cleaned_data
    worked = Worked(told["name"], told["facts"], told["outcome"], told["amount"], told["because"])
    try:
        services.keep_case(row, worked, by=request.user, at=clock.now(), place=place)
    except services.BadCase as broken:
        form.add_error({"amount_fen": "amount"}.get(broken.field, broken.field) or None, str(broken))
    except services.CaseNameTaken as broken:
        form.add_error("name", str(broken))
    except RuleBroken as broken:
        form.add_error(None, str(broken))
    else:
        return True
    return False


@never_cache
@require_POST
@needs_role(*asked.EDITORS)
def drop(request: HttpRequest, pk: str, place: str) -> HttpResponse:
    row = found(request, pk)
    if not asked.may_edit(request.user, row.province_id):
        raise Http404
    try:
        services.drop_case(row, int(place) if place != "new" else 0, by=request.user, at=clock.now())
    except RuleBroken:
        raise Http404 from None
    messages.success(request, _("The case is deleted."))
    return redirect("subsidies:policy-cases", pk=pk)


@never_cache
@require_POST
@needs_role(*asked.EDITORS)
def from_decision(request: HttpRequest, pk: str) -> HttpResponse:
    """A case with the facts of the newest decision about a claim of the province, without what tells of the person."""
    row = found(request, pk)
    if not asked.may_edit(request.user, row.province_id):
        raise Http404
    form = FromDecisionForm(request.POST)
    if not form.is_valid():
        return _cases(request, row, form=form, status=UNPROCESSABLE)
    decision = asked.newest_decision(row, form.cleaned_data["number"])
    if decision is None:
        form.add_error("number", _("There is no decided claim with this number in the province."))
        return _cases(request, row, form=form, status=UNPROCESSABLE)
    try:
        kept = services.case_of_decision(
            row, decision, name=form.cleaned_data["name"], by=request.user, at=clock.now()
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _cases(request, row, form=form, status=CONFLICT)
    messages.success(request, _("The case is made. Say whether this is what must come of it."))
    return redirect("subsidies:policy-case", pk=pk, place=kept.place)
