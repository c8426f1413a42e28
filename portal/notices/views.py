from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.access import signed_in
from portal.notices import selectors, services
from portal.notices.forms import MailboxForm
from portal.notices.kinds import Channel
from portal.notices.services import mailboxes
from portal.notices.services.notices import choose
from portal.numbers import whole
from portal.rules import RuleBroken

PER_PAGE = 20
"""Digits of a number that the database can hold."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """Own notices, the newest first; a POST marks one, or all, as read."""
    if request.method == "POST":
        one = request.POST.get("notice", "")
        services.mark_read([whole(one) or 0] if one else None, by=request.user, at=clock.now())
        return redirect("notices:list")
    rows = selectors.notices_visible_to(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/notices.html", {"page": page})


@require_POST
@signed_in
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark as read and lead on to the page that it is about."""
    notice = get_object_or_404(selectors.notices_visible_to(request.user), pk=notice_id)
    services.mark_read([notice.pk], by=request.user, at=clock.now())
    return redirect(notice.path)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def choices(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        choose(request.user, request.POST.getlist("wanted"), at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("notices:choices")
    return _choices(request, MailboxForm())


def _choices(request: HttpRequest, form: MailboxForm, *, status: int = 200) -> HttpResponse:
    page = {
        "wishes": selectors.wishes_of(request.user),
        "channels": list(Channel),
        "mailbox": selectors.mailbox_of(request.user),
        "form": form,
    }
    return render(request, "notices/choices.html", page, status=status)


@require_POST
@signed_in
def mailbox(request: HttpRequest) -> HttpResponse:
    """Give an address, or another one; its confirmation is sent."""
    form = MailboxForm(request.POST)
    if form.is_valid():
        try:
            mailboxes.give_address(request.user, form.cleaned_data["address"], at=clock.now())
        except RuleBroken as broken:
            form.add_error("address", broken.message)
        else:
            messages.success(request, _("A link was sent to the address. Open it within two days."))
            return redirect("notices:choices")
    return _choices(request, form, status=422)


@require_POST
@signed_in
def remove_mailbox(request: HttpRequest) -> HttpResponse:
    mailboxes.remove_address(request.user, at=clock.now())
    messages.success(request, _("The address is removed."))
    return redirect("notices:choices")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of a confirmation leads: one button, so that a mail program that looks at links confirms nothing."""
    if request.method != "POST":
        return render(request, "notices/confirm.html")
    try:
        mailboxes.confirm(token, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("The address is confirmed."))
    return redirect("notices:choices")
