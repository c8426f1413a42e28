"""Bank profiles: listed, written by one person, put live by another; and what happened to bank accounts."""

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal import clock
from portal.accounts.access import has_role, needs_role
from portal.accounts.roles import Role
from portal.accounts.selectors import changes_shown
from portal.rules import RuleBroken
from subsidies.bank.sample import sample_text
from subsidies.bank.template import BadTemplate, read_template
from subsidies.forms.profiles import FIRST, BankProfileForm, initial_of
from subsidies.models import BankProfile
from subsidies.selectors import batches as asked
from subsidies.selectors.money import provinces_to_make
from subsidies.services import profiles as services
from subsidies.workflow.money import ProfileState

ROWS_PER_PAGE = 50
CONFLICT, UNPROCESSABLE = 409, 422
OFFICERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)
KINDS = {
    ProfileState.DRAFT: "wait",
    ProfileState.LIVE: "ok",
    ProfileState.ENDED: "plain",
    ProfileState.DISCARDED: "plain",
}


@require_GET
@needs_role(*asked.READERS)
def profiles(request: HttpRequest) -> HttpResponse:
    page = Paginator(asked.profiles_visible_to(request.user), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, KINDS[ProfileState(row.state)]) for row in page.object_list],
        "may_write": bool(provinces_to_make(request.user)),
    }
    return render(request, "subsidies/bank_profiles.html", context)


def _preview(template: dict[str, Any]) -> tuple[str, list[str]]:
    """How three lines look in this format, or what is wrong with it."""
    try:
        return sample_text(read_template(template)), []
    except BadTemplate as refused:
        return "", [fault.said(get_language() or "zh-hans") for fault in refused.faults]


def _found(request: HttpRequest, pk: str) -> BankProfile:
    return get_object_or_404(asked.profiles_visible_to(request.user), pk=pk)


@require_GET
@needs_role(*asked.READERS)
def profile(request: HttpRequest, pk: str) -> HttpResponse:
    found = _found(request, pk)
    draft = found.state == ProfileState.DRAFT
    checker = has_role(request.user, Role.FINANCE_CHECKER, province=found.province_id)
    maker = has_role(request.user, Role.FINANCE_MAKER, province=found.province_id)
    preview, faults = _preview(found.template)
    context = {
        "profile": found,
        "kind": KINDS[ProfileState(found.state)],
        "preview": preview,
        "faults": faults,
        "body": json.dumps(found.template, ensure_ascii=False, indent=2),
        "may_put_live": draft and checker and found.made_by_id != request.user.pk,
        "own": draft and checker and found.made_by_id == request.user.pk,
        "may_edit": draft and maker,
        "may_discard": draft and (maker or checker),
    }
    return render(request, "subsidies/bank_profile.html", context)


def _form_page(
    request: HttpRequest, form: BankProfileForm, *, found: BankProfile | None = None, status: int = 200
) -> HttpResponse:
    preview, faults = "", []
    if form.is_bound and form.is_valid():
        preview, faults = _preview(form.said()["template"])
    context = {"form": form, "profile": found, "preview": preview, "faults": faults}
    return render(request, "subsidies/edit_bank_profile.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.READERS)
def new(request: HttpRequest) -> HttpResponse:
    mine = provinces_to_make(request.user)
    if request.method != "POST":
        first = FIRST | {"valid_from": clock.today(clock.now())}
        wanted = (
            asked.profiles_visible_to(request.user).filter(pk=_number(request.GET.get("from", ""))).first()
        )
        if wanted is not None:
            first = initial_of(wanted) | {"province": wanted.province_id}
        return _form_page(request, BankProfileForm(provinces=mine, initial=first))
    return _keep(request, BankProfileForm(request.POST, provinces=mine), None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.READERS)
def edit(request: HttpRequest, pk: str) -> HttpResponse:
    found = _found(request, pk)
    if request.method != "POST":
        return _form_page(request, BankProfileForm(initial=initial_of(found)), found=found)
    return _keep(request, BankProfileForm(request.POST), found)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < ROWS_PER_PAGE // 3 else 0


def _keep(request: HttpRequest, form: BankProfileForm, found: BankProfile | None) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, found=found, status=UNPROCESSABLE)
    if "preview" in request.POST:
        return _form_page(request, form, found=found)
    told = {"by": request.user, "at": clock.now(), **form.said()}
    try:
        kept = services.change_profile(found, **told) if found else services.draft_profile(**told)
    except services.TemplateRefused as refused:
        for sentence in str(refused).split("\n"):
            form.add_error("parts", sentence)
        return _form_page(request, form, found=found, status=UNPROCESSABLE)
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _form_page(request, form, found=found, status=CONFLICT)
    messages.success(request, _("Kept as a draft. Another person puts it live."))
    return redirect("subsidies:bank_profile", kept.pk)


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def live(request: HttpRequest, pk: str) -> HttpResponse:
    found = _found(request, pk)
    try:
        services.put_live(found, by=request.user, at=clock.now())
        messages.success(request, _("The profile is live; batches can be made with it."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:bank_profile", found.pk)


@require_POST
@needs_role(*OFFICERS)
def discard(request: HttpRequest, pk: str) -> HttpResponse:
    found = _found(request, pk)
    try:
        services.discard_profile(found, by=request.user, at=clock.now())
        messages.success(request, _("The draft is discarded."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:bank_profile", found.pk)


@require_GET
@needs_role(*asked.READERS)
def accounts(request: HttpRequest) -> HttpResponse:
    """The log of bank accounts: what was before, what came, who did it, and what the bank says of it."""
    page = Paginator(asked.accounts_visible_to(request.user), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    changes = changes_shown(page.object_list)
    standings = asked.standings_of(change.id for change in changes)
    rows = [(change, standings.get(change.id)) for change in changes]
    return render(request, "subsidies/account_changes.html", {"page": page, "rows": rows})
