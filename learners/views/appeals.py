"""Appeals against an exam's result: the learner's page to make one, and the desk that decides."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from learners.forms.appeals import AppealDecisionForm, AppealForm
from learners.models import Appeal
from learners.selectors import appeals as selectors
from learners.selectors.enrolment import attempt_visible_to
from learners.selectors.outlines import outline_of
from learners.services import appeals
from portal import clock
from portal.accounts.access import needs_role, signed_in
from portal.accounts.models import User
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def appeal(request: HttpRequest, attempt_id: int) -> HttpResponse:
    """Where no appeal can be made, the result says why."""
    attempt = attempt_visible_to(request.user, attempt_id)
    at = clock.now()
    standing = selectors.appeal_standing(attempt, at=at)
    if standing is None or (request.method != "POST" and not standing.is_open):
        return redirect("learners:result", attempt.pk)
    form = AppealForm(selectors.stems(attempt), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            appeals.make_appeal(
                attempt, words=told["words"], question_ids=told["questions"], by=request.user, at=at
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Your appeal is made. You are told when it is decided."))
            return redirect("learners:result", attempt.pk)
    context = {
        "attempt": attempt,
        "outline": outline_of(attempt.enrolment),
        "standing": standing,
        "form": form,
    }
    return render(request, "learners/appeal.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
@needs_role(*selectors.APPEAL_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the oldest first; `?state=decided` the rest, the newest first."""
    decided = request.GET.get("state") == "decided"
    rows = selectors.appeals_visible_to(request.user)
    rows = (
        rows.exclude(state="open").order_by("-decided_at") if decided else rows.open().order_by("appealed_at")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": selectors.described(page.object_list), "decided": decided}
    return render(request, "learners/appeals.html", context)


desk.waiting = selectors.appeals_to_decide


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*selectors.APPEAL_ROLES)
def desk_appeal(request: HttpRequest, appeal_id: int) -> HttpResponse:
    found = get_object_or_404(selectors.appeals_visible_to(request.user), pk=appeal_id)
    form = AppealDecisionForm(
        selectors.papers(found),
        request.POST if request.method == "POST" else None,
        passed=found.attempt.is_passed,
    )
    if form.is_bound and form.is_valid():
        try:
            _decide(found, form.cleaned_data, by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            found.refresh_from_db()
        else:
            messages.success(request, _("Decided. The learner is told."))
            return redirect("learners:appeals")
    context = {
        "row": selectors.described([found])[0],
        "form": form,
        "may_decide": selectors.may_decide(request.user, found),
    }
    return render(request, "learners/desk_appeal.html", context, status=422 if form.is_bound else 200)


def _decide(found: Appeal, told: dict[str, object], *, by: User, at: dt.datetime) -> None:
    by_whom = {"reason": told["reason"], "by": by, "at": at}
    if told["decision"] == AppealDecisionForm.MARKS:
        appeals.change_marks(found, told["marks"], **by_whom)
    elif told["decision"] == AppealDecisionForm.SET_ASIDE:
        appeals.set_attempt_aside(found, **by_whom)
    else:
        appeals.uphold_result(found, **by_whom)
