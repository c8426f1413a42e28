"""An organisation's pages: lists of claims, what becomes of each row, papers, and the check before it is handed in."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.papers import MOST_BYTES as MOST_OF_A_PAPER
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.access import needs_role
from portal.accounts.models import Organisation
from portal.accounts.roles import PAID_FOR
from portal.audit.services import record
from portal.rules import RuleBroken
from portal.sheets import writing
from portal.uploads import kept_in_memory
from subsidies import claim_lists
from subsidies.forms.claims import DeclarationForm
from subsidies.forms.lists import Choice, ListForm
from subsidies.models import ClaimList, ClaimListRow, ProjectContract
from subsidies.selectors import lists as asked
from subsidies.selectors import materials
from subsidies.selectors.contracts import contracts_to_claim
from subsidies.services import lists as services
from subsidies.tasks.lists import work_on_due_lists
from subsidies.views import paperpage
from subsidies.workflow.claims import Channel

PER_PAGE = 50
CONFLICT, UNPROCESSABLE = 409, 422
STEPS = {"check_again": services.check_again, "cancel": services.cancel_list}
TEMPLATES = {"xlsx": (writing.template_xlsx, writing.XLSX), "csv": (writing.template_csv, writing.CSV)}


Channels = list[tuple[Channel, Organisation]]


def _choices(channels: Channels, contracts: list[ProjectContract]) -> list[Choice]:
    return [
        (channel, body, programme, None)
        for channel, body in channels
        for programme in asked.programmes_for(channel, body)
    ] + [(Channel.PROVIDER, one.organisation, one.programme, one) for one in contracts]


def _contracts(channels: Channels) -> list[ProjectContract]:
    """By which the providers among these can claim, newest first."""
    bodies = [body.pk for channel, body in channels if channel == Channel.PROVIDER]
    return list(contracts_to_claim(bodies)) if bodies else []


@kept_in_memory(claim_lists.MOST_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def lists(request: HttpRequest) -> HttpResponse:
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    channels = asked.channels_of(request.user)
    contracts = _contracts(channels)
    choices = _choices(channels, contracts)
    form = ListForm(*given, choices=choices)
    if choices and form.is_bound and form.is_valid():
        file, at = form.cleaned_data["file"], clock.now()
        try:
            made = services.upload_list(file, name=file.name, by=request.user, at=at, **form.told())
        except RuleBroken as broken:
            form.add_error("file", str(broken))
        else:
            if made.uploaded_at != at:
                messages.info(request, _("This file was uploaded before. Here is the list that it made."))
            work_on_due_lists.delay_on_commit()
            return redirect("subsidies:list", made.pk)
    page = Paginator(asked.lists_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    bodies = {body.pk: body for _channel, body in channels}
    paid = accounts.organisation_accounts_of(bodies)
    context = {
        "form": form if choices else None,
        "page": page,
        "columns": claim_lists.COLUMNS,
        "accounts": [(body, paid.get(pk)) for pk, body in bodies.items()],
        "contracts": contracts,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "subsidies/lists.html", context, status=status)


def _found(request: HttpRequest, pk: str) -> ClaimList:
    return get_object_or_404(asked.lists_visible_to(request.user), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def one(request: HttpRequest, pk: str) -> HttpResponse:
    row, status = _found(request, pk), 200
    if request.method == "POST":
        act = STEPS.get(request.POST.get("step", ""))
        if act is None:
            raise Http404
        try:
            act(row, by=request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, str(broken))
            row, status = _found(request, pk), CONFLICT
        else:
            work_on_due_lists.delay_on_commit()
            return redirect("subsidies:list", row.pk)
    fate = request.GET.get("fate", "")
    page = Paginator(asked.rows_of(row, fate), PER_PAGE).get_page(request.GET.get("page"))
    for line in page.object_list:
        line.reasons = asked.reasons_of(line)
    tabs = [("", _("All"), row.rows, fate not in ClaimListRow.Fate.values)]
    tabs += [
        (code, str(label), row.counts[code], code == fate)
        for code, label in ClaimListRow.Fate.choices
        if row.counts.get(code)
    ]
    context = {
        "list": row,
        "page": page,
        "tabs": tabs,
        "steps": asked.steps_of(row),
        "working": row.is_worked_on,
        "kept_until": asked.kept_until(row),
    }
    return render(request, "subsidies/list.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def check(request: HttpRequest, pk: str) -> HttpResponse:
    """How many, to which account, with which papers; declare, hand in."""
    row, status, at = _found(request, pk), 200, clock.now()
    form = DeclarationForm(request.POST or None, initial={"key": uuid.uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            services.submit_list(row, by=request.user, at=at, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            status = CONFLICT
        else:
            work_on_due_lists.delay_on_commit()
            messages.success(request, _("Handed in. A claim is made of each ready row."))
            return redirect("subsidies:list", row.pk)
    elif "submit" not in asked.steps_of(row):
        return redirect("subsidies:list", row.pk)
    paid = services.payee_of_list(row.organisation, row.channel, row.programme)
    context = {
        "list": row,
        "form": form,
        "paid": paid,
        "account": accounts.organisation_accounts_of([paid.pk]).get(paid.pk) if paid else None,
        "wanted": materials.wanted(asked.policy_for(row, at=at), row, user=request.user, at=at),
    }
    if form.errors and status == 200:  # noqa: PLR2004 - nothing else was refused
        status = UNPROCESSABLE
    return render(request, "subsidies/list_check.html", context, status=status)


@kept_in_memory(MOST_OF_A_PAPER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*PAID_FOR)
def paper(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    """Papers of one kind that the policy asks for with the list."""
    row = _found(request, pk)
    policy = asked.policy_for(row, at=clock.now())
    back = reverse("subsidies:list_check", args=[row.pk])
    return paperpage.show(request, row, kind, policy=policy, back=back, base="base_staff.html")


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_POST
@needs_role(*PAID_FOR)
def wrong_rows(request: HttpRequest, pk: str) -> HttpResponse:
    """The refused rows in full, with their reasons. Each download is audited, so it is a POST."""
    row = _found(request, pk)
    if not row.counts.get("refused") or row.cleared_at is not None:
        raise Http404
    record(by=request.user, action="claim_list.read", thing=row, at=clock.now())
    return _attachment(asked.wrong_rows(row), writing.XLSX, f"claims-{row.pk}-wrong-rows.xlsx")


@require_safe
@needs_role(*PAID_FOR)
def template(request: HttpRequest, form: str) -> HttpResponse:
    if form not in TEMPLATES:
        raise Http404
    write, kind = TEMPLATES[form]
    return _attachment(write(claim_lists.COLUMNS), kind, f"claims.{form}")
