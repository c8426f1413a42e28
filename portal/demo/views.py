"""The demo desk: who can sign in and how, which messages went out, and a clock that can be moved forward."""

import datetime as dt
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.demo import accounts, claims
from portal.demo.forms import ClockForm


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Codes and messages of other people are shown here: outside the demo there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return guarded


@demo_only
@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/demo.html", _page(ClockForm()))


@demo_only
@require_POST
def forward(request: HttpRequest) -> HttpResponse:
    form = ClockForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/demo.html", _page(form), status=422)
    clock.move_forward(dt.timedelta(seconds=form.cleaned_data["by"]))
    messages.success(request, _("The clock has moved. What was due is done within a few seconds."))
    return redirect("demo")


def _page(form: ClockForm) -> dict[str, object]:
    return {
        "accounts": accounts.all_accounts(),
        "claimants": claims.told(),
        "outbox": accounts.outbox(),
        "form": form,
        "now": clock.now(),
        "moved": clock.offset(),
    }
