"""Objections: anybody raises one to a line of a running notice and asks after it; the desk decides."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.selectors.papers import papers_of
from portal import clock, limits
from portal.accounts.access import needs_role
from portal.rules import RuleBroken
from subsidies.forms.claims import ObjectionForm, ReceiptForm
from subsidies.forms.desk import RevealForm, WordsForm
from subsidies.models import NoticeLine, Objection
from subsidies.selectors import money as money_asked
from subsidies.selectors import objections as asked
from subsidies.services import objections as services
from subsidies.views import shown

PER_PAGE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def raise_one(request: HttpRequest, number: str, line_no: int) -> HttpResponse:
    notice = get_object_or_404(money_asked.notices(), number=number)
    line = get_object_or_404(
        NoticeLine.objects.select_related("notice", "claim"), notice=notice, line_no=line_no
    )
    form = ObjectionForm(request.POST or None, request.FILES or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        turn = limits.told(request)
        if turn.refused:
            form.add_error(None, _("Too many at once from your network. Wait a minute and send it again."))
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif form.is_valid():
            try:
                made = services.raise_objection(line, **form.told(), at=clock.now())
            except RuleBroken as broken:
                form.add_error(None, str(broken))
            else:
                return redirect("subsidies:objection", made.receipt)
        if status == HTTPStatus.OK:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "notice": notice,
        "line": line,
        "level": shown.level_of(line.level),
        "form": form,
        "runs": notice.runs(clock.now()),
    }
    return render(request, "subsidies/objections/raise.html", context, status=status)


@never_cache
@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Where a receipt is typed."""
    form = ReceiptForm(request.GET or None)
    if form.is_bound and form.is_valid():
        found = asked.by_receipt(form.cleaned_data["receipt"])
        if found is not None:
            return redirect("subsidies:objection", found.receipt)
        form.add_error("receipt", _("There is no objection with this receipt. Look at it again."))
    return render(request, "subsidies/objections/ask.html", {"form": form})


@never_cache
@require_GET
def objection(request: HttpRequest, receipt: str) -> HttpResponse:
    found = asked.by_receipt(receipt)
    if found is None:
        raise Http404
    return render(request, "subsidies/objections/objection.html", {"told": asked.told(found), "it": found})


@require_GET
@needs_role(*asked.READERS)
def desk(request: HttpRequest) -> HttpResponse:
    """Open ones first, the most urgent on top."""
    rows = asked.objections_visible_to(request.user).order_by("-state", "due_at", "pk")
    is_open = "decided" not in request.GET
    rows = rows.filter(state=Objection.State.OPEN) if is_open else rows.exclude(state=Objection.State.OPEN)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "is_open": is_open, "at": clock.now()}
    return render(request, "subsidies/objections/desk.html", context)


desk.waiting = asked.open_ones


def _found(request: HttpRequest, pk: int) -> Objection:
    return get_object_or_404(asked.objections_visible_to(request.user), pk=pk)


def _context(request: HttpRequest, it: Objection, **more: Any) -> dict[str, Any]:
    (paper,) = papers_of([it], user=request.user, at=clock.now())
    decides = services.may_decide(it, request.user)
    return {
        "it": it,
        "paper": paper,
        "level": shown.level_of(it.line.level),
        "decides": decides,
        "uphold_form": WordsForm(auto_id="uphold_%s"),
        "dismiss_form": WordsForm(auto_id="dismiss_%s"),
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        **more,
    }


@require_GET
@needs_role(*asked.READERS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "subsidies/objections/one.html", _context(request, _found(request, pk)))


STEPS = {"uphold": services.uphold, "dismiss": services.dismiss}


@require_POST
@needs_role(*asked.DECIDERS)
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    it = _found(request, pk)
    if step not in STEPS:
        raise Http404
    if it.state != Objection.State.OPEN:
        context = _context(request, it, broken=services.NotOpen())
        return render(request, "subsidies/objections/one.html", context, status=HTTPStatus.CONFLICT)
    form: Form = WordsForm(request.POST, auto_id=f"{step}_%s")
    if not form.is_valid():
        context = _context(request, it, **{f"{step}_form": form}, asked=step)
        return render(
            request, "subsidies/objections/one.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    try:
        done = STEPS[step](it, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        context = _context(request, it, **{f"{step}_form": form}, asked=step, broken=broken)
        return render(request, "subsidies/objections/one.html", context, status=HTTPStatus.CONFLICT)
    messages.success(request, str(done.get_state_display()))
    return redirect("subsidies:objections")


@require_POST
@needs_role(*asked.DECIDERS)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    it = _found(request, pk)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        context = _context(request, it, reveal_form=form, revealing=True)
        return render(
            request, "subsidies/objections/one.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    told = services.contact_of(it, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    return render(request, "subsidies/objections/one.html", _context(request, it, contact=told or "—"))
