"""The desk of what a person should look at after exams were graded. Closing it changes nothing else."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from learners.forms.integrity import SignalForm
from learners.selectors.integrity import (
    SIGNAL_ROLES,
    described,
    may_close,
    open_signals,
    signals_visible_to,
)
from learners.services.integrity import close_signal
from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*SIGNAL_ROLES)
def signals(request: HttpRequest) -> HttpResponse:
    """What waits for a person, the oldest first; `?state=closed` the rest, the newest first."""
    closed = request.GET.get("state") == "closed"
    rows = signals_visible_to(request.user)
    rows = rows.exclude(state="open").order_by("-closed_at") if closed else rows.open().order_by("found_at")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": described(page.object_list), "closed": closed}
    return render(request, "learners/signals.html", context)


signals.waiting = open_signals


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*SIGNAL_ROLES)
def signal(request: HttpRequest, signal_id: int) -> HttpResponse:
    found = get_object_or_404(signals_visible_to(request.user), pk=signal_id)
    form = SignalForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            close_signal(found, told["step"], note=told["note"], by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Closed. Result, hours and payments are as they were."))
            return redirect("learners:signals")
    context = {
        "row": described([found])[0],
        "form": form,
        "may_close": may_close(request.user, found),
    }
    return render(request, "learners/signal.html", context, status=422 if form.is_bound else 200)
