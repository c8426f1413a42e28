"""Impact runs: a version replayed over past decisions, with its progress and who gains and loses."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.models import User
from portal.rules import RuleBroken
from portal.sheets import writing
from subsidies.forms.policies import RunForm
from subsidies.models import ImpactRun, PolicyVersion
from subsidies.selectors import impacts as looked
from subsidies.selectors import policies as asked
from subsidies.services import impacts
from subsidies.views.policies import CONFLICT, UNPROCESSABLE, found

REFRESH = 3
"""Seconds after which the page of a run under way looks again."""


def _may(user: User, row: PolicyVersion) -> bool:
    return asked.may_edit(user, row.province_id) or asked.may_publish(user, row.province_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.READERS)
def runs(request: HttpRequest, pk: str) -> HttpResponse:
    """The runs of a version; POST starts one."""
    row = found(request, pk)
    form = RunForm(request.POST or None)
    status, broken = 200, None
    if request.method == "POST":
        status = UNPROCESSABLE
        form = RunForm(request.POST)
        if form.is_valid():
            try:
                run = impacts.start_run(row, by=request.user, at=clock.now(), **form.cleaned_data)
            except RuleBroken as refused:
                broken, status = refused, CONFLICT
            else:
                return redirect("subsidies:policy-impact", pk=run.pk)
    context = {
        "version": row,
        "form": form,
        "broken": broken,
        "runs": looked.runs_visible_to(request.user).filter(version=row)[:50],
        "may_run": _may(request.user, row),
    }
    return render(request, "subsidies/policies/impacts.html", context, status=status)


def _run(request: HttpRequest, pk: str) -> ImpactRun:
    return get_object_or_404(looked.runs_visible_to(request.user), pk=pk)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def run(request: HttpRequest, pk: str) -> HttpResponse:
    row = _run(request, pk)
    figures = looked.figures_of(row)
    context = {
        "run": row,
        "version": row.version,
        "refresh": REFRESH if row.is_running else 0,
        "figures": figures,
        "groups": looked.by_group(row),
        "occupations": looked.by_occupation(row)[:50],
        "losing": looked.losing_most(row),
        "may_cancel": row.is_running and _may(request.user, row.version),
    }
    return render(request, "subsidies/policies/impact.html", context)


@never_cache
@require_POST
@needs_role(*asked.EDITORS, *asked.PUBLISHERS)
def cancel(request: HttpRequest, pk: str) -> HttpResponse:
    row = _run(request, pk)
    if not _may(request.user, row.version):
        raise Http404
    try:
        impacts.cancel_run(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Stopped. What was found so far stays."))
    return redirect("subsidies:policy-impact", pk=pk)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def workbook(request: HttpRequest, pk: str) -> HttpResponse:
    row = _run(request, pk)
    book = writing.rows_xlsx(_("Impact"), looked.HEADINGS, looked.rows_of(row))
    return HttpResponse(
        book,
        content_type=writing.XLSX,
        headers={"Content-Disposition": f'attachment; filename="impact-{row.pk}.xlsx"'},
    )
