"""Public notices: the desk that publishes them and the pages that everybody reads."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.accounts.selectors import provinces
from portal.rules import RuleBroken
from subsidies.selectors import money as asked
from subsidies.selectors import payment_notices as paid
from subsidies.services import notices as services
from subsidies.services import payment_notices
from subsidies.views import moneyshown, shown

PER_PAGE = 20
LINES_PER_PAGE = 100


def _province(request: HttpRequest) -> str:
    code = request.GET.get("province", "")
    return code if code.isascii() and code.isdigit() else ""


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Every notice, newest first. Public."""
    code = _province(request)
    page = Paginator(asked.notices(code), PER_PAGE).get_page(request.GET.get("page"))
    at = clock.now()
    context = {
        "page": page,
        "rows": [(notice, asked.days_of(notice, at)) for notice in page],
        "provinces": provinces(),
        "code": code,
    }
    return render(request, "subsidies/notices.html", context)


@require_GET
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice with its masked list. Public."""
    found = get_object_or_404(asked.notices(), number=number)
    page = Paginator(found.lines.all(), LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "notice": found,
        "days": asked.days_of(found, clock.now()),
        "page": page,
        "rows": [(line, shown.level_of(line.level)) for line in page],
        "weekdays": sorted(year for year, basis in found.basis.items() if basis == "weekdays"),
    }
    return render(request, "subsidies/notice.html", context)


@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """Every list of payments that was published, newest first. Public."""
    code = _province(request)
    page = Paginator(paid.payment_notices(code), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "provinces": provinces(), "code": code}
    return render(request, "subsidies/payment_notices.html", context)


@require_GET
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """One list of payments, masked. Public."""
    found = get_object_or_404(paid.payment_notices(), number=number)
    page = Paginator(found.lines.all(), LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "notice": found,
        "page": page,
        "rows": [(line, shown.level_of(line.level)) for line in page],
    }
    return render(request, "subsidies/payment_notice.html", context)


@require_GET
@needs_role(*asked.NOTICE_READERS)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a notice, and the notices of the person's provinces."""
    at = clock.now()
    page = Paginator(asked.notices_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(found, asked.days_of(found, at)) for found in page],
        "waiting": asked.publishable(request.user),
        "paid": paid.waiting(request.user),
        "holds": asked.holds_visible_to(request.user)[:LINES_PER_PAGE],
        "may_free": moneyshown.may_free(request.user),
    }
    return render(request, "subsidies/notice_desk.html", context)


@require_POST
@needs_role(Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER)
def publish(request: HttpRequest) -> HttpResponse:
    try:
        made = services.publish_notice(
            province=request.POST.get("province", ""), by=request.user, at=clock.now()
        )
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("subsidies:notice_desk")
    messages.success(request, _("Published as %(number)s.") % {"number": made.number})
    return redirect("subsidies:notice_desk")


@require_POST
@needs_role(Role.PROVINCE_REVIEWER, Role.FINANCE_MAKER)
def publish_payments(request: HttpRequest) -> HttpResponse:
    try:
        made = payment_notices.publish_payment(
            province=request.POST.get("province", ""), by=request.user, at=clock.now()
        )
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("subsidies:notice_desk")
    messages.success(request, _("Published as %(number)s.") % {"number": made.number})
    return redirect("subsidies:payment_notice", made.number)
