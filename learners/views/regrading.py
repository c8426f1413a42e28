"""The desk of exams that were graded anew: passes that would fall wait for a person."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from learners.forms.regrading import DecideForm
from learners.selectors.regrading import REGRADE_ROLES, described, may_decide, regrades_visible_to
from learners.services.regrading import decide
from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*REGRADE_ROLES)
def regrades(request: HttpRequest) -> HttpResponse:
    """What waits for a person comes first, then the newest."""
    rows = regrades_visible_to(request.user)
    waiting = described(rows.held().order_by("regraded_at", "pk")[:PAGE_SIZE])
    page = Paginator(rows.exclude(outcome="held"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page": page, "rows": described(page.object_list)}
    return render(request, "learners/regrades.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*REGRADE_ROLES)
def regrade(request: HttpRequest, regrade_id: int) -> HttpResponse:
    found = get_object_or_404(regrades_visible_to(request.user), pk=regrade_id)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            decide(
                found,
                lower=said["decision"] == "lower",
                reason=said["reason"],
                by=request.user,
                at=clock.now(),
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
            found.refresh_from_db()
        else:
            messages.success(request, _("Decided."))
            return redirect("learners:regrades")
    context = {
        "row": described([found])[0],
        "form": form,
        "may_decide": may_decide(request.user, found),
    }
    return render(request, "learners/regrade.html", context, status=422 if form.is_bound else 200)
