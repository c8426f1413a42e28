"""A claim as the organisation sees it that made it: how it stands, and what it may do. Nothing of the person but the masks."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.papers import MOST_BYTES
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import PAID_FOR
from portal.moves import steps_from
from portal.rules import RuleBroken
from portal.uploads import kept_in_memory
from subsidies.forms.claims import AnswersForm, AppealForm
from subsidies.models import Claim
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import facts, materials, records, road
from subsidies.selectors import lists as asked
from subsidies.services import claims, rejections
from subsidies.views import paperpage, shown
from subsidies.views.claimant import questions_again, wanted_of
from subsidies.workflow.claims import MOVES

CONFLICT, UNPROCESSABLE = 409, 422


def _found(request: HttpRequest, number: str, step: str = "") -> Claim:
    """404 for another organisation's, and for one from whose state there is no such step."""
    row = get_object_or_404(asked.list_claims_visible_to(request.user), number=number)
    if step and step not in steps_from(MOVES, row.state):
        raise Http404
    return row


def _page(request: HttpRequest, row: Claim, *, status: int = 200) -> HttpResponse:
    kind, word = road.status_of(row)
    context = {
        "claim": row,
        "kind": kind,
        "word": word,
        "steps": road.steps_of(row),
        "lines": shown.lines_of(row.lines),
        "level": shown.level_of(row.level),
        "can": steps_from(MOVES, row.state),
        "against": claims_asked.decision_against(row),
        "returned_by_bank": claims_asked.returned_by_bank(row),
        "papers": materials.of_claim(row, user=request.user, at=clock.now()),
        "at": clock.now(),
    }
    return render(request, "subsidies/list_claim.html", context, status=status)


@never_cache
@require_safe
@needs_role(*PAID_FOR)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _found(request, number))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def mend(request: HttpRequest, number: str) -> HttpResponse:
    """补正: answer what was asked, add papers, hand in again."""
    row = _found(request, number, "resubmit")
    given = request.POST if request.method == "POST" else None  # there may be nothing to answer
    form = AnswersForm(given, paths=questions_again(row), known=row.declared)
    if request.method == "POST" and form.is_valid():
        try:
            claims.resubmit(row, by=request.user, at=clock.now(), answers=form.answers())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Handed in again under the same number."))
            return redirect("subsidies:list_claim", number)
    context = {
        "claim": row,
        "form": form,
        "against": claims_asked.decision_against(row),
        "wanted": wanted_of(request, row),
    }
    return render(request, "subsidies/list_mend.html", context, status=UNPROCESSABLE if form.errors else 200)


@kept_in_memory(MOST_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Add papers of a kind to a returned claim."""
    row = _found(request, number, "resubmit")
    policy = facts.explain(records.Subject.of(row), at=clock.now()).policy
    back = reverse("subsidies:list_mend", args=[row.number])
    return paperpage.show(request, row, kind, policy=policy, back=back, base="base_staff.html")


@require_POST
@needs_role(*PAID_FOR)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    row = _found(request, number)
    try:
        claims.withdraw(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        row.refresh_from_db()
        return _page(request, row, status=CONFLICT)
    messages.success(request, _("The claim is withdrawn. It can be claimed again for the same certificate."))
    return redirect("subsidies:list_claim", number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """复核: answer a rejection."""
    row = _found(request, number, "appeal")
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rejections.file_appeal(row, by=request.user, at=clock.now(), words=form.cleaned_data["words"])
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(
                request, _("Your appeal is filed. People who had no part in the decision look at it.")
            )
            return redirect("subsidies:list_claim", number)
    context = {"claim": row, "form": form, "against": claims_asked.decision_against(row)}
    return render(
        request, "subsidies/list_appeal.html", context, status=UNPROCESSABLE if form.errors else 200
    )
