"""Reports: tables over money, claims, what waits, outcomes and key groups; as a page, a CSV and a workbook."""

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from portal import clock
from portal.accounts.access import in_provinces, needs_role, provinces_of
from portal.accounts.models import Province, User
from portal.sheets.writing import CSV, XLSX, rows_csv, sheets_xlsx
from subsidies.forms.reports import ReportForm
from subsidies.selectors import reports as asked
from subsidies.views import reportshown


def form_of(data: Any, user: User, view: str, *, at: dt.datetime) -> ReportForm:
    """Raises Http404 for a report that there is not."""
    if view not in asked.VIEWS:
        raise Http404
    provinces = in_provinces(Province.objects.all(), provinces_of(user, *asked.READERS), "code")
    return ReportForm(data or None, view=view, provinces=provinces, at=at)


@require_GET
@needs_role(*asked.READERS)
def first(_request: HttpRequest) -> HttpResponse:
    return redirect("subsidies:report", asked.VIEWS[0])


@require_GET
@needs_role(*asked.READERS)
def report(request: HttpRequest, view: str) -> HttpResponse:
    at = clock.now()
    form = form_of(request.GET, request.user, view, at=at)
    wanted = form.asked()
    sections, taken_at = asked.report(request.user, view, wanted, at=at)
    context = {
        "view": view,
        "title": reportshown.VIEWS[view],
        "tabs": reportshown.VIEWS.items(),
        "form": form,
        "kept": request.GET.urlencode(),
        "tables": [reportshown.table_of(section) for section in sections],
        "taken_at": taken_at,
        "year": wanted.year,
        "small": None if asked.sees_small_groups(request.user) else asked.SMALL,
        "most": reportshown.MOST_ROWS,
    }
    return render(request, "subsidies/report.html", context)


@require_GET
@needs_role(*asked.READERS)
def report_file(request: HttpRequest, view: str, form: str) -> HttpResponse:
    """All rows of the tables of a report, narrowed as the page is. They are sums already, some thousand rows at the most."""
    at = clock.now()
    wanted = form_of(request.GET, request.user, view, at=at).asked()
    sections, _taken_at = asked.report(request.user, view, wanted, at=at)
    sheets = [reportshown.sheet_of(section) for section in sections]
    headers = {
        "Content-Disposition": f'attachment; filename="{view}-{wanted.year}.{form}"',
        "Cache-Control": "no-store",
    }
    if form == "xlsx":
        empty = [(str(reportshown.VIEWS[view]), [], [])]
        return HttpResponse(sheets_xlsx(sheets or empty), content_type=XLSX, headers=headers)
    return StreamingHttpResponse(_csv(sheets), content_type=CSV, headers=headers)


def _csv(sheets: list[tuple[str, list[str], list[list[Any]]]]) -> Iterator[bytes]:
    """One table below the other, each with its title and headings, an empty line between them."""
    if not sheets:
        return rows_csv([], [])
    (title, headings, rows), *others = sheets
    more = chain.from_iterable(([[]], [[title]], [headings], rows) for title, headings, rows in others)
    return rows_csv([title], chain([headings], rows, chain.from_iterable(more)))
