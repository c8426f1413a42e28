"""The desk of moderators: what was reported, and the decision about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from learners.forms.asking import DecideForm
from learners.selectors import moderation as selectors
from learners.services import moderation
from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*selectors.REPORT_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the oldest first; `?state=decided` the rest, the newest first."""
    decided = request.GET.get("state") == "decided"
    rows = selectors.reports_visible_to(request.user)
    rows = rows.exclude(state="open").order_by("-decided_at") if decided else rows.filter(state="open")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": selectors.described(page.object_list), "decided": decided}
    return render(request, "learners/reports.html", context)


desk.waiting = selectors.open_reports


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*selectors.REPORT_ROLES)
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    found = selectors.report_at_the_desk(request.user, report_id)
    line = selectors.described([found])[0]
    form = DecideForm(request.POST if request.method == "POST" else None, may_pause=line.is_learner)
    if form.is_bound and form.is_valid():
        try:
            moderation.decide(found, by=request.user, at=clock.now(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Decided. The author reads the reason."))
            return redirect("learners:reports")
    context = {
        "line": line,
        "report": found,
        "form": form,
        "may_decide": selectors.may_decide(request.user, found),
        "everywhere": selectors.pauses_everywhere(request.user, found),
    }
    return render(request, "learners/report.html", context, status=422 if form.is_bound else 200)
