"""The payee's pages: what is to be given back, why, the right of reply, and the plan."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal import clock
from portal.accounts.access import signed_in
from portal.rules import RuleBroken
from subsidies.forms.recovery import ReplyForm
from subsidies.models import RecoveryOrder
from subsidies.selectors import recovery as asked
from subsidies.services import recovery
from subsidies.views.recovery import CONFLICT, UNPROCESSABLE, status
from subsidies.workflow.recovery import OWED, RecoveryState


@require_GET
@signed_in
def debts(request: HttpRequest) -> HttpResponse:
    rows = [(order, *status(order)) for order in asked.debts_of(request.user)]
    return render(request, "subsidies/debts.html", {"rows": rows})


def _page(
    request: HttpRequest, order: RecoveryOrder, *, form: ReplyForm | None = None, code: int = 200
) -> HttpResponse:
    at = clock.now()
    may_reply = order.state == RecoveryState.NOTIFIED and not order.replied_at and at < order.reply_due_at
    context = {
        "order": order,
        "status": status(order),
        "owed": order.state in OWED,
        "form": (form or ReplyForm()) if may_reply else None,
        "plan": asked.plan_with_progress(order, at),
        "settlements": order.settlements.filter(state="confirmed"),
    }
    return render(request, "subsidies/debt.html", context, status=code)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def debt(request: HttpRequest, number: str) -> HttpResponse:
    order = get_object_or_404(asked.debts_of(request.user), number=number)
    if request.method != "POST":
        return _page(request, order)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form=form, code=UNPROCESSABLE)
    try:
        recovery.reply_to_recovery(order, text=form.cleaned_data["text"], by=request.user, at=clock.now())
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        messages.error(request, str(broken))
        return _page(request, order, form=form, code=CONFLICT)
    messages.success(request, _("Your reply is received. It is read before anything is ordered."))
    return redirect("subsidies:debt", number)
