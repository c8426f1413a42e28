"""The provider's desk of practical work: workload, what is late, agreement; and one film with all that was said of it."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses import selectors as courses
from learners import agreement
from learners.forms.practice import ReassignForm
from learners.selectors.outlines import outline_of
from learners.selectors.practice import papers_shown
from learners.selectors.practice_desk import (
    DESK_ROLES,
    agreements,
    assessment_to_reassign,
    described,
    loads,
    open_at_the_desk,
    submission_at_the_desk,
    submissions_at_the_desk,
)
from learners.services import drawing
from learners.views.practice import film_shown
from portal import clock
from portal.accounts.access import has_role, needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*DESK_ROLES)
def practice_desk(request: HttpRequest) -> HttpResponse:
    """Open papers, what is due first before the rest; how far assessors agree; and the films decided last."""
    rows = described(open_at_the_desk(request.user).order_by("due_at", "pk"), at=clock.now())
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    pairs, tasks = agreements(request.user)
    found = submissions_at_the_desk(request.user)
    return render(
        request,
        "learners/practice_desk.html",
        {
            "page": page,
            "loads": loads(rows),
            "late": sum(row.is_late for row in rows),
            "lacking": found.filter(draw_due_at__isnull=False).count(),
            "decided": found.decided().order_by("-decided_at")[:10],
            "agreements": ((_("Assessors"), pairs), (_("Task"), tasks)),
            "few": agreement.FEW,
            "may_reassign": has_role(request.user, Role.PROVIDER_MANAGER),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.PROVIDER_MANAGER)
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = assessment_to_reassign(request.user, pk)
    form = ReassignForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            drawing.reassign(assessment, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Somebody else has the film now."))
            return redirect("learners:practice-desk")
    return render(
        request,
        "learners/reassign.html",
        {"paper": described([assessment], at=clock.now())[0], "form": form, "open": assessment.is_open},
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_safe
@needs_role(*DESK_ROLES)
def submission(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One film: who has it, and, once it is decided, what they said."""
    found = submission_at_the_desk(request.user, uid)
    at = clock.now()
    outline = outline_of(found.enrolment)
    task = courses.practical_task(found.lesson_id)
    return render(
        request,
        "learners/submission.html",
        {
            "submission": found,
            "lesson": next(row for row in outline.lessons if row.id == found.lesson_id),
            "outline": outline,
            "task": task,
            "papers": papers_shown(found, task) if found.is_decided else [],
            "rows": described(
                found.assessments.select_related("submission__enrolment").order_by("seat", "pk"), at=at
            ),
            **film_shown(found, user=request.user, at=at),
        },
    )
