"""The catalogue desk of a province: what is listed, what waits, who decided."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses import selectors
from courses.forms import DeskFilter, StepForm
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken

PER_PAGE = 50


@needs_role(Role.PROVINCE_CATALOGUE, Role.AUDITOR)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    form = DeskFilter(request.GET)
    rows = form.narrow(selectors.at_the_desk(request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = selectors.desk_counts(request.user)
    return render(request, "courses/desk.html", {"form": form, "page": page, "tabs": form.tabs(counts)})


@needs_role(Role.PROVINCE_CATALOGUE, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def desk_course(request: HttpRequest, code: str) -> HttpResponse:
    found = selectors.course_at_the_desk(request.user, code)
    may_decide = selectors.keeps(request.user, found)
    form = StepForm(request.POST or None, course=found)
    status = 200
    if request.method == "POST":
        if may_decide and form.is_valid():
            try:
                form.take(by=request.user, at=clock.now())
            except RuleBroken as broken:
                form.add_error(None, str(broken))
            else:
                messages.success(
                    request, _("Done. The course is now: %(state)s.") % {"state": form.state_name}
                )
                return redirect("courses:desk-course", code=found.code)
        elif not may_decide:
            form.add_error(None, _("You may look at this course, but not decide about it."))
        status = 422
    page = selectors.desk_page(found, may_decide=may_decide, user=request.user)
    return render(request, "courses/desk_course.html", {**page, "form": form}, status=status)
