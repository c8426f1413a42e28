"""The reviewers' desk: the queue, one claim with its evidence, and the decision."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts import services as accounts_services
from portal.accounts.roles import Role, needs_role
from portal.rules import RuleBroken
from subsidies.forms import ConfirmForm, QueueForm, ReasonForm, RevealForm
from subsidies.models import Claim
from subsidies.selectors import claims as claims_asked
from subsidies.services import reviews
from subsidies.views import shown

PAGE = 20
CONFLICT = 409
UNPROCESSABLE = 422
READERS = (Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER, Role.AUDITOR)
REVIEWERS = (Role.PROVINCE_REVIEWER, Role.MINISTRY_REVIEWER)


@require_GET
@needs_role(*READERS)
def queue(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    night = claims_asked.end_of_day(at)
    view = request.GET.get("view") if request.GET.get("view") in claims_asked.VIEWS else "mine"
    form = QueueForm(request.GET or None)
    rows = claims_asked.queue(request.user, view=view, end_of_day=night, **form.values())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = claims_asked.queue_counts(request.user, end_of_day=night)
    context = {
        "page": page,
        "rows": [(claim, *shown.outcome_of(claim), shown.level_of(claim.level)) for claim in page],
        "tabs": [(name, title, counts[name], name == view) for name, title in claims_asked.VIEWS.items()],
        "view": view,
        "form": form,
        "waiting": claims_asked.waiting_total(request.user),
        "at": at,
        "night": night,
    }
    return render(request, "subsidies/queue.html", context)


def _found(request: HttpRequest, number: str) -> Claim:
    rows = claims_asked.reviews_visible_to(request.user)
    return get_object_or_404(
        rows.select_related("claimant", "province_reviewer", "ministry_reviewer"), number=number
    )


@require_GET
@needs_role(*READERS)
def review(request: HttpRequest, number: str) -> HttpResponse:
    row = _found(request, number)
    asked = "back" if "against" in request.GET else ""
    return render(request, "subsidies/review.html", _context(request, row, asked=asked))


def _context(request: HttpRequest, row: Claim, **more: object) -> dict[str, object]:
    record = claims_asked.explanation_of(row)
    passed, total = shown.passed_of(record)
    refused = reviews.why_not(row, request.user)
    return {
        "claim": row,
        "record": record,
        "rules": shown.rules_of(record),
        "passed": passed,
        "total": total,
        "lines": shown.lines_of(row.lines),
        "level": shown.level_of(row.level),
        "outcome": shown.outcome_of(row),
        "facts": shown.facts_shown(row, record),
        "trail": shown.trail_of(row),
        "bank": accounts.bank_account_of(row.claimant),
        "refused": refused,
        "passable": row.outcome != "REJECT",
        "first_review": row.state == "in_province_review",
        "confirm_form": ConfirmForm(),
        "reason_form": ReasonForm(),
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        "at": clock.now(),
        **more,
    }


@require_POST
@needs_role(*REVIEWERS)
def decide(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One decision: pass, approve, back or reject."""
    row = _found(request, number)
    at, by = clock.now(), request.user
    reason_form = ReasonForm(request.POST)
    confirm_form = ConfirmForm(request.POST)
    if step in {"back", "reject"} and not reason_form.is_valid():
        context = _context(request, row, reason_form=reason_form, asked=step)
        return render(request, "subsidies/review.html", context, status=UNPROCESSABLE)
    acts = {
        "pass": lambda: reviews.pass_to_ministry(
            row, by=by, at=at, confirmed=confirm_form.is_valid() and confirm_form.cleaned_data["confirmed"]
        ),
        "approve": lambda: reviews.approve(row, by=by, at=at),
        "back": lambda: reviews.send_back(row, by=by, at=at, reason=reason_form.cleaned_data["reason"]),
        "reject": lambda: reviews.reject(row, by=by, at=at, reason=reason_form.cleaned_data["reason"]),
    }
    if step not in acts:
        raise Http404
    try:
        done = acts[step]()
    except RuleBroken as broken:
        row.refresh_from_db()
        asked = step if step in {"back", "reject"} else ""
        context = _context(request, row, broken=broken, reason_form=reason_form, asked=asked)
        return render(request, "subsidies/review.html", context, status=CONFLICT)
    messages.success(request, _said(done))
    return redirect("subsidies:queue")


def _said(claim: Claim) -> str:
    return {
        "in_ministry_review": _("%(number)s passed to the ministry."),
        "approved": _("%(number)s approved. The money is set aside."),
        "awaiting_funds": _("%(number)s approved. It waits for funds."),
        "returned": _("%(number)s sent back to the claimant."),
        "rejected": _("%(number)s rejected. The claimant sees the reason."),
    }[claim.state] % {"number": claim.number}


@require_POST
@needs_role(*REVIEWERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the resident ID once. The look is kept in the audit with its reason."""
    row = _found(request, number)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        context = _context(request, row, reveal_form=form, revealing=True)
        return render(request, "subsidies/review.html", context, status=UNPROCESSABLE)
    number_shown = accounts_services.reveal_number(
        row.claimant.identity, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
    )
    return render(request, "subsidies/review.html", _context(request, row, number_shown=number_shown))
