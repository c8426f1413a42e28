"""Batches: assembled, checked, released, written for the bank and answered by it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.bank.template import read_template
from subsidies.bank.writing import TYPES
from subsidies.forms.money import AnswerForm, ReasonForm
from subsidies.models import Batch
from subsidies.selectors import batches as asked
from subsidies.selectors.money import provinces_to_make, work_of
from subsidies.services import answers, assembling, batches, files
from subsidies.views import batchshown
from subsidies.workflow.money import BatchState

LINES_PER_PAGE = 50
CONFLICT = 409
UNPROCESSABLE = 422
OFFICERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


@require_GET
@needs_role(*asked.READERS)
def batch_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(asked.batches_visible_to(request.user), LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": batchshown.batch_rows(page.object_list),
        "work": work_of(request.user),
        "provinces": provinces_to_make(request.user),
        "profiles": asked.profiles_to_use(request.user, clock.today(clock.now())),
        "left_out": asked.left_out_counts(request.user),
        "left_rows": asked.left_out_visible_to(request.user)[:LINES_PER_PAGE],
    }
    return render(request, "subsidies/batches.html", context)


@require_POST
@needs_role(Role.FINANCE_MAKER)
def assemble(request: HttpRequest) -> HttpResponse:
    wanted, at = request.POST.get("profile", ""), clock.now()
    profile = None
    if wanted:
        usable = {str(row.pk): row for row in asked.profiles_to_use(request.user, clock.today(at))}
        profile = usable.get(wanted)
        if profile is None:
            raise Http404
    province = profile.province_id if profile else request.POST.get("province", "")
    try:
        made = assembling.make_batch(province=province, by=request.user, at=at, profile=profile)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("subsidies:batches")
    if made.state == BatchState.ASSEMBLING:
        messages.info(request, _("The batch is being assembled. You can leave this page."))
    else:
        messages.success(request, _("Assembled. A second person checks it, a third releases it."))
    return redirect("subsidies:batch", made.number)


def _found(request: HttpRequest, number: str) -> Batch:
    return get_object_or_404(asked.batches_visible_to(request.user), number=number)


def _batch_page(
    request: HttpRequest,
    batch: Batch,
    *,
    status: int = 200,
    cancel: ReasonForm | None = None,
    answer: AnswerForm | None = None,
) -> HttpResponse:
    progress = asked.progress_of(batch)
    context = {
        "batch": batch,
        "stages": batchshown.stages(batch, progress),
        "status": batchshown.status(batch),
        "funds": batchshown.funds(batch),
        "progress": progress,
        "running": batchshown.is_running(batch, progress),
        "work_done": batchshown.work_of(batch),
        "stopped": batchshown.problem_of(batch),
        "left_rows": asked.left_out_visible_to(request.user).filter(batch=batch)[:LINES_PER_PAGE],
        "page": Paginator(asked.lines_of(batch), LINES_PER_PAGE).get_page(request.GET.get("page")),
        "may": asked.steps_for(request.user, batch),
        "cancel_form": cancel or ReasonForm(),
        "answer_form": answer or AnswerForm(),
        "files": batchshown.answer_files(batch),
        "why_not": batchshown.why_not(request.user, batch),
    }
    return render(request, "subsidies/batch.html", context, status=status)


@require_GET
@needs_role(*asked.READERS)
def batch(request: HttpRequest, number: str) -> HttpResponse:
    return _batch_page(request, _found(request, number))


def _step(request: HttpRequest, number: str, act: Callable[..., Batch], done: str) -> HttpResponse:
    try:
        act(_found(request, number), by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return _batch_page(request, _found(request, number), status=CONFLICT)
    messages.success(request, done)
    return redirect("subsidies:batch", number)


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def check(request: HttpRequest, number: str) -> HttpResponse:
    return _step(request, number, batches.check_batch, _("Checked. It can now be released."))


@require_POST
@needs_role(Role.FINANCE_CHECKER)
def release(request: HttpRequest, number: str) -> HttpResponse:
    return _step(request, number, batches.release_batch, _("Released. Its lines go to the bank's file now."))


@require_POST
@needs_role(*OFFICERS)
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    found = _found(request, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _batch_page(request, found, status=UNPROCESSABLE, cancel=form)
    try:
        batches.cancel_batch(found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _batch_page(request, _found(request, number), status=CONFLICT, cancel=form)
    messages.success(request, _("Cancelled. Its claims wait for the next batch."))
    return redirect("subsidies:batch", number)


@require_POST
@needs_role(*OFFICERS)
def download(request: HttpRequest, number: str) -> HttpResponse:
    """The payment file. A POST, for reading it leaves a trace."""
    found = _found(request, number)
    try:
        content = files.payment_file(found, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return _batch_page(request, found, status=CONFLICT)
    ending = read_template(found.profile.template).ending
    response = HttpResponse(content, content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{found.number}.{ending}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs_role(*OFFICERS)
def answer(request: HttpRequest, number: str) -> HttpResponse:
    found = _found(request, number)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _batch_page(request, found, status=UNPROCESSABLE, answer=form)
    upload, at = form.cleaned_data["file"], clock.now()
    try:
        taken = answers.apply_answer_file(
            found, name=upload.name, content=upload.read(), by=request.user, at=at
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return _batch_page(request, found, status=CONFLICT, answer=form)
    if taken.accepted is None:
        messages.info(request, _("The file is large; it is read now. You can leave this page."))
        return redirect("subsidies:batch", number)
    if not taken.accepted:
        form.add_error(None, _("The file was refused whole; nothing was applied. The rows are listed below."))
        return _batch_page(request, found, status=UNPROCESSABLE, answer=form)
    if not taken.new_count or taken.received_at < at:
        messages.info(request, _("Every answer in this file was read in before. Nothing changed."))
        return redirect("subsidies:batch", number)
    said = ngettext(
        "%(n)s new answer is being applied.", "%(n)s new answers are being applied.", taken.new_count
    )
    messages.success(request, said % {"n": taken.new_count})
    return redirect("subsidies:batch", number)
