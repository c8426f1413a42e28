"""The claimant's pages: what can be claimed, one question at a time, and how each claim stands."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.models import User
from portal.accounts.roles import signed_in
from portal.moves import steps_from
from portal.rules import RuleBroken
from subsidies.forms.claims import AnswersForm, AppealForm, DeclarationForm
from subsidies.models import Claim
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import facts, papers, road
from subsidies.services import claims, rejections
from subsidies.views import shown
from subsidies.workflow.claims import MOVES

CONFLICT = 409
UNPROCESSABLE = 422


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    rows = claims_asked.road_of(request.user)
    cards = [(row, *road.status_of(row), road.steps_of(row)) for row in rows]
    context = {"cards": cards, "certificates": papers.papers_without_claim(request.user)}
    return render(request, "subsidies/mine.html", context)


def _certificate(request: HttpRequest, serial: str) -> papers.Paper:
    """One's own certificate. 404 for any other."""
    found = papers.paper_of(request.user, serial)
    if found is None:
        raise Http404
    return found


@require_GET
@signed_in
def start(request: HttpRequest, serial: str) -> HttpResponse:
    certificate = _certificate(request, serial)
    if (
        claim := claims_asked.own_claims(request.user).live().filter(certificate_serial=serial).first()
    ) is not None:
        return redirect("subsidies:claim", claim.number)
    missing = not accounts.is_real_name_verified(request.user), accounts.bank_account_of(request.user) is None
    context = {
        "certificate": certificate,
        "needs_name": missing[0],
        "needs_bank": missing[1],
        "first": "" if any(missing) or not certificate.is_valid else _first_step(request.user, certificate),
    }
    return render(request, "subsidies/start.html", context)


def _steps(user: User, certificate: papers.Paper, answers: Mapping[str, bool]) -> dict[str, tuple[str, ...]]:
    """What there is to answer, page by page."""
    at = clock.now()
    asked = facts.questions_for(claims.subject_of(user, certificate, answers, at=at), at=at)
    return {step.name: step.paths for step in asked}


def _first_step(user: User, certificate: papers.Paper) -> str:
    return next(iter(_steps(user, certificate, {})), "")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def answer(request: HttpRequest, serial: str, step: str) -> HttpResponse:
    certificate = _certificate(request, serial)
    if not accounts.is_real_name_verified(request.user):
        return redirect("subsidies:start", serial)
    known = claims_asked.answers_so_far(request.user, serial)
    steps = _steps(request.user, certificate, known)
    if step not in steps:
        raise Http404
    names = list(steps)
    number = names.index(step) + 1
    form = AnswersForm(request.POST or None, paths=steps[step], known=known)
    if request.method == "POST" and form.is_valid():
        try:
            claims.save_answers(request.user, serial, form.answers(), at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            if number < len(names):
                return redirect("subsidies:answer", serial, names[number])
            return redirect("subsidies:check", serial)
    context = {
        "certificate": certificate,
        "form": form,
        "step": step,
        "number": number,
        "of": len(names) + 1,
        "back": names[number - 2] if number > 1 else "",
    }
    return render(request, "subsidies/answer.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def check(request: HttpRequest, serial: str) -> HttpResponse:
    """Check the answers, see what the rules say in advance, declare, submit."""
    certificate = _certificate(request, serial)
    if not accounts.is_real_name_verified(request.user):
        return redirect("subsidies:start", serial)
    form = DeclarationForm(request.POST or None, initial={"key": uuid.uuid4().hex})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            claim = claims.submit_claim(
                request.user, serial, at=clock.now(), key=given["key"], agreed=given["agreed"]
            )
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            status = CONFLICT
        else:
            messages.success(request, _("Submitted. Keep the number: %(number)s") % {"number": claim.number})
            return redirect("subsidies:claim", claim.number)
    answers = claims_asked.answers_so_far(request.user, serial)
    at = clock.now()
    subject = claims.subject_of(request.user, certificate, answers, at=at)
    record = facts.explain(subject, at=at).record
    steps = facts.questions_for(subject, at=at)
    context = {
        "certificate": certificate,
        "form": form,
        "answered": [(step.name, shown.answers_of(answers, step.paths)) for step in steps],
        "rules": shown.rules_of(record),
        "lines": shown.lines_of(record["lines"]),
        "record": record,
        "bank": accounts.bank_account_of(request.user),
        "number": len(steps) + 1,
        "of": len(steps) + 1,
        "back": steps[-1].name if steps else "",
    }
    if form.errors and status == 200:  # noqa: PLR2004 - nothing else was refused
        status = UNPROCESSABLE
    return render(request, "subsidies/check.html", context, status=status)


@require_GET
@signed_in
def claim(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(claims_asked.own_claims(request.user).select_related("province"), number=number)
    return render(request, "subsidies/claim.html", _claim_context(row))


def _claim_context(row: Claim) -> dict[str, object]:
    record = claims_asked.explanation_of(row)
    kind, word = road.status_of(row)
    passed, total = shown.passed_of(record)
    return {
        "claim": row,
        "kind": kind,
        "word": word,
        "steps": road.steps_of(row),
        "record": record,
        "rules": shown.rules_of(record),
        "passed": passed,
        "total": total,
        "lines": shown.lines_of(row.lines),
        "answers": shown.answers_of(row.declared, tuple(row.declared)),
        "level": shown.level_of(row.level),
        "can": steps_from(MOVES, row.state),
        "trail": claims_asked.trail_for_claimant(row),
        "against": claims_asked.decision_against(row),
        "letter": claims_asked.letters_of(row).first(),
        "appeal": getattr(row, "appeal", None),
        "at": clock.now(),
        "notice": claims_asked.notice_of(row),
        "returned_by_bank": claims_asked.returned_by_bank(row),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mend(request: HttpRequest, number: str) -> HttpResponse:
    """Correct the answers of a returned claim and hand it in again."""
    row = get_object_or_404(claims_asked.own_claims(request.user), number=number)
    if "resubmit" not in steps_from(MOVES, row.state):
        raise Http404
    asked = facts.questions_for(facts.Subject.of(row), at=clock.now())
    paths = tuple(path for step in asked for path in step.paths)
    form = AnswersForm(request.POST or None, paths=paths, known=row.declared)
    if request.method == "POST" and form.is_valid():
        try:
            claims.resubmit(row, by=request.user, at=clock.now(), answers=form.answers())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Handed in again under the same number."))
            return redirect("subsidies:claim", number)
    return render(
        request,
        "subsidies/mend.html",
        {"claim": row, "form": form, "against": claims_asked.decision_against(row)},
        status=UNPROCESSABLE if form.errors else 200,
    )


@require_POST
@signed_in
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(claims_asked.own_claims(request.user), number=number)
    try:
        claims.withdraw(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        row.refresh_from_db()
        return render(request, "subsidies/claim.html", _claim_context(row), status=CONFLICT)
    messages.success(request, _("The claim is withdrawn. You can claim again for the same certificate."))
    return redirect("subsidies:claim", number)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """复核: answer a rejection."""
    row = get_object_or_404(claims_asked.own_claims(request.user), number=number)
    if "appeal" not in steps_from(MOVES, row.state):
        raise Http404
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rejections.file_appeal(row, by=request.user, at=clock.now(), words=form.cleaned_data["words"])
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(
                request, _("Your appeal is filed. People who had no part in the decision look at it.")
            )
            return redirect("subsidies:claim", number)
    context = {"claim": row, "form": form, "against": claims_asked.decision_against(row)}
    return render(request, "subsidies/appeal.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@signed_in
def discard(request: HttpRequest, serial: str) -> HttpResponse:
    """Throw away the answers of a claim that was not submitted."""
    _certificate(request, serial)
    if claims.discard_draft(request.user, serial):
        messages.success(request, _("Your answers are deleted. Nothing was claimed."))
    return redirect("subsidies:mine")
