"""Contested time: the learner's one button, the desk that answers, and the ledger from which two people take back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners import reasons, workflow
from learners.forms.contests import AnswerForm, ContestForm, LookForm, TakeBackForm
from learners.models import LedgerRow
from learners.selectors import contests as selectors
from learners.selectors.desks import DECIDERS, DESK_ROLES, may_decide
from learners.selectors.enrolment import enrolment_visible_to
from learners.selectors.outlines import outline_of
from learners.selectors.time import hours_of
from learners.services import contests, corrections
from portal import clock, moves
from portal.accounts import selectors as people
from portal.accounts.access import has_role, needs_role, signed_in
from portal.accounts.roles import Role
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contest(request: HttpRequest, enrolment_id: int, row_id: int) -> HttpResponse:
    """A learner says why refused time should count; the answer appears on the page of hours."""
    enrolment = enrolment_visible_to(request.user, enrolment_id)
    row = selectors.refused_row(request.user, enrolment, row_id)
    form = ContestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            contests.contest(row, by=request.user, at=clock.now(), words=form.cleaned_data["words"])
        except contests.ContestedAlready as broken:
            messages.info(request, broken.message)
            return redirect("learners:hours", enrolment.pk)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Sent. A person looks at it; the answer appears on this page."))
            return redirect("learners:hours", enrolment.pk)
    lesson = next((facts for facts in outline_of(enrolment).lessons if facts.id == row.lesson_id), None)
    why = reasons.of(row.reason)
    context = {"enrolment": enrolment, "row": row, "lesson": lesson, "why": why, "form": form}
    context |= {"seconds": -(-row.ms // 1000), "course": outline_of(enrolment).title}
    return render(request, "learners/contest.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
@needs_role(*DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the longest wait first; and what waits for a second person."""
    page = Paginator(selectors.waiting_contests(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    second = selectors.proposed_corrections(request.user)[:PAGE_SIZE]
    look = LookForm(request.GET if "enrolment" in request.GET else None)
    if look.is_valid():
        return redirect("learners:desk-ledger", look.cleaned_data["enrolment"])
    return render(
        request,
        "learners/contests.html",
        {
            "page": page,
            "contests": selectors.described(page.object_list),
            "corrections": selectors.described(second),
            "now": clock.now(),
            "look": look,
        },
        status=422 if look.is_bound else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*DESK_ROLES)
def desk_contest(request: HttpRequest, contest_id: int) -> HttpResponse:
    found = get_object_or_404(selectors.contests_visible_to(request.user), pk=contest_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        grant = request.POST.get("verdict") == "grant"
        try:
            contests.answer(
                found, by=request.user, at=clock.now(), grant=grant, reason=form.cleaned_data["reason"]
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(
                request,
                _("The time counts now.") if grant else _("It stays as it is. The learner can read why."),
            )
            return redirect("learners:contests")
        found.refresh_from_db()
    waits = found.state == workflow.WAITING
    return render(
        request,
        "learners/contest_desk.html",
        {
            "line": selectors.described([found])[0],
            "contest": found,
            "form": form,
            "steps": moves.steps_from(workflow.CONTEST_MOVES, found.state),
            "may_answer": may_decide(request.user, found),
            "possible_seconds": sum(post.credit for post in contests.grantable(found.row)) // 1000
            if waits
            else 0,
            "granted_seconds": sum(row.ms for row in found.row.answers.all()) // 1000,
        },
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_safe
@needs_role(*DESK_ROLES)
def desk_ledger(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Every row of an enrolment's time, for an inspection."""
    enrolment = selectors.enrolment_on_desk(request.user, enrolment_id)
    page = Paginator(selectors.ledger_of(enrolment), PAGE_SIZE).get_page(request.GET.get("page"))
    outline = outline_of(enrolment)
    return render(
        request,
        "learners/ledger.html",
        {
            "enrolment": enrolment,
            "learner": people.masked_names_of([enrolment.user_id]).get(enrolment.user_id, ""),
            "outline": outline,
            "page": page,
            "entries": selectors.entries(page.object_list, outline),
            "hours": hours_of(enrolment, at=clock.now(), most=0),
            "may_propose": has_role(request.user, *DECIDERS) and enrolment.user_id != request.user.pk,
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*DESK_ROLES)
def take_back(request: HttpRequest, row_id: int) -> HttpResponse:
    """Propose to take counted time back."""
    row = get_object_or_404(LedgerRow.objects.filter(entry=LedgerRow.Entry.CREDIT), pk=row_id)
    enrolment = selectors.enrolment_on_desk(request.user, row.enrolment_id)
    left = -(-corrections.left_of(row) // 1000)
    form = TakeBackForm(
        request.POST if request.method == "POST" else None, initial={"minutes": f"{left / 60:.1f}"}
    )
    if form.is_bound and form.is_valid():
        seconds = (
            min(left, round(form.cleaned_data["minutes"] * 60)) if form.cleaned_data["minutes"] else left
        )
        try:
            corrections.propose(
                row, by=request.user, at=clock.now(), seconds=seconds, why=form.cleaned_data["why"]
            )
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Proposed. It is taken back once a second person confirms it."))
            return redirect("learners:desk-ledger", enrolment.pk)
    context = {"enrolment": enrolment, "row": row, "form": form, "left_seconds": left}
    context["lesson"] = next((x for x in outline_of(enrolment).lessons if x.id == row.lesson_id), None)
    context["learner"] = people.masked_names_of([row.user_id]).get(row.user_id, "")
    return render(request, "learners/take_back.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
@needs_role(*DESK_ROLES)
def desk_correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    found = get_object_or_404(selectors.corrections_visible_to(request.user), pk=correction_id)
    return render(
        request,
        "learners/correction.html",
        {
            "line": selectors.described([found])[0],
            "correction": found,
            "steps": moves.steps_from(workflow.CORRECTION_MOVES, found.state),
            "may_confirm": may_decide(request.user, found, [Role.PROVINCE_CATALOGUE])
            and found.proposed_by_id != request.user.pk,
            "may_drop": found.proposed_by_id == request.user.pk
            or may_decide(request.user, found, [Role.PROVINCE_CATALOGUE]),
        },
    )


@require_POST
@needs_role(*DECIDERS)
def decide_correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    found = get_object_or_404(selectors.corrections_visible_to(request.user), pk=correction_id)
    confirm = request.POST.get("verdict") == "confirm"
    try:
        corrections.decide(found, by=request.user, at=clock.now(), confirm=confirm)
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect("learners:correction", found.pk)
    messages.success(request, _("Taken back.") if confirm else _("Dropped. Nothing was taken back."))
    return redirect("learners:contests")
