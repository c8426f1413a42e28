"""Terms of enrolment at the provider's desk, and the line for a seat."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import selectors as courses
from learners.forms.intake import IntakeForm
from learners.selectors import intake as selectors
from learners.services import enrolment
from learners.services import intake as services
from portal import clock
from portal.accounts.access import needs_role, signed_in
from portal.audit.selectors import history_of
from portal.rules import RuleBroken

PAGE_SIZE = 50
HISTORY = 10


@never_cache
@require_safe
@needs_role(*selectors.DESK_ROLES)
def intakes(request: HttpRequest) -> HttpResponse:
    """The courses of the desk that people can enrol in, the newest first."""
    asked = request.GET.get("q", "")[:80].replace("\x00", "").strip()
    rows = courses.courses_with_terms(request.user, asked)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "learners/intakes.html",
        {"page": page, "rows": selectors.described(page.object_list), "q": asked},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*selectors.DESK_ROLES)
def intake(request: HttpRequest, code: str) -> HttpResponse:
    course = courses.course_to_read(request.user, code)
    held = selectors.intake_of(course.code)
    codes = list(held.prerequisites.values_list("course_code", flat=True)) if held else []
    given = {"prerequisites": " ".join(codes)}
    form = IntakeForm(request.POST if request.method == "POST" else None, instance=held, initial=given)
    if form.is_bound and form.is_valid():
        try:
            services.set_intake(course.code, by=request.user, at=clock.now(), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        except ValidationError as broken:
            form.add_error(None, broken)
        else:
            messages.success(request, _("The terms of enrolment are saved. They hold from now on."))
            return redirect("learners:intake", course.code)
    line = selectors.line_of(course.code)
    page = Paginator(line, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "learners/intake.html",
        {
            "course": course,
            "row": selectors.described([course])[0],
            "form": form,
            "may_set": selectors.may_set(request.user, course),
            "required": [(row, name) for row, name in sorted(courses.titles_of(codes).items())],
            "page": page,
            "line": selectors.named(page.object_list),
            "history": history_of("learners.intake", course.code).order_by("-id")[:HISTORY],
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@signed_in
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Wait for a seat in a full course."""
    course = courses.course_visible_to(request.user, code)
    page = reverse("learners:enrol", args=[course.code])
    try:
        enrolment.await_seat(request.user, course.code, at=clock.now())
    except enrolment.NotVerified as broken:
        messages.info(request, broken.message)
        return redirect(reverse("accounts:identity") + "?" + urlencode({"next": page}))
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("You stand in line. We send a message when a seat is kept for you."))
    return redirect(page)


@require_POST
@signed_in
def leave(request: HttpRequest, place_id: int) -> HttpResponse:
    place = selectors.place_visible_to(request.user, place_id)
    try:
        services.leave_line(place, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("You have left the line."))
    return redirect("learners:enrol", place.course_code)
