"""The queue of an officer, several claims passed at once, and who has how much."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal import clock, windows
from portal.accounts.access import ALL, needs_role, provinces_of
from portal.rules import RuleBroken
from subsidies.forms.desk import QueueForm, SaveViewForm
from subsidies.models import Claim, SavedView
from subsidies.selectors import queue as lists
from subsidies.selectors.claims import reviews_visible_to
from subsidies.selectors.desks import OFFICERS, READERS
from subsidies.services import reviews, saved_views
from subsidies.views import shown

PAGE = 20
MOST_AT_ONCE = 50


@require_GET
@needs_role(*READERS)
def queue(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    view = request.GET.get("view") if request.GET.get("view") in lists.VIEWS else "mine"
    return render(request, "subsidies/queue.html", _queue_context(request, view, at))


@require_POST
@needs_role(*READERS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep view and filters under a name; what was typed comes back with what is wrong about it."""
    form = SaveViewForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            saved = saved_views.save_view(
                told["name"],
                view=told["view"],
                desk=told["desk"],
                province=told["province"],
                by=request.user,
                at=clock.now(),
            )
        except RuleBroken as broken:
            form.add_error("name", str(broken))
        else:
            messages.success(request, _("Kept: %(name)s") % {"name": saved.name})
            return redirect(f"{reverse('subsidies:queue')}?{saved.query}")
    view = request.POST.get("view") if request.POST.get("view") in lists.VIEWS else "mine"
    context = _queue_context(request, view, clock.now()) | {"save": form}
    return render(request, "subsidies/queue.html", context, status=400)


@require_POST
@needs_role(*READERS)
def remove_view(request: HttpRequest, number: int) -> HttpResponse:
    saved_views.remove_view(get_object_or_404(lists.saved_by(request.user), pk=number))
    messages.success(request, _("The view is removed."))
    return redirect("subsidies:queue")


def _queue_context(request: HttpRequest, view: str, at: dt.datetime) -> dict[str, object]:
    office = provinces_of(request.user, *READERS)
    form = QueueForm(request.GET or request.POST or None, provinces=None if office is ALL else office)
    rows = lists.queue(request.user, view=view, at=at, **form.values()).select_related("assignee")
    page = windows.window(
        rows,
        lists.order_of(view),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE,
    )
    waiting = lists.waiting_total(request.user, at=at)
    numbers = {"mine": None if waiting["more"] else waiting["count"], **lists.counts(request.user, at=at)}
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    return {
        "page": page,
        "rows": [
            (claim, *shown.outcome_of(claim), shown.level_of(claim.level), _unflagged(claim))
            for claim in page.rows
        ],
        "tabs": [(name, title, numbers.get(name, ""), name == view) for name, title in lists.VIEWS.items()],
        "most_counted": lists.MOST_COUNTED,
        "view": view,
        "form": form,
        "query": query.urlencode(),
        "saved": lists.saved_by(request.user),
        "shown_query": "" if form.values()["text"] else _kept_part(view, form),
        "save": SaveViewForm(initial={"view": view}),
        "waiting": waiting,
        "at_once": view == "mine" and any(_unflagged(row) for row in page.rows),
        "at": at,
        "night": lists.end_of_day(at),
    }


def _kept_part(view: str, form: QueueForm) -> str:
    """The address of what is shown, as a kept view would have it."""
    told = form.values()
    return SavedView(view=view, desk=told["desk"], province_id=told["province"]).query


def _unflagged(row: Claim) -> bool:
    """May be passed without being opened: somebody compared what was declared, every rule is met, nothing holds it, and it is
    at a yes.
    """
    return row.confirmed and row.outcome == "APPROVE" and not row.is_held and row.desk in reviews.YES_DESKS


@require_POST
@needs_role(*OFFICERS)
def pass_many(request: HttpRequest) -> HttpResponse:
    """Pass the chosen claims, each for itself; what cannot be passed stays and says why."""
    chosen = request.POST.getlist("claim")[:MOST_AT_ONCE]
    rows = reviews_visible_to(request.user).filter(number__in=chosen, confirmed=True)
    rows = rows.filter(desk__in=reviews.YES_DESKS, outcome="APPROVE")
    done = 0
    for row in rows.order_by("pk"):
        try:
            reviews.pass_on(row, by=request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, f"{row.number}: {broken}")
        else:
            done += 1
    if done:
        messages.success(request, _("Passed: %(n)s") % {"n": done})
    elif not chosen:
        messages.error(request, _("Choose at least one claim."))
    return redirect("subsidies:queue")


@require_GET
@needs_role(*READERS)
def workload(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    context = {
        "loads": lists.workload(request.user, at=at),
        "untaken": lists.untaken(request.user, at=at),
        "most_counted": lists.MOST_COUNTED,
        "at": at,
    }
    return render(request, "subsidies/workload.html", context)
