"""The claimant's pages: what can be claimed, and how each claim stands. What comes before a claim is in `preparing`."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal import clock
from portal.accounts.access import signed_in
from portal.moves import steps_from
from portal.rules import RuleBroken
from portal.uploads import kept_in_memory
from subsidies.forms.claims import AnswersForm, AppealForm
from subsidies.models import Claim
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import facts, materials, papers, records, road
from subsidies.services import claims, rejections
from subsidies.views import paperpage, shown
from subsidies.views.paperpage import MOST_BYTES
from subsidies.workflow.claims import MOVES, Channel

CONFLICT = 409
UNPROCESSABLE = 422


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    rows = claims_asked.road_of(request.user)
    cards = [(row, *road.status_of(row), road.steps_of(row)) for row in rows]
    context = {"cards": cards, "certificates": papers.papers_without_claim(request.user)}
    return render(request, "subsidies/mine.html", context)


def _own(request: HttpRequest, number: str) -> Claim:
    """A claim that the person made themselves. 404 for one that an organisation made for them."""
    rows = claims_asked.own_claims(request.user).filter(channel=Channel.PERSON)
    return get_object_or_404(rows, number=number)


@require_GET
@signed_in
def claim(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(
        claims_asked.own_claims(request.user).select_related("province", "claim_list__organisation"),
        number=number,
    )
    return render(request, "subsidies/claim.html", _claim_context(request, row))


def _claim_context(request: HttpRequest, row: Claim) -> dict[str, object]:
    record = claims_asked.explanation_of(row)
    kind, word = road.status_of(row)
    passed, total = shown.passed_of(record)
    own = row.channel == Channel.PERSON
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
        "own": own,
        "can": steps_from(MOVES, row.state) if own else [],
        "papers": materials.of_claim(row, user=request.user, at=clock.now()),
        "trail": claims_asked.trail_for_claimant(row),
        "against": claims_asked.decision_against(row),
        "letter": claims_asked.letters_of(row).first(),
        "appeal": getattr(row, "appeal", None),
        "at": clock.now(),
        "notice": claims_asked.notice_of(row),
        "returned_by_bank": claims_asked.returned_by_bank(row),
    }


def questions_again(row: Claim) -> tuple[str, ...]:
    """What can be answered anew when a claim is corrected."""
    asked = facts.explain(records.Subject.of(row), at=clock.now()).steps
    return tuple(path for step in asked for path in step.paths)


def wanted_of(request: HttpRequest, row: Claim) -> list[materials.Wanted]:
    at = clock.now()
    policy = facts.explain(records.Subject.of(row), at=at).policy
    return materials.wanted(policy, row, user=request.user, at=at)


@kept_in_memory(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Add papers of a kind to a returned claim."""
    return paper_of_claim(request, _own(request, number), kind, "subsidies:mend")


def paper_of_claim(request: HttpRequest, row: Claim, kind: str, back: str) -> HttpResponse:
    if "resubmit" not in steps_from(MOVES, row.state):
        raise Http404
    policy = facts.explain(records.Subject.of(row), at=clock.now()).policy
    return paperpage.show(request, row, kind, policy=policy, back=reverse(back, args=[row.number]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mend(request: HttpRequest, number: str) -> HttpResponse:
    """Correct the answers of a returned claim and hand it in again."""
    row = _own(request, number)
    if "resubmit" not in steps_from(MOVES, row.state):
        raise Http404
    paths = questions_again(row)
    given = request.POST if request.method == "POST" else None  # there may be nothing to answer
    form = AnswersForm(given, paths=paths, known=row.declared)
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
        {
            "claim": row,
            "form": form,
            "against": claims_asked.decision_against(row),
            "wanted": wanted_of(request, row),
        },
        status=UNPROCESSABLE if form.errors else 200,
    )


@require_POST
@signed_in
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    row = _own(request, number)
    try:
        claims.withdraw(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
        row.refresh_from_db()
        return render(request, "subsidies/claim.html", _claim_context(request, row), status=CONFLICT)
    messages.success(request, _("The claim is withdrawn. You can claim again for the same certificate."))
    return redirect("subsidies:claim", number)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """复核: answer a rejection."""
    row = _own(request, number)
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
