"""Holds at the money desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal import clock
from portal.accounts.access import has_role, needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.forms.money import ReasonForm
from subsidies.selectors import money as asked
from subsidies.services import holds

LINES_PER_PAGE = 50
CONFLICT = 409
UNPROCESSABLE = 422
OFFICERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


def _reason(request: HttpRequest) -> str:
    """The reason as typed; empty where the form refuses it, which the service then says."""
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
@needs_role(Role.PROVINCE_REVIEWER, *OFFICERS)
def free(request: HttpRequest, pk: str) -> HttpResponse:
    hold = get_object_or_404(asked.holds_visible_to(request.user), pk=pk)
    try:
        holds.close_hold(hold, by=request.user, at=clock.now(), reason=_reason(request))
        messages.success(request, _("The hold is closed; the claim goes on."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money" if has_role(request.user, *asked.READERS) else "subsidies:notice_desk")
