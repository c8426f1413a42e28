"""Bringing courses and questions as files: choose, look, apply or leave."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.imports import STEPS, ImportForm
from courses.models import ImportJob, ImportRow
from courses.selectors import imports as selectors
from courses.sheets.columns import TABLES
from portal import clock
from portal.accounts.access import needs_role
from portal.rules import RuleBroken
from portal.sheets import writing

PER_PAGE = 50
TEMPLATES = {
    "xlsx": (writing.template_xlsx, writing.XLSX),
    "csv": (writing.template_csv, writing.CSV),
}


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@needs_role(*selectors.BRINGERS)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    given = {"course": request.GET.get("course", "")[:24]}
    if given["course"]:
        given["kind"] = ImportJob.Kind.QUESTIONS
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            job = form.upload(by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error("file", str(broken))
        else:
            return redirect("courses:import", job.pk)
    rows = selectors.imports_visible_to(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    status = 422 if request.method == "POST" else 200
    return render(request, "courses/imports.html", {"form": form, "page": page}, status=status)


@needs_role(*selectors.BRINGERS)
@require_http_methods(["GET", "HEAD", "POST"])
def import_job(request: HttpRequest, pk: int) -> HttpResponse:
    job = selectors.import_visible_to(request.user, pk)
    status = 200
    if request.method == "POST":
        act = STEPS.get(request.POST.get("step", ""))
        if act is None:
            raise Http404
        try:
            act(job, by=request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, str(broken))
            job, status = selectors.import_visible_to(request.user, pk), 409
        else:
            return redirect("courses:import", job.pk)
    return render(request, "courses/import.html", _shown(request, job), status=status)


def _shown(request: HttpRequest, job: ImportJob) -> dict[str, object]:
    fate = request.GET.get("fate", "")
    page = Paginator(selectors.rows_of(job, fate), PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.reasons = selectors.reasons_of(row, job.kind)
        row.changed = selectors.changes_of(row, job.kind)
    tabs = [("", _("All"), sum(job.counts.values()), fate not in ImportRow.Fate.values)]
    tabs += [
        (code, str(label), job.counts[code], code == fate)
        for code, label in ImportRow.Fate.choices
        if job.counts.get(code)
    ]
    return {
        "job": job,
        "page": page,
        "tabs": tabs,
        "working": selectors.is_working(job),
        "steps": selectors.steps_of(job),
        "problem": selectors.problem_of(job),
        "returnable": bool(job.counts) and job.cleared_at is None,
        "cleared": selectors.cleared_of(job),
        "kept_until": selectors.kept_until(job),
    }


@needs_role(*selectors.BRINGERS)
@require_safe
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows as they came, with what became of each."""
    job = selectors.import_visible_to(request.user, pk)
    if not job.counts:
        raise Http404
    try:
        content, kind, ending = selectors.returned_file(job)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return render(request, "courses/import.html", _shown(request, job), status=409)
    return _attachment(content, kind, f"import-{job.pk}.{ending}")


@needs_role(*selectors.BRINGERS)
@require_safe
def import_template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    if kind not in ImportJob.Kind.values or form not in TEMPLATES:
        raise Http404
    write, content_type = TEMPLATES[form]
    return _attachment(write(TABLES[kind]), content_type, f"{kind}.{form}")
