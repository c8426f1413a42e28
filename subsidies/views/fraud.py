"""Findings at the desk: the list, one of them, what is told the auditor, and the groups of claims that hang together."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from portal import clock, windows
from portal.accounts.access import has_role, needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.forms.desk import WordsForm
from subsidies.forms.fraud import FindingsForm, TermsForm
from subsidies.fraud.graph import HEIGHT, WIDTH, drawing
from subsidies.fraud.numbers import NUMBERS
from subsidies.models import Claim, Finding
from subsidies.selectors.claims import reviews_visible_to
from subsidies.selectors.fraud import findings as asked
from subsidies.selectors.fraud import network
from subsidies.selectors.fraud.register import CHECKS
from subsidies.services.fraud import deciding

CONFLICT, UNPROCESSABLE = 409, 422
PAGE, MOST_CLAIMS, MOST_GROUPS = 20, 50, 100
STEPS: Final = {"dismiss": deciding.dismiss, "confirm": deciding.confirm}
NETWORK_READERS: Final = (Role.INVESTIGATOR, Role.MINISTRY_REVIEWER, Role.AUDITOR)
KINDS: Final[dict[str, Promise]] = {
    "claim": pgettext_lazy("tie", "Claim"),
    "person": pgettext_lazy("tie", "Person"),
    "account": pgettext_lazy("tie", "Bank account"),
    "phone": pgettext_lazy("tie", "Phone"),
    "device": pgettext_lazy("tie", "Device"),
    "network": pgettext_lazy("tie", "Network"),
    "curve": pgettext_lazy("tie", "Course of study"),
    "list": pgettext_lazy("tie", "List of staff"),
}


def _line(finding: Finding) -> tuple[Finding, str, str]:
    return finding, asked.title_of(finding), asked.seen_by(finding)


@require_GET
@needs_role(*asked.READERS)
def findings(request: HttpRequest) -> HttpResponse:
    """The open ones by the day on which they are due, so that the overdue ones stand first."""
    at = clock.now()
    view = request.GET.get("view") if request.GET.get("view") in asked.VIEWS else "open"
    form = FindingsForm(request.GET or None)
    told = form.values()
    rows = asked.of_view(asked.findings_visible_to(request.user), view, at=at)
    if told["check"]:
        rows = rows.filter(check_code=told["check"])
    if told["province"]:
        rows = rows.filter(province_id=told["province"])
    held = view in {"open", "late"}
    if held:
        rows = rows.filter(action=Finding.Action.HOLD)
    page = windows.window(
        rows,
        ("due_at", "pk") if held else ("-pk",),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE,
    )
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context = {
        "page": page,
        "rows": [_line(finding) for finding in page.rows],
        "tabs": [(name, title, name == view) for name, title in asked.VIEWS.items()],
        "view": view,
        "form": form,
        "query": query.urlencode(),
        "may_group": has_role(request.user, *NETWORK_READERS),
        "at": at,
    }
    return render(request, "subsidies/fraud/findings.html", context)


findings.waiting = asked.waiting


def _found(request: HttpRequest, pk: str) -> Finding:
    return get_object_or_404(asked.findings_visible_to(request.user), pk=pk)


def _context(request: HttpRequest, it: Finding, **more: Any) -> dict[str, Any]:
    named = it.evidence.get("claims", [])[:MOST_CLAIMS]
    held = it.holds.filter(closed_at=None)
    return {
        "it": it,
        "title": asked.title_of(it),
        "seen": asked.seen_by(it),
        "otherwise": asked.otherwise(it),
        "claims": reviews_visible_to(request.user).filter(number__in=named).order_by("pk"),
        "named": len(it.evidence.get("claims", [])),
        "held": held.count(),
        "decides": deciding.may_decide(it, request.user),
        "dismiss_form": WordsForm(auto_id="dismiss_%s"),
        "confirm_form": WordsForm(auto_id="confirm_%s"),
        "at": clock.now(),
        **more,
    }


@require_GET
@needs_role(*asked.READERS)
def finding(request: HttpRequest, pk: str) -> HttpResponse:
    return render(request, "subsidies/fraud/finding.html", _context(request, _found(request, pk)))


@require_POST
@needs_role(*asked.DECIDERS)
def decide(request: HttpRequest, pk: str, step: str) -> HttpResponse:
    it = _found(request, pk)
    if step not in STEPS:
        raise Http404
    form = WordsForm(request.POST, auto_id=f"{step}_%s")
    told: dict[str, Any] = {f"{step}_form": form, "asked": step}
    if not form.is_valid():
        context = _context(request, it, **told)
        return render(request, "subsidies/fraud/finding.html", context, status=UNPROCESSABLE)
    try:
        done = STEPS[step](it, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        context = _context(request, it, **told, broken=broken)
        return render(request, "subsidies/fraud/finding.html", context, status=CONFLICT)
    messages.success(request, str(done.get_state_display()))
    return redirect("subsidies:findings")


@require_GET
@needs_role(*asked.REPORTED_TO, *deciding.SETTERS)
def report(request: HttpRequest) -> HttpResponse:
    """What is told of officers and providers, and the numbers by which the checks look."""
    return render(request, "subsidies/fraud/report.html", _report(request))


def _report(request: HttpRequest, **more: Any) -> dict[str, Any]:
    at = clock.now()
    rows = asked.findings_visible_to(request.user).filter(claim=None).order_by("-pk")
    terms = asked.terms_on(clock.today(at))
    return {
        "officers": [_line(row) for row in rows.filter(officer__isnull=False)[:PAGE]],
        "providers": [_line(row) for row in rows.filter(provider__isnull=False)[:PAGE]],
        "checks": CHECKS,
        "numbers": [(number, terms[name], terms[name] != number.default) for name, number in NUMBERS.items()],
        "may_set": has_role(request.user, *deciding.SETTERS),
        "form": TermsForm(),
        **more,
    }


@require_POST
@needs_role(Role.MINISTRY_POLICY)
def set_number(request: HttpRequest) -> HttpResponse:
    form = TermsForm(request.POST)
    if not form.is_valid():
        return render(
            request, "subsidies/fraud/report.html", _report(request, form=form), status=UNPROCESSABLE
        )
    told = form.cleaned_data
    before = asked.terms_on(told["starts_on"])
    try:
        deciding.set_terms(
            {**before.told, told["name"]: told["value"]},
            starts_on=told["starts_on"],
            by=request.user,
            at=clock.now(),
            reason=told["reason"],
        )
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return render(request, "subsidies/fraud/report.html", _report(request, form=form), status=CONFLICT)
    messages.success(request, _("The number is set."))
    return redirect("subsidies:fraud_report")


@require_GET
@needs_role(*NETWORK_READERS)
def groups(request: HttpRequest) -> HttpResponse:
    found = network.groups_visible_to(request.user, on=clock.today(clock.now()))
    lines = [
        (group, [KINDS[kind] for kind in sorted({tie.kind for tie in group.ties})])
        for group in found[:MOST_GROUPS]
    ]
    context = {"groups": lines, "total": len(found)}
    return render(request, "subsidies/fraud/groups.html", context)


@require_GET
@needs_role(*NETWORK_READERS)
def group(request: HttpRequest, number: str) -> HttpResponse:
    """One group, named by its first claim: a drawing, and the same as a table."""
    found = network.groups_visible_to(request.user, on=clock.today(clock.now()))
    it = next((one for one in found if number in one.claims), None)
    if it is None:
        raise Http404
    claims = network.shown(it)
    visible = set(
        reviews_visible_to(request.user).filter(number__in=it.claims).values_list("number", flat=True)
    )
    names = {thing: place for place, thing in enumerate(it.things, 1)}
    rows = [
        (number, claims.get(number), number in visible, _ties(it, number, names))
        for number in it.claims[:MOST_CLAIMS]
    ]
    context = {
        "it": it,
        "rows": rows,
        "left_out": len(it.claims) - len(rows),
        "drawing": drawing(it),
        "width": WIDTH,
        "height": HEIGHT,
        "total": len(it.claims),
        "sum": sum(claim.amount_fen for claim in claims.values()),
    }
    return render(request, "subsidies/fraud/group.html", context)


def _ties(it: network.Group, number: str, names: dict[tuple[str, str], int]) -> list[str]:
    """What a claim shares, each thing by its kind and a number within the group."""
    return [f"{KINDS[tie.kind]} {names[tie.kind, tie.what]}" for tie in it.ties if tie.claim == number]


def shown_at(claim: Claim) -> list[tuple[Finding, str, str]]:
    """What was found of a claim, for its page at the desk."""
    return [_line(finding) for finding in asked.about_claim(claim)]
