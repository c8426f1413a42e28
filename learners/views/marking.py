"""The desk of answers that no rule decides. Whose they are is shown to nobody."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from learners.forms.marking import MarkForm
from learners.models import HandMark
from learners.selectors.marking import MARKING_ROLES, described, hand_marks_visible_to, may_mark
from learners.services.marking import mark_answer
from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_safe
@needs_role(*MARKING_ROLES)
def marking(request: HttpRequest) -> HttpResponse:
    """What has waited longest comes first."""
    rows = hand_marks_visible_to(request.user).waiting().order_by("waits_since_at", "pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "learners/marking.html", {"page": page, "answers": described(page.object_list)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*MARKING_ROLES)
def mark(request: HttpRequest, mark_id: int) -> HttpResponse:
    found = get_object_or_404(hand_marks_visible_to(request.user), pk=mark_id)
    form = MarkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        points = form.cleaned_data["points_percent"]
        try:
            mark_answer(found, points_percent=points, by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, broken.message)
            found.refresh_from_db()
        else:
            return _onward(request, found)
    waiting = hand_marks_visible_to(request.user).waiting().count()
    return render(
        request,
        "learners/mark.html",
        {
            "waiting": waiting,
            "answer": described([found])[0],
            "form": form,
            "may_mark": may_mark(request.user, found),
        },
        status=422 if form.is_bound else 200,
    )


def _onward(request: HttpRequest, found: HandMark) -> HttpResponse:
    """To the next answer, first of the same question: marks of one question in a row are fairer."""
    rows = hand_marks_visible_to(request.user).waiting().order_by("waits_since_at", "pk")
    following = rows.filter(question_id=found.question_id).first() or rows.first()
    if following is None:
        messages.success(request, _("Marked. Nothing waits any more."))
        return redirect("learners:marking")
    messages.success(request, _("Marked. This is the next answer."))
    return redirect("learners:mark", following.pk)
