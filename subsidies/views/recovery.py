"""The recovery desk: what is to be given back, and each step of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.access import has_role, needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.forms.recovery import (
    BareForm,
    DocumentForm,
    OffsetForm,
    PlanForm,
    ProposeForm,
    ReasonedForm,
    RepaymentForm,
    SanctionForm,
    WriteOffForm,
)
from subsidies.models import RecoveryOrder, Settlement
from subsidies.selectors import recovery as asked
from subsidies.services import instalments, recovery, sanctions, settlements
from subsidies.workflow.recovery import RecoveryState as R

PER_PAGE = 50
CONFLICT = 409
UNPROCESSABLE = 422
ACTORS = (Role.RECOVERY_OFFICER, Role.FINANCE_CHECKER)
VIEWS = {
    "open": pgettext_lazy("recoveries", "Open"),
    "proposed": pgettext_lazy("recoveries", "Proposed"),
    "notified": pgettext_lazy("recoveries", "Payee told"),
    "owed": pgettext_lazy("recoveries", "Owed"),
    "ended": pgettext_lazy("recoveries", "Ended"),
}
NOTED = frozenset({"enforce", "cancel"})
"""Steps whose reason stands nowhere else on the page."""
KINDS = {
    R.PROPOSED: "wait",
    R.NOTIFIED: "info",
    R.ORDERED: "bad",
    R.PART_REPAID: "wait",
    R.REPAID: "ok",
    R.OFFSET: "ok",
    R.IN_ENFORCEMENT: "bad",
    R.WRITTEN_OFF: "plain",
    R.CANCELLED: "plain",
}


def status(order: RecoveryOrder) -> tuple[str, str]:
    return KINDS[R(order.state)], order.get_state_display()


@dataclass(frozen=True)
class Step:
    """A button: its form, what it calls, what is said when it is done, and the right that shows it."""

    form: type[forms.Form]
    act: Callable[..., Any]
    done: Promise
    right: str


def _repaid(order: RecoveryOrder, said: dict[str, Any], **who: Any) -> None:
    settlements.enter_repayment(order, fen=said["amount"], reference=said["reference"], **who)


def _written_off(order: RecoveryOrder, said: dict[str, Any], **who: Any) -> None:
    settlements.enter_write_off(order, fen=said["amount"], document=said["document"], **who)


def _offset(order: RecoveryOrder, said: dict[str, Any], **who: Any) -> None:
    settlements.enter_offset(order, said["entitlement"], fen=said["amount"], **who)


ENTERED = gettext_lazy("Entered. It counts once another person has confirmed it.")
STEPS = {
    "notify": Step(
        BareForm,
        lambda order, _said, **who: recovery.notify_payee(order, **who),
        gettext_lazy("The payee is told and may reply."),
        "notify",
    ),
    "order": Step(
        DocumentForm,
        lambda order, said, **who: recovery.order_recovery(order, **said, **who),
        gettext_lazy("Ordered. The sum is owed now."),
        "order",
    ),
    "enforce": Step(
        ReasonedForm,
        lambda order, said, **who: recovery.hand_to_enforcement(order, **said, **who),
        gettext_lazy("Handed to enforcement."),
        "enforce",
    ),
    "cancel": Step(
        ReasonedForm,
        lambda order, said, **who: recovery.cancel_recovery(order, **said, **who),
        gettext_lazy("Cancelled. What was still owed is no longer owed."),
        "cancel",
    ),
    "repayment": Step(RepaymentForm, _repaid, ENTERED, "settle"),
    "offset": Step(OffsetForm, _offset, ENTERED, "settle"),
    "write_off": Step(WriteOffForm, _written_off, ENTERED, "settle"),
    "plan": Step(
        PlanForm,
        lambda order, said, **who: instalments.plan_instalments(order, said["parts"], **who),
        gettext_lazy("The plan is in force; the payee sees it."),
        "plan",
    ),
    "sanction": Step(
        SanctionForm,
        lambda order, said, **who: sanctions.impose_sanction(order, **said, **who),
        gettext_lazy("The sanction is imposed."),
        "sanction",
    ),
}


def _desk(request: HttpRequest, *, form: ProposeForm | None = None, status_code: int = 200) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "open"
    orders = asked.orders_visible_to(request.user)
    page = Paginator(orders.filter(asked.VIEWS[view]), PER_PAGE).get_page(request.GET.get("page"))
    may = has_role(request.user, Role.RECOVERY_OFFICER)
    context = {
        "views": VIEWS,
        "view": view,
        "page": page,
        "rows": [(order, *status(order)) for order in page.object_list],
        "sums": asked.sums_of(orders),
        "form": form or (ProposeForm(user=request.user) if may else None),
    }
    return render(request, "subsidies/recoveries.html", context, status=status_code)


@require_http_methods(["GET", "HEAD"])
@needs_role(*asked.READERS)
def desk(request: HttpRequest) -> HttpResponse:
    return _desk(request)


@require_POST
@needs_role(Role.RECOVERY_OFFICER)
def propose(request: HttpRequest) -> HttpResponse:
    form = ProposeForm(request.POST, user=request.user)
    if not form.is_valid():
        return _desk(request, form=form, status_code=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        order = recovery.propose_recovery(
            said["entitlement"],
            ground=said["ground"],
            reason=said["reason"],
            fen=said["amount"],
            by=request.user,
            at=clock.now(),
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _desk(request, form=form, status_code=CONFLICT)
    messages.success(request, _("Proposed. Tell the payee next; another person orders it."))
    return redirect("subsidies:recovery", order.number)


def _found(request: HttpRequest, number: str) -> RecoveryOrder:
    return get_object_or_404(asked.orders_visible_to(request.user), number=number)


def _form(name: str, order: RecoveryOrder, data: Any = None) -> forms.Form:
    kind = STEPS[name].form
    more = {"order": order} if kind is OffsetForm else {}
    return kind(data, auto_id=f"{name}-%s", **more)


def _page(
    request: HttpRequest,
    order: RecoveryOrder,
    *,
    code: int = 200,
    filled: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    may = asked.steps_for(request.user, order)
    filled = filled or {}
    rows = [(row, asked.may_confirm(request.user, row)) for row in asked.settlements_of(order)]
    context = {
        "order": order,
        "status": status(order),
        "may": may,
        "forms": {
            name: filled.get(name) or _form(name, order) for name, step in STEPS.items() if step.right in may
        },
        "offsets": asked.offsettable(order).exists() if "settle" in may else False,
        "wrong": next(iter(filled), ""),
        "settlements": rows,
        "plan": asked.plan_with_progress(order, clock.now()),
        "moves": order.moves.select_related("by"),
        "noted": NOTED,
        "sanctions": order.sanctions.select_related("imposed_by", "lifted_by"),
        "reply_open": order.state == R.NOTIFIED and not order.replied_at and clock.now() < order.reply_due_at,
    }
    return render(request, "subsidies/recovery.html", context, status=code)


@require_http_methods(["GET", "HEAD"])
@needs_role(*asked.READERS)
def order(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _found(request, number))


@require_POST
@needs_role(*ACTORS)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    found, taken = _found(request, number), STEPS[step]
    form = _form(step, found, request.POST)
    if not form.is_valid():
        return _page(request, found, code=UNPROCESSABLE, filled={step: form})
    try:
        taken.act(found, form.cleaned_data, by=request.user, at=clock.now())
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        messages.error(request, str(broken))
        return _page(request, _found(request, number), code=CONFLICT, filled={step: form})
    messages.success(request, str(taken.done))
    return redirect("subsidies:recovery", number)


def _reason(request: HttpRequest) -> str:
    """The reason as typed; empty where the form refuses it, which the service then says."""
    form = ReasonedForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


def _settlement(request: HttpRequest, number: str, pk: str) -> Settlement:
    return get_object_or_404(_found(request, number).settlements, pk=pk)


@require_POST
@needs_role(*ACTORS)
def confirm(request: HttpRequest, number: str, pk: str) -> HttpResponse:
    try:
        settlements.confirm_settlement(_settlement(request, number, pk), by=request.user, at=clock.now())
        messages.success(request, _("Confirmed."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return _page(request, _found(request, number), code=CONFLICT)
    return redirect("subsidies:recovery", number)


@require_POST
@needs_role(*ACTORS)
def refuse(request: HttpRequest, number: str, pk: str) -> HttpResponse:
    reason, row = _reason(request), _settlement(request, number, pk)
    try:
        settlements.refuse_settlement(row, reason=reason, by=request.user, at=clock.now())
        messages.success(request, _("Refused."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return _page(request, _found(request, number), code=CONFLICT)
    return redirect("subsidies:recovery", number)


@require_POST
@needs_role(Role.RECOVERY_OFFICER)
def lift(request: HttpRequest, pk: str) -> HttpResponse:
    row = get_object_or_404(asked.sanctions_visible_to(request.user), pk=pk)
    try:
        sanctions.lift_sanction(row, reason=_reason(request), by=request.user, at=clock.now())
        messages.success(request, _("The sanction is lifted."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:recovery", row.order.number)
