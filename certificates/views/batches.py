"""Issuing by an officer: the terms of the province, the batches, and what came of each."""

from collections.abc import Callable, Iterator
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import bundle, selectors, workflow
from certificates.forms import StartBatchForm, TermsForm
from certificates.models import IssuingBatch
from certificates.services import batches as services
from certificates.views import tables
from courses import selectors as courses
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.models import Province
from portal.moves import steps_from
from portal.rules import RuleBroken

PAGE_SIZE = 50
MOST_IN_A_WORKBOOK = 20_000
REFRESH_S = 5
"""Without JavaScript; with it, the progress is asked for every two seconds."""
STEPS = {"pause": services.pause, "resume": services.resume, "cancel": services.cancel}
SHOWN = ("", workflow.ISSUED, workflow.FAILED, workflow.REQUESTED)
"""What the results may be narrowed to."""


def _chosen(provinces: list[Province], code: str) -> Province | None:
    """The province asked for, or the only one."""
    named = next((province for province in provinces if province.code == code), None)
    return named or (provinces[0] if len(provinces) == 1 else None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the own provinces; POST starts one."""
    provinces = selectors.desk_provinces(request.user)
    asked = request.POST.get("province", request.GET.get("province", ""))
    province = _chosen(provinces, asked)
    waiting = selectors.waiting_courses(province.code) if province else []
    form = StartBatchForm(
        request.POST if request.method == "POST" else None,
        waiting=waiting,
        initial={"province": province.code if province else ""},
    )
    if form.is_bound and form.is_valid():
        try:
            begun = services.start(
                form.cleaned_data["province"],
                course_code=form.cleaned_data["course"],
                by=request.user,
                at=clock.now(),
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("The batch has begun. This page follows it."))
            return redirect("certificates:batch", uid=begun.uid)
    return _batches(request, provinces, province, form=form, waiting=waiting)


def _batches(
    request: HttpRequest,
    provinces: list[Province],
    province: Province | None,
    *,
    form: StartBatchForm,
    waiting: list,
) -> HttpResponse:
    rows = selectors.batches_visible_to(request.user).select_related("province", "started_by")
    if province:
        rows = rows.filter(province=province)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    told = selectors.progress_of_all(page.object_list)
    titles = courses.titles_of({row.course_code for row in page.object_list if row.course_code})
    by_batch = bool(province) and selectors.issues_by_batch(province.code)
    return render(
        request,
        "certificates/batches.html",
        {
            "page": page,
            "rows": [(row, told[row.pk], titles.get(row.course_code, "")) for row in page.object_list],
            "provinces": provinces if len(provinces) > 1 else [],
            "province": province,
            "may_issue": bool(province) and selectors.may_issue(request.user, province.code),
            "waiting": sum(row.count for row in waiting),
            "form": form,
            "by_batch": by_batch,
            "terms": TermsForm(
                initial={
                    "province": province.code if province else "",
                    "by_batch": "yes" if by_batch else "no",
                }
            ),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs_role(*selectors.DESK_ROLES)
def terms(request: HttpRequest) -> HttpResponse:
    """Each at once, or in batches, from now on."""
    form = TermsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the two."))
        return redirect("certificates:batches")
    code = form.cleaned_data["province"]
    try:
        services.set_terms(code, by_batch=form.cleaned_data["by_batch"], by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect("certificates:batches")
    messages.success(request, _("Saved. It holds from now on."))
    return redirect(reverse("certificates:batches") + f"?province={code}")


def _found(request: HttpRequest, uid: object) -> IssuingBatch:
    rows = selectors.batches_visible_to(request.user).select_related("province", "started_by")
    return get_object_or_404(rows, uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def batch(request: HttpRequest, uid: object) -> HttpResponse:
    """One batch on its way, and what came of each certificate; POST pauses, resumes or cancels it."""
    found = _found(request, uid)
    if request.method == "POST":
        act = STEPS.get(request.POST.get("step", ""))
        try:
            if act:
                act(found, by=request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, broken.message)
        return redirect("certificates:batch", uid=found.uid)
    shown = request.GET.get("state", "")
    shown = shown if shown in SHOWN else ""
    counts = selectors.counts_of(found)
    page = Paginator(selectors.results_of(found, state=shown), PAGE_SIZE).get_page(request.GET.get("page"))
    may_issue = selectors.may_issue(request.user, found.province_id)
    return render(
        request,
        "certificates/batch.html",
        {
            "batch": found,
            "course": courses.titles_of([found.course_code]).get(found.course_code, ""),
            "progress": selectors.progress_of(found),
            "refresh": REFRESH_S,
            "running": found.state == workflow.RUNNING,
            "steps": steps_from(workflow.BATCH_MOVES, found.state) if may_issue else [],
            "tabs": _tabs(counts, shown),
            "page": page,
            "shown": shown,
            "parts": range(1, selectors.parts_of(found) + 1) if may_issue else [],
            "part_size": selectors.PART,
        },
    )


def _tabs(counts: dict[str, int], shown: str) -> list[tuple[str, str, int, bool]]:
    on_paper = sum(counts.get(state, 0) for state in workflow.ON_PAPER)
    tabs = [
        ("", _("All"), sum(counts.values())),
        (workflow.ISSUED, pgettext("how many", "Issued"), on_paper),
        (workflow.FAILED, _("Could not be made"), counts.get(workflow.FAILED, 0)),
        (workflow.REQUESTED, _("Being made"), counts.get(workflow.REQUESTED, 0)),
    ]
    return [(name, label, count, name == shown) for name, label, count in tabs]


@require_POST
@never_cache
@needs_role(*selectors.ISSUERS)
def papers(request: HttpRequest, uid: object) -> HttpResponseBase:
    """A part of the papers as a ZIP, drawn and sent one by one."""
    found = _found(request, uid)
    said = request.POST.get("part", "")
    part = int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0  # noqa: PLR2004 - millions of papers
    try:
        services.take_papers(found, part=part, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect("certificates:batch", uid=found.uid)
    return StreamingHttpResponse(
        bundle.zipped(_files(found, part)),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="certificates-{str(found.uid)[:8]}-{part}.zip"'
        },
    )


def _files(found: IssuingBatch, part: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for certificate in selectors.papers_in(found, part):
        yield f"{certificate.serial}.pdf", partial(selectors.pdf_of, certificate, at=clock.now())


@require_safe
@never_cache
@needs_role(*selectors.DESK_ROLES)
def results(request: HttpRequest, uid: object) -> HttpResponseBase:
    """What came of each, as CSV or, with `?as=xlsx`, as a workbook."""
    found = _found(request, uid)
    name = f"certificates-{str(found.uid)[:8]}"
    rows = selectors.results_of(found)
    if request.GET.get("as") == "xlsx" and rows.count() <= MOST_IN_A_WORKBOOK:
        return tables.workbook(name, rows)
    return tables.table(name, rows)
