"""The desk of lessons that failed presence checks have shut."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from learners.forms.shut_lessons import ReopenForm
from learners.selectors.desks import DESK_ROLES
from learners.selectors.shut_lessons import described, may_reopen, shut_lessons_visible_to
from learners.services import time
from portal import clock
from portal.accounts.access import needs_role
from portal.audit.selectors import history_of
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """Whoever has waited longest comes first."""
    rows = shut_lessons_visible_to(request.user).shut().order_by("shut_at", "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "learners/desk.html", {"page": page, "lessons": described(page.object_list)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*DESK_ROLES)
def desk_lesson(request: HttpRequest, coverage_id: int) -> HttpResponse:
    found = get_object_or_404(shut_lessons_visible_to(request.user), pk=coverage_id)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            time.reopen_lesson(found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("The lesson is open again. The learner can go on."))
            return redirect("learners:desk")
    return render(
        request,
        "learners/desk_lesson.html",
        {
            "lesson": described([found])[0],
            "form": form,
            "may_reopen": may_reopen(request.user, found),
            "history": history_of("learners.coverage", found.pk),
        },
        status=422 if form.is_bound else 200,
    )
