"""The desk of extra time for exams: granting it, and what was granted."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from learners.forms.extra_time import ExtraTimeForm
from learners.selectors.extra_time import EXTRA_TIME_ROLES, GRANTERS, described, extra_times_visible_to
from learners.services.extra_time import grant_extra_time
from portal import clock
from portal.accounts.access import has_role, needs_role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*EXTRA_TIME_ROLES)
def extra_time(request: HttpRequest) -> HttpResponse:
    """The newest grants come first."""
    form = ExtraTimeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            grant_extra_time(by=request.user, at=clock.now(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Granted. It holds from the next exam on."))
            return redirect("learners:extra-time")
    page = Paginator(extra_times_visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": described(page.object_list),
        "may_grant": any(has_role(request.user, role) for role in GRANTERS),
    }
    return render(request, "learners/extra_time.html", context, status=422 if form.is_bound else 200)
