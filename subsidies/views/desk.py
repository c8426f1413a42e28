"""One claim on an officer's desk: its evidence, the act, who has it."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from portal import clock
from portal.accounts import services as accounts_services
from portal.accounts.access import has_role, needs_role
from portal.rules import RuleBroken
from subsidies.forms.desk import AssignForm, ConfirmForm, ReasonForm, RevealForm, WordsForm
from subsidies.models import Claim
from subsidies.selectors import claims as claims_asked
from subsidies.selectors import evidence, materials
from subsidies.selectors import queue as lists
from subsidies.selectors.contracts import contracts_visible_to
from subsidies.selectors.desks import OFFICERS, READERS, TakenByAnother, why_not
from subsidies.selectors.payees import account_of
from subsidies.services import rejections, reviews, seats
from subsidies.views import fraud, moneyshown, shown
from subsidies.views.packs import ASKERS
from subsidies.workflow.claims import Act, Desk, State

CONFLICT = 409
UNPROCESSABLE = 422

Step = Callable[..., Claim]
YES: Final[dict[str, tuple[Step, frozenset[str]]]] = {
    "accept": (reviews.accept, frozenset({Desk.INTAKE})),
    "pass": (reviews.pass_on, frozenset(reviews.YES_DESKS)),
    "confirm": (rejections.confirm_reject, frozenset(rejections.CONFIRMING)),
}
"""Steps without a form: what is done, and the desks where it is."""
AGAINST: Final[dict[str, tuple[Step, frozenset[str], Act]]] = {
    "back": (reviews.send_back, frozenset({Desk.INTAKE, Desk.FIRST}), Act.SENT_BACK),
    "reject": (rejections.propose_reject, frozenset(reviews.YES_DESKS), Act.PROPOSED),
}
"""Steps that rest on something: they ask for words and for what it is."""
IN_WORDS: Final[dict[str, tuple[Step, frozenset[str], dict[str, Any], Promise]]] = {
    "down": (reviews.send_down, frozenset(reviews.DOWN), {}, gettext_lazy("Send down")),
    "overrule": (
        rejections.overrule,
        frozenset(rejections.CONFIRMING),
        {},
        gettext_lazy("Do not follow the proposal"),
    ),
    "grant": (
        rejections.decide_appeal,
        frozenset(rejections.HEARING),
        {"granted": True},
        gettext_lazy("Grant the appeal"),
    ),
    "uphold": (
        rejections.decide_appeal,
        frozenset(rejections.HEARING),
        {"granted": False},
        gettext_lazy("Uphold the rejection"),
    ),
}
"""Steps that ask for words alone."""


def _found(request: HttpRequest, number: str) -> Claim:
    rows = claims_asked.reviews_visible_to(request.user)
    return get_object_or_404(
        rows.select_related("claimant", "assignee", "claim_list__organisation", "payee_organisation"),
        number=number,
    )


@require_GET
@needs_role(*READERS)
def review(request: HttpRequest, number: str) -> HttpResponse:
    row = _found(request, number)
    return render(request, "subsidies/review.html", _context(request, row, asked=request.GET.get("step", "")))


def _context(request: HttpRequest, row: Claim, **more: object) -> dict[str, object]:
    at = clock.now()
    record = claims_asked.explanation_of(row)
    passed, total = shown.passed_of(record)
    refused = why_not(row, request.user)
    before, after = lists.beside(request.user, row, at=at)
    others, elsewhere = evidence.others_of(row, request.user)
    holds = evidence.holds_of(row)
    return {
        "claim": row,
        "record": record,
        "rules": shown.rules_of(record),
        "passed": passed,
        "total": total,
        "lines": shown.lines_of(row.lines),
        "level": shown.level_of(row.level),
        "outcome": shown.outcome_of(row),
        "facts": shown.facts_shown(row, record),
        "trail": shown.trail_of(row),
        "moves": evidence.moves_of(row),
        "evidence": evidence.evidence_of(row),
        "papers": materials.of_claim(row, user=request.user, at=at),
        "others": [(other, shown.level_of(other.level)) for other in others],
        "elsewhere": elsewhere,
        "seats": evidence.seats_of(row),
        "holds": holds,
        "findings": fraud.shown_at(row),
        "held": any(hold.closed_at is None for hold in holds),
        "may_free": moneyshown.may_free(request.user),
        "appeal": getattr(row, "appeal", None),
        "bank": account_of(row),
        "contract_url": _contract_url(request, row),
        "refused": refused,
        "may_take": refused is None or isinstance(refused, TakenByAnother),
        "passable": row.outcome == "APPROVE",
        "before": before,
        "after": after,
        "forms": _forms(row, record) if refused is None else {},
        "can": {name for name, (_do, desks) in YES.items() if row.desk in desks}
        if refused is None
        else set(),
        "confirm_form": ConfirmForm(),
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        "assign_form": AssignForm(people=_people(request, row)) if row.desk else None,
        "stay_form": WordsForm(auto_id="stay_%s"),
        "may_pack": has_role(request.user, *ASKERS),
        "at": at,
        **more,
    }


def _contract_url(request: HttpRequest, row: Claim) -> str:
    """Where one reads of the claim's contract; empty where one may not, or there is none."""
    seen = contracts_visible_to(request.user).filter(pk=row.contract_id)
    return reverse("subsidies:contract", args=[row.contract_id]) if row.contract_id and seen.exists() else ""


def _people(request: HttpRequest, row: Claim) -> list[Any]:
    return [request.user, *lists.colleagues(request.user, row, at=clock.now())]


def _forms(row: Claim, record: dict[str, Any] | None) -> dict[str, tuple[Promise | str, Form]]:
    """The forms behind the buttons of this desk: step → its name on the button and the form."""
    found: dict[str, tuple[Promise | str, Form]] = {}
    names = {"back": _("Return for correction"), "reject": _("Propose to reject")}
    for step, (_do, desks, act) in AGAINST.items():
        if row.desk in desks:
            found[step] = (names[step], ReasonForm(acts=[act], record=record, auto_id=f"{step}_%s"))
    for step, (_do, desks, _more, name) in IN_WORDS.items():
        if row.desk in desks:
            found[step] = (name, WordsForm(auto_id=f"{step}_%s"))
    return found


def _filled(step: str, row: Claim, request: HttpRequest) -> Form:
    """The form of a step with what was sent. Raises Http404 for a step that has none."""
    if step in AGAINST:
        record = claims_asked.explanation_of(row)
        return ReasonForm(request.POST, acts=[AGAINST[step][2]], record=record, auto_id=f"{step}_%s")
    if step in IN_WORDS:
        return WordsForm(request.POST, auto_id=f"{step}_%s")
    raise Http404


@require_POST
@needs_role(*OFFICERS)
def decide(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One act at the desk that has the claim; what it was is in the address."""
    row = _found(request, number)
    told: dict[str, Any] = {"by": request.user, "at": clock.now()}
    form = None
    if step in YES:
        do = YES[step][0]
        if step == "pass":
            told["confirmed"] = bool(request.POST.get("confirmed"))
    else:
        form = _filled(step, row, request)
        if not form.is_valid():
            return _again(request, row, step, form, status=UNPROCESSABLE)
        if step in AGAINST:
            do, told = AGAINST[step][0], told | form.told()
        else:
            do, told = IN_WORDS[step][0], told | IN_WORDS[step][2] | {"reason": form.cleaned_data["reason"]}
    try:
        done = do(row, **told)
    except RuleBroken as broken:
        row.refresh_from_db()
        return _again(request, row, step, form, broken=broken, status=CONFLICT)
    messages.success(request, _said(done))
    following = lists.queue(request.user, view="mine", at=clock.now()).order_by(*lists.BY_DAY).first()
    return redirect("subsidies:review", following.number) if following else redirect("subsidies:queue")


def _again(
    request: HttpRequest, row: Claim, step: str, form: Form | None, *, status: int, **more: object
) -> HttpResponse:
    context = _context(request, row, asked=step, **more)
    if form is not None and step in context["forms"]:
        context["forms"][step] = (context["forms"][step][0], form)
    return render(request, "subsidies/review.html", context, status=status)


_SAID: Final = {
    State.IN_FIRST_REVIEW: gettext_lazy("%(number)s lies with the first review."),
    State.IN_SECOND_REVIEW: gettext_lazy("%(number)s lies with the second review."),
    State.IN_MINISTRY_REVIEW: gettext_lazy("%(number)s passed to the ministry."),
    State.IN_MINISTRY_SECOND: gettext_lazy("%(number)s lies with a second reviewer of the ministry."),
    State.APPROVED: gettext_lazy("%(number)s approved. The money is set aside."),
    State.AWAITING_FUNDS: gettext_lazy("%(number)s approved. It waits for funds."),
    State.RETURNED: gettext_lazy("%(number)s sent back to the claimant."),
    State.REJECT_PROPOSED: gettext_lazy("%(number)s: another person confirms the rejection."),
    State.REJECTED: gettext_lazy("%(number)s rejected. The claimant sees the reasons and how to appeal."),
    State.REJECTED_FINAL: gettext_lazy("%(number)s: the rejection stands."),
}


def _said(claim: Claim) -> str:
    return _SAID[State(claim.state)] % {"number": claim.number}


@require_POST
@needs_role(*OFFICERS)
def assign(request: HttpRequest, number: str) -> HttpResponse:
    row = _found(request, number)
    if not row.desk:
        raise Http404
    form = AssignForm(request.POST, people=_people(request, row))
    if not form.is_valid():
        context = _context(request, row, assign_form=form)
        return render(request, "subsidies/review.html", context, status=UNPROCESSABLE)
    try:
        seats.assign(row, to=form.chosen, by=request.user, at=clock.now())
    except RuleBroken as broken:
        context = _context(request, row, broken=broken)
        return render(request, "subsidies/review.html", context, status=CONFLICT)
    messages.success(request, _("The claim is with %(name)s.") % {"name": form.chosen or _("nobody")})
    return redirect("subsidies:review", number)


@require_POST
@needs_role(*OFFICERS)
def stay_out(request: HttpRequest, number: str) -> HttpResponse:
    row = _found(request, number)
    form = WordsForm(request.POST, auto_id="stay_%s")
    if not form.is_valid():
        context = _context(request, row, stay_form=form)
        return render(request, "subsidies/review.html", context, status=UNPROCESSABLE)
    try:
        seats.stay_out(row, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        context = _context(request, row, broken=broken)
        return render(request, "subsidies/review.html", context, status=CONFLICT)
    messages.success(request, _("You stay out of %(number)s.") % {"number": number})
    return redirect("subsidies:queue")


@require_POST
@needs_role(*OFFICERS)
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the resident ID once. The look is kept in the audit with its reason."""
    row = _found(request, number)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        context = _context(request, row, reveal_form=form, revealing=True)
        return render(request, "subsidies/review.html", context, status=UNPROCESSABLE)
    number_shown = accounts_services.reveal_number(
        row.claimant.identity, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
    )
    return render(request, "subsidies/review.html", _context(request, row, number_shown=number_shown))
