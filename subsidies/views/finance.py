"""The money desk: holds, batches, payment files and the bank's answers."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal import clock
from portal.accounts.roles import Role, has_role, needs_role
from portal.rules import RuleBroken
from subsidies.models import Batch
from subsidies.money_forms import AnswerForm, ReasonForm
from subsidies.money_workflow import BatchState
from subsidies.selectors import money as asked
from subsidies.services import answers, batches, holds
from subsidies.views import moneyshown

LINES_PER_PAGE = 50
CONFLICT = 409
UNPROCESSABLE = 422
OFFICERS = (Role.FINANCE_MAKER, Role.FINANCE_CHECKER)


def _reason(request: HttpRequest) -> str:
    """The reason as typed; empty where the form refuses it, which the service then says."""
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
@needs_role(Role.PROVINCE_REVIEWER, *OFFICERS)
def free(request: HttpRequest, pk: str) -> HttpResponse:
    hold = get_object_or_404(asked.holds_visible_to(request.user), pk=pk)
    try:
        holds.close_hold(hold, by=request.user, at=clock.now(), reason=_reason(request))
        messages.success(request, _("The hold is closed; the claim goes on."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("subsidies:money" if has_role(request.user, *asked.READERS) else "subsidies:notice_desk")


@require_GET
@needs_role(*asked.READERS)
def batch_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(asked.batches_visible_to(request.user), LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": moneyshown.batch_rows(page.object_list),
        "work": asked.work_of(request.user),
        "provinces": asked.provinces_to_make(request.user),
    }
    return render(request, "subsidies/batches.html", context)


@require_POST
@needs_role(Role.FINANCE_MAKER)
def assemble(request: HttpRequest) -> HttpResponse:
    try:
        made = batches.make_batch(province=request.POST.get("province", ""), by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("subsidies:batches")
    messages.success(request, _("Assembled. Another person checks and releases it."))
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
        "stages": moneyshown.stages(batch, progress),
        "status": moneyshown.status(batch),
        "funds": moneyshown.funds(batch),
        "progress": progress,
        "running": batch.state == BatchState.RELEASED or progress.pending > 0,
        "page": Paginator(asked.lines_of(batch), LINES_PER_PAGE).get_page(request.GET.get("page")),
        "may": asked.steps_for(request.user, batch),
        "cancel_form": cancel or ReasonForm(),
        "answer_form": answer or AnswerForm(),
        "files": moneyshown.answer_files(batch),
        "why_not": moneyshown.why_not(request.user, batch),
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
    return _step(request, number, batches.release_batch, _("Released. The payment file is being written."))


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
        content = batches.payment_file(found, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return _batch_page(request, found, status=CONFLICT)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
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
